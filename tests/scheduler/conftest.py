"""Builders for the scheduler's tests: an event in Aachen, a moment written as people write it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.agenda import Event, Place
from scheduler.repeats import parse_repeat


@pytest.fixture(scope="session")
def an_event() -> Callable[..., Event]:
    """`an_event("2026-12-04 18:00", "2026-12-04 20:00", repeat="FREQ=WEEKLY", ...)` in Aachen's time."""

    def build(start: str, end: str, repeat: str | None = None, **rest: Any) -> Event:
        words = {"de": "Café", "en": "Café"}
        values: dict[str, Any] = {
            "id": "newcomer-cafe",
            "zone": ZoneInfo("Europe/Berlin"),
            "title": words,
            "text": words,
            "place": Place(name=words),
            "topics": ("welcome",),
        }
        return Event(
            start=datetime.fromisoformat(start),
            end=datetime.fromisoformat(end),
            repeat=parse_repeat(repeat) if repeat else None,
            **(values | rest),
        )

    return build


@pytest.fixture(scope="session")
def utc() -> Callable[[str], datetime]:
    """`utc("2026-12-04 17:00")` as an aware moment."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC)
