"""The sequence of events from files: grows with every change that matters, over restarts, and never shrinks."""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scheduler.agenda import Event, Place
from scheduler.editions import MOST_KEPT, count_editions

Build = Callable[..., Event]
FRIDAYS = ("2026-12-04 18:00", "2026-12-04 20:00", "FREQ=WEEKLY;BYDAY=FR")


def sequence(event: Event, path: Path) -> int:
    (counted,) = count_editions([event], path)
    return counted.sequence


def test_it_grows_with_every_change_that_matters(an_event: Build, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "editions.json"
    changes: list[dict[str, object]] = [
        {},
        {"cancelled_on": (date(2026, 12, 11),)},
        {"place": Place(name={"de": "Park"})},
        {"place": Place(name={"de": "Park"}), "title": {"de": "Neu"}},
        {"cancelled": True},
        {},
    ]
    for number, change in enumerate(changes):
        event = an_event(*FRIDAYS, **change)
        assert [sequence(event, path), sequence(event, path)] == [number, number]
    assert sequence(an_event("2026-12-04 18:30", *FRIDAYS[1:]), path) == len(changes)
    assert sequence(an_event("2026-12-04 18:30", *FRIDAYS[1:], text={"de": "Anders"}), path) == len(changes)


def test_a_broken_memory_is_begun_anew(an_event: Build, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for broken in ("{", "[]", '{"a": 1}', '{"a": ["x", "y"]}', "\0"):
        (tmp_path / "e.json").write_text(broken)
        with caplog.at_level(logging.WARNING):
            assert sequence(an_event(*FRIDAYS), tmp_path / "e.json") == 0
    assert caplog.text.count("counted anew") == 5


def test_a_memory_that_cannot_be_written_stops_nothing(an_event: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert sequence(an_event(*FRIDAYS), tmp_path / "file" / "e.json") == 0


def test_events_that_are_gone_are_remembered_within_limits(an_event: Build, tmp_path: Path) -> None:
    path = tmp_path / "e.json"
    sequence(an_event(*FRIDAYS, id="mine"), path)
    count_editions([an_event(*FRIDAYS, id=f"other-{n}") for n in range(100)], path)
    assert sequence(an_event(*FRIDAYS, id="mine", cancelled=True), path) == 1
    assert path.stat().st_size < 100 * MOST_KEPT
