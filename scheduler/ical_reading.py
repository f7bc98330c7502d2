"""iCalendar text (RFC 5545) -> events: every occurrence within a window, in Aachen's time.

The only module that reads iCalendar. What an event lacks or says wrongly is told as a problem with its line,
and the others are used; text that is no calendar at all is refused as a whole.
"""

import re
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, vRecur

from scheduler.agenda import Event, Move, Place, Topic
from scheduler.ical_properties import (
    Component,
    TopicOf,
    count,
    link_of,
    organiser_of,
    place_of,
    price_of,
    text_of,
    title_of,
    topics_of,
    written,
)
from scheduler.problems import Problem
from scheduler.repeats import FIRST_YEAR, LAST_YEAR, TOO_FAST, begins_by_rule

MOST_EVENTS = 5000
MOST_DATES = 1000
"""Of one event, within the window; a calendar with more is a mistake or an attack."""
BEFORE, AFTER = timedelta(days=31), timedelta(days=400)
"""The window of occurrences around now."""

_TIMES_A_DAY = 24
_FAILURES = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ArithmeticError, OSError)
"""What the libraries raise on broken properties; each becomes a problem of its event."""


class NoCalendarError(ValueError):
    """The text cannot be read as a calendar; `line` (from 1) is where it goes wrong, as far as that is known."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for the events of a calendar that do not say it themselves."""

    language: str = "de"
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendars:
    """What was read: the events by start, what is wrong with others, and the line of every UID."""

    events: tuple[Event, ...]
    problems: tuple[Problem, ...]
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Written:
    """One VEVENT with the line on which it begins and the lines of its properties."""

    component: Component
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, key: str) -> int:
        return self.lines.get(key, self.line)


class _WrongError(ValueError):
    """An event cannot be used: the property and why."""

    def __init__(self, key: str, message: str, line: int) -> None:
        super().__init__(message)
        self.key, self.line = key, line


def read_calendar(
    content: bytes,
    name: str,
    zone: ZoneInfo,
    now: datetime,
    topic_of: TopicOf,
    defaults: Defaults = Defaults(),
) -> Calendars:
    """The events of a calendar around `now` (aware); `name` is what its problems are reported under.

    `topic_of` says which topic a category means. Times without a zone are those
    of `zone`. Raises NoCalendarError.
    """
    written = _components(content)
    events: list[Event] = []
    problems: list[Problem] = []
    by_uid: dict[str, list[_Written]] = {}
    for each in written:
        uid = str(each.component.get("UID", "")).strip()
        if uid:
            by_uid.setdefault(uid, []).append(each)
        else:
            message = "is missing: without it nobody can tell which event was changed; give each event a UID"
            problems.append(Problem(name, each.line, "", "UID", message))
    for uid, series in by_uid.items():
        try:
            events += _Reading(uid, series, zone, now, topic_of, defaults).events()
        except _WrongError as error:
            problems.append(Problem(name, error.line, _short(uid), error.key, str(error)))
        except _FAILURES as error:
            message = f"cannot be read ({type(error).__name__}); look at its dates and its repeat rule"
            problems.append(Problem(name, series[0].line, _short(uid), "", message))
    lines = {uid: series[0].line for uid, series in by_uid.items()}
    return Calendars(tuple(sorted(events, key=lambda one: (one.start, one.id))), tuple(problems), lines)


def _components(content: bytes) -> list[_Written]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoCalendarError("is not UTF-8 text", content.count(b"\n", 0, error.start) + 1) from None
    places = list(_places(text))
    if len(places) > MOST_EVENTS:
        raise NoCalendarError(f"has more than {MOST_EVENTS} events")
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        found = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except OSError:  # what looking for the zone Europe or ../x comes to
        raise NoCalendarError("has a TZID that is no time zone; write Europe/Berlin") from None
    except _FAILURES as error:
        raise NoCalendarError(f"is no iCalendar text: {str(error)[:200]}") from None
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise NoCalendarError("is no iCalendar text: it does not begin with BEGIN:VCALENDAR")
    if len(places) != len(found):
        places = [(1, {})] * len(found)
    return [_Written(event, *place) for event, place in zip(found, places, strict=True)]


def _places(text: str) -> Iterator[tuple[int, dict[str, int]]]:
    """The line of every BEGIN:VEVENT and of the properties in it (RFC 5545, 3.1: folded lines begin with a blank)."""
    begin, inside, lines = 0, 0, dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        name = re.split("[;:]", line, maxsplit=1)[0].upper()
        if begin == 0:
            if line.strip().upper() == "BEGIN:VEVENT":
                begin, inside, lines = number, 0, {}
        elif name == "BEGIN":
            inside += 1
        elif name == "END" and inside:
            inside -= 1
        elif name == "END":
            yield begin, lines
            begin = 0
        elif not inside and name and not line[0].isspace():
            lines.setdefault(name, number)


@dataclass(frozen=True, slots=True)
class _Date:
    """One occurrence with the time of day that it was planned for."""

    move: Move
    clock: time
    cancelled: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """One event with its changed dates, on the way to values."""

    uid: str
    series: Sequence[_Written]
    zone: ZoneInfo
    now: datetime
    topic_of: TopicOf
    defaults: Defaults

    def events(self) -> Iterator[Event]:
        """One event with all dates within the window; one for each time of day where there are several a day."""
        for each in self.series:
            self._check(each)
        main = next((each for each in self.series if "RECURRENCE-ID" not in each.component), self.series[0])
        found = [self._date(component, main.component["DTSTART"].dt) for component in self._occurrences()]
        for number, clock in enumerate(sorted({one.clock for one in found})):
            at_this_time = [one for one in found if one.clock == clock]
            yield self._event(main, sorted(at_this_time, key=lambda one: one.move.on), number)

    def _check(self, written: _Written) -> None:
        component = written.component
        for name, message in component.errors:
            raise _WrongError(str(name), f"cannot be read: {str(message)[:120]}", written.at(str(name)))
        if "DTSTART" not in component:
            raise _WrongError("DTSTART", "is missing: give the event a start", written.line)
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
            if name in component:
                self._check_time(written, name)
        start, end = component["DTSTART"].dt, component.get("DTEND")
        if end is not None and (
            isinstance(start, datetime) != isinstance(end.dt, datetime) or self._before(end.dt, start)
        ):
            raise _WrongError(
                "DTEND", "must be later than DTSTART, and both with a time or both without", written.at("DTEND")
            )
        rules = component.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            self._check_rule(written, rule)

    def _check_time(self, written: _Written, name: str) -> None:
        value = written.component[name]
        moment = getattr(value, "dt", None)
        if not isinstance(moment, date):
            raise _WrongError(name, "is given twice or is no date", written.at(name))
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise _WrongError(name, f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}", written.at(name))
        zone = value.params.get("TZID")
        if zone and isinstance(moment, datetime) and moment.tzinfo is None:
            message = f"the time zone {str(zone)[:60]!r} is not known; write Europe/Berlin, or add its VTIMEZONE"
            raise _WrongError(name, message, written.at(name))

    def _check_rule(self, written: _Written, rule: vRecur) -> None:
        frequency = str((rule.get("FREQ") or [""])[0]).upper()
        often = [len(rule.get(part) or []) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
        if frequency in TOO_FAST or often[0] > _TIMES_A_DAY or max(often[1:]) > 1:
            message = f"FREQ={frequency or '?'} repeats too often; write one that repeats daily or less often"
            raise _WrongError("RRULE", message, written.at("RRULE"))
        first = written.component["DTSTART"].dt
        wall = first.replace(tzinfo=None) if isinstance(first, datetime) else datetime.combine(first, time())
        try:
            begins = begins_by_rule(rule.to_ical().decode(), wall)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise _WrongError("RRULE", f"cannot be read: {str(error)[:120]}", written.at("RRULE")) from None
        if not begins:
            message = (
                f"the start, {wall:%a %Y-%m-%d %H:%M}, is not a date of this rule; put the first date into DTSTART"
            )
            raise _WrongError("RRULE", message, written.at("RRULE"))

    def _before(self, end: date, start: date) -> bool:
        return self._moment(end) < self._moment(start)

    def _occurrences(self) -> list[Component]:
        alone = Calendar()
        for each in self.series:
            alone.add_component(each.component)
        found = recurring_ical_events.of(alone).between(self.now - BEFORE, self.now + AFTER)
        if len(found) > MOST_DATES:
            raise _WrongError(
                "RRULE", f"has more than {MOST_DATES} dates in {AFTER.days} days", self.series[0].at("RRULE")
            )
        return list(found)

    def _moment(self, value: date) -> datetime:
        """A date or time of the calendar as an aware moment."""
        if not isinstance(value, datetime):
            value = datetime.combine(value, time())
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=self.zone).astimezone(UTC)

    def _wall(self, value: date) -> datetime:
        """The same as a naive wall time in Aachen; of a doubled hour of autumn the second one has fold=1."""
        return self._moment(value).astimezone(self.zone).replace(tzinfo=None)

    def _date(self, component: Component, first: date) -> "_Date":
        """One date; it is known by when it was planned, in the calendar's own zone, wherever it was moved to."""
        start, end = component["DTSTART"].dt, component["DTEND"].dt
        planned = component["RECURRENCE-ID"].dt if "RECURRENCE-ID" in component else start
        if isinstance(planned, datetime) and isinstance(first, datetime) and planned.tzinfo and first.tzinfo:
            planned = planned.astimezone(first.tzinfo)
        whole = not isinstance(planned, datetime)
        move = Move(
            on=planned if whole else planned.date(),
            start=self._wall(start),
            end=self._wall(end),
            place=place_of(component, self.defaults.language),
            title=title_of(component, self.defaults.language),
            text=text_of(component, self.defaults.language),
        )
        cancelled = written(component, "STATUS").upper() == "CANCELLED"
        return _Date(move, time() if whole else planned.time(), cancelled)

    def _event(self, main: _Written, dates: Sequence["_Date"], number: int) -> Event:
        component = main.component
        title = title_of(component, self.defaults.language)
        if not title:
            raise _WrongError("SUMMARY", "is missing: give the event a title", main.line)
        text, place = text_of(component, self.defaults.language), place_of(component, self.defaults.language)
        moved = tuple(_differing(move, title, text, place) for move in (one.move for one in dates))
        return Event(
            id=_event_id(self.uid, number),
            uid=self.uid,
            sequence=max(count(each.component.get("SEQUENCE")) for each in self.series),
            zone=self.zone,
            start=moved[0].start,
            end=moved[0].end,
            title=title,
            text=text,
            place=place,
            topics=topics_of(component, self.topic_of) or self.defaults.topics,
            price=price_of(component, self.defaults.language),
            languages=tuple(re.findall(r"[a-z]{2,3}", written(component, "X-LOTSE-LANGUAGES").lower())),
            with_children=written(component, "X-LOTSE-CHILDREN").lower() == "true",
            organiser=organiser_of(component),
            registration=link_of(component, "X-LOTSE-REGISTRATION"),
            page=link_of(component, "URL"),
            all_day=not isinstance(component["DTSTART"].dt, datetime),
            excluded=() if any(move.on == moved[0].start.date() for move in moved) else (moved[0].start.date(),),
            moved=moved,
            cancelled_on=tuple(one.move.on for one in dates if one.cancelled),
        )


def _differing(move: Move, title: Mapping[str, str], text: Mapping[str, str], place: Place) -> Move:
    """The date with only what differs from its event."""
    return Move(
        on=move.on,
        start=move.start,
        end=move.end,
        place=None if move.place in (place, Place(name={})) else move.place,
        title=None if move.title == title else move.title,
        text=None if move.text == text else move.text,
    )


def _event_id(uid: str, number: int) -> str:
    """Short, of letters that an id may have, and the same as long as the calendar keeps its UID."""
    digest = b32encode(sha256(uid.encode()).digest()).decode().lower()[:12]
    return f"feed-{digest}" if number == 0 else f"feed-{digest}-{number + 1}"


def _short(uid: str) -> str:
    return " ".join(uid.split())[:60]
