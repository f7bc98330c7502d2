"""Both clock changes: 2026-10-25 03:00 -> 02:00 (back) and 2027-03-28 02:00 -> 03:00 (forward), Aachen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import ONE_DAY, TWO_HOURS, Event, occurrences, reminders_due, to_utc

wall = datetime.fromisoformat

Build = Callable[..., Event]
Moment = Callable[[str], datetime]
AACHEN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "local", "in_utc"),
    [
        # autumn: 02:00 to 03:00 happens twice, the first one counts
        ("2026-10-24 02:30", "02:30+02:00", "2026-10-24 00:30"),
        ("2026-10-25 01:59", "01:59+02:00", "2026-10-24 23:59"),
        ("2026-10-25 02:00", "02:00+02:00", "2026-10-25 00:00"),
        ("2026-10-25 02:30", "02:30+02:00", "2026-10-25 00:30"),
        ("2026-10-25 02:59", "02:59+02:00", "2026-10-25 00:59"),
        ("2026-10-25 03:00", "03:00+01:00", "2026-10-25 02:00"),
        ("2026-10-26 02:30", "02:30+01:00", "2026-10-26 01:30"),
        # spring: 02:00 to 03:00 does not happen, such a time is one hour later
        ("2027-03-27 02:30", "02:30+01:00", "2027-03-27 01:30"),
        ("2027-03-28 01:59", "01:59+01:00", "2027-03-28 00:59"),
        ("2027-03-28 02:00", "03:00+02:00", "2027-03-28 01:00"),
        ("2027-03-28 02:30", "03:30+02:00", "2027-03-28 01:30"),
        ("2027-03-28 03:00", "03:00+02:00", "2027-03-28 01:00"),
        ("2027-03-29 02:30", "02:30+02:00", "2027-03-29 00:30"),
    ],
)
def test_a_wall_time_has_one_moment(written: str, local: str, in_utc: str, utc: Moment) -> None:
    moment = to_utc(datetime.fromisoformat(written), AACHEN)
    assert moment == utc(in_utc)
    assert moment.astimezone(AACHEN).isoformat(timespec="minutes")[11:] == local


@pytest.mark.parametrize(
    ("repeat", "start", "expected"),
    [
        ("FREQ=WEEKLY", "2026-10-18 18:00", ["2026-10-18 16:00", "2026-10-25 17:00", "2026-11-01 17:00"]),
        ("FREQ=WEEKLY", "2027-03-21 18:00", ["2027-03-21 17:00", "2027-03-28 16:00", "2027-04-04 16:00"]),
        ("FREQ=DAILY", "2026-10-24 02:30", ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]),
        ("FREQ=DAILY", "2027-03-27 02:30", ["2027-03-27 01:30", "2027-03-28 01:30", "2027-03-29 00:30"]),
        ("FREQ=MONTHLY", "2026-09-25 19:00", ["2026-09-25 17:00", "2026-10-25 18:00", "2026-11-25 18:00"]),
    ],
)
def test_repeats_keep_their_wall_time(
    repeat: str, start: str, expected: list[str], an_event: Build, utc: Moment
) -> None:
    end = (datetime.fromisoformat(start) + timedelta(hours=1)).isoformat()
    found = occurrences([an_event(start, end, repeat)], utc("2026-01-01 00:00"), utc("2028-01-01 00:00"))
    assert [one.start for one in found[:3]] == [utc(text) for text in expected]


@pytest.mark.parametrize(
    ("start", "one_day_before", "two_hours_before"),
    [
        ("2026-10-25 18:00", "2026-10-24 16:00", "2026-10-25 15:00"),  # 25 hours before, and 2
        ("2027-03-28 18:00", "2027-03-27 17:00", "2027-03-28 14:00"),  # 23 hours before, and 2
        ("2026-10-25 04:00", "2026-10-24 02:00", "2026-10-25 01:00"),  # 02:00 by the clock, the second one
        ("2026-10-26 02:30", "2026-10-25 00:30", "2026-10-25 23:30"),  # the day before has 02:30 twice
        ("2027-03-29 02:30", "2027-03-28 01:30", "2027-03-28 22:30"),  # the day before has no 02:30
        ("2027-03-28 02:30", "2027-03-27 02:30", "2027-03-27 23:30"),  # is at 03:30, and so is the reminder
    ],
)
def test_reminders_over_the_change(
    start: str, one_day_before: str, two_hours_before: str, an_event: Build, utc: Moment
) -> None:
    end = (datetime.fromisoformat(start) + timedelta(hours=2)).isoformat()
    events = [an_event(start, end)]
    for lead, due in ((ONE_DAY, utc(one_day_before)), (TWO_HOURS, utc(two_hours_before))):
        (reminder,) = reminders_due(events, due - timedelta(minutes=1), due)
        assert (reminder.lead, reminder.due) == (lead, due)
        assert not reminders_due(events, due - timedelta(minutes=2), due - timedelta(minutes=1))


def test_an_event_that_the_gap_swallows_keeps_its_length(an_event: Build, utc: Moment) -> None:
    (one,) = occurrences(
        [an_event("2027-03-28 02:15", "2027-03-28 03:00")], utc("2027-03-28 00:00"), utc("2027-03-29 00:00")
    )
    assert (one.start_local.hour, one.end - one.start) == (3, timedelta(minutes=45))


def test_a_night_shift_over_the_change_lasts_as_long_as_it_really_does(an_event: Build, utc: Moment) -> None:
    nights = [
        an_event("2026-10-24 22:00", "2026-10-25 06:00"),
        an_event("2027-03-27 22:00", "2027-03-28 06:00"),
    ]
    found = occurrences(nights, utc("2026-10-01 00:00"), utc("2027-04-01 00:00"))
    assert [one.end - one.start for one in found] == [timedelta(hours=9), timedelta(hours=7)]


@given(
    start=st.datetimes(wall("2026-10-24 00:00"), wall("2026-10-27 00:00"))
    | st.datetimes(wall("2027-03-27 00:00"), wall("2027-03-30 00:00")),
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
)
def test_every_occurrence_ends_after_its_start(
    start: datetime, length: timedelta, an_event: Build, utc: Moment
) -> None:
    event = an_event(start.isoformat(), (start + length).isoformat())
    (one,) = occurrences([event], utc("2026-01-01 00:00"), utc("2028-01-01 00:00"))
    assert one.end > one.start
    assert one.on == start.date()
