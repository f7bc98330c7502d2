"""Words about days -> a span of dates, seen from today. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from scheduler.phrases import Phrases, fold

Relative = Literal[
    "soon",
    "today",
    "tomorrow",
    "after_tomorrow",
    "weekend",
    "next_weekend",
    "this_week",
    "next_week",
    "this_month",
    "next_month",
]
RELATIVE: tuple[Relative, ...] = get_args(Relative)
WEEKDAYS, MONTHS = 7, 12
SOON = timedelta(days=14)

_SATURDAY = 5
_WEAK: tuple[Relative, ...] = ("today", "tomorrow", "soon")  # a weekday or month beside them says more
_DATE = re.compile(
    r"\b(?:(?P<y>20\d\d)-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<D>\d\d?)\.\s?(?P<M>\d\d?)\.(?:\s?(?P<Y>20\d\d))?)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DayWords:
    """How days are spoken of in one language: weekdays from Monday, months from January."""

    relative: Mapping[Relative, Phrases]
    weekdays: tuple[Phrases, ...]
    months: tuple[Phrases, ...]
    in_month: Phrases


@dataclass(frozen=True, slots=True)
class Named:
    """The span that a text names, if any, and the text's words with the places of those that name it."""

    span: Span | None
    words: tuple[str, ...]
    places: frozenset[int]


def find_days(text: str, spoken: DayWords, today: date) -> Named:
    """The first span of days that a text names, seen from `today`; a day that is over this year is next year's."""
    if written := _DATE.search(text):
        before, after = fold(text[: written.start()]), fold(text[written.end() :])
        parts = {key: int(value) for key, value in written.groupdict().items() if value}
        day = _day(parts.get("y") or parts.get("Y"), parts.get("m") or parts["M"], parts.get("d") or parts["D"], today)
        if day is not None:
            return Named(Span(day, day), before + after, frozenset())
    words = fold(text)
    for name in RELATIVE[::-1]:
        places = spoken.relative[name].find(words) if name in spoken.relative else None
        if places is not None and name not in _WEAK:
            return Named(_relative(name, today), words, places)
    for number, month in enumerate(spoken.months, 1):
        places = month.find(words)
        if places is not None:
            return _in_month(words, places, number, spoken, today)
    for number, weekday in enumerate(spoken.weekdays):
        places = weekday.find(words)
        if places is not None:
            day = today + timedelta(days=(number - today.weekday()) % WEEKDAYS)
            return Named(Span(day, day), words, places)
    for name in _WEAK:
        places = spoken.relative[name].find(words) if name in spoken.relative else None
        if places is not None:
            return Named(_relative(name, today), words, places)
    return Named(None, words, frozenset())


def _in_month(words: tuple[str, ...], places: frozenset[int], number: int, spoken: DayWords, today: date) -> Named:
    """A day of the month beside its name (5. Dezember, December 5th), or the whole month where it is said so."""
    at = min(places)
    for beside in (at - 1, at + 1):
        if 0 <= beside < len(words) and (found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", words[beside])):
            day = _day(None, number, int(found[1]), today)
            if day is not None:
                return Named(Span(day, day), words, places | {beside})
    if (prepositions := spoken.in_month.find_all(words)) and at - 1 in prepositions:
        year = today.year + (number < today.month)
        return Named(Span(max(today, date(year, number, 1)), _month_end(year, number)), words, places | {at - 1})
    return Named(None, words, frozenset())


def _day(year: int | None, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _relative(name: Relative, today: date) -> Span:
    monday = today - timedelta(days=today.weekday())
    saturday = monday + timedelta(days=_SATURDAY)
    match name:
        case "today":
            return Span(today, today)
        case "tomorrow":
            return Span(today + timedelta(days=1), today + timedelta(days=1))
        case "after_tomorrow":
            return Span(today + timedelta(days=2), today + timedelta(days=2))
        case "weekend":
            return Span(max(today, saturday), saturday + timedelta(days=1))
        case "next_weekend":  # said from Friday on it is the one after
            week = timedelta(days=WEEKDAYS if today.weekday() >= _SATURDAY - 1 else 0)
            return Span(saturday + week, saturday + week + timedelta(days=1))
        case "this_week":
            return Span(today, monday + timedelta(days=6))
        case "next_week":
            return Span(monday + timedelta(days=7), monday + timedelta(days=13))
        case "this_month":
            return Span(today, _month_end(today.year, today.month))
        case "next_month":
            year, month = (today.year + 1, 1) if today.month == MONTHS else (today.year, today.month + 1)
            return Span(date(year, month, 1), _month_end(year, month))
        case "soon":
            return Span(today, today + SOON)


def _month_end(year: int, month: int) -> date:
    begin_of_next = date(year + month // MONTHS, month % MONTHS + 1, 1)
    return begin_of_next - timedelta(days=1)


def week_of(today: date) -> Span:
    """From today to the end of the week."""
    return _relative("this_week", today)


def month_of(today: date) -> Span:
    """From today to the end of the month."""
    return _relative("this_month", today)
