"""What advisers do with cases beside answering: look them up, pass them to a colleague, note something, reopen them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from bot.core.advising import card, card_in, named_case, new_card, refuse, to_room
from bot.core.cases import Refusal, Step, advance
from bot.core.history import told
from bot.core.model import (
    Button,
    Case,
    Decision,
    Guide,
    Lane,
    Moment,
    Record,
    Reply,
    Send,
    Sender,
    State,
    Status,
    Turn,
    Utterance,
)
from bot.core.naming import shown_name
from bot.core.numbered import chosen, posted
from bot.core.replying import literal, tell, typed_command
from knowledge.titles import find

MOST_LISTED = 8  # cases, and colleagues, as buttons
LONGEST_NOTE = 1000  # letters
OWN = "own"


def pressed(turn: Turn, guide: Guide) -> Decision | None:
    """What a button of this module does; None for any other button."""
    words = (chosen(turn.incoming.content, turn.replied_key, turn.conversation) or "").split(":")
    if len(words) < 3 or words[0] != "case" or words[2] not in ("show", "transfer", "to", "reopen"):
        return None
    if turn.case is None:
        return to_room(turn, guide, "room.no_such_case")
    if words[2] == "show":
        return show_case(turn, guide)
    if words[2] == "reopen":
        return reopen(turn, guide)
    if words[2] == "transfer":
        return _choose_colleague(turn, guide, turn.case)
    colleague = next((each for each in turn.colleagues if mark_of(each) == words[-1]), None)
    return to_room(turn, guide, "button.is_old") if colleague is None else _transfer(turn, guide, turn.case, colleague)


def misplaced(turn: Turn, guide: Guide) -> Decision | None:
    """`/close 2 weeks are enough`, written to case 7: asked back, so that nothing happens to case 2; None otherwise."""
    content = turn.incoming.content
    number = named_case(content) if isinstance(content, Utterance) else None
    if turn.here is None or number in (None, turn.here) or not words_after_number(turn):
        return None
    assert isinstance(content, Utterance)
    command, words = typed_command(content.text), content.text.strip().partition(" ")[2].strip()
    text = guide.texts.say(
        turn.room_language, "case.misplaced", number=number, here=turn.here, command=command, words=literal(words)
    )
    sent = Send(turn.incoming.origin, Reply(text), lane=Lane.CASE, case=turn.here)
    return Decision(State(turn.conversation), (sent,), "misplaced")


def list_cases(turn: Turn, guide: Guide) -> Decision:
    """All cases that are not closed: those that wait first, the longest waiting on top, then the others, own first."""
    if not turn.waiting:
        return to_room(turn, guide, "room.no_cases")
    language, me = turn.room_language, turn.incoming.sender.id

    def order(case: Case) -> tuple[int, datetime]:
        if case.status is Status.OPEN:
            return 0, case.opened
        return 1 if case.adviser is not None and case.adviser.id == me else 2, case.opened

    cases = sorted(turn.waiting, key=order)
    lines = [
        guide.texts.say(
            language,
            f"case.listed.{_listed_as(case, me)}",
            number=case.number,
            waiting=waiting_time(turn.now, case, guide, language),
            spoken=guide.texts.say(case.language, "language.flag"),
            name=literal(case.adviser.name) if case.adviser else "",
            question=literal(" ".join(case.question.split())[:60])
            or guide.texts.say(language, "room.card.no_question"),
        )
        for case in cases
    ]
    buttons = tuple(
        Button(guide.texts.say(language, "case.number", number=case.number), f"case:{case.number}:show")
        for case in cases[:MOST_LISTED]
    )
    return posted(turn, Reply("\n".join(f"- {line}" for line in lines), buttons), None, "cases")


def _listed_as(case: Case, me: str) -> str:
    if case.status is Status.OPEN:
        return "open"
    return OWN if case.adviser is not None and case.adviser.id == me else "claimed"


def waiting_time(now: datetime, case: Case, guide: Guide, language: str) -> str:
    """How long the newcomer has waited for a person, or since when this case is talked about."""
    minutes = int((now - case.opened).total_seconds() // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return guide.texts.say(language, "case.days", count=days)
    key, count = ("case.hours", hours) if hours else ("case.minutes", minutes)
    return guide.texts.say(language, key, count=count)


def show_case(turn: Turn, guide: Guide) -> Decision:
    """The card of a case and everything that happened to it."""
    if turn.case is None:
        return to_room(turn, guide, "case.which")
    shown = card(turn.case, guide, turn.room_language)
    history = told(turn.history, guide, turn.room_language)
    heading = guide.texts.say(turn.room_language, "case.history")
    text = f"{shown.text}\n\n**{heading}**\n\n{history}" if history else shown.text
    return posted(turn, Reply(text, shown.buttons), turn.case, "case_shown")


def note(turn: Turn, guide: Guide) -> Decision:
    """`/note ...`: kept in the case's history, read by advisers only."""
    text = words_after_number(turn)
    if turn.case is None or not text:
        return to_room(turn, guide, "case.which" if turn.case is None else "case.note_what")
    moment = Moment(turn.now, "note", turn.incoming.sender.name, text[:LONGEST_NOTE])
    said = guide.texts.say(turn.room_language, "case.noted", number=turn.case.number)
    sent = Send(turn.incoming.origin, Reply(said), lane=Lane.CASE, case=turn.case.number)
    return Decision(State(turn.conversation), (sent, Record(turn.case.number, moment)), "case_note")


def transfer(turn: Turn, guide: Guide) -> Decision:
    """`/transfer Jonas`: the case is the colleague's from now on; without a name, or with an unclear one, choose."""
    if turn.case is None:
        return to_room(turn, guide, "case.which")
    name = words_after_number(turn)
    if not name:
        return _choose_colleague(turn, guide, turn.case)
    by_id = {each.id: each for each in turn.colleagues}
    found = find({each.id: (each.name, each.shown or each.name) for each in turn.colleagues}, name)
    if len(found) == 1:
        return _transfer(turn, guide, turn.case, by_id[found[0]])
    return _choose_colleague(turn, guide, turn.case, tuple(by_id[each] for each in found))


def _choose_colleague(turn: Turn, guide: Guide, case: Case, among: tuple[Sender, ...] = ()) -> Decision:
    has = case.adviser.id if case.adviser is not None else None
    others = [each for each in among or turn.colleagues if each.id != has][:MOST_LISTED]
    if not others:
        return to_room(turn, guide, "case.no_colleague")
    buttons = tuple(Button(each.name, f"case:{case.number}:to:{mark_of(each)}") for each in others)
    text = guide.texts.say(turn.room_language, "case.to_whom", number=case.number)
    return posted(turn, Reply(text, buttons), case, "case_to_whom")


def _transfer(turn: Turn, guide: Guide, case: Case, colleague: Sender) -> Decision:
    moved = advance(case, Step.TRANSFER, colleague, turn.now)
    if isinstance(moved, Refusal):
        return refuse(turn, guide, case, moved)
    text = guide.texts.say(
        turn.room_language,
        "case.transferred",
        number=case.number,
        name=literal(colleague.name),
        by=literal(turn.incoming.sender.name),
    )
    told_room = Send(turn.incoming.origin, Reply(text, mention=colleague), lane=Lane.CASE, case=case.number)
    name = shown_name(colleague, guide, case.language)
    told_newcomer = tell(case.newcomer, guide.texts.say(case.language, "case.now_with", name=name), case=case.number)
    return Decision(
        State(turn.conversation, moved), (new_card(turn, guide, moved), told_room, told_newcomer), "case_transfer"
    )


def reopen(turn: Turn, guide: Guide) -> Decision:
    """A closed case is opened again by an adviser, who then has it."""
    case = turn.case
    if case is None:
        return to_room(turn, guide, "case.which")
    other = next((each for each in turn.waiting if each.newcomer == case.newcomer), None)
    if case.status is Status.CLOSED and other is not None:
        return to_room(turn, guide, "case.newer", number=case.number, other=other.number)
    opened = advance(case, Step.REOPEN, turn.incoming.sender, turn.now)
    claimed = opened if isinstance(opened, Refusal) else advance(opened, Step.CLAIM, turn.incoming.sender, turn.now)
    if isinstance(claimed, Refusal):
        return refuse(turn, guide, case, claimed)
    name = shown_name(claimed.adviser, guide, case.language)
    told_newcomer = tell(case.newcomer, guide.texts.say(case.language, "case.reopened_by", name=name), case=case.number)
    return Decision(State(turn.conversation, claimed), (new_card(turn, guide, claimed), told_newcomer), "case_reopen")


def words_after_number(turn: Turn) -> str:
    """What a command says beside the number of its case."""
    content = turn.incoming.content
    rest = content.text.strip().partition(" ")[2].strip() if isinstance(content, Utterance) else ""
    first, _, further = rest.partition(" ")
    return further.strip() if first.isdecimal() else rest


def mark_of(adviser: Sender) -> str:
    """A short mark of an adviser for a button, whose action has room for 64 bytes only."""
    return sha256(adviser.id.encode()).hexdigest()[:12]


def going_on(turn: Turn, guide: Guide) -> Decision | None:
    """A closed case that the newcomer can open again; None where there is none."""
    last = turn.last_case
    if last is None or turn.advisers_room is None:
        return None
    moved = advance(last, Step.REOPEN, turn.incoming.sender, turn.now)
    if isinstance(moved, Refusal):
        return None
    text = guide.texts.say(turn.room_language, "case.reopened_by_newcomer", number=last.number)
    effects = (
        card_in(turn.advisers_room, moved, guide, turn.room_language),
        replace(tell(turn.advisers_room, text, case=last.number), reply=Reply(text, mention=last.adviser)),
    )
    return Decision(State(turn.conversation, moved), effects, "case_reopen")
