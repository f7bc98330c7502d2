"""The newcomer's side of a case: asking for a person, waiting, talking, ending."""

from __future__ import annotations

from dataclasses import replace

from bot.core import checklist, permit_path, recognition_path
from bot.core.advising import card, card_in, passed_on, passed_through, with_caption
from bot.core.blocking import refused
from bot.core.case_room import going_on
from bot.core.cases import Refusal, Step, advance
from bot.core.model import (
    Attachment,
    Button,
    Case,
    Decision,
    Guide,
    Lane,
    Reply,
    Send,
    State,
    Status,
    Turn,
)
from bot.core.naming import shown_name
from bot.core.promising import spoken
from bot.core.replying import button, contacts, language_of, literal, old_button, reply_with, say, tell

ASKING_CONSENT = "consent"


def ask_for_person(turn: Turn, guide: Guide) -> Decision:
    """Ask for consent to pass the question on (GDPR Art. 6(1)(a)); or say how things stand."""
    if turn.advisers_room is None:
        reply = Reply(say(turn, guide, "handoff.nobody"), contacts(guide, language_of(turn.conversation)))
        return reply_with(turn, turn.conversation, reply, outcome="no_advisers")
    if refusal := refused(turn, guide):
        return refusal
    if turn.case is not None:
        key = "handoff.still_waiting" if turn.case.status is Status.OPEN else "handoff.already_talking"
        text = say(turn, guide, key, name=shown_name(turn.case.adviser, guide, turn.case.language))
        if turn.case.status is Status.OPEN:
            text = f"{text}\n\n{spoken(turn.case, guide, turn.now)}"
        return reply_with(turn, turn.conversation, Reply(text, (_end_button(turn, guide),)), outcome="person")
    last = (button(turn, guide, "case.go_on", "reopen"),) if going_on(turn, guide) is not None else ()
    buttons = (
        button(turn, guide, "button.consent_yes", "consent:yes"),
        button(turn, guide, "button.consent_no", "consent:no"),
        *last,
    )
    conversation = replace(turn.conversation, asking=ASKING_CONSENT)
    text = say(turn, guide, "handoff.consent")
    if _path(turn, guide):
        text = f"{text}\n\n{say(turn, guide, 'path.consent')}"
    return reply_with(turn, conversation, Reply(text, buttons), outcome="consent_asked")


def settle_consent(turn: Turn, guide: Guide, answer: str) -> Decision:
    """Open the case, or leave it. A button from an earlier conversation opens nothing."""
    conversation = replace(turn.conversation, asking=None)
    if refusal := refused(turn, guide):
        return refusal
    if turn.conversation.asking != ASKING_CONSENT or turn.case is not None or turn.advisers_room is None:
        return old_button(turn, guide, conversation)
    if answer != "yes":
        return reply_with(turn, conversation, Reply(say(turn, guide, "handoff.declined")), outcome="declined")
    case = Case(
        number=turn.fresh_case,
        newcomer=turn.incoming.origin.whole_chat,
        language=language_of(conversation),
        status=Status.OPEN,
        opened=turn.now,
        changed=turn.now,
        question="\n\n".join(part for part in (conversation.question, _path(turn, guide)) if part),
        shown=conversation.shown,
        person=conversation.person,
    )
    posted = Send(
        turn.advisers_room,
        card(case, guide, turn.room_language),
        key=case.card_key,
        lane=Lane.CARD,
        case=case.number,
    )
    key = "handoff.opened" if case.question else "handoff.opened_without_question"
    reply = Reply(say(turn, guide, key, number=case.number), (_end_button(turn, guide),))
    return reply_with(
        turn,
        replace(conversation, misses=0),
        reply,
        outcome="case_opened",
        effects=(posted,),
        state=State(case=case),
    )


def _path(turn: Turn, guide: Guide) -> str:
    """What was answered on guided paths and on the checklist, in the language that the advisers read."""
    of_paths = (recognition_path.for_card, permit_path.for_card, checklist.for_card)
    said = (of_path(turn.conversation, guide, turn.room_language) for of_path in of_paths)
    return "\n\n".join(line for line in said if line)


def reopen(turn: Turn, guide: Guide) -> Decision:
    """The newcomer goes on with the last conversation; if it is too old, a new one is offered."""
    if turn.case is not None or turn.blocked:
        return ask_for_person(turn, guide)
    opened = going_on(turn, guide)
    if opened is None or opened.state.case is None:
        return ask_for_person(turn, guide)
    conversation = replace(turn.conversation, asking=None)
    text = say(turn, guide, "case.reopened", number=opened.state.case.number)
    reply = Reply(text, (_end_button(turn, guide),))
    return reply_with(turn, conversation, reply, outcome=opened.outcome, effects=opened.effects, state=opened.state)


def passed_words(turn: Turn, guide: Guide, text: str) -> tuple[Send, ...]:
    """What a newcomer writes during a case, for the advisers' room, word for word."""
    case, room = turn.case, turn.advisers_room
    if case is None or room is None:
        return ()
    return (passed_on(guide, room, turn.room_language, case, literal(text)),)


def pass_words(turn: Turn, guide: Guide, text: str) -> Decision:
    """Pass a newcomer's words on and do nothing else."""
    return _pass(turn, guide, passed_words(turn, guide, text), "passed_on")


def pass_attachment(turn: Turn, guide: Guide, attachment: Attachment) -> Decision | None:
    """A photo, voice message, file or place during a case goes into the advisers' room and is not stored.

    What cannot be brought there is told to both sides, and what was written with it is passed on.
    """
    case, room = turn.case, turn.advisers_room
    if case is None or room is None:
        return None
    outcome = "attachment_passed_on"
    note = guide.texts.say(turn.room_language, "room.attachment_lost", number=case.number, kind=attachment.kind)
    if passed := passed_through(turn, room, attachment, note, case.number):
        heading = guide.texts.say(turn.room_language, "room.attachment", number=case.number)
        headline = tell(room, with_caption(turn, room, heading, attachment), case=case.number)
        return _pass(turn, guide, (headline, passed), outcome)
    words = f"{note}\n\n{literal(attachment.caption)}".rstrip()
    reply = Reply(say(turn, guide, "handoff.attachment_lost"))
    return reply_with(turn, turn.conversation, reply, outcome=outcome, effects=(tell(room, words, case=case.number),))


def _pass(turn: Turn, guide: Guide, passed: tuple[Send, ...], outcome: str) -> Decision:
    """Pass on; say so while nobody has claimed the case, be silent while a person talks.

    Whatever the assistant had asked before is off the table.
    """
    conversation = replace(turn.conversation, asking=None, buttons=())
    waiting = turn.case is not None and turn.case.status is Status.OPEN
    replies = (Reply(say(turn, guide, "handoff.added")),) if waiting else ()
    decision = reply_with(turn, conversation, *replies, outcome=outcome)
    return replace(decision, effects=(*passed, *decision.effects))


def withdraw(turn: Turn, guide: Guide) -> Decision:
    """The newcomer ends the case; the assistant answers again."""
    case, room = turn.case, turn.advisers_room
    if case is None or room is None:
        return old_button(turn, guide)
    ended = advance(case, Step.WITHDRAW, turn.incoming.sender, turn.now)
    if isinstance(ended, Refusal):
        raise AssertionError("a case that is not closed can be withdrawn")
    effects = (
        card_in(room, ended, guide, turn.room_language),
        tell(room, guide.texts.say(turn.room_language, "room.withdrawn", number=case.number), case=case.number),
    )
    reply = Reply(say(turn, guide, "handoff.withdrawn"), (button(turn, guide, "case.reopen", "reopen"),))
    return reply_with(turn, turn.conversation, reply, outcome="withdrawn", effects=effects, state=State(case=ended))


def _end_button(turn: Turn, guide: Guide) -> Button:
    return button(turn, guide, "button.withdraw", "withdraw")
