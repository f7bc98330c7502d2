"""Events of the city, their occurrences, and the reminders that are due. Pure: time comes in as an argument.

How a wall time becomes UTC when the clocks change (the rule of RFC 5545, 3.3.5): a time in the gap of spring
moves forward by the gap (02:30 becomes 03:30 summer time), a time in the fold of autumn is the first of the
two, unless it is marked as the second (`fold=1`, from a feed in another zone). Events that repeat keep their
wall time over both changes.
"""

from base64 import b32encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from scheduler.quiet import Quiet
from scheduler.repeats import Repeat, starts

Topic = Literal["welcome", "german", "work", "family", "students", "culture", "employers"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
"""What an event can be about, and what a newcomer can subscribe to."""

FALLBACKS = ("de", "en")
"""The languages that a text is shown in, in this order, where the reader's own is missing; then any."""

_MARGIN = timedelta(days=1)  # wall times and UTC differ by less
_HANDLE = 8  # letters that name an event in a button: 40 bits, enough for a city's events


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an event is; the name per language, the coordinates in degrees (WGS 84), both or neither."""

    name: Mapping[str, str] = field(hash=False)
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One occurrence, known by its planned date `on`, held at another time or place; naive wall times.

    A title or text of its own replaces the event's for this date.
    """

    on: date
    start: datetime
    end: datetime
    place: Place | None = None
    title: Mapping[str, str] | None = field(default=None, hash=False)
    text: Mapping[str, str] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something in the city, once or repeated.

    `start` and `end` are naive wall times in `zone`. `title`, `text` and a price in words are per language, in
    one at least. An `all_day` event lasts from midnight to the midnight after its last day. `languages` are
    spoken there. `page` is a web page about it, `registration` one to sign up. `excluded` are dates of the rule
    on which nothing was ever planned, `cancelled_on` dates called off; `cancelled` calls off all. `uid` is the
    event's id in the calendar it comes from (RFC 5545, 3.8.4.7), `sequence` how often its time, place or status
    was changed. `sample` marks an invented event, which people must be told.
    """

    id: str
    zone: ZoneInfo
    start: datetime
    end: datetime
    title: Mapping[str, str] = field(hash=False)
    text: Mapping[str, str] = field(hash=False)
    place: Place
    topics: tuple[Topic, ...]
    price: Literal["free"] | Mapping[str, str] | None = field(default=None, hash=False)
    languages: tuple[str, ...] = ()
    with_children: bool = False
    organiser: str | None = None
    registration: str | None = None
    page: str | None = None
    all_day: bool = False
    uid: str | None = None
    sequence: int = 0
    repeat: Repeat | None = None
    excluded: tuple[date, ...] = ()
    moved: tuple[Move, ...] = ()
    cancelled: bool = False
    cancelled_on: tuple[date, ...] = ()
    sample: bool = False

    @property
    def handle(self) -> str:
        """A short name for a button's action: eight letters and digits, the same as long as the id is."""
        return _handle(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One date of an event: planned for the date `on`, from `start` to `end` (aware, UTC)."""

    event: Event
    on: date
    start: datetime
    end: datetime
    place: Place
    cancelled: bool

    @property
    def key(self) -> str:
        """What names this occurrence, also when it is moved: `newcomer-cafe@2026-12-04`."""
        return f"{self.event.id}@{self.on.isoformat()}"

    @property
    def ref(self) -> str:
        """The same in 15 characters, for a button's action: `k3m9x2ab-261204`; see `find_occurrence`."""
        return f"{self.event.handle}-{self.on:%y%m%d}"

    @property
    def start_local(self) -> datetime:
        """The start in the event's zone (aware)."""
        return self.start.astimezone(self.event.zone)

    @property
    def end_local(self) -> datetime:
        """The end in the event's zone (aware)."""
        return self.end.astimezone(self.event.zone)

    @property
    def last_day(self) -> date:
        """The day on which it ends, in the event's zone; midnight belongs to the day before."""
        return (self.end_local.replace(tzinfo=None) - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True, order=True)
class Lead:
    """How long before the start a reminder comes: whole days by the wall clock, the rest exactly."""

    name: str
    before: timedelta


ONE_DAY = Lead("one-day", timedelta(days=1))
TWO_HOURS = Lead("two-hours", timedelta(hours=2))
ONE_WEEK = Lead("one-week", timedelta(days=7))
LEADS = (ONE_WEEK, ONE_DAY, TWO_HOURS)
EVENING = time(18)
"""When the day before a whole day is told, by the wall clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """An announcement of an occurrence; worth sending from `due` until before `expires` (aware, UTC).

    `nearer` are the shorter leads that came due in one go with this one: who chose one of them does not get this too.
    """

    occurrence: Occurrence
    lead: Lead
    due: datetime
    nearer: tuple[Lead, ...] = ()

    @property
    def expires(self) -> datetime:
        """The start of the occurrence."""
        return self.occurrence.start

    @property
    def key(self) -> str:
        """What makes the reminder unique: an occurrence moved to another day is announced anew, once."""
        day = self.occurrence.start_local.date()
        moved = "" if day == self.occurrence.on else f">{day.isoformat()}"
        return f"{self.occurrence.key}{moved}/{self.lead.name}"


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a naive wall time in `zone`, by the rule for both clock changes given at the top."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def in_words(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """A text and the language that it is in: the reader's where there is one, else the next best."""
    for candidate in (language, *FALLBACKS, *sorted(texts)):
        if candidate in texts:
            return texts[candidate], candidate
    return "", language


def find_occurrence(events: Iterable[Event], ref: str) -> Occurrence | None:
    """The occurrence that a button's action names, cancelled or over though it may be; None when it is gone."""
    handle, _, day = ref.rpartition("-")
    try:
        on = datetime.strptime(day, "%y%m%d").date()  # noqa: DTZ007  # a date has no zone
    except ValueError:
        return None
    for event in events:
        if event.handle == handle:
            midnight = to_utc(datetime(on.year, on.month, on.day), event.zone)  # noqa: DTZ001  # a wall time
            planned = _as_planned(event, midnight - _MARGIN, midnight + 2 * _MARGIN)
            moved = (_at(event, move) for move in event.moved if move.on == on)
            return next((one for one in (*moved, *planned) if one.on == on), None)
    return None


def occurrences(events: Iterable[Event], since: datetime, until: datetime) -> tuple[Occurrence, ...]:
    """All that start with since <= start < until (aware times), cancelled ones included, by start."""
    found = (
        occurrence
        for event in events
        for occurrence in (*_as_planned(event, since, until), *_moved(event, since, until))
        if since <= occurrence.start < until
    )
    return tuple(sorted(found, key=_by_start))


def next_occurrences(
    events: Iterable[Event], now: datetime, limit: int, topics: Collection[str] | None = None
) -> tuple[Occurrence, ...]:
    """The first `limit` occurrences that are not over at `now` (aware), cancelled ones included, by start.

    With `topics`, only those of events that have at least one of them.
    """
    found: list[Occurrence] = []
    for event in events:
        if topics is None or not set(topics).isdisjoint(event.topics):
            planned = _as_planned(event, now - (event.end - event.start))
            found += islice((one for one in planned if one.end > now), limit)
            found += islice((one for one in _moved(event, now) if one.end > now), limit)
    return tuple(sorted(found, key=_by_start)[:limit])


def reminders_due(
    events: Iterable[Event], since: datetime, now: datetime, quiet: Quiet | None = None
) -> tuple[Reminder, ...]:
    """The reminders with since < due <= now (aware times) whose occurrence starts after `now`, by due time.

    `since` is the `now` of the call before, kept over restarts: so each reminder comes once, and one that was
    missed comes late while it is still of use. A reminder that is due in the `quiet` hours is due before or after
    them, and what is made up does not come in them. If several reminders of an occurrence are due in one go, each
    names the nearer ones. None comes for what is cancelled.
    """
    horizon = now + max(lead.before for lead in LEADS) + 2 * _MARGIN
    due: list[Reminder] = []
    for occurrence in occurrences(events, now, horizon):
        if occurrence.start > now and not occurrence.cancelled:
            moments = [(_moved_by(quiet, _due(occurrence, lead), occurrence), lead) for lead in _leads(occurrence)]
            missed = sorted((moment, lead) for moment, lead in moments if since < moment <= now)
            for place, (moment, lead) in enumerate(missed):
                nearer = tuple(other for _, other in missed[place + 1 :])
                due.append(Reminder(occurrence=occurrence, lead=lead, due=moment, nearer=nearer))
    return tuple(sorted(due, key=lambda reminder: (reminder.due, reminder.key)))


def _moved_by(quiet: Quiet | None, due: datetime, occurrence: Occurrence) -> datetime:
    return due if quiet is None else quiet.move(due, occurrence.start, occurrence.event.zone)


def _by_start(occurrence: Occurrence) -> tuple[datetime, str]:
    return occurrence.start, occurrence.key


def _leads(occurrence: Occurrence) -> tuple[Lead, ...]:
    """Two hours before a whole day is the middle of the night: that reminder does not come."""
    return (ONE_WEEK, ONE_DAY) if occurrence.event.all_day else LEADS


def _due(occurrence: Occurrence, lead: Lead) -> datetime:
    if occurrence.event.all_day:
        eve = occurrence.start_local.date() - lead.before
        return to_utc(datetime.combine(eve, EVENING), occurrence.event.zone)
    days = timedelta(days=lead.before.days)
    wall = occurrence.start_local.replace(tzinfo=None) - days
    return to_utc(wall, occurrence.event.zone) - (lead.before - days)


def _as_planned(event: Event, since: datetime, until: datetime | None = None) -> Iterator[Occurrence]:
    """Occurrences that are neither excluded nor moved, around the window: the caller cuts exactly."""
    elsewhere = {*event.excluded, *(move.on for move in event.moved)}
    duration = event.end - event.start
    for wall in starts(event.repeat, event.start, event.zone, _wall(since, event.zone) - _MARGIN):
        if until is not None and wall > _wall(until, event.zone) + _MARGIN:
            return
        if wall.date() not in elsewhere:
            yield _occurrence(event, wall.date(), wall, wall + duration, event.place)


def _moved(event: Event, since: datetime, until: datetime | None = None) -> Iterator[Occurrence]:
    """Moved occurrences by start, around the window: the caller cuts exactly. A feed's event has hundreds of them."""
    low = _wall(since, event.zone) - _MARGIN
    high = _wall(until, event.zone) + _MARGIN if until is not None else datetime.max  # noqa: DTZ901  # a wall time
    around = (move for move in event.moved if move.end > low and move.start < high)
    for move in sorted(around, key=lambda move: move.start):
        yield _at(event, move)


def _at(event: Event, move: Move) -> Occurrence:
    told = event
    if move.title is not None or move.text is not None:
        told = replace(event, title=move.title or event.title, text=move.text or event.text)
    return _occurrence(told, move.on, move.start, move.end, move.place or event.place)


@lru_cache(maxsize=8192)
def _handle(event_id: str) -> str:
    return b32encode(sha256(event_id.encode()).digest()).decode().lower()[:_HANDLE]


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _occurrence(event: Event, on: date, wall_start: datetime, wall_end: datetime, place: Place) -> Occurrence:
    start = to_utc(wall_start, event.zone)
    end = to_utc(wall_end, event.zone)
    if end <= start:  # the start moved over the end, out of the gap: the length is kept
        end = start + (wall_end - wall_start)
    return Occurrence(
        event=event,
        on=on,
        start=start,
        end=end,
        place=place,
        cancelled=event.cancelled or on in event.cancelled_on,
    )
