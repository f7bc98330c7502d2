"""Conversations that have gone quiet: who is reminded when, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assistant import respond
from bot.core.idling import MOST_REMINDERS, tend
from bot.core.model import Case, Choice, Guide, Record, Said, Send, Silence, Status
from tests.core.scenes import AMARA, MARIA, NOW, ROOM, a_case, from_newcomer, from_room, said_to, sends

CLAIMED = a_case(Status.CLAIMED)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def quiet(waits_for: str, since: datetime = NOW) -> Case:
    return replace(CLAIMED, silence=Silence(waits_for, since))


def ticked(guide: Guide, case: Case, now: datetime) -> tuple[Case, list[Send]]:
    after, effects = tend(case, guide, ROOM, "de", now)
    return after, [effect for effect in effects if isinstance(effect, Send)]


# --- who has to say something ---------------------------------------------------------------------


def test_after_an_answer_the_newcomer_has_the_word_and_after_a_message_the_adviser(guide: Guide) -> None:
    answered = respond(from_room("Guten Tag", case=CLAIMED), guide).state.case
    assert answered is not None
    assert answered.silence == Silence("newcomer", NOW)
    written = respond(from_newcomer("And my diploma?", case=answered), guide).state.case
    assert written is not None
    assert written.silence == Silence("adviser", NOW)


def test_a_second_message_does_not_begin_the_waiting_anew(guide: Guide) -> None:
    waiting = quiet("adviser", NOW - HOUR)
    decision = respond(from_newcomer("Hello?", case=waiting), guide)
    assert decision.state.case is None


@pytest.mark.parametrize("words", ["/help", "// intern"])
def test_what_is_no_message_changes_nothing(words: str, guide: Guide) -> None:
    waiting = quiet("adviser", NOW - HOUR)
    assert respond(from_room(words, case=waiting), guide).state.case is None


def test_who_claims_has_the_word(guide: Guide) -> None:
    claimed = respond(from_room("/claim", case=a_case()), guide).state.case
    assert claimed is not None
    assert claimed.silence == Silence("adviser", NOW)


# --- an adviser's answer is missing ---------------------------------------------------------------


def test_the_room_is_reminded_of_a_missing_answer_a_few_times(guide: Guide) -> None:
    case, hours = quiet("adviser"), guide.hours.idle.remind_hours
    assert ticked(guide, case, NOW + hours * HOUR - timedelta(seconds=1)) == (case, [])
    keys = []
    for day in range(1, MOST_REMINDERS + 3):
        case, sent = ticked(guide, case, NOW + day * hours * HOUR)
        keys += [send.key for send in sent]
        assert all(send.to == ROOM and send.reply.mention == MARIA for send in sent)
        assert ticked(guide, case, NOW + day * hours * HOUR) == (case, [])
    assert len(set(keys)) == len(keys) == MOST_REMINDERS
    assert case.status is Status.CLAIMED


# --- the newcomer is silent -----------------------------------------------------------------------


def test_the_newcomer_is_told_before_it_ends_and_then_it_ends(guide: Guide) -> None:
    idle = guide.hours.idle
    case = quiet("newcomer")
    warning = NOW + (idle.close_days - idle.warn_days) * DAY
    assert ticked(guide, case, warning - HOUR) == (case, [])
    warned, (told,) = ticked(guide, case, warning)
    assert (told.to, [button.action for button in told.reply.buttons]) == (AMARA, ["stay"])
    assert ticked(guide, warned, warning + idle.warn_days * DAY - HOUR) == (warned, [])
    warned = replace(warned, said=(Said(1, "31", "My boss"),))
    closed, effects = tend(warned, guide, ROOM, "de", warning + idle.warn_days * DAY)
    assert (closed.status, closed.said) == (Status.CLOSED, ()), "closed as any other: what was gathered is let go"
    assert [effect.to for effect in effects if isinstance(effect, Send)] == [AMARA, ROOM]
    assert [effect.moment.what for effect in effects if isinstance(effect, Record)] == ["idle"]
    assert tend(closed, guide, ROOM, "de", warning + 30 * DAY) == (closed, ())


def test_after_an_outage_the_newcomer_still_has_the_time_that_was_named(guide: Guide) -> None:
    late = NOW + 60 * DAY
    warned, (told,) = ticked(guide, quiet("newcomer"), late)
    assert warned.status is Status.CLAIMED
    assert ticked(guide, warned, late + HOUR) == (warned, [])
    assert told.reply.text


def test_a_word_of_the_newcomer_or_the_button_keeps_it_open(guide: Guide) -> None:
    warned = replace(CLAIMED, silence=Silence("newcomer", NOW - 6 * DAY, 1, NOW - HOUR))
    pressed = respond(from_newcomer(Choice("stay"), case=warned), guide)
    assert pressed.state.case is not None
    assert pressed.state.case.silence == Silence("newcomer", NOW)
    written = respond(from_newcomer("I am still here", case=warned), guide)
    assert written.state.case is not None
    assert written.state.case.silence == Silence("adviser", NOW)


def test_the_button_is_old_without_a_conversation(guide: Guide) -> None:
    decision = respond(from_newcomer(Choice("stay")), guide)
    assert said_to(decision, AMARA) == [guide.texts.say("en", "button.is_old")]
    assert len(sends(decision)) == 1


@given(
    waits_for=st.sampled_from(["adviser", "newcomer"]),
    steps=st.lists(st.integers(min_value=0, max_value=100), max_size=12),
)
def test_however_the_clock_ticks_nothing_is_said_twice_and_nobody_is_closed_unwarned(
    guide: Guide, waits_for: str, steps: list[int]
) -> None:
    case, now, keys = quiet(waits_for), NOW, list[str | None]()
    for hours in steps:
        now += hours * HOUR
        warned = case.silence is not None and case.silence.told_at is not None
        case, effects = tend(case, guide, ROOM, "de", now)
        keys += [effect.key for effect in effects if isinstance(effect, Send)]
        assert case.status is Status.CLAIMED or (warned and waits_for == "newcomer") or not effects
    assert None not in keys
    assert len(set(keys)) == len(keys)
