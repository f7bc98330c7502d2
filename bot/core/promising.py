"""By when a person answers: told at once to who asks, kept in view of the advisers, and told anew if it is not kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.model import Address, Button, Case, Decision, Effect, Guide, Send, Status, Turn
from bot.core.promise import Promise
from bot.core.replying import contacts, tell
from knowledge.formats import format_deadline, format_instant

MOST_BROKEN = 2  # after so many promises that were not kept, no further time is named


def promised(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """The decision, with a promise for a case that it lets wait (again): for the newcomer and on the card."""
    case = decision.state.case
    waited = turn.case is not None and turn.case.status is Status.OPEN
    if case is None or case.status is not Status.OPEN or waited:
        return decision
    before = sum(other.status is Status.OPEN and other.number != case.number for other in turn.waiting)
    case = replace(case, promise=_promise(guide, turn.now, before))
    effects = list(decision.effects)
    said = guide.texts.say(case.language, "reached.room_lost") if turn.room_lost else spoken(case, guide, turn.now)
    for place, effect in enumerate(effects):
        is_card = isinstance(effect, Send) and case.card_key in (effect.key, effect.replaces)
        if isinstance(effect, Send) and is_card and case.promise is not None:
            effects[place] = _followed(effect, card_line(case.promise, guide, turn.room_language))
    told = [place for place, effect in enumerate(effects) if isinstance(effect, Send) and effect.to == case.newcomer]
    if told:
        sent = effects[told[-1]]
        assert isinstance(sent, Send)
        effects[told[-1]] = _followed(sent, said)
    return replace(decision, state=replace(decision.state, case=case), effects=tuple(effects))


def _followed(send: Send, text: str) -> Send:
    return replace(send, reply=replace(send.reply, text=f"{send.reply.text}\n\n{text}"))


def _promise(guide: Guide, now: datetime, before: int, broken: int = 0) -> Promise | None:
    """A promise made now; reminders whose time is over already are not made up."""
    by = guide.hours.promise(now, guide.zone, before)
    if by is None:
        return None
    return Promise(by, broken, _reminders_due(guide, by, now))


def _reminders_due(guide: Guide, by: datetime, now: datetime) -> int:
    return sum(by - timedelta(minutes=minutes) <= now for minutes in guide.hours.reminders)


def spoken(case: Case, guide: Guide, now: datetime) -> str:
    """What a newcomer who waits hears: by when a person answers, and outside the hours that the bot goes on."""
    said = [guide.texts.say(case.language, "promise.none")]
    if case.promise is not None:
        time = format_deadline(case.promise.by, guide.zone, case.language)
        key = "promise.by" if guide.hours.is_open(now, guide.zone) else "promise.by_later"
        said = [guide.texts.say(case.language, key, time=time)]
    if guide.hours.sample:
        said.append(guide.texts.say(case.language, "promise.sample"))
    return "\n".join(said)


def card_line(promise: Promise, guide: Guide, language: str) -> str:
    """The line of a waiting case's card that says what its newcomer was promised."""
    return guide.texts.say(language, "promise.card", time=format_instant(promise.by, guide.zone, language))


def keep(
    case: Case, before: int, guide: Guide, room: Address, language: str, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    """What the clock does with the promise for a waiting case: the case as it is then, and what is said.

    before: how many others were waiting before. Shortly before the promised time the room is reminded. When it is
    over, the newcomer is told a new one; when that is over too, that no time can be named.
    """
    promise = case.promise
    if case.status is not Status.OPEN or promise is None or promise.broken >= MOST_BROKEN:
        return case, ()
    if now >= promise.by:
        return _break(case, promise, before, guide, room, language, now)
    due = _reminders_due(guide, promise.by, now)
    if due <= promise.reminded:
        return case, ()
    minutes = max(1, round((promise.by - now) / timedelta(minutes=1)))
    text = guide.texts.say(
        language,
        "promise.room_soon",
        number=case.number,
        time=format_instant(promise.by, guide.zone, language),
        minutes=minutes,
    )
    reminder = replace(tell(room, text, _claim(case, guide, language), case=case.number), key=_key(case, f"soon:{due}"))
    return replace(case, promise=replace(promise, reminded=due)), (reminder,)


def _break(
    case: Case, promise: Promise, before: int, guide: Guide, room: Address, language: str, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    broken = promise.broken + 1
    renewed = _promise(guide, now, before, broken) if broken < MOST_BROKEN else None
    kept = replace(case, promise=renewed or replace(promise, broken=MOST_BROKEN))
    was = format_instant(promise.by, guide.zone, language)
    missed = guide.texts.say(language, "promise.room_missed", number=case.number, time=was)
    if renewed is not None:
        sorry = guide.texts.say(case.language, "promise.renewed")
        told = tell(case.newcomer, f"{sorry}\n\n{spoken(kept, guide, now)}", case=case.number)
    else:
        told = tell(
            case.newcomer,
            guide.texts.say(case.language, "promise.given_up"),
            *contacts(guide, case.language),
            case=case.number,
        )
    reminded = tell(room, missed, _claim(case, guide, language), case=case.number)
    return kept, (replace(reminded, key=_key(case, "missed")), replace(told, key=_key(case, "told")))


def _key(case: Case, what: str) -> str:
    """One delivery per promise and purpose, whatever happens to the process."""
    assert case.promise is not None
    return f"promise:{case.number}:{case.promise.by.isoformat()}:{what}"


def _claim(case: Case, guide: Guide, language: str) -> Button:
    return Button(guide.texts.say(language, "room.button.claim"), f"case:{case.number}:claim")
