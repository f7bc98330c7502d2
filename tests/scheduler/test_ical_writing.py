"""The calendar file of one occurrence: what phones read, its zone over both clock changes; that it can be read back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from icalendar import Calendar

from scheduler.agenda import Event, Occurrence, Place, occurrences
from scheduler.ical_reading import read_calendar
from scheduler.ical_writing import write_calendar

Build = Callable[..., Event]
NOW = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
FRIDAYS = ("2026-12-04 18:00", "2026-12-04 20:00", "FREQ=WEEKLY;BYDAY=FR")


def first(event: Event) -> Occurrence:
    return occurrences([event], datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))[0]


def written(event: Event, language: str = "de", name: str = "VEVENT") -> Any:
    """The one component of that name in the file, None where there is none."""
    found = Calendar.from_ical(write_calendar(first(event), language, NOW)).walk(name)
    return found[0] if found else None


def test_what_a_calendar_shows(an_event: Build) -> None:
    place = Place(name={"de": "Haus"}, address="Markt 1", latitude=50.776, longitude=6.084)
    event = an_event(
        *FRIDAYS,
        title={"de": "Café; Kuchen", "en": "Coffee"},
        text={"de": "Kommen\nSie.\n\nBald."},
        place=place,
        registration="https://example.org/come",
        organiser="Verein",
        sequence=3,
    )
    component = written(event)
    assert component["SUMMARY"] == "Café; Kuchen"
    assert component["DESCRIPTION"] == "Kommen Sie.\n\nBald.\n\nhttps://example.org/come"
    assert component["LOCATION"] == "Haus, Markt 1"
    assert (component["GEO"].latitude, component["GEO"].longitude) == (50.776, 6.084)
    assert (component["SEQUENCE"], component["STATUS"], component["URL"]) == (
        3,
        "CONFIRMED",
        "https://example.org/come",
    )
    assert component["DTSTART"].dt.isoformat() == "2026-12-04T18:00:00+01:00"
    assert component["DTSTAMP"].dt == NOW
    component = written(event, "en")
    assert component["SUMMARY"] == "Coffee"


def test_it_is_text_as_the_protocol_wants_it(an_event: Build) -> None:
    lines = write_calendar(first(an_event(*FRIDAYS, title={"de": "ä" * 100})), "de", NOW).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert max(map(len, lines)) <= 75


def test_a_changed_event_keeps_its_uid_and_a_cancelled_one_says_so(an_event: Build) -> None:
    before, moved = an_event(*FRIDAYS), an_event("2026-12-04 19:00", "2026-12-04 21:00")
    off = an_event(*FRIDAYS, cancelled=True)
    uids = {str(written(event)["UID"]) for event in (before, moved, off)}
    assert len(uids) == 1
    assert written(off)["STATUS"] == "CANCELLED"


def test_whole_days_have_no_zone(an_event: Build) -> None:
    event = an_event("2026-12-04 00:00", "2026-12-06 00:00", all_day=True)
    component = written(event)
    assert (component["DTSTART"].to_ical(), component["DTEND"].to_ical()) == (b"20261204", b"20261206")
    assert written(event, name="VTIMEZONE") is None


@pytest.mark.parametrize(
    "start", ["2026-10-25 01:30", "2026-10-25 02:30", "2026-10-25 12:00", "2027-03-28 02:30", "2027-07-01 12:00"]
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_the_zone_in_the_file_is_the_real_one(start: str, zone: str, an_event: Build) -> None:
    """A calendar program that knows no zones, only the file, gets every hour around the changes right."""
    end = (datetime.fromisoformat(start) + timedelta(hours=1)).isoformat()
    occurrence = first(an_event(start, end, zone=ZoneInfo(zone)))
    text = write_calendar(occurrence, "de", NOW).decode()
    read = tzical(StringIO(text.replace("\r\n ", ""))).get(zone)
    assert read is not None
    for hours in range(-24 * 200, 24 * 200):
        moment = occurrence.start + timedelta(hours=hours)
        real = moment.astimezone(ZoneInfo(zone))
        if real.fold == 0:
            assert real.replace(tzinfo=read).utcoffset() == real.utcoffset(), real


def test_a_file_can_be_read_back(an_event: Build) -> None:
    for start, end in (("2026-12-04 18:00", "2026-12-04 20:00"), ("2027-03-28 02:30", "2027-03-28 04:00")):
        event = an_event(start, end, price="free")
        back = read_calendar(
            write_calendar(first(event), "de", NOW), "x", ZoneInfo("Europe/Berlin"), NOW, lambda category: None
        )
        assert back.problems == ()
        assert [(one.start, one.end) for one in [first(back.events[0])]] == [(first(event).start, first(event).end)]
