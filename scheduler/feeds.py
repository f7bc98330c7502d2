"""The calendars that events come from besides the YAML files; each keeps its last good state, also on disk."""

import asyncio
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from scheduler.agenda import TOPICS, Event, Topic
from scheduler.fetching import MOST_BYTES, Fetched, Fetcher, FetchError, Version
from scheduler.ical_properties import TopicOf
from scheduler.ical_reading import Calendars, Defaults, NoCalendarError, read_calendar

log = logging.getLogger("scheduler.feeds")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a calendar comes from: a file, or an address that begins with https://."""

    location: str
    defaults: Defaults = field(default_factory=Defaults)

    @property
    def remote(self) -> bool:
        """Whether it is fetched over the network."""
        return self.location.startswith("https://")

    @property
    def name(self) -> str:
        """What it is called in logs and messages: the address itself may hold a secret."""
        mark = sha256(self.location.encode()).hexdigest()[:4]
        return f"{urlsplit(self.location).hostname} ({mark})" if self.remote else Path(self.location).name


def parse_source(text: str) -> Source:
    """Read one feed of the settings: a path or address, and after # what holds for events that do not say it.

    `https://example.org/city.ics#language=de&topic=culture`. Raises ValueError saying what to write.
    """
    location, _, said = text.strip().partition("#")
    if "://" in location and not re.fullmatch(r"https://[^\s/@]+\.[^\s/@]+(/\S*)?", location):
        raise ValueError(f"{urlsplit(location).scheme}://…: write an address that begins with https://, or a file")
    if not location:
        raise ValueError("write an address that begins with https://, or a file")
    language, topics = "de", list[Topic]()
    for key, value in parse_qsl(said, keep_blank_values=True):
        known = {topic: topic for topic in TOPICS}
        if key == "language" and re.fullmatch("[a-z]{2}", value):
            language = value
        elif key == "topic" and value in known:
            topics.append(known[value])
        else:
            raise ValueError(f"#{key}={value}: write #language=de or #topic= with one of {', '.join(TOPICS)}")
    return Source(location, Defaults(language, tuple(topics)))


@dataclass(frozen=True, slots=True)
class Trouble:
    """A feed that cannot be used now, and why; its last good state still is."""

    feed: str
    message: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The events of all feeds, and which feeds are in trouble."""

    events: tuple[Event, ...]
    troubles: tuple[Trouble, ...] = ()


@dataclass(slots=True)
class _Feed:
    """One feed with what is known of it."""

    source: Source
    folder: Path
    content: bytes | None = None
    version: Version = field(default_factory=Version)
    read: Calendars | None = None
    read_on: date | None = None

    @property
    def _path(self) -> Path:
        return self.folder / f"{sha256(self.source.location.encode()).hexdigest()[:16]}.ics"

    def recall(self) -> None:
        """Takes the last good state from the disk; a broken one is as if it were not there."""
        try:
            self.content = self._path.read_bytes()
            written = json.loads(self._path.with_suffix(".json").read_text("utf-8"))
            known = {key: written.get(key) for key in ("etag", "modified")}
            self.version = Version(**{key: value for key, value in known.items() if isinstance(value, str)})
        except (OSError, ValueError, AttributeError):
            self.version = Version()

    def keep(self, content: bytes, version: Version) -> None:
        """This is the last good state now; the version is written last and removed first, so it never lies.

        Raises OSError when the disk does not take it; the state is used all the same.
        """
        self.content, self.version = content, version
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path.with_suffix(".json").unlink(missing_ok=True)
        _replace(self._path, content)
        _replace(self._path.with_suffix(".json"), json.dumps(asdict(version)).encode())


class Feeds:
    """All feeds of the settings. Fetches and reads them; never raises because of what they hold."""

    def __init__(
        self,
        sources: Sequence[Source],
        folder: Path,
        zone: ZoneInfo,
        topic_of: TopicOf,
        fetcher: Fetcher,
    ) -> None:
        """`folder` is where the last good states are kept; `topic_of` says what a category means."""
        self._feeds = [_Feed(source, folder) for source in sources]
        self._zone = zone
        self._topic_of = topic_of
        self._fetcher = fetcher

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._feeds)

    def recall(self, now: datetime) -> tuple[Event, ...]:
        """The events of the last good states, without touching the network. Reads files."""
        for feed in self._feeds:
            feed.recall()
            try:
                self._read_again(feed, now)
            except NoCalendarError as error:
                log.warning("feed %s: the kept state %s and is not used", feed.source.name, error)
                feed.content, feed.version = None, Version()
        return self._events()

    async def refresh(self, now: datetime) -> Refreshed:
        """Gets all feeds anew; of one in trouble the last good state stays. `now` is aware."""
        told = await asyncio.gather(*(self._refresh(feed, now) for feed in self._feeds))
        return Refreshed(self._events(), tuple(trouble for trouble in told if trouble is not None))

    async def _refresh(self, feed: _Feed, now: datetime) -> Trouble | None:
        trouble = None
        try:
            got = await self._get(feed)
            if got.content is not None and (got.content, got.version) != (feed.content, feed.version):
                await asyncio.to_thread(self._take, feed, got.content, got.version, now)
        except (FetchError, NoCalendarError) as error:
            trouble = Trouble(feed.source.name, str(error))
        except OSError as error:
            trouble = Trouble(feed.source.name, f"cannot be read or kept ({error.strerror or type(error).__name__})")
        await asyncio.to_thread(self._read_again, feed, now)
        return trouble

    async def _get(self, feed: _Feed) -> Fetched:
        if feed.source.remote:
            return await self._fetcher.fetch(feed.source.location, feed.version)
        return Fetched(await asyncio.to_thread(_file, Path(feed.source.location)), Version())

    def _take(self, feed: _Feed, content: bytes, version: Version, now: datetime) -> None:
        """A new state, if it is a good one. Raises NoCalendarError, OSError."""
        read = self._read(feed, content, now)
        if read.problems and not read.events and feed.read is not None and feed.read.events:
            raise NoCalendarError(f"has not one event that can be used; the first: {read.problems[0]}")
        self._use(feed, read, now)
        feed.keep(content, version)

    def _read_again(self, feed: _Feed, now: datetime) -> None:
        """The window of dates moves on with the days, also when the calendar is the same. Raises NoCalendarError."""
        if feed.content is not None and feed.read_on != now.astimezone(self._zone).date():
            self._use(feed, self._read(feed, feed.content, now), now)

    def _read(self, feed: _Feed, content: bytes, now: datetime) -> Calendars:
        source = feed.source
        return read_calendar(content, source.name, self._zone, now, self._topic_of, source.defaults)

    def _use(self, feed: _Feed, read: Calendars, now: datetime) -> None:
        for problem in read.problems if feed.read is None or feed.read.problems != read.problems else ():
            log.warning("feed event not used: %s", problem)
        feed.read, feed.read_on = read, now.astimezone(self._zone).date()

    def _events(self) -> tuple[Event, ...]:
        """Every event once: of the same event in two feeds, the one of the first."""
        found: dict[str, Event] = {}
        for feed in self._feeds:
            for event in feed.read.events if feed.read is not None else ():
                found.setdefault(event.id, event)
        return tuple(found.values())


def _file(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FetchError(f"is larger than {MOST_BYTES // 1_000_000} MB")
    return content


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
