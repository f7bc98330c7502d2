"""Events, reminders, and being away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.assistant import respond
from bot.core.model import Conversation, Departure, Drop, Guide, LoseRoom, Move, Relocate, Status
from bot.core.reminding import reminders_between
from bot.core.subscriptions import MOST_COMING
from bot.core.wishes import EVERYTHING, wishes_of
from scheduler.agenda import Event
from tests.core.scenes import (
    AMARA,
    CAFE,
    KOFI,
    NOW,
    ROOM,
    a_case,
    a_conversation,
    actions,
    conversation_after,
    from_newcomer,
    from_room,
    pressing,
    said_to,
    sends,
)

SAMPLE = replace(CAFE, id="sample", sample=True)
START = datetime(2026, 12, 3, 17, 0, tzinfo=NOW.tzinfo)


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


# --- subscribing ---


@pytest.mark.parametrize("before", [True, False])
def test_subscribing(guide: Guide, before: bool) -> None:
    decision = respond(from_newcomer(pressing("subscribe"), a_conversation(subscribed=before)), guide)
    assert said_to(decision, AMARA) == [said(guide, "events.subscribed")]
    assert conversation_after(decision).subscribed


@pytest.mark.parametrize(("before", "key"), [(True, "events.unsubscribed"), (False, "events.was_not_subscribed")])
@pytest.mark.parametrize("way", ["/stop", "button"])
def test_unsubscribing(guide: Guide, before: bool, key: str, way: str) -> None:
    content = pressing("unsubscribe") if way == "button" else way
    decision = respond(from_newcomer(content, a_conversation(subscribed=before)), guide)
    assert said_to(decision, AMARA) == [said(guide, key)]
    assert not conversation_after(decision).subscribed


def test_following_all_topics_of_an_event_at_once(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("follow:german,family")), guide)
    assert said_to(decision, AMARA) == [said(guide, "events.following", topics="Practise German, Family")]
    assert conversation_after(decision).topics == ("german", "family")


def test_following_a_topic_and_another(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("follow:german")), guide)
    assert said_to(decision, AMARA) == [said(guide, "events.following", topics="Practise German")]
    first = conversation_after(decision)
    assert wishes_of(first) == {"topic:german"}
    second = conversation_after(respond(from_newcomer(pressing("follow:culture"), first), guide))
    again = conversation_after(respond(from_newcomer(pressing("follow:german"), second), guide))
    assert again.topics == second.topics == ("german", "culture")
    everything = conversation_after(respond(from_newcomer(pressing("subscribe"), again), guide))
    assert wishes_of(everything) == {EVERYTHING}


def test_who_hears_of_all_events_goes_on_hearing_of_all(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("follow:german"), a_conversation(subscribed=True)), guide)
    assert said_to(decision, AMARA) == [said(guide, "events.follows_all")]
    assert wishes_of(conversation_after(decision)) == {EVERYTHING}


@pytest.mark.parametrize("topic", ["", "party", "GERMAN"])
def test_a_topic_that_is_none_is_an_old_button(guide: Guide, topic: str) -> None:
    decision = respond(from_newcomer(pressing(f"follow:{topic}")), guide)
    assert said_to(decision, AMARA) == [said(guide, "button.is_old")]
    assert not wishes_of(conversation_after(decision))


def test_who_comes_is_reminded_without_being_subscribed_and_can_change_their_mind(guide: Guide) -> None:
    small = replace(guide, events=(CAFE,))
    ref = f"{CAFE.handle}-261203"
    decision = respond(from_newcomer(pressing(f"coming:{ref}")), small)
    assert said_to(decision, AMARA) == [said(guide, "events.coming_noted")]
    comes = conversation_after(decision)
    assert wishes_of(comes) == {f"event:{ref}"} and not comes.subscribed
    ((broadcast, _),) = reminders_between(small, START - timedelta(hours=2, seconds=1), START - timedelta(hours=2))
    assert f"event:{ref}" in broadcast.wishes
    assert {EVERYTHING, "topic:welcome"} <= set(broadcast.wishes)
    (page,) = sends(respond(from_newcomer(pressing(f"event:{ref}"), comes), small))
    assert said(guide, "events.you_come") in page.reply.text
    assert actions(page)[0] == f"notcoming:{ref}"
    assert conversation_after(respond(from_newcomer(pressing(f"coming:{ref}"), comes), small)).coming == (ref,)
    assert not wishes_of(conversation_after(respond(from_newcomer(pressing(f"notcoming:{ref}"), comes), small)))
    decision = respond(from_newcomer("/stop", comes), small)
    assert said_to(decision, AMARA) == [said(guide, "events.unsubscribed")]
    assert not wishes_of(conversation_after(decision))


@pytest.mark.parametrize("event", [None, replace(CAFE, cancelled=True), replace(CAFE, start=NOW.replace(tzinfo=None))])
def test_nobody_comes_to_what_is_gone_cancelled_or_has_begun(guide: Guide, event: Event | None) -> None:
    small = replace(guide, events=(event,) if event else ())
    day = event.start if event else START
    decision = respond(from_newcomer(pressing(f"coming:{CAFE.handle}-{day:%y%m%d}")), small)
    assert said_to(decision, AMARA) == [said(guide, "events.too_late")]
    assert conversation_after(decision).coming == ()


def test_only_the_last_events_to_go_to_are_remembered(guide: Guide) -> None:
    before = tuple(f"aaaaaaaa-2612{n:02}" for n in range(MOST_COMING))
    ref = f"{CAFE.handle}-261203"
    small = replace(guide, events=(CAFE,))
    after = conversation_after(respond(from_newcomer(pressing(f"coming:{ref}"), a_conversation(coming=before)), small))
    assert after.coming == (*before[1:], ref)


# --- being away ---


def test_a_departure_pauses_reminders_and_drops_what_waits(guide: Guide) -> None:
    decision = respond(from_newcomer(Departure("blocked"), a_conversation(subscribed=True)), guide)
    assert decision.effects == (Drop(AMARA),)
    after = conversation_after(decision)
    assert (after.subscribed, after.paused) == (True, True)


@pytest.mark.parametrize("status", [Status.OPEN, Status.CLAIMED])
def test_a_departure_during_a_case_is_told_to_the_advisers(guide: Guide, status: Status) -> None:
    decision = respond(from_newcomer(Departure("blocked"), case=a_case(status)), guide)
    reason = said(guide, "reached.reason.blocked", "de")
    assert said_to(decision, ROOM) == [said(guide, "reached.gone", "de", number=7, reason=reason)]
    assert said_to(decision, AMARA) == []


def test_of_somebody_unknown_nothing_is_stored_at_departure(guide: Guide) -> None:
    decision = respond(from_newcomer(Departure("blocked"), Conversation(AMARA)), guide)
    assert decision.state.conversation is None


def test_what_waits_for_the_advisers_room_waits_on_when_the_bot_is_removed_from_it(guide: Guide) -> None:
    decision = respond(from_room(Departure("removed"), case=a_case()), guide)
    assert (decision.effects, decision.state.conversation, decision.state.case) == ((LoseRoom("removed"),), None, None)


def test_who_comes_back_is_asked_once_whether_reminders_shall_come_again(guide: Guide) -> None:
    away = a_conversation(subscribed=True, paused=True)
    decision = respond(from_newcomer("/privacy", away), guide)
    assert said_to(decision, AMARA) == [said(guide, "privacy"), said(guide, "reminders.paused")]
    asked = conversation_after(decision)
    assert (asked.subscribed, asked.paused) == (True, True)
    assert said_to(respond(from_newcomer("/privacy", asked), guide), AMARA) == [said(guide, "privacy")]
    again = conversation_after(respond(from_newcomer(pressing("resume"), asked), guide))
    assert (again.subscribed, again.paused) == (True, False)
    ended = conversation_after(respond(from_newcomer(pressing("unsubscribe"), asked), guide))
    assert (ended.subscribed, ended.paused) == (False, False)
    away_again = conversation_after(respond(from_newcomer(Departure("blocked"), asked), guide))
    assert not away_again.offered_to_resume


def test_who_comes_back_to_an_adviser_or_to_a_question_is_asked_about_reminders_later(guide: Guide) -> None:
    away = a_conversation(subscribed=True, paused=True)
    talking = respond(from_newcomer("See you at 3", away, case=a_case(Status.CLAIMED)), guide)
    assert said(guide, "reminders.paused") not in said_to(talking, AMARA)
    deleting = respond(from_newcomer("/delete", away), guide)
    assert said_to(deleting, AMARA) == [said(guide, "delete.ask")]
    later = respond(from_newcomer("/privacy", replace(conversation_after(deleting), asking=None)), guide)
    assert said(guide, "reminders.paused") in said_to(later, AMARA)


@pytest.mark.parametrize(
    ("content", "subscribed"), [("/privacy", False), ("/stop", True), (pressing("subscribe"), True)]
)
def test_who_comes_back_without_reminders_or_decides_anew_is_not_told(
    guide: Guide, content: object, subscribed: bool
) -> None:
    away = a_conversation(subscribed=subscribed, paused=True)
    decision = respond(from_newcomer(content, away), guide)  # type: ignore[arg-type]
    assert len(sends(decision)) == 1
    assert not conversation_after(decision).paused


def test_a_chat_that_moved_is_relocated(guide: Guide) -> None:
    assert respond(from_newcomer(Move(KOFI)), guide).effects == (Relocate(AMARA, KOFI),)
    assert respond(from_room(Move(KOFI)), guide).effects == (Relocate(ROOM, KOFI),)


# --- announcing ---


@pytest.mark.parametrize(
    ("before", "heading"),
    [
        (timedelta(hours=24), "reminder.tomorrow"),
        (timedelta(hours=17), "reminder.today"),
        (timedelta(hours=2), "reminder.today"),
    ],
)
def test_a_reminder_is_one_broadcast_in_all_languages_until_the_start(
    guide: Guide, before: timedelta, heading: str
) -> None:
    small = replace(guide, events=(CAFE,))
    now = START - before
    planned = [broadcast for broadcast, _ in reminders_between(small, START - timedelta(hours=25), now)]
    assert planned
    for broadcast in planned:
        assert broadcast.key.startswith("reminder:cafe@2026-12-03")
        assert broadcast.expires == START
        assert set(broadcast.replies) == set(guide.languages)
        for language, reply in broadcast.replies.items():
            assert reply.text.startswith(said(guide, heading, language))
            assert reply.text.endswith(said(guide, "reminder.stop", language))
            assert said(guide, "events.samples", language) not in reply.text


def test_a_reminder_of_a_sample_says_that_it_is_one(guide: Guide) -> None:
    ((broadcast, _),) = reminders_between(
        replace(guide, events=(SAMPLE,)), START - timedelta(hours=3), START - timedelta(hours=1)
    )
    assert said(guide, "events.samples", "de") in broadcast.replies["de"].text


def test_nothing_is_announced_twice_or_after_the_start(guide: Guide) -> None:
    small = replace(guide, events=(CAFE,))
    due = START - timedelta(hours=2)
    assert len(reminders_between(small, due - timedelta(seconds=1), due)) == 1
    assert reminders_between(small, due, due + timedelta(hours=1)) == ()
    assert reminders_between(small, due - timedelta(days=7), START) == ()
    assert reminders_between(replace(guide, events=(replace(CAFE, cancelled=True),)), due - timedelta(1), due) == ()
