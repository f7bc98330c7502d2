"""A conversation with an adviser that has gone quiet: reminders to who has to answer, and its end, announced before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.cases import Step, advance
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Case,
    Decision,
    Edit,
    Effect,
    Guide,
    Moment,
    Record,
    Reply,
    Send,
    Sender,
    Silence,
    Status,
    Turn,
    Utterance,
)
from bot.core.replying import literal, old_button, reply_with, say, tell
from knowledge.formats import format_deadline, format_instant

ADVISER, NEWCOMER = "adviser", "newcomer"
BY_ITSELF = Sender("", "")  # who closes a case that has gone quiet
MOST_REMINDERS = 3  # so often the room is reminded of one unanswered message


def silenced(turn: Turn, decision: Decision) -> Decision:
    """The decision, with who has to say something next in a claimed case."""
    case = decision.state.case or turn.case
    if case is None or case.status is not Status.CLAIMED:
        return decision
    waits_for = _waits_for(turn, decision, case)
    if waits_for is None or (case.silence is not None and waits_for == ADVISER == case.silence.waits_for):
        return decision
    case = replace(case, silence=Silence(waits_for, turn.now))
    return replace(decision, state=replace(decision.state, case=case))


def _waits_for(turn: Turn, decision: Decision, case: Case) -> str | None:
    if turn.in_advisers_room:
        if decision.outcome == "adviser_reply":
            return NEWCOMER
        return ADVISER if decision.state.case is not None and case.silence is None else None
    said = isinstance(turn.incoming.content, Utterance | Attachment | Edit)
    passed = any(isinstance(effect, Send) and effect.to == turn.advisers_room for effect in decision.effects)
    return ADVISER if said and passed else None


def stay(turn: Turn, guide: Guide) -> Decision:
    """The newcomer wants to go on with a conversation that was about to be ended."""
    if turn.case is None or turn.case.status is not Status.CLAIMED:
        return old_button(turn, guide)
    kept = replace(turn.case, silence=Silence(NEWCOMER, turn.now))
    decision = reply_with(turn, turn.conversation, Reply(say(turn, guide, "idle.kept")), outcome="idle_kept")
    return replace(decision, state=replace(decision.state, case=kept))


def tend(case: Case, guide: Guide, room: Address, language: str, now: datetime) -> tuple[Case, tuple[Effect, ...]]:
    """What the clock does with a conversation that has gone quiet: the case as it is then, and what is said."""
    silence = case.silence
    if case.status is not Status.CLAIMED or silence is None:
        return case, ()
    if silence.waits_for == ADVISER:
        return _remind(case, silence, guide, room, language, now)
    if silence.told_at is None:
        return _warn(case, silence, guide, now)
    if now < _end(silence, guide):
        return case, ()
    closed = advance(case, Step.CLOSE, BY_ITSELF, now)
    assert isinstance(closed, Case), "a claimed case can be closed"
    key = f"idle:{case.number}:{silence.since.isoformat()}"
    text = guide.texts.say(language, "idle.closed_in_room", number=case.number)
    told = closing(closed, guide, guide.texts.say(case.language, "idle.closed"))
    return closed, (
        replace(told, key=f"{key}:closed"),
        replace(tell(room, text, case=case.number), key=f"{key}:room"),
        Record(case.number, Moment(now, "idle")),
    )


def closing(case: Case, guide: Guide, text: str) -> Send:
    """The last message of a case to its newcomer, with the way back."""
    reopen = Button(guide.texts.say(case.language, "case.reopen"), "reopen")
    return tell(case.newcomer, text, reopen, case=case.number)


def _remind(
    case: Case, silence: Silence, guide: Guide, room: Address, language: str, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    due = silence.since + timedelta(hours=guide.hours.idle.remind_hours * (silence.told + 1))
    if silence.told >= MOST_REMINDERS or now < due:
        return case, ()
    text = guide.texts.say(
        language,
        "idle.adviser",
        number=case.number,
        name=literal(case.adviser.name) if case.adviser else "",
        time=format_instant(silence.since, guide.zone, language),
    )
    told = replace(silence, told=silence.told + 1, told_at=now)
    sent = tell(room, text, case=case.number)
    key = f"idle:{case.number}:{silence.since.isoformat()}:{told.told}"
    return replace(case, silence=told), (replace(sent, key=key, reply=replace(sent.reply, mention=case.adviser)),)


def _warn(case: Case, silence: Silence, guide: Guide, now: datetime) -> tuple[Case, tuple[Effect, ...]]:
    idle = guide.hours.idle
    if now < silence.since + timedelta(days=idle.close_days - idle.warn_days):
        return case, ()
    told = replace(silence, told=1, told_at=now)
    time = format_deadline(_end(told, guide), guide.zone, case.language)
    text = guide.texts.say(case.language, "idle.newcomer", time=time)
    further = Button(guide.texts.say(case.language, "idle.stay"), "stay")
    key = f"idle:{case.number}:{silence.since.isoformat()}:warned"
    return replace(case, silence=told), (replace(tell(case.newcomer, text, further, case=case.number), key=key),)


def _end(silence: Silence, guide: Guide) -> datetime:
    """When it is ended: so many days after the warning, however late that came."""
    assert silence.told_at is not None
    return silence.told_at + timedelta(days=guide.hours.idle.warn_days)
