"""Feeds over both clock changes: every occurrence at its local and UTC time, and by a name that stays."""

from datetime import UTC, datetime

import pytest

from scheduler.agenda import find_occurrence
from tests.scheduler.calendars import (
    BERLIN,
    NOW,
    SPRING,
    WEEKLY,
    dates,
    night,
    read,
    shown,
)

CASES: dict[str, tuple[tuple[str, ...], list[tuple[str, str]]]] = {
    "autumn: a weekly event keeps 18:00": (
        (WEEKLY,),
        [
            ("2026-10-18 18:00+02:00", "10-18 16:00"),
            ("2026-10-25 18:00+01:00", "10-25 17:00"),
            ("2026-11-01 18:00+01:00", "11-01 17:00"),
        ],
    ),
    "spring: a weekly event keeps 18:00": (
        (SPRING,),
        [
            ("2027-03-21 18:00+01:00", "03-21 17:00"),
            ("2027-03-28 18:00+02:00", "03-28 16:00"),
            ("2027-04-04 18:00+02:00", "04-04 16:00"),
        ],
    ),
    "autumn: 02:30 happens twice, the first one counts": (
        (night("20261024T023000"),),
        [
            ("2026-10-24 02:30+02:00", "10-24 00:30"),
            ("2026-10-25 02:30+02:00", "10-25 00:30"),
            ("2026-10-26 02:30+01:00", "10-26 01:30"),
        ],
    ),
    "spring: 02:30 does not happen and is 03:30": (
        (night("20270327T023000"),),
        [
            ("2027-03-27 02:30+01:00", "03-27 01:30"),
            ("2027-03-28 03:30+02:00", "03-28 01:30"),
            ("2027-03-29 02:30+02:00", "03-29 00:30"),
        ],
    ),
    "autumn: written in UTC, the second 02:30": (
        ("UID:a SUMMARY:Night DTSTART:20261025T013000Z DTEND:20261025T020000Z",),
        [("2026-10-25 02:30+01:00", "10-25 01:30")],
    ),
    "written in UTC, a daily event moves by the wall clock": (
        ("UID:a SUMMARY:Noon DTSTART:20261024T100000Z DTEND:20261024T110000Z RRULE:FREQ=DAILY;COUNT=2",),
        [("2026-10-24 12:00+02:00", "10-24 10:00"), ("2026-10-25 11:00+01:00", "10-25 10:00")],
    ),
    "without a zone it is Aachen's time": (
        ("UID:a SUMMARY:Cafe DTSTART:20261024T180000 DTEND:20261024T190000 RRULE:FREQ=DAILY;COUNT=2",),
        [("2026-10-24 18:00+02:00", "10-24 16:00"), ("2026-10-25 18:00+01:00", "10-25 17:00")],
    ),
    "London changes with Aachen: always an hour later here": (
        (
            "UID:a SUMMARY:Call DTSTART;TZID=Europe/London:20261018T180000 DTEND;TZID=Europe/London:20261018T190000"
            " RRULE:FREQ=WEEKLY;COUNT=2",
        ),
        [("2026-10-18 19:00+02:00", "10-18 17:00"), ("2026-10-25 19:00+01:00", "10-25 18:00")],
    ),
    "New York changes a week later: 23:00, then midnight again": (
        (
            "UID:a SUMMARY:Call DTSTART;TZID=America/New_York:20261024T180000"
            " DTEND;TZID=America/New_York:20261024T190000 RRULE:FREQ=WEEKLY;COUNT=3",
        ),
        [
            ("2026-10-25 00:00+02:00", "10-24 22:00"),
            ("2026-10-31 23:00+01:00", "10-31 22:00"),
            ("2026-11-08 00:00+01:00", "11-07 23:00"),
        ],
    ),
    "EXDATE leaves a date out, also on the day of the change": (
        (f"{WEEKLY} EXDATE;{BERLIN}:20261025T180000",),
        [("2026-10-18 18:00+02:00", "10-18 16:00"), ("2026-11-01 18:00+01:00", "11-01 17:00")],
    ),
    "one date moved over the change": (
        (
            WEEKLY,
            f"UID:a SUMMARY:Cafe RECURRENCE-ID;{BERLIN}:20261025T180000 DTSTART;{BERLIN}:20261024T110000"
            f" DTEND;{BERLIN}:20261024T120000",
        ),
        [
            ("2026-10-18 18:00+02:00", "10-18 16:00"),
            ("2026-10-24 11:00+02:00", "10-24 09:00"),
            ("2026-11-01 18:00+01:00", "11-01 17:00"),
        ],
    ),
    "one date cancelled, the moved one named in UTC": (
        (
            WEEKLY,
            f"UID:a SUMMARY:Cafe RECURRENCE-ID;{BERLIN}:20261018T180000 DTSTART;{BERLIN}:20261018T180000"
            f" DTEND;{BERLIN}:20261018T200000 STATUS:CANCELLED",
            "UID:a SUMMARY:Cafe RECURRENCE-ID:20261025T170000Z DTSTART:20261025T180000Z DTEND:20261025T190000Z",
        ),
        [
            ("2026-10-18 18:00+02:00 x", "10-18 16:00"),
            ("2026-10-25 19:00+01:00", "10-25 18:00"),
            ("2026-11-01 18:00+01:00", "11-01 17:00"),
        ],
    ),
    "all of it cancelled": (
        (f"UID:a SUMMARY:Cafe DTSTART;{BERLIN}:20261025T180000 DURATION:PT1H STATUS:CANCELLED",),
        [("2026-10-25 18:00+01:00 x", "10-25 17:00")],
    ),
    "a whole day, the one of 25 hours": (
        ("UID:a SUMMARY:Fest DTSTART;VALUE=DATE:20261025",),
        [("2026-10-25 00:00+02:00", "10-24 22:00")],
    ),
    "twice on one day": (
        (f"UID:a SUMMARY:Tour DTSTART;{BERLIN}:20261025T100000 DURATION:PT1H RRULE:FREQ=DAILY;BYHOUR=10,15;COUNT=3",),
        [
            ("2026-10-25 10:00+01:00", "10-25 09:00"),
            ("2026-10-25 15:00+01:00", "10-25 14:00"),
            ("2026-10-26 10:00+01:00", "10-26 09:00"),
        ],
    ),
    "a date added": (
        (f"UID:a SUMMARY:Tour DTSTART;{BERLIN}:20261024T100000 DURATION:PT1H RDATE;{BERLIN}:20261025T110000",),
        [("2026-10-24 10:00+02:00", "10-24 08:00"), ("2026-10-25 11:00+01:00", "10-25 10:00")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_times(case: str) -> None:
    events, expected = CASES[case]
    now = datetime(2027, 3, 20, tzinfo=UTC) if case.startswith("spring") else NOW
    assert shown(read(*events, now=now)) == expected


@pytest.mark.parametrize("case", CASES)
def test_every_date_has_a_name_of_its_own_by_which_it_is_found(case: str) -> None:
    events, _ = CASES[case]
    now = datetime(2027, 3, 20, tzinfo=UTC) if case.startswith("spring") else NOW
    read_now = read(*events, now=now)
    found = dates(read_now)
    assert len({one.key for one in found}) == len({one.ref for one in found}) == len(found)
    assert [find_occurrence(read_now.events, one.ref) for one in found] == found


def test_names_stay_when_the_calendar_is_edited() -> None:
    moved = f"UID:a SUMMARY:New RECURRENCE-ID;{BERLIN}:20261025T180000 DTSTART;{BERLIN}:20261027T120000 DURATION:PT1H"
    before = [one.key for one in dates(read(WEEKLY))]
    after = dates(read(WEEKLY.replace("SUMMARY:Cafe", "SUMMARY:Other SEQUENCE:3"), moved))
    assert [one.key for one in after] == before
    assert {one.event.sequence for one in after} == {3}
    assert [one.event.title["de"] for one in after] == ["Other", "New", "Other"]


def test_a_zone_of_the_calendars_own() -> None:
    head = (
        "BEGIN:VTIMEZONE\nTZID:Amt\nBEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\n"
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )
    assert (
        shown(read(WEEKLY.replace("Europe/Berlin", "Amt"), head=head)) == CASES["autumn: a weekly event keeps 18:00"][1]
    )
