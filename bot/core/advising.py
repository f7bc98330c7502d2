"""The advisers' side of a case: the card, claiming, replying, releasing, closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.cases import Refusal, Step, advance
from bot.core.idling import closing
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Case,
    Choice,
    Content,
    Conversation,
    Decision,
    Edit,
    Effect,
    Guide,
    Lane,
    MessageRef,
    Reply,
    Send,
    Sender,
    State,
    Status,
    ThreadLost,
    Turn,
    Undelivered,
    Unreadable,
    Utterance,
)
from bot.core.naming import shown_name
from bot.core.numbered import chosen, is_outdated
from bot.core.promising import card_line
from bot.core.replying import literal, tell, typed_command
from knowledge.formats import format_instant, language_name
from knowledge.language import detect

INTERNAL = "//"  # a line that begins like this stays in the advisers' room; so does a message that does
SHOWN_CANDIDATES = 3
MOST_SURE = 99  # percent; no more is said of a candidate
WORTH_SHOWING = 0.05  # a candidate less likely than this tells an adviser nothing
TOPIC_LETTERS = 60  # of the question; Telegram allows 128 in a topic's name
STATE_SIGNS = {Status.OPEN: "⏳", Status.CLAIMED: "💬", Status.CLOSED: "🔒"}
STEPS = {"claim": Step.CLAIM, "release": Step.RELEASE, "close": Step.CLOSE}
BUTTONS = {
    Status.OPEN: ("claim", "transfer", "close"),
    Status.CLAIMED: ("release", "transfer", "close"),
    Status.CLOSED: ("reopen",),
}
NUMBERED = {*STEPS, "transfer", "note", "reopen", "case", "block"}  # commands that may name a case by its number


def named_case(content: Content) -> int | None:
    """The number of the case that a button or command in the advisers' room speaks of, if it names one."""
    if isinstance(content, Undelivered | ThreadLost):
        return content.case
    words = content.text.split() if isinstance(content, Utterance) and typed_command(content.text) in NUMBERED else []
    if isinstance(content, Choice):
        kind, _, rest = content.action.partition(":")
        words = [kind, rest.partition(":")[0]] if kind == "case" else []
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() and len(words[1]) < 10 else None


def card(case: Case, guide: Guide, language: str) -> Reply:
    """The case as advisers see it, with what can be done next as buttons."""

    def said(key: str, **values: object) -> str:
        return guide.texts.say(language, key, **values)

    known = [c for c in case.shown if c.id in guide.knowledge.entries and c.score >= WORTH_SHOWING][:SHOWN_CANDIDATES]
    shown = ", ".join(f"{literal(guide.knowledge.short(c.id, language))} ({_likely(c.score)})" for c in known)
    changed = format_instant(case.changed, guide.zone, language)
    lines = [
        said(
            "room.card.title",
            number=case.number,
            flag=guide.texts.say(case.language, "language.flag"),
            spoken=guide.texts.say(case.language, "language.name"),
        ),
        said(
            "room.card.question",
            question=literal(case.question) if case.question else said("room.card.no_question"),
        ),
        said("room.card.shown", shown=shown or said("room.card.nothing_shown")),
        said(
            f"room.card.{case.status}",
            time=changed,
            opened=format_instant(case.opened, guide.zone, language),
            name=literal(case.adviser.name) if case.adviser else "",
        ),
    ]
    if case.status is Status.OPEN and case.promise is not None:
        lines.append(card_line(case.promise, guide, language))
    steps = BUTTONS[case.status]
    buttons = tuple(Button(said(f"room.button.{step}"), f"case:{case.number}:{step}") for step in steps)
    return Reply("\n\n".join(lines), buttons)


def _likely(score: float) -> str:
    """In whole percent, rounded down and never quite sure."""
    return f"{min(int(score * 100), MOST_SURE)}%"


def topic_title(case: Case, guide: Guide, language: str) -> str:
    """What the topic of a case is called: its state as a sign, number, language and how the question begins."""
    sign = STATE_SIGNS[case.status]
    spoken = guide.texts.say(case.language, "language.name")
    beginning = " ".join(case.question.split())[:TOPIC_LETTERS]
    title = guide.texts.say(language, "room.topic", number=case.number, spoken=spoken, question=beginning).strip(" ·")
    return f"{sign} {title}"


def passed_on(guide: Guide, room: Address, language: str, case: Case, words: str) -> Send:
    """A newcomer's words as they appear in the advisers' room; they ask for the attention of who claimed the case."""
    text = guide.texts.say(language, "room.newcomer_says", number=case.number)
    return Send(room, Reply(f"{text}\n\n{words}", mention=case.adviser), lane=Lane.CASE, case=case.number)


def passed_through(turn: Turn, to: Address, attachment: Attachment, lost: str, case: int) -> Send | None:
    """What somebody sent, for the other side: copied within a messenger, else the same place or file.

    `lost` is said instead if the file turns out not to be had. None when it can be brought in no way.
    """
    incoming = turn.incoming
    if incoming.message is not None and to.channel == incoming.origin.channel:
        reply = Reply("", copy=MessageRef(incoming.origin.whole_chat, incoming.message))
    elif attachment.place is not None:
        reply = Reply("", place=attachment.place)
    elif attachment.medium is not None:
        reply = Reply(lost, medium=attachment.medium)
    else:
        return None
    return Send(to, reply, lane=Lane.CASE, case=case)


def with_caption(turn: Turn, to: Address, heading: str, attachment: Attachment) -> str:
    """The heading of what somebody sent; to another messenger, what was written under it comes along."""
    if to.channel == turn.incoming.origin.channel or not attachment.caption.strip():
        return heading
    return f"{heading}\n\n{literal(attachment.caption)}"


def respond_in_room(turn: Turn, guide: Guide, commands: dict[str, Callable[[Turn, Guide], Decision]]) -> Decision:
    """Decide on what happens in the advisers' room; whatever belongs to no case stays there unheard."""
    content = turn.incoming.content
    command = typed_command(content.text) if isinstance(content, Utterance) else ""
    if command in STEPS:
        return _step(turn, guide, STEPS[command])
    if command in commands:
        return commands[command](turn, guide)
    match content:
        case Choice(action=action):
            return _press(turn, guide, action)
        case Unreadable():
            return to_room(turn, guide, "matrix.unreadable_in_room", name=literal(turn.incoming.sender.name))
        case _ if turn.case is None:
            return Decision(State(turn.conversation), outcome="internal")
        case Utterance(text=text) if text.lstrip().startswith("/") and not text.lstrip().startswith(INTERNAL):
            return explain_room(turn, guide)
        case Utterance(text=text) | Edit(text=text) if words := _for_newcomer(text):
            if is_outdated(turn, words):
                return to_room(turn, guide, "button.is_old")
            if pressed := chosen(content, turn.replied_key, turn.conversation) or _typed_number(turn, guide, words):
                return _press(turn, guide, pressed)
            tongue = detect(words, hint=turn.case.language)
            return relay(turn, guide, literal(words), tongue.language if tongue.sure else None)
        case Attachment(caption=caption) as attachment if not any(map(_internal, caption.splitlines())):
            return relay(turn, guide, attachment)
        case _:
            return Decision(State(turn.conversation), outcome="internal")


def _internal(line: str) -> bool:
    return line.lstrip().startswith(INTERNAL)


def _for_newcomer(text: str) -> str:
    """What of an adviser's message is for the newcomer: not the internal lines; nothing of a changed command."""
    if text.lstrip().startswith("/"):
        return ""
    return "\n".join(line for line in text.splitlines() if not _internal(line)).strip()


def _typed_number(turn: Turn, guide: Guide, text: str) -> str | None:
    """A number typed as the answer to a card presses the card's button, for messengers without buttons."""
    assert turn.case is not None
    if turn.replied_key != turn.case.card_key or not text.strip().isdecimal():
        return None
    buttons = card(turn.case, guide, turn.room_language).buttons
    number = int(text.strip()[:3])
    return buttons[number - 1].action if 0 < number <= len(buttons) else None


def _press(turn: Turn, guide: Guide, action: str) -> Decision:
    kind, _, rest = action.partition(":")
    step = STEPS.get(rest.rpartition(":")[2])
    if kind != "case" or step is None:
        return to_room(turn, guide, "button.is_old")
    return _step(turn, guide, step)


def _step(turn: Turn, guide: Guide, step: Step) -> Decision:
    """Claim, release or close: the card changes for everybody and the newcomer is told."""
    case = turn.case
    if case is None:
        return to_room(turn, guide, "room.no_such_case")
    moved = advance(case, step, turn.incoming.sender, turn.now)
    if isinstance(moved, Refusal):
        return refuse(turn, guide, case, moved)
    told = _tell_newcomer(moved, guide, f"handoff.{step}")
    if step is Step.CLOSE:
        told = closing(moved, guide, "\n\n".join([*_last_words(turn, guide, case), told.reply.text]))
    return Decision(State(turn.conversation, moved), (new_card(turn, guide, moved), told), f"case_{step}")


def _last_words(turn: Turn, guide: Guide, case: Case) -> list[str]:
    """What an adviser says with the end of a case: `/close 12 Alles Gute!`."""
    content = turn.incoming.content
    rest = content.text.strip().partition(" ")[2].strip() if isinstance(content, Utterance) else ""
    first, _, further = rest.partition(" ")
    words = _for_newcomer(further if first.isdecimal() else rest)
    return [f"{heading(case, turn.incoming.sender, guide)}\n\n{literal(words)}"] if words else []


def heading(case: Case, adviser: Sender, guide: Guide, written: str | None = None) -> str:
    """Who talks, above what an adviser sends; and in which language, if it is not the newcomer's."""
    name = shown_name(adviser, guide, case.language)
    if written is None or written == case.language:
        return guide.texts.say(case.language, "handoff.adviser_says", name=name)
    spoken = language_name(written, case.language)
    return guide.texts.say(case.language, "advice.says_in_language", name=name, spoken=spoken)


def relay(turn: Turn, guide: Guide, said: str | Attachment, written: str | None = None) -> Decision:
    """An adviser's message goes to the newcomer; writing to an open case claims it.

    written: the language that the words are in, where it is known.
    """
    case = turn.case
    assert case is not None
    sender = turn.incoming.sender
    if case.status is Status.CLAIMED and case.adviser is not None and case.adviser.id != sender.id:
        return refuse(turn, guide, case, Refusal("already_claimed"))
    effects: list[Effect] = []
    if case.status is not Status.CLAIMED:
        claimed = advance(case, Step.CLAIM, sender, turn.now)
        if isinstance(claimed, Refusal):
            return refuse(turn, guide, case, claimed)
        case = claimed
        effects.append(new_card(turn, guide, case))
    above = heading(case, sender, guide, written)
    if isinstance(said, str):
        effects.append(tell(case.newcomer, f"{above}\n\n{said}", case=case.number))
        if written is not None and written != case.language:
            effects.append(_foreign(turn, guide, case, written))
    else:
        lost = guide.texts.say(case.language, "handoff.file_lost")
        passed = passed_through(turn, case.newcomer, said, lost, case.number)
        if passed is None:
            return to_room(turn, guide, "room.attachment_not_sent")
        above = with_caption(turn, case.newcomer, above, said)
        effects += [tell(case.newcomer, above, case=case.number), passed]
    return Decision(State(turn.conversation, case), tuple(effects), "adviser_reply")


def _foreign(turn: Turn, guide: Guide, case: Case, written: str) -> Send:
    """Once per case and language: the newcomer reads another language than the adviser writes."""
    room = turn.room_language
    text = guide.texts.say(
        room,
        "advice.foreign",
        number=case.number,
        spoken=language_name(case.language, room),
        written=language_name(written, room),
    )
    key = f"case:{case.number}:foreign:{written}:{case.language}"
    return Send(turn.incoming.origin, Reply(text), key=key, lane=Lane.CASE, case=case.number)


def explain_room(turn: Turn, guide: Guide) -> Decision:
    """How advisers work with cases."""
    return to_room(turn, guide, "room.help")


def new_card(turn: Turn, guide: Guide, case: Case) -> Send:
    """The card as it is now, in the place of the former one."""
    return card_in(turn.incoming.origin.whole_chat, case, guide, turn.room_language)


def card_in(room: Address, case: Case, guide: Guide, language: str) -> Send:
    """The card as it is now, in the place of the former one in the room; before the room's other messages."""
    return Send(room, card(case, guide, language), lane=Lane.CARD, case=case.number, replaces=case.card_key)


def _tell_newcomer(case: Case, guide: Guide, key: str) -> Send:
    name = shown_name(case.adviser, guide, case.language)
    return tell(case.newcomer, guide.texts.say(case.language, key, name=name, number=case.number), case=case.number)


def refuse(turn: Turn, guide: Guide, case: Case, refusal: Refusal) -> Decision:
    """Say in the room why something is not possible with a case."""
    name = literal(case.adviser.name) if case.adviser else ""
    return to_room(turn, guide, f"room.refused.{refusal.reason}", number=case.number, name=name)


def to_room(turn: Turn, guide: Guide, key: str, **values: object) -> Decision:
    """Say one of the assistant's texts where something was written in the room."""
    text = guide.texts.say(turn.room_language, key, **values)
    case = turn.case.number if turn.case else None
    sent = Send(turn.incoming.origin, Reply(text), lane=Lane.CASE, case=case)
    return Decision(State(turn.conversation), (sent,), key.replace(".", "_"))


def room_conversation(conversation: Conversation) -> Conversation:
    """The advisers' room speaks German until it chooses otherwise."""
    return conversation if conversation.language else replace(conversation, language="de")
