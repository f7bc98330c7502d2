"""Quiet hours: what is due in them comes before or after, over midnight and over both clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.quiet import QUIETS, USEFUL, USUAL, Quiet

AACHEN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AACHEN)


@pytest.mark.parametrize(
    ("due", "start", "comes"),
    [
        ("2026-12-03 18:00", "2026-12-04 18:00", "2026-12-03 18:00"),  # in the day: as it is
        ("2026-12-04 07:00", "2026-12-04 09:00", "2026-12-04 08:00"),  # after, an hour before the start
        ("2026-12-04 06:30", "2026-12-04 08:30", "2026-12-03 20:59:59"),  # after would be of no use
        ("2026-12-03 23:00", "2026-12-04 23:00", "2026-12-04 08:00"),  # late in the evening: the next morning
        ("2026-12-03 21:00", "2026-12-04 01:00", "2026-12-03 20:59:59"),
        ("2026-12-04 08:00", "2026-12-04 10:00", "2026-12-04 08:00"),  # the end is not quiet any more
        ("2026-10-25 02:30", "2026-10-25 12:00", "2026-10-25 08:00"),  # the clock goes back in between
        ("2027-03-28 01:30", "2027-03-28 12:00", "2027-03-28 08:00"),  # and forward
    ],
)
def test_when_a_reminder_comes(due: str, start: str, comes: str) -> None:
    assert USUAL.move(at(due), at(start), AACHEN) == at(comes)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(quiet=st.sampled_from(QUIETS), due=moments, before=st.timedeltas(timedelta(0), timedelta(days=8)))
def test_it_is_never_in_the_quiet_hours_and_never_of_no_use(quiet: Quiet, due: datetime, before: timedelta) -> None:
    start = due + before
    comes = quiet.move(due, start, AACHEN)
    assert quiet.around(comes, AACHEN) is None
    assert comes <= due or comes + USEFUL <= start
    assert abs(comes - due) <= timedelta(hours=15)
