"""What newcomers are promised, what the clock does about it, and that nothing of it is said twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.assistant import respond
from bot.core.model import Case, Effect, Guide, Send, Status
from bot.core.promise import Promise
from bot.core.promising import keep, spoken
from knowledge.office_hours import OfficeHours
from tests.core.scenes import AMARA, KOFI, MARIA, NOW, ROOM, a_case, a_conversation, from_newcomer, from_room, pressing

SOON = NOW + timedelta(minutes=60)
ASKED = a_conversation(asking="consent", question="What about my diploma?")


def waiting(promise: Promise | None) -> Case:
    return replace(a_case(Status.OPEN), promise=promise)


def texts(effects: tuple[Effect, ...], to: object) -> list[str]:
    return [effect.reply.text for effect in effects if isinstance(effect, Send) and effect.to == to]


def closed(guide: Guide) -> Guide:
    return replace(guide, hours=OfficeHours({}, {}, 60, 15, (30, 10)))


def test_who_waits_longer_is_promised_a_later_time(guide: Guide) -> None:
    others = tuple(replace(a_case(Status.OPEN, number), newcomer=KOFI) for number in (5, 6))
    claimed = a_case(Status.CLAIMED, 4, KOFI)
    turn = replace(from_newcomer(pressing("consent:yes"), ASKED), waiting=(claimed, *others))
    case = respond(turn, guide).state.case
    assert case is not None
    assert case.promise == Promise(SOON + timedelta(minutes=2 * guide.hours.each_waiting))


def test_a_case_that_is_released_is_promised_anew(guide: Guide) -> None:
    case = replace(a_case(Status.CLAIMED), promise=Promise(NOW - timedelta(days=3), broken=2))
    moved = respond(from_room("/release 7", MARIA, case=case), guide).state.case
    assert moved is not None
    assert moved.promise == Promise(SOON)


def test_a_case_that_waits_on_keeps_its_promise(guide: Guide) -> None:
    case = waiting(Promise(SOON))
    decision = respond(from_newcomer(pressing("language:de"), case=case), guide)
    assert decision.state.case == replace(case, language="de")


def test_where_no_time_can_be_named_none_is(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("consent:yes"), ASKED), closed(guide))
    assert decision.state.case is not None
    assert decision.state.case.promise is None
    assert guide.texts.say("en", "promise.none") in texts(decision.effects, AMARA)[0]


@pytest.mark.parametrize(("minutes", "reminded", "said"), [(31, 0, 0), (30, 0, 1), (30, 1, 0), (9, 1, 1), (9, 0, 1)])
def test_the_room_is_reminded_step_by_step(guide: Guide, minutes: int, reminded: int, said: int) -> None:
    case = waiting(Promise(SOON, reminded=reminded))
    kept, effects = keep(case, 0, guide, ROOM, "de", SOON - timedelta(minutes=minutes))
    assert (len(texts(effects, ROOM)), texts(effects, AMARA)) == (said, [])
    again, none = keep(kept, 0, guide, ROOM, "de", SOON - timedelta(minutes=minutes))
    assert (again, none) == (kept, ())


def test_a_reminder_whose_time_was_over_when_the_promise_was_made_is_left_out(guide: Guide) -> None:
    short = replace(guide, hours=replace(guide.hours, first_answer=15))
    case = respond(from_newcomer(pressing("consent:yes"), ASKED), short).state.case
    assert case is not None
    assert case.promise == Promise(NOW + timedelta(minutes=15), reminded=1)


def test_a_broken_promise_is_told_once_with_a_new_time(guide: Guide) -> None:
    kept, effects = keep(waiting(Promise(SOON)), 0, guide, ROOM, "de", SOON)
    assert kept.promise == Promise(SOON + timedelta(hours=1), broken=1)
    (told,) = texts(effects, AMARA)
    assert told == f"{guide.texts.say('en', 'promise.renewed')}\n\n{spoken(kept, guide, SOON)}"
    assert len(texts(effects, ROOM)) == 1
    assert keep(kept, 0, guide, ROOM, "de", SOON) == (kept, ())


def test_after_the_second_broken_promise_no_time_is_named_and_nothing_more_is_said(guide: Guide) -> None:
    kept, effects = keep(waiting(Promise(SOON, broken=1)), 0, guide, ROOM, "de", SOON)
    assert texts(effects, AMARA) == [guide.texts.say("en", "promise.given_up")]
    for days in range(30):
        assert keep(kept, 0, guide, ROOM, "de", SOON + timedelta(days=days)) == (kept, ())


def test_where_no_new_time_can_be_named_that_is_said_at_once(guide: Guide) -> None:
    kept, effects = keep(waiting(Promise(SOON)), 0, closed(guide), ROOM, "de", SOON)
    assert texts(effects, AMARA) == [guide.texts.say("en", "promise.given_up")]
    assert keep(kept, 0, closed(guide), ROOM, "de", SOON) == (kept, ())


@pytest.mark.parametrize("case", [waiting(None), replace(a_case(Status.CLAIMED), promise=Promise(NOW))])
def test_without_a_promise_or_a_wait_the_clock_says_nothing(guide: Guide, case: Case) -> None:
    assert keep(case, 0, guide, ROOM, "de", NOW + timedelta(days=1)) == (case, ())


@pytest.mark.parametrize("language", ["de", "en", "tr", "uk"])
def test_the_promise_is_told_in_the_newcomers_language(guide: Guide, language: str) -> None:
    case = replace(waiting(Promise(SOON)), language=language)
    said = {"de": "bis Dienstag, 1. Dezember, 10:00 Uhr", "en": "by Tuesday 1 December, 10:00"}
    assert said.get(language, "10:00") in spoken(case, guide, NOW).replace("**", "")
