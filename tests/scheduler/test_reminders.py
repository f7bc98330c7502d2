"""Reminders: one day and two hours before, once, late if they were missed, never after the start."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import LEADS, ONE_DAY, Event, Move, Reminder, reminders_due

wall = datetime.fromisoformat

Build = Callable[..., Event]
Moment = Callable[[str], datetime]
CAFE = ("2026-12-04 18:00", "2026-12-04 20:00")  # 17:00 UTC; reminders at 17:00 UTC on the 3rd, and 15:00 UTC


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        ("12-03 16:58", "12-03 16:59", []),
        ("12-03 16:59", "12-03 17:00", ["one-day"]),
        ("12-03 17:00", "12-03 17:01", []),  # it was due in the window before
        ("12-04 14:59", "12-04 15:00", ["two-hours"]),
        ("12-04 15:00", "12-04 15:01", []),
        ("12-01 00:00", "12-04 09:00", ["one-day"]),  # down overnight: late, of use
        ("12-01 00:00", "12-04 14:59", ["one-day"]),
        ("12-01 00:00", "12-04 15:00", ["two-hours"]),  # both due in one go: the nearer one
        ("12-01 00:00", "12-04 16:59", ["two-hours"]),
        ("12-01 00:00", "12-04 17:00", []),  # it begins this very moment
        ("12-01 00:00", "12-05 00:00", []),  # down over all of it
        ("12-03 17:00", "12-04 16:59", ["two-hours"]),  # the first one came, then down
        ("12-04 15:00", "12-04 15:00", []),
        ("12-04 16:00", "12-04 15:00", []),  # a clock set back makes nothing due twice
    ],
)
def test_due(since: str, now: str, expected: list[str], an_event: Build, utc: Moment) -> None:
    found = reminders_due([an_event(*CAFE)], utc(f"2026-{since}"), utc(f"2026-{now}"))
    assert [reminder.lead.name for reminder in found if not reminder.nearer] == expected


def test_a_reminder_expires_at_the_start_and_says_what_it_is_about(an_event: Build, utc: Moment) -> None:
    (one,) = reminders_due([an_event(*CAFE)], utc("2026-12-03 16:00"), utc("2026-12-03 18:00"))
    assert (one.due, one.expires) == (utc("2026-12-03 17:00"), utc("2026-12-04 17:00"))
    assert one.key == "newcomer-cafe@2026-12-04/one-day"


def test_every_occurrence_has_its_own(an_event: Build, utc: Moment) -> None:
    event = an_event(*CAFE, "FREQ=WEEKLY;COUNT=2")
    found = minute_by_minute([event], utc("2026-12-01 00:00"), utc("2026-12-20 00:00"), timedelta(hours=1))
    assert [reminder.key for reminder in found] == [
        "newcomer-cafe@2026-12-04/one-day",
        "newcomer-cafe@2026-12-04/two-hours",
        "newcomer-cafe@2026-12-11/one-week",
        "newcomer-cafe@2026-12-11/one-day",
        "newcomer-cafe@2026-12-11/two-hours",
    ]


def test_nobody_is_reminded_of_what_is_cancelled_or_excluded(an_event: Build, utc: Moment) -> None:
    events = [
        an_event(*CAFE, cancelled=True),
        an_event(*CAFE, "FREQ=WEEKLY", cancelled_on=(date(2026, 12, 4),)),
        an_event(*CAFE, "FREQ=WEEKLY", excluded=(date(2026, 12, 4),)),
    ]
    assert not reminders_due(events, utc("2026-12-01 00:00"), utc("2026-12-04 16:00"))


def moved_to(start: datetime) -> tuple[Move, ...]:
    return (Move(on=date(2026, 12, 4), start=start, end=start + timedelta(hours=1)),)


def test_a_later_hour_is_no_second_reminder_but_another_day_is(an_event: Build, utc: Moment) -> None:
    late = an_event(*CAFE, moved=moved_to(wall("2026-12-04 19:00")))
    (one,) = reminders_due([late], utc("2026-12-03 17:00"), utc("2026-12-03 18:00"))
    assert one.key == "newcomer-cafe@2026-12-04/one-day"
    postponed = an_event(*CAFE, moved=moved_to(wall("2026-12-09 18:00")))
    (one,) = reminders_due([postponed], utc("2026-12-08 16:00"), utc("2026-12-08 18:00"))
    assert one.key == "newcomer-cafe@2026-12-04>2026-12-09/one-day"


def minute_by_minute(events: list[Event], since: datetime, until: datetime, step: timedelta) -> list[Reminder]:
    found: list[Reminder] = []
    while since < until:
        found += reminders_due(events, since, since + step)
        since += step
    return found


HOUR = timedelta(hours=1)
RULES = ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", None]
events_over_the_changes = st.tuples(
    st.datetimes(wall("2026-10-22 00:00"), wall("2026-10-28 00:00"))
    | st.datetimes(wall("2027-03-25 00:00"), wall("2027-03-31 00:00")),
    st.sampled_from(RULES),
)
cuts = st.lists(st.integers(0, 60 * 24 * 14), min_size=3, max_size=8, unique=True).map(sorted)


@given(plan=st.lists(events_over_the_changes, min_size=1, max_size=3), minutes=cuts, spring=st.booleans())
def test_once_however_time_is_cut(
    plan: list[tuple[datetime, str | None]],
    minutes: list[int],
    spring: bool,
    an_event: Build,
    utc: Moment,
) -> None:
    """Many ticks give what one long tick gives, plus only what that one rightly leaves out: reminders of
    occurrences that have started by its end, and farther ones where a nearer one is due in it too."""
    events = [
        an_event(start.isoformat(), (start + HOUR).isoformat(), rule, id=f"event-{number}")
        for number, (start, rule) in enumerate(plan)
    ]
    origin = utc("2027-03-22 00:00" if spring else "2026-10-19 00:00")
    moments = [origin + timedelta(minutes=number) for number in minutes]
    whole = reminders_due(events, moments[0], moments[-1])
    pieces = [reminder for since, now in pairwise(moments) for reminder in reminders_due(events, since, now)]
    assert len({reminder.key for reminder in pieces}) == len(pieces)
    assert {reminder.key for reminder in whole} <= {reminder.key for reminder in pieces}
    nearest = {reminder.occurrence.key: reminder.due for reminder in whole}
    for reminder in set(pieces) - set(whole):
        started = reminder.expires <= moments[-1]
        superseded = reminder.due < nearest.get(reminder.occurrence.key, reminder.due)
        assert started or superseded


@given(
    start=st.datetimes(wall("2026-10-20 00:00"), wall("2027-04-10 00:00")),
    before=st.timedeltas(timedelta(0), timedelta(days=3)),
    step=st.timedeltas(timedelta(seconds=1), timedelta(days=2)),
)
def test_never_after_the_start_and_never_before_it_is_due(
    start: datetime, before: timedelta, step: timedelta, an_event: Build
) -> None:
    event = an_event(start.isoformat(), (start + HOUR).isoformat())
    now = start.replace(tzinfo=event.zone) - before
    for reminder in reminders_due([event], now - step, now):
        assert now - step < reminder.due <= now < reminder.expires
        if reminder.lead is LEADS[0]:
            assert reminder.expires - now > timedelta(hours=2)


def test_whole_days_are_told_the_evening_before_and_not_at_night(an_event: Build, utc: Moment) -> None:
    for day, evening in (("2026-12-04", "2026-12-03 17:00"), ("2027-03-29", "2027-03-28 16:00")):
        fest = an_event(f"{day} 00:00", (datetime.fromisoformat(day) + timedelta(days=2)).isoformat(), all_day=True)
        due = utc(evening)
        (reminder,) = reminders_due([fest], due - timedelta(days=5), due)
        assert (reminder.lead, reminder.due) == (ONE_DAY, due)
        assert not reminders_due([fest], due, due + timedelta(days=1))
