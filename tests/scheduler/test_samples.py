"""The shipped events: invented ones only, clearly marked as such, and always something coming up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import scheduler
from scheduler.agenda import TOPICS, Event, next_occurrences
from scheduler.calendar import load_events

FOLDER = Path(scheduler.__file__).parent / "events"


@pytest.fixture(scope="module")
def samples() -> tuple[Event, ...]:
    return load_events(FOLDER)


def test_every_one_is_marked(samples: tuple[Event, ...]) -> None:
    assert samples
    for event in samples:
        assert event.sample
        assert event.id.startswith("sample-")
        assert event.title["de"].startswith("Beispiel: ")
        assert event.title["en"].startswith("Example: ")
        assert "erfunden" in event.text["de"] and "invented" in event.text["en"]


def test_none_names_a_real_place_organiser_or_link(samples: tuple[Event, ...]) -> None:
    for event in samples:
        assert event.place.name == {"de": "Ort im Beispiel", "en": "sample place"}
        assert (event.place.address, event.place.latitude, event.organiser) == (None, None, None)
        assert event.registration is None or event.registration.startswith("https://example.org/")


def test_there_is_one_for_every_topic(samples: tuple[Event, ...]) -> None:
    assert {topic for event in samples for topic in event.topics} == set(TOPICS)


def test_something_is_always_coming_up(samples: tuple[Event, ...], utc: Callable[[str], datetime]) -> None:
    for year in range(2026, 2036):
        now = utc(f"{year}-12-01 00:00")
        found = next_occurrences(samples, now, 5)
        assert len(found) == 5
        assert found[-1].start < now + timedelta(days=31)
