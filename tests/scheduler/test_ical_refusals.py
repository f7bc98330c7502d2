"""What of a feed is refused, with its line, while the rest is used; and that no text at all does harm."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agenda import occurrences
from scheduler.ical_reading import MOST_EVENTS, Calendars, NoCalendarError, read_calendar
from tests.scheduler.calendars import (
    AACHEN,
    BERLIN,
    FAR,
    LONG_AGO,
    NOW,
    WEEKLY,
    a_calendar,
    meaning,
    night,
    read,
)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("SUMMARY:Cafe DTSTART:20261030T180000", "5: UID: is missing"),
        ("UID:a SUMMARY:Cafe", "5: event a: DTSTART: is missing"),
        ("UID:a DTSTART:20261030T180000", "5: event a: SUMMARY: is missing"),
        ("UID:a SUMMARY:Cafe DTSTART:tomorrow", "8: event a: DTSTART: cannot be read"),
        ("UID:a SUMMARY:Cafe DTSTART;TZID=Mars:20261030T180000", "8: event a: DTSTART: the time zone 'Mars'"),
        ("UID:a SUMMARY:Cafe DTSTART:19991030T180000", "8: event a: DTSTART: the year must lie"),
        ("UID:a DTSTART:20261030T180000 DTEND:20261030T170000", "8: event a: DTEND: must be later"),
        ("UID:a DTSTART:20261030T180000 DTEND;VALUE=DATE:20261031", "8: event a: DTEND: must be later"),
        ("UID:a DTSTART:20261030T180000 RRULE:FREQ=SECONDLY", "8: event a: RRULE: FREQ=SECONDLY repeats too often"),
        ("UID:a DTSTART:20261030T180000 RRULE:FREQ=MINUTELY", "8: event a: RRULE: FREQ=MINUTELY"),
        ("UID:a DTSTART:20261030T180000 RRULE:FREQ=HOURLY;INTERVAL=24", "8: event a: RRULE: FREQ=HOURLY"),
        ("UID:a DTSTART:20261030T180000 RRULE:FREQ=DAILY;BYMINUTE=0,1,2", "8: event a: RRULE: FREQ=DAILY repeats too"),
        ("UID:a DTSTART:20261030T180000 RRULE:COUNT=3", "8: event a: RRULE: cannot be read"),
        ("UID:a DTSTART:20261030T180000 RRULE:FREQ=WEEKLY;BYDAY=SA", "8: event a: RRULE: the start, Fri 2026-10-30"),
        ("UID:a DTSTART:20261030T180000 RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "8: event a: RRULE: the start"),
        (
            "UID:a SUMMARY:Cafe DTSTART:20261001T000000 RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))),
            "9: event a: RRULE: has more than 1000 dates",
        ),
    ],
)
def test_refused_while_the_others_are_used(event: str, expected: str) -> None:
    found = read(event, "UID:good SUMMARY:Good DTSTART:20261030T180000")
    assert [one.uid for one in found.events] == ["good"]
    (problem,) = map(str, found.problems)
    assert problem.startswith("city.ics:")
    assert expected in problem


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [
        (b"", 1, "no iCalendar text"),
        (b"<html>Not found</html>", 1, "no iCalendar text"),
        (b"events: []\n", 1, "no iCalendar text"),
        (b"BEGIN:VEVENT\nUID:a\nEND:VEVENT\n", 1, "no iCalendar text"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 1, "no iCalendar text"),
        (b"BEGIN:VCALENDAR\nX:\xff\nEND:VCALENDAR\n", 2, "not UTF-8"),
        (a_calendar("UID:a\nDTSTART;TZID=Europe:20261030T180000"), 1, "no time zone"),
        (a_calendar(*["UID:a"] * (MOST_EVENTS + 1)), 1, "more than 5000 events"),
    ],
)
def test_what_is_no_calendar_is_refused_as_a_whole(content: bytes, line: int, expected: str) -> None:
    with pytest.raises(NoCalendarError, match=expected) as caught:
        read_calendar(content, "x", AACHEN, NOW, meaning)
    assert caught.value.line == line


def test_an_empty_calendar_has_no_events() -> None:
    assert read() == Calendars((), ())


def reads_or_is_refused(content: bytes) -> None:
    try:
        found = read_calendar(content, "x", AACHEN, NOW, meaning)
    except NoCalendarError:
        return
    keys = [one.key for one in occurrences(found.events, LONG_AGO, FAR)]
    assert len(keys) == len(set(keys))
    for problem in found.problems:
        assert str(problem).encode()


PIECES = [
    *(
        "UID:a",
        "SUMMARY:Cafe",
        "DTSTART:20261030T180000",
        f"DTSTART;{BERLIN}:20261025T023000",
        "DTEND:20261030T190000Z",
    ),
    *(
        "DTSTART;VALUE=DATE:20261030",
        "DURATION:PT1H",
        "DURATION:-P1D",
        "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=MONTHLY;BYDAY=6MO",
    ),
    *("RRULE:FREQ=YEARLY;BYWEEKNO=54;BYDAY=MO", "EXDATE:20261106T180000", "RDATE:20261031T180000,20261101T180000Z"),
    *(
        "RECURRENCE-ID:20261106T180000",
        "STATUS:CANCELLED",
        "GEO:1",
        "GEO:a;b",
        "CATEGORIES:",
        "SEQUENCE:-1",
        "SEQUENCE:x",
    ),
    *(
        "END:VEVENT\nBEGIN:VEVENT",
        "BEGIN:VALARM\nTRIGGER:-PT1H\nEND:VALARM",
        " folded",
        "X",
        ";:",
        "RDATE;VALUE=PERIOD:1/2",
    ),
    *(
        'ORGANIZER;CN="',
        "SUMMARY;LANGUAGE=de;LANGUAGE=en:x",
        "DTSTART;TZID=:20261030T180000",
        "RRULE:FREQ=DAILY;UNTIL=1",
    ),
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=9))
def test_any_mix_of_properties_is_read_or_refused(pieces: list[str]) -> None:
    reads_or_is_refused(a_calendar("\n".join(pieces)))


@settings(max_examples=150)
@given(at=st.integers(0, 400), piece=st.binary(max_size=3), cut=st.integers(0, 8))
def test_a_calendar_with_a_slip_in_it_is_read_or_refused(at: int, piece: bytes, cut: int) -> None:
    content = a_calendar(WEEKLY.replace(" ", "\n"), night("20261024T023000").replace(" ", "\n"))
    reads_or_is_refused(content[:at] + piece + content[at + cut :])


def test_reading_a_large_calendar_is_quick(utc: Callable[[str], datetime]) -> None:
    events = [WEEKLY.replace("UID:a", f"UID:{number}").replace(";COUNT=3", "") for number in range(200)]
    assert len(read(*events, now=utc("2026-10-20 00:00")).events) == 200
