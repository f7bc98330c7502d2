"""Changes of events that people were told of: one correction when they have settled, none when they change back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.core.correcting import GONE, SETTLE, Told, compare, told_now
from bot.core.model import Guide, Lane
from scheduler.agenda import Event, Move, Occurrence, Place, find_occurrence
from tests.core.scenes import CAFE, NOW

REF = f"{CAFE.handle}-261203"
MINUTE = timedelta(minutes=1)
LATER = replace(
    CAFE,
    moved=(Move(on=date(2026, 12, 3), start=datetime(2026, 12, 3, 19), end=datetime(2026, 12, 3, 21)),),  # noqa: DTZ001
)
ELSEWHERE = replace(CAFE, place=Place(name={"de": "Rathaus", "en": "Town hall"}, address="Markt 2"))
CANCELLED = replace(CAFE, cancelled=True)


def occurrence(event: Event) -> Occurrence:
    found = find_occurrence((event,), REF)
    assert found is not None
    return found


def told(guide: Guide) -> Told:
    return told_now(guide, occurrence(CAFE), NOW)


def seen(guide: Guide, known: Told, event: Event | None, now: datetime) -> tuple[Told, list[str], bool]:
    """What is known after a tick, the corrections in English, and whether reminders that wait are ended."""
    noted, corrections = compare(replace(guide, events=(event,) if event else ()), (known,), now)
    texts = [correction.broadcast.replies["en"].text for correction in corrections]
    return noted[0] if noted else known, texts, any(correction.ended for correction in corrections)


def settled(guide: Guide, event: Event | None) -> tuple[Told, list[str], bool]:
    known, texts, _ = seen(guide, told(guide), event, NOW + MINUTE)
    assert texts == []
    known, texts, _ = seen(guide, known, event, NOW + 2 * MINUTE)
    assert texts == []
    return seen(guide, known, event, NOW + 2 * MINUTE + SETTLE)


def test_an_event_that_stays_as_it_is_causes_nothing(guide: Guide) -> None:
    assert compare(replace(guide, events=(CAFE,)), (told(guide),), NOW + timedelta(hours=1)) == ((), ())


def test_another_hour_is_corrected_once_with_what_was_said_before(guide: Guide) -> None:
    known, (text,), ended = settled(guide, LATER)
    assert "19:00" in text
    assert text.index("19:00") < text.index("18:00"), "first what holds now"
    assert not ended
    assert seen(guide, known, LATER, NOW + timedelta(hours=2))[1] == []


def test_another_place_is_corrected(guide: Guide) -> None:
    _, (text,), _ = settled(guide, ELSEWHERE)
    assert "Town hall" in text


def test_a_new_text_alone_is_no_correction(guide: Guide) -> None:
    assert settled(guide, replace(CAFE, text={"de": "Neu", "en": "New"}))[1] == []


def test_a_cancellation_is_told_and_ends_what_waits(guide: Guide) -> None:
    known, (text,), ended = settled(guide, CANCELLED)
    assert text.startswith(guide.texts.say("en", "correction.cancelled"))
    assert "18:00" in text
    assert ended
    assert seen(guide, known, CANCELLED, NOW + timedelta(hours=2))[1] == []


def test_an_event_that_is_gone_is_admitted_as_such(guide: Guide) -> None:
    known, (text,), ended = settled(guide, None)
    assert text.startswith(guide.texts.say("en", "correction.gone"))
    assert r"Café \*World\*" in text
    assert ended
    assert known.version == GONE


def test_what_changes_back_before_it_settles_is_no_change(guide: Guide) -> None:
    known, _, _ = seen(guide, told(guide), CANCELLED, NOW + MINUTE)
    known, _, _ = seen(guide, known, CAFE, NOW + 2 * MINUTE)
    assert seen(guide, known, CAFE, NOW + timedelta(hours=1))[1] == []


def test_ten_edits_in_a_minute_are_one_correction(guide: Guide) -> None:
    known, said = told(guide), []
    for number in range(10):
        house = replace(CAFE, place=Place(name={"de": f"Haus {number}", "en": f"House {number}"}))
        known, texts, _ = seen(guide, known, house, NOW + timedelta(seconds=6 * number))
        said += texts
    for minutes in range(1, 30):
        known, texts, _ = seen(guide, known, house, NOW + minutes * MINUTE)
        said += texts
    assert len(said) == 1
    assert "House 9" in said[0]


def test_shortly_before_the_start_nobody_waits_for_further_edits(guide: Guide) -> None:
    soon = occurrence(CAFE).start - timedelta(hours=1)
    known = replace(told(guide), seen_at=soon - timedelta(hours=1))
    known, texts, _ = seen(guide, known, CANCELLED, soon)
    assert texts == []
    _, texts, _ = seen(guide, known, CANCELLED, soon + MINUTE)
    assert len(texts) == 1


def test_after_the_start_nothing_is_corrected(guide: Guide) -> None:
    over = occurrence(CAFE).start + MINUTE
    known, _, _ = seen(guide, told(guide), CANCELLED, over)
    assert seen(guide, known, CANCELLED, over + SETTLE)[1] == []


def test_a_correction_reaches_those_who_were_told_and_those_who_come(guide: Guide) -> None:
    known, _, _ = seen(guide, told(guide), CANCELLED, NOW)
    _, (correction,) = compare(replace(guide, events=(CANCELLED,)), (known,), NOW + SETTLE)
    broadcast = correction.broadcast
    assert (broadcast.wishes, broadcast.told) == ((f"event:{REF}",), ("reminder:cafe@2026-12-03",))
    assert (broadcast.lane, broadcast.expires) == (Lane.CORRECTION, occurrence(CAFE).start)


def test_a_second_change_is_a_second_correction_of_its_own(guide: Guide) -> None:
    keys, known, now = [], told(guide), NOW
    for event in (LATER, CAFE, LATER):
        for _ in range(2):
            now += SETTLE
            noted, corrections = compare(replace(guide, events=(event,)), (known,), now)
            known = noted[0] if noted else known
            keys += [each.broadcast.key for each in corrections]
    assert len(set(keys)) == len(keys) == 3
