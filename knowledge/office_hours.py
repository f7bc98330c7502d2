"""When advisers answer in the chat, and by when a person has answered who asks now. Pure.

Hours are wall time in the city; durations are real minutes, so that both clock changes of a year count right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import holidays

LONGEST_SEARCH = timedelta(days=120)  # further ahead nothing is promised
STEP = timedelta(minutes=15)  # a promise is made for a quarter of an hour, not to the minute
STATE = "NW"  # North Rhine-Westphalia (ISO 3166-2:DE)


@dataclass(frozen=True, slots=True)
class Opening:
    """From when until when on one day, wall time."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Idle:
    """When a conversation with an adviser counts as gone quiet.

    remind_hours: hours without an adviser's answer after which the room is reminded, and again. close_days: days
    without a word of the newcomer after which it is ended; they are told warn_days before.
    """

    remind_hours: int = 24
    close_days: int = 7
    warn_days: int = 1


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When advisers answer: by weekday (Monday is 0), and on single days that differ.

    days: what holds on a day whatever its weekday, and even if it is a public holiday; empty means closed.
    first_answer: minutes of office time in which the only waiting newcomer hears from a person.
    each_waiting: minutes more for everybody who waits before.
    reminders: minutes before a promise ends at which the advisers' room is reminded, the largest first.
    sample: these hours are an example that the city has not set yet. idle: when a conversation has gone quiet.
    """

    week: Mapping[int, Sequence[Opening]]
    days: Mapping[date, Sequence[Opening]]
    first_answer: int
    each_waiting: int
    reminders: Sequence[int]
    sample: bool = False
    idle: Idle = Idle()

    def on(self, day: date) -> Sequence[Opening]:
        """The openings of a day, the earliest first."""
        if day in self.days:
            return self.days[day]
        return () if day in public_holidays(day.year) else self.week.get(day.weekday(), ())

    def is_open(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether advisers answer at this moment (aware)."""
        return any(begin <= moment < end for begin, end in self._spans(moment, zone, timedelta()))

    def promise(self, now: datetime, zone: tzinfo, waiting: int) -> datetime | None:
        """By when a person has answered somebody who asks now (aware), in UTC; `waiting` others were there before.

        None when the hours leave no time for it within the next 120 days.
        """
        now = now.replace(second=0, microsecond=0)
        missing = timedelta(minutes=self.first_answer + self.each_waiting * waiting)
        for opens, end in self._spans(now, zone, LONGEST_SEARCH):
            begin = max(opens, now)
            if begin >= end:
                continue
            if end - begin >= missing:
                return min(_rounded(begin + missing), end)
            missing -= end - begin
        return None

    def _spans(self, moment: datetime, zone: tzinfo, ahead: timedelta) -> Iterator[tuple[datetime, datetime]]:
        """The openings from the moment's day on, as moments in UTC."""
        first = moment.astimezone(zone).date()
        for number in range(ahead.days + 1):
            day = first + timedelta(days=number)
            for opening in self.on(day):
                yield _moments(day, opening, zone)


def _moments(day: date, opening: Opening, zone: tzinfo) -> tuple[datetime, datetime]:
    """An opening of a day as two moments in UTC; a wall time that there is twice counts as the earlier one."""
    opens, closes = (datetime.combine(day, wall, zone).astimezone(UTC) for wall in (opening.opens, opening.closes))
    return opens, closes


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of North Rhine-Westphalia in a year (Feiertagsgesetz NW, section 2)."""
    return frozenset(holidays.country_holidays("DE", subdiv=STATE, years=year))


def _rounded(moment: datetime) -> datetime:
    """The next quarter of an hour, or this one if it has just begun: seconds do not count."""
    minute = moment.replace(second=0, microsecond=0)
    over = timedelta(minutes=minute.minute % 15)
    return minute + (STEP - over) if over else minute
