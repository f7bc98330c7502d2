"""Repeat rules of events: a strict subset of RFC 5545 recurrence rules, walked with dateutil. Pure.

Accepted: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS, and COUNT or
UNTIL. Rules faster than daily are refused: an occurrence is known by its date, so there is at most one a day.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import takewhile
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, rrulestr, weekday

Frequency = Literal[0, 1, 2, 3]  # as dateutil counts: yearly to daily
FREQUENCIES: dict[str, Frequency] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
TOO_FAST = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years that dates of events may lie in: a wrong digit is found, and no walk gets long."""

_WEEKS_OF_A_MONTH = 5
_BEYOND = 9999  # as INTERVAL: so far that the first period alone decides


@dataclass(frozen=True, slots=True)
class Repeat:
    """A parsed repeat rule; `text` is the rule as written.

    `weekdays` holds (which one of the period or 0 for every, weekday from 0 = Monday). `until` is a date
    (that whole day is included), a naive wall time, or an aware UTC time.
    """

    text: str
    frequency: Frequency
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    monthdays: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    count: int | None = None
    until: date | datetime | None = None


def parse_repeat(text: str) -> Repeat:
    """Reads a rule such as `FREQ=MONTHLY;BYDAY=2TU`; raises ValueError saying what is wrong with it."""
    parts: dict[str, str] = {}
    for piece in text.split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value:
            raise ValueError(f"{piece!r} is not of the form NAME=VALUE")
        if name in parts:
            raise ValueError(f"{name} is given twice")
        parts[name] = value
    frequency = parts.pop("FREQ", "")
    if frequency in TOO_FAST:
        raise ValueError(f"FREQ={frequency} is faster than daily")
    if frequency not in FREQUENCIES:
        raise ValueError(f"FREQ must be one of {', '.join(FREQUENCIES)}")
    unknown = [name for name in parts if name not in _READERS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not supported; known are FREQ, {', '.join(_READERS)}")
    fields = {_READERS[name][0]: _READERS[name][1](name, value) for name, value in parts.items()}
    repeat = Repeat(text=text, frequency=FREQUENCIES[frequency], **fields)
    _refuse_contradictions(repeat)
    return repeat


def starts(repeat: Repeat | None, first: datetime, zone: ZoneInfo, floor: datetime) -> Iterator[datetime]:
    """The wall times from `floor` (included) on at which an event begins, in ascending order.

    `first` is the event's first start, and its only one without a rule; it and `floor` are naive wall times
    in `zone`. Every start has the time of day of `first`, on both sides of a clock change. Endless for rules
    without COUNT and UNTIL.
    """
    if repeat is None:
        return iter((first,) if first >= floor else ())
    return iter(_rule(repeat, first, zone).xafter(floor, inc=True))


def planned_dates(repeat: Repeat | None, first: datetime, zone: ZoneInfo, last: date) -> frozenset[date]:
    """The dates up to `last` (included) on which an event begins; arguments as for `starts`."""
    walls = takewhile(lambda wall: wall.date() <= last, starts(repeat, first, zone, first))
    return frozenset(wall.date() for wall in walls)


def begins_with(repeat: Repeat, first: datetime, zone: ZoneInfo) -> bool:
    """Whether `first` is a date of its own rule: RFC 5545 leaves open what happens when it is not."""
    rule = _rule(repeat, first, zone).replace(interval=_BEYOND)
    return next(iter(rule), None) == first


def begins_by_rule(text: str, first: datetime) -> bool:
    """The same for any rule of a calendar, as text. A rule that never comes about would be walked for minutes.

    Raises ValueError when the rule cannot be read.
    """
    parts = [part for part in text.split(";") if part.partition("=")[0].upper() not in ("UNTIL", "COUNT", "INTERVAL")]
    try:
        rule = rrulestr(";".join((*parts, f"INTERVAL={_BEYOND}")), dtstart=first)
        return next(iter(rule), None) == first
    except (IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError("the rule contradicts itself") from error


@lru_cache(maxsize=1024)
def _rule(repeat: Repeat, first: datetime, zone: ZoneInfo) -> rrule:
    return rrule(
        repeat.frequency,
        dtstart=first,
        interval=repeat.interval,
        byweekday=[weekday(day, which or None) for which, day in repeat.weekdays] or None,
        bymonthday=repeat.monthdays or None,
        bysetpos=repeat.positions or None,
        count=repeat.count,
        until=_last_wall_time(repeat.until, zone),
    )


def _last_wall_time(until: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    if until is None:
        return None
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    if until.tzinfo is None:
        return until
    return until.astimezone(zone).replace(tzinfo=None)


def _refuse_contradictions(repeat: Repeat) -> None:
    highest = max((abs(which) for which, _ in repeat.weekdays), default=0)
    if highest and repeat.frequency in (DAILY, WEEKLY):
        raise ValueError("BYDAY with a number (2TU) needs FREQ=MONTHLY or YEARLY")
    if highest > _WEEKS_OF_A_MONTH and repeat.frequency == MONTHLY:  # dateutil would fail while walking
        raise ValueError(f"BYDAY: no month has a weekday {highest} times")
    if repeat.monthdays and repeat.frequency == WEEKLY:
        raise ValueError("BYMONTHDAY does not go with FREQ=WEEKLY")
    if repeat.positions and not (repeat.weekdays or repeat.monthdays):
        raise ValueError("BYSETPOS needs BYDAY or BYMONTHDAY")
    if repeat.count is not None and repeat.until is not None:
        raise ValueError("COUNT and UNTIL exclude each other")


def _number(name: str, text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,5}", text) or not low <= int(text) <= high or int(text) == 0:
        raise ValueError(f"{name}: {text!r} is not a whole number from {low} to {high} other than 0")
    return int(text)


def _interval(name: str, value: str) -> int:
    return _number(name, value, 1, 999)


def _count(name: str, value: str) -> int:
    return _number(name, value, 1, 9999)


def _monthdays(name: str, value: str) -> tuple[int, ...]:
    return tuple(_number(name, item, -31, 31) for item in value.split(","))


def _positions(name: str, value: str) -> tuple[int, ...]:
    return tuple(_number(name, item, -366, 366) for item in value.split(","))


def _weekdays(name: str, value: str) -> tuple[tuple[int, int], ...]:
    found = []
    for item in value.split(","):
        match = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", item)
        if not match:
            raise ValueError(f"{name}: {item!r} is not a weekday such as TU or 2TU")
        which = _number(name, match[1], -53, 53) if match[1] else 0
        found.append((which, WEEKDAYS.index(match[2])))
    return tuple(found)


def _until(name: str, value: str) -> date | datetime:
    match = re.fullmatch(r"([0-9]{8})(T[0-9]{6}(Z?))?", value)
    try:
        if not match:
            raise ValueError(value)
        moment = datetime.fromisoformat(match[1] + (match[2] or "")[:7])
    except ValueError:
        raise ValueError(f"{name}: {value!r} is not a date such as 20271231") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{name}: the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    if not match[2]:
        return moment.date()
    return moment.replace(tzinfo=UTC) if match[3] else moment


_Reader = Callable[[str, str], Any]
_READERS: dict[str, tuple[str, _Reader]] = {
    "INTERVAL": ("interval", _interval),
    "BYDAY": ("weekdays", _weekdays),
    "BYMONTHDAY": ("monthdays", _monthdays),
    "BYSETPOS": ("positions", _positions),
    "COUNT": ("count", _count),
    "UNTIL": ("until", _until),
}
