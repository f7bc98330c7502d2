"""What is on: lists, narrowing down, one event, its calendar file, and what free text leads there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assistant import respond
from bot.core.model import Choice, Decision, Guide, Send
from knowledge.deciding import Found
from scheduler.agenda import Event, Move, Place
from scheduler.finding import Wish
from tests.core.scenes import (
    AMARA,
    CAFE,
    NOW,
    a_case,
    a_conversation,
    actions,
    conversation_after,
    from_newcomer,
    pressing,
    said_to,
    sends,
)

SAMPLE = replace(CAFE, id="sample", sample=True)
GERMAN = replace(
    CAFE,
    id="german",
    title={"de": "Sprachcafé"},
    text={"de": "Deutsch üben."},
    topics=("german",),
    price="free",
    languages=("de", "uk"),
    with_children=True,
    organiser="Verein *Eins*",
    page="https://example.org/more",
    place=Place(name={"de": "Park"}, latitude=50.776, longitude=6.084),
)


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


def showing(guide: Guide, *events: Event) -> Guide:
    return replace(guide, events=events)


def weekly(number: int, **changed: object) -> Event:
    """An event of its own on a day in December."""
    start = datetime(2026, 12, 1 + number, 18)  # noqa: DTZ001
    return replace(CAFE, id=f"e{number}", start=start, end=start + timedelta(hours=2), **changed)  # type: ignore[arg-type]


def only(decision: Decision) -> Send:
    (send,) = sends(decision)
    return send


def ref_of(event: Event, day: str = "261203") -> str:
    return f"{event.handle}-{day}"


# --- lists ---


def test_the_next_events_are_listed_each_with_a_button_of_its_own(guide: Guide) -> None:
    reply = only(respond(from_newcomer("/events"), showing(guide, CAFE, GERMAN)))
    text = reply.reply.text.replace("\\", "")
    assert text.startswith(said(guide, "events.coming"))
    assert "**Café *World***\nThursday, 3 December 2026, 18:00–20:00\nHouse, Markt 1" in text
    assert "**Sprachcafé (in German)**" in text
    assert "Park · free" in text
    assert said(guide, "events.samples") not in text
    assert actions(reply) == [f"event:{ref_of(CAFE)}", f"event:{ref_of(GERMAN)}", "filter:", "subscribe"]
    assert reply.reply.buttons[0].label == "Thu 3 Dec: Café *World*"


def test_samples_are_said_to_be_samples_on_lists_and_pages(guide: Guide) -> None:
    for content in ("/events", pressing(f"event:{ref_of(SAMPLE)}")):
        (text,) = said_to(respond(from_newcomer(content), showing(guide, SAMPLE)), AMARA)
        assert said(guide, "events.samples") in text


def test_a_sample_among_real_events_is_marked_by_itself(guide: Guide) -> None:
    (text,) = said_to(respond(from_newcomer("/events"), showing(guide, SAMPLE, GERMAN)), AMARA)
    assert said(guide, "events.samples") not in text
    assert text.count(said(guide, "events.sample")) == 1
    assert said(guide, "events.sample") in next(part for part in text.split("\n\n") if "World" in part)


def test_without_events_that_is_said(guide: Guide) -> None:
    (text,) = said_to(respond(from_newcomer("/events"), showing(guide)), AMARA)
    assert said(guide, "events.none") in text


def test_subscribers_are_offered_to_unsubscribe(guide: Guide) -> None:
    reply = only(respond(from_newcomer("/events", a_conversation(subscribed=True)), guide))
    assert "unsubscribe" in actions(reply) and "subscribe" not in actions(reply)


def test_a_long_list_has_pages(guide: Guide) -> None:
    full = showing(guide, *(weekly(number) for number in range(12)))
    first = only(respond(from_newcomer("/events"), full))
    assert [action for action in actions(first) if action.startswith("events:")] == ["events:p1"]
    second = only(respond(from_newcomer(pressing("events:p1")), full))
    assert [action for action in actions(second) if action.startswith("events:")] == ["events:p2", "events:"]
    last = only(respond(from_newcomer(pressing("events:p2")), full))
    assert [action for action in actions(last) if action.startswith("event:")] == [
        f"event:{weekly(n).handle}-2612{n + 1:02}" for n in (10, 11)
    ]


def test_filters_are_offered_for_what_there_is_and_what_is_chosen_can_be_taken_back(guide: Guide) -> None:
    reply = only(respond(from_newcomer(pressing("filter:tgerman,f")), showing(guide, CAFE, GERMAN)))
    labels = {button.label: button.action for button in reply.reply.buttons}
    assert labels["✓ Practise German"] == "events:f"
    assert labels["✓ free"] == "events:tgerman"
    assert labels["New in Aachen"] == "events:twelcome,f"
    assert labels["with children"] == "events:tgerman,f,c"
    assert labels["in English"] == "events:tgerman,len,f"
    assert labels["This week"] == "events:d261201-261206,tgerman,f"
    assert labels["This month"] == "events:d261201-261231,tgerman,f"
    assert not any("Work" in label for label in labels), "no event is about it"
    assert labels["All events"] == "events:"


def test_a_narrow_list_says_what_it_shows(guide: Guide) -> None:
    wish = Wish.decode("d261203-261206,tgerman,luk,f,c").encode()
    (text,) = said_to(respond(from_newcomer(pressing(f"events:{wish}")), showing(guide, CAFE, GERMAN)), AMARA)
    heading = "Thu 3 Dec – Sun 6 Dec · Practise German · in Ukrainian · free · with children"
    assert text.split("\n\n")[0] == said(guide, "events.found", wish=heading)
    assert "World" not in text


@pytest.mark.parametrize("code", ["d261205-261206,tgerman", "temployers"])
def test_where_nothing_fits_that_is_said_and_the_next_best_shown(guide: Guide, code: str) -> None:
    (text,) = said_to(respond(from_newcomer(pressing(f"events:{code}")), showing(guide, CAFE, GERMAN)), AMARA)
    assert said(guide, "events.instead") in text
    assert "Sprachcafé" in text
    assert ("World" in text) == (code == "temployers")


# --- one event ---


def test_an_event_says_all_that_helps_to_go_there(guide: Guide) -> None:
    reply = only(respond(from_newcomer(pressing(f"event:{ref_of(GERMAN)}")), showing(guide, GERMAN))).reply
    text = reply.text.replace("\\", "")
    assert "**Sprachcafé (in German)**" in text
    for key, value in {
        "events.when": {"when": "Thursday, 3 December 2026, 18:00–20:00"},
        "events.where": {"value": "Park"},
        "events.price": {"value": "free"},
        "events.languages": {"value": "German, Ukrainian"},
        "events.organiser": {"value": "Verein *Eins*"},
    }.items():
        assert said(guide, key, **value) in text
    assert said(guide, "events.children_welcome") in text
    assert "Deutsch üben. (in German)" in text
    assert "[Register](https://example.org/cafe) · [Read more](https://example.org/more)" in text
    assert reply.place is not None
    assert (reply.place.name, reply.place.address, reply.place.latitude) == ("Park", "Park", 50.776)
    ref = ref_of(GERMAN)
    assert [button.action for button in reply.buttons] == [
        f"coming:{ref}",
        f"calendar:{ref}",
        "follow:german",
        "events:",
    ]


def test_of_an_event_that_says_little_little_is_shown(guide: Guide) -> None:
    bare = replace(CAFE, title={"fr": "Fête"}, text={}, place=Place(name={}), registration=None)
    reply = only(respond(from_newcomer(pressing(f"event:{ref_of(bare)}")), showing(guide, bare))).reply
    assert reply.text == "**Fête (in French)**\n\n📅 Thursday, 3 December 2026, 18:00–20:00"
    assert reply.place is None


def test_further_dates_of_an_event_are_a_press_away(guide: Guide) -> None:
    moves = tuple(_on(date(2026, 12, day)) for day in (10, 17, 24, 31))
    often = replace(CAFE, moved=moves)
    reply = only(respond(from_newcomer(pressing(f"event:{ref_of(often, '261210')}")), showing(guide, often)))
    days = ["261203", "261217", "261224"]
    assert actions(reply)[2:-2] == [f"event:{ref_of(often, day)}" for day in days]


def _on(day: date) -> Move:
    start = datetime(day.year, day.month, day.day, 18)  # noqa: DTZ001
    return Move(on=day, start=start, end=start + timedelta(hours=2))


@pytest.mark.parametrize(
    ("changed", "key", "offered"),
    [({"cancelled": True}, "events.cancelled", False), ({"start": datetime(2026, 11, 3, 18)}, "events.over", False)],  # noqa: DTZ001
)
def test_nobody_is_invited_to_what_is_cancelled_or_over(
    guide: Guide, changed: dict[str, object], key: str, offered: bool
) -> None:
    event = replace(CAFE, **changed)  # type: ignore[arg-type]
    if "start" in changed:
        event = replace(event, end=event.start + timedelta(hours=1))
    reply = only(
        respond(from_newcomer(pressing(f"event:{ref_of(event, f'{event.start:%y%m%d}')}")), showing(guide, event))
    )
    assert said(guide, key, title="Café \\*World\\*") in reply.reply.text
    assert any(action.startswith(("calendar:", "coming:")) for action in actions(reply)) == offered


def test_whole_days_are_shown_without_a_time(guide: Guide) -> None:
    fair = replace(CAFE, all_day=True, start=datetime(2026, 12, 3), end=datetime(2026, 12, 5))  # noqa: DTZ001
    (text,) = said_to(respond(from_newcomer(pressing(f"event:{ref_of(fair)}")), showing(guide, fair)), AMARA)
    assert "📅 Thursday, 3 December 2026 – Friday, 4 December 2026\n" in text


def test_the_calendar_file(guide: Guide) -> None:
    reply = only(respond(from_newcomer(pressing(f"calendar:{ref_of(CAFE)}")), showing(guide, CAFE))).reply
    assert reply.file is not None
    assert reply.file.name == "lotse-2026-12-03.ics"
    assert b"SUMMARY:Caf\xc3\xa9 *World*" in reply.file.content
    assert b"DTSTART;TZID=Europe/Berlin:20261203T180000" in reply.file.content


@pytest.mark.parametrize("action", ["event", "calendar"])
@pytest.mark.parametrize("ref", ["", "gone", "aaaaaaaa-261203", "-"])
def test_an_event_that_is_gone_is_admitted(guide: Guide, action: str, ref: str) -> None:
    assert said_to(respond(from_newcomer(Choice(f"{action}:{ref}")), guide), AMARA) == [said(guide, "events.gone")]


@given(action=st.sampled_from(["events", "filter", "event", "calendar"]), rest=st.text(max_size=50))
def test_any_action_of_events_gets_an_answer(guide: Guide, action: str, rest: str) -> None:
    assert sends(respond(from_newcomer(Choice(f"{action}:{rest}")), guide))


def test_no_button_is_longer_than_telegram_allows(guide: Guide) -> None:
    for content in ("/events", pressing("filter:d261203-261206,temployers,luk,f,c"), pressing("events:p1")):
        for button in only(respond(from_newcomer(content), guide)).reply.buttons:
            assert len(button.action.encode()) <= 64


# --- free text ---


@pytest.mark.parametrize(
    ("language", "text", "heading"),
    [
        ("en", "is there something on Saturday?", "Saturday, 5 December 2026"),
        ("de", "Deutsch üben", "Deutsch üben"),
        ("de", "gibt es am Wochenende was für Kinder?", "Sa., 5. Dez. – So., 6. Dez. · mit Kindern"),
        ("en", "what's on next week", "Mon 7 Dec – Sun 13 Dec"),
        ("de", "Was ist am Wochenende in Aachen los?", "Sa., 5. Dez. – So., 6. Dez."),
        ("de", "Konzert am Freitag", "Freitag, 4. Dezember 2026 · Kultur"),
        ("en", "events for families", "Family"),
        ("de", "What events are there tomorrow?", "Wednesday, 2 December 2026"),
    ],
)
def test_asking_for_events_leads_to_them(guide: Guide, language: str, text: str, heading: str) -> None:
    decision = respond(from_newcomer(text, a_conversation(language=language)), guide)
    assert decision.outcome == "events"
    assert heading in said_to(decision, AMARA)[0].replace("\\", "")
    after = conversation_after(decision)
    assert (after.question, after.misses, after.shown) == (text, 0, ())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wo kann ich Deutsch lernen?"),
        ("en", "Where can I learn German?"),
        ("de", "Ich möchte Leute kennenlernen"),
        ("de", "Gibt es Deutschkurse für die Arbeit?"),
        ("en", "How do I get a place in day care for my children?"),
        ("de", "Wie lange dauert die Anerkennung?"),
        ("en", "Is there a free German course?"),
    ],
)
def test_what_an_entry_answers_is_answered_by_it(guide: Guide, language: str, text: str) -> None:
    assert isinstance(guide.understanding.resolve(text, language), Found)
    decision = respond(from_newcomer(text, a_conversation(language=language)), guide)
    assert decision.outcome == "found"


@pytest.mark.parametrize(
    "text", ["Hat das Bürgeramt am Samstag offen?", "Gibt es morgen einen Termin im Ausländeramt?"]
)
def test_what_is_about_something_else_does_not_lead_to_events(guide: Guide, text: str) -> None:
    assert respond(from_newcomer(text, a_conversation(language="de")), guide).outcome != "events"


def test_the_entry_about_events_leads_to_the_list(guide: Guide) -> None:
    reply = only(respond(from_newcomer(pressing("show:newcomer-events")), guide))
    assert "events:" in actions(reply)


def test_who_waits_for_an_adviser_is_not_sent_to_events(guide: Guide) -> None:
    decision = respond(from_newcomer("is there something on Saturday?", case=a_case()), guide)
    assert decision.outcome != "events"


def test_the_clock_decides_what_is_next(guide: Guide) -> None:
    later = replace(from_newcomer("/events"), now=NOW + timedelta(days=30))
    assert said(guide, "events.none") in said_to(respond(later, showing(guide, CAFE)), AMARA)[0]


def test_such_events_are_offered_until_the_person_hears_of_all_of_their_topics(guide: Guide) -> None:
    both = replace(CAFE, topics=("german", "family"))
    for known, offers in (
        ({"subscribed": True, "topics": ("german",)}, True),
        ({"subscribed": True, "topics": ("german", "family", "work")}, False),
        ({"subscribed": True}, False),
        ({}, True),
    ):
        turn = from_newcomer(pressing(f"event:{ref_of(both)}"), a_conversation(**known))
        assert ("follow:german,family" in actions(only(respond(turn, showing(guide, both))))) is offers, known
