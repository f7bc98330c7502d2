"""respond(): what the assistant does with anything that comes in. All commands and actions, in tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core import (
    advising,
    announcements,
    answering,
    blocking,
    case_room,
    checklist,
    company,
    continuing,
    copies,
    handoff,
    history,
    idling,
    naming,
    offering,
    permit_path,
    profile,
    programme,
    recognition_path,
    remembering,
    reminder_settings,
    subscriptions,
    two_questions,
    verifying,
)
from bot.core.copies import traced
from bot.core.model import (
    Arrival,
    Attachment,
    Choice,
    Company,
    Decision,
    Departure,
    Drop,
    Edit,
    Effect,
    Erase,
    Guide,
    Move,
    Redaction,
    Relocate,
    Reply,
    Send,
    State,
    Status,
    ThreadLost,
    Turn,
    Undelivered,
    Unreadable,
    Utterance,
    Verification,
)
from bot.core.promising import promised
from bot.core.replying import language_of, old_button, reply_with, say, typed_command
from knowledge.deciding import Found, PersonWanted, SmallTalk
from knowledge.language import detect

Flow = Callable[[Turn, Guide], Decision]
PERSON_ENTRY = "bot-human"  # asking how to reach a person is asking for one
LONGEST_READ = 4000  # characters of a message that are read; a messenger's longest message is about that
_READABLE = re.compile(r"\w", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Command:
    """A command that people type: its name, what it does, and whether messengers list it in their menu."""

    name: str
    flow: Flow
    in_menu: bool = True


def _help(turn: Turn, guide: Guide) -> Decision:
    return profile.explain(turn, guide, described_commands(guide, language_of(turn.conversation)))


COMMANDS = (
    Command("start", profile.greet),
    Command("help", _help),
    Command("language", profile.offer_languages),
    Command("recognition", recognition_path.begin),
    Command("permit", permit_path.begin),
    Command("documents", checklist.begin),
    Command("events", programme.list_events),
    Command("reminders", reminder_settings.show),
    Command("human", handoff.ask_for_person),
    Command("privacy", profile.explain_privacy),
    Command("mydata", profile.hand_over_data),
    Command("delete", profile.ask_deletion),
    Command("stop", subscriptions.unsubscribe),
)
_COMMANDS: dict[str, Flow] = {command.name: command.flow for command in COMMANDS}

ROOM_COMMANDS: dict[str, Flow] = {
    "start": advising.explain_room,
    "help": advising.explain_room,
    "cases": case_room.list_cases,
    "case": case_room.show_case,
    "transfer": case_room.transfer,
    "note": case_room.note,
    "reopen": case_room.reopen,
    "block": blocking.block,
    "unblock": blocking.unblock,
    "blocked": blocking.list_blocked,
    "announce": announcements.propose,
    "entry": offering.offer_entry,
    "say": offering.offer_sentences,
    "name": naming.choose_name,
    "language": profile.offer_languages,
}

# what a button's action means: the word before the colon -> the flow, given what stands after it
ACTIONS: dict[str, Callable[[Turn, Guide, str], Decision]] = {
    "show": answering.show_entry,
    "occupation": answering.show_occupation,
    "permit": permit_path.act,
    "papers": checklist.act,
    "recognition": recognition_path.act,
    "helpful": lambda turn, guide, entry: answering.rate(turn, guide, entry, helpful=True),
    "unhelpful": lambda turn, guide, entry: answering.rate(turn, guide, entry, helpful=False),
    "none": lambda turn, guide, _: answering.fall_back(turn, guide),
    "person": lambda turn, guide, _: handoff.ask_for_person(turn, guide),
    "consent": handoff.settle_consent,
    "withdraw": lambda turn, guide, _: handoff.withdraw(turn, guide),
    "reopen": lambda turn, guide, _: handoff.reopen(turn, guide),
    "stay": lambda turn, guide, _: idling.stay(turn, guide),
    "language": profile.choose_language,
    "delete": profile.settle_deletion,
    "events": programme.show_list,
    "filter": programme.offer_filters,
    "event": programme.show_event,
    "calendar": programme.hand_over_calendar,
    "coming": subscriptions.come,
    "notcoming": subscriptions.stay_away,
    "follow": subscriptions.follow,
    "subscribe": lambda turn, guide, _: subscriptions.subscribe(turn, guide),
    "reminders": lambda turn, guide, rest: (
        reminder_settings.show(turn, guide) if rest == "show" else reminder_settings.change(turn, guide, rest)
    ),
    "resume": lambda turn, guide, _: subscriptions.resume(turn, guide),
    "unsubscribe": lambda turn, guide, _: subscriptions.unsubscribe(turn, guide),
}


# what a plain yes or no in words answers, while the assistant waits for it
ASKED: dict[str | None, Callable[[Turn, Guide, str], Decision]] = {
    handoff.ASKING_CONSENT: handoff.settle_consent,
    profile.ASKING_DELETION: profile.settle_deletion,
    permit_path.ASKING: permit_path.settle,
    checklist.ASKING: checklist.settle,
    recognition_path.ASKING_PLACE: recognition_path.settle,
}


def wants_person(resolution: answering.Resolution) -> bool:
    """Whether a person is asked for: outright, or by asking how to reach one."""
    return isinstance(resolution, PersonWanted) or (isinstance(resolution, Found) and resolution.entry == PERSON_ENTRY)


def described_commands(guide: Guide, language: str) -> str:
    """The command list for the help text, from the table."""
    return "\n".join(f"- /{c.name} – {guide.texts.say(language, f'command.{c.name}')}" for c in COMMANDS)


def respond(turn: Turn, guide: Guide) -> Decision:
    """Decide on one incoming: the new state and the effects. Pure: the same turn always gets the same decision."""
    decision = traced(turn, guide, promised(turn, guide, idling.silenced(turn, _respond(turn, guide))))
    return _into_topics(turn, guide, history.recorded(turn, decision))


def _into_topics(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """What belongs to a case goes into its topic in the advisers' room, where the messenger has topics."""
    case = decision.state.case or turn.case
    if case is None:
        return decision
    title = advising.topic_title(case, guide, turn.room_language)
    effects = tuple(
        replace(effect, topic=title)
        if isinstance(effect, Send) and effect.case == case.number and effect.to == turn.advisers_room
        else effect
        for effect in decision.effects
    )
    return replace(decision, effects=effects)


def _respond(turn: Turn, guide: Guide) -> Decision:
    match turn.incoming.content:
        case Move(to=address):
            return Decision(State(), (Relocate(turn.incoming.origin.whole_chat, address),), "moved")
        case Departure(reason=reason):
            return copies.room_lost(turn, guide, reason) if turn.in_advisers_room else _farewell(turn, guide, reason)
        case Arrival():
            return copies.room_found(turn) if turn.in_advisers_room else Decision(State())
        case Company():
            return Decision(State()) if turn.in_advisers_room else company.joined(turn, guide)
        case Redaction():
            return copies.take_back(turn, guide)
        case Undelivered() as lost:
            return copies.undelivered(turn, guide, lost)
        case ThreadLost() as lost_thread:
            return copies.thread_lost(turn, guide, lost_thread)
    if turn.in_advisers_room:
        return _in_advisers_room(turn, guide)
    if not turn.incoming.private:
        return Decision(State())
    return subscriptions.resumed(turn, guide, _with_newcomer(turn, guide))


def apologise(turn: Turn, guide: Guide) -> Decision:
    """What is said when deciding on an incoming failed: an honest sentence and a way to a person."""
    if turn.in_advisers_room or not turn.incoming.private:
        return Decision(State(), outcome="parked")
    turn = profile.with_language(turn, guide)
    from_person = replace(turn.conversation, asking=None)
    buttons = answering.topic_buttons(turn, guide)[-1:]
    return reply_with(turn, from_person, Reply(say(turn, guide, "failed"), buttons), outcome="parked")


def _in_advisers_room(turn: Turn, guide: Guide) -> Decision:
    turn = replace(turn, conversation=advising.room_conversation(turn.conversation))
    content = turn.incoming.content
    if turn.incoming.doubt:
        return advising.to_room(turn, guide, f"room.doubt.{turn.incoming.doubt}")
    if isinstance(content, Verification):
        return verifying.tell_keys(turn, guide, content)
    if isinstance(content, Choice) and content.action.startswith("language:"):
        return profile.choose_language(turn, guide, content.action.partition(":")[2])
    if misplaced := case_room.misplaced(turn, guide):
        return misplaced
    pressed = offering.pressed(turn, guide) or case_room.pressed(turn, guide) or announcements.pressed(turn, guide)
    return pressed or advising.respond_in_room(turn, guide, ROOM_COMMANDS)


def _farewell(turn: Turn, guide: Guide, reason: str) -> Decision:
    """The chat cannot be reached any more: pause reminders, drop what waits, tell the advisers.

    What waits for the advisers' room goes on waiting: newcomers count on it.
    """
    effects: list[Effect] = [Drop(turn.incoming.origin.whole_chat)]
    if turn.case is not None and turn.advisers_room is not None:
        effects.append(copies.gone(guide, turn.advisers_room, turn.room_language, turn.case, reason))
    known = turn.conversation.language is not None
    kept = subscriptions.pause(turn.conversation) if known else None
    return Decision(State(kept), tuple(effects), "departed")


def _with_newcomer(turn: Turn, guide: Guide) -> Decision:
    match turn.incoming.content:
        case Choice(action=action):
            turn = profile.with_language(turn, guide)
            return continuing.with_own(turn, guide, _act(turn, guide, action))
        case Utterance(text=text) | Edit(text=text):
            return _read(turn, guide, text)
        case Attachment() as attachment:
            return _receive(
                profile.with_language(turn, guide, attachment.caption[:LONGEST_READ] or None), guide, attachment
            )
        case Unreadable():
            turn = profile.with_language(turn, guide)
            return reply_with(
                turn, turn.conversation, Reply(say(turn, guide, "matrix.unreadable")), outcome="unreadable"
            )
        case Verification() as keys:
            return verifying.tell_keys(profile.with_language(turn, guide), guide, keys)
        case _:
            return Decision(State())


def _act(turn: Turn, guide: Guide, action: str) -> Decision:
    kind, _, rest = action.partition(":")
    if kind not in ACTIONS:
        return old_button(turn, guide)
    return ACTIONS[kind](turn, guide, rest)


def _read(turn: Turn, guide: Guide, text: str) -> Decision:
    """A newcomer's words: a command, a button typed, something for the adviser, or a question."""
    text = text.strip()
    command = typed_command(text)
    if command == "start" and not profile.is_language_known(turn, guide):
        return profile.greet_in_all(turn, guide)
    if command in _COMMANDS:
        return _COMMANDS[command](profile.with_language(turn, guide), guide)
    if command and text.startswith("/"):
        return _help(profile.with_language(turn, guide), guide)
    if pressed := _pressed_by_typing(turn, text):
        turn = profile.with_language(turn, guide)
        decision = _act(turn, guide, pressed)
        return _heard(turn, guide, text, decision) if _talks_to_person(turn) else decision
    if not _READABLE.search(text):
        turn = profile.with_language(turn, guide)
        if turn.case is not None:
            return handoff.pass_words(turn, guide, text or "-")
        return reply_with(turn, turn.conversation, Reply(say(turn, guide, "nothing_to_read")), outcome="unreadable")
    return _understand(profile.with_language(turn, guide, text[:LONGEST_READ]), guide, text)


def _talks_to_person(turn: Turn) -> bool:
    return turn.case is not None and turn.case.status is Status.CLAIMED


def _pressed_by_typing(turn: Turn, text: str) -> str | None:
    """The action of the last buttons whose number or label was typed.

    A number written to an adviser, or where a number is asked for, is an answer and presses nothing.
    """
    typed = text.casefold()
    for number, button in enumerate(turn.conversation.buttons, 1):
        if typed == button.label.casefold():
            return button.action
        if typed.rstrip(".)") == str(number) and not _number_is_meant(turn):
            return button.action
    return None


def _number_is_meant(turn: Turn) -> bool:
    return _talks_to_person(turn) or turn.conversation.asking == permit_path.ASKING_NUMBER


def _heard(turn: Turn, guide: Guide, text: str, decision: Decision) -> Decision:
    """The decision, with the newcomer's words passed on to the advisers first; not the words that delete everything."""
    if any(isinstance(effect, Erase) for effect in decision.effects):
        return decision
    passed = handoff.passed_words(turn, guide, text)
    return replace(decision, effects=(*passed, *decision.effects))


def _understand(turn: Turn, guide: Guide, text: str) -> Decision:
    """A newcomer's words: for their adviser, or a question. What it tells of them is remembered."""
    if _talks_to_person(turn):
        return handoff.pass_words(turn, guide, text)
    spoken = detect(text[:LONGEST_READ], hint=turn.conversation.language)
    decision = remembering.remember(turn, guide, text, _decide(turn, guide, text, spoken.language))
    return profile.excused(turn, guide, spoken, continuing.with_own(turn, guide, decision))


def _decide(turn: Turn, guide: Guide, text: str, spoken: str | None) -> Decision:
    if answered := permit_path.read(turn, guide, text) or recognition_path.read(turn, guide, text):
        return _heard(turn, guide, text, answered)
    resolution = continuing.understand(turn, guide, text[:LONGEST_READ], spoken)
    if turn.case is not None:
        answered = continuing.turn_to(turn, guide, text)
        if isinstance(resolution, Found):
            answered = answered or answering.recognise_occupation(turn, guide, text, resolution)
            answered = answered or continuing.say_no_more(turn, guide, text, resolution)
            answered = answered or answering.answer_question(turn, guide, text, resolution)
        return _heard(turn, guide, text, answered) if answered else handoff.pass_words(turn, guide, text)
    if wants_person(resolution):
        return handoff.ask_for_person(turn, guide)
    if isinstance(resolution, SmallTalk) and resolution.kind in ("yes", "no") and turn.conversation.asking in ASKED:
        return ASKED[turn.conversation.asking](turn, guide, resolution.kind)
    first_contact = turn.conversation.question is None
    decision = continuing.turn_to(turn, guide, text)
    decision = decision or two_questions.offer_both(turn, guide, text[:LONGEST_READ], spoken, resolution)
    decision = decision or programme.look_for(turn, guide, text, resolution)
    decision = decision or answering.recognise_occupation(turn, guide, text, resolution)
    decision = decision or continuing.say_no_more(turn, guide, text, resolution)
    decision = decision or answering.answer_question(turn, guide, text, resolution)
    for kept in (permit_path.kept, recognition_path.kept, checklist.kept):
        decision = kept(turn, guide, decision)
    return _introduced(turn, guide, decision) if first_contact else decision


def _introduced(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """The first answer ends with who speaks and what is stored."""
    if decision.outcome == "smalltalk":
        return decision
    introduction = say(turn, guide, "introduction")
    effects = tuple(
        replace(effect, reply=replace(effect.reply, text=f"{effect.reply.text}\n\n{introduction}"))
        if isinstance(effect, Send)
        else effect
        for effect in decision.effects
    )
    return replace(decision, effects=effects)


def _receive(turn: Turn, guide: Guide, attachment: Attachment) -> Decision:
    """A photo, voice message or file: into the case if there is one; else say what helps."""
    if passed := handoff.pass_attachment(turn, guide, attachment):
        return passed
    if _READABLE.search(attachment.caption):
        return _understand(turn, guide, attachment.caption)
    kind = attachment.kind if attachment.kind in ("voice", "photo", "sticker", "document", "location") else "other"
    reply = Reply(say(turn, guide, f"attachment.{kind}"), answering.topic_buttons(turn, guide)[-1:])
    return reply_with(turn, turn.conversation, reply, outcome=f"attachment_{kind}")
