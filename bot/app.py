"""Puts the parts together, runs them, stops them; owns the one clock."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.channels import Channel, ChannelStoppedError
from bot.channels.console import ROOM, Console
from bot.config import Settings
from bot.connecting import connect
from bot.core.model import Address, Guide, Incoming
from bot.engine import TICKED, Engine
from bot.feeding import Feeding
from bot.guide import load_guide
from bot.outbox import Worker
from bot.store import delivering, turns
from bot.store.database import Database
from knowledge.loader import ContentError
from knowledge.speech import SpeechError
from scheduler.agenda import Event
from scheduler.calendar import CalendarError
from scheduler.clock import Clock
from scheduler.editions import count_editions
from scheduler.feeds import Feeds
from scheduler.fetching import Fetcher
from scheduler.wording import topic_of

log = structlog.get_logger("lotse")

TICK_EVERY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)  # a delivery that is due for longer is a sign of trouble
STOP_WITHIN = 8.0  # seconds for what is in hand to be finished; container engines kill after ten


class Timepiece:
    """The one clock of the program; can be moved by hand, to try reminders in the terminal."""

    def __init__(self) -> None:
        self._moved = timedelta()

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC) + self._moved

    def move_to(self, moment: datetime) -> None:
        """From now on it is `moment` (aware), and time goes on from there."""
        self._moved = moment - datetime.now(UTC)


class Assistant:
    """Engine, workers and clock on one database, without any channel's receiving side."""

    def __init__(
        self,
        settings: Settings,
        guide: Guide,
        database: Database,
        channels: Sequence[Channel[Any]],
        room: Address | None,
        time: Timepiece,
    ) -> None:
        self.settings = settings
        self.database = database
        self.time = time
        self.engine = Engine(database, guide, room, time.now, self._wake, settings)
        sources = {channel.name: channel for channel in channels}
        self.workers = [Worker(channel, database, self.engine, time.now, room, sources) for channel in channels]
        self.clock = Clock(self.engine.tick, TICK_EVERY)
        self._content = _counted(guide, settings)
        self.events = self._content.events
        self.engine.use(self._content)
        self._feed_events: tuple[Event, ...] = ()
        topics = topic_of(guide.event_words)
        feeds = Feeds(settings.feeds or (), settings.data_dir / "feeds", settings.timezone, topics, Fetcher())
        self.feeding = Feeding(feeds, self._use_feed_events, self.engine.report_feed, time.now)
        self._reloading: asyncio.Task[None] | None = None

    def _wake(self) -> None:
        for worker in self.workers:
            worker.wake()

    async def take(self, incoming: Incoming) -> None:
        """Deal with an incoming to its end, even if the one who asks is cancelled meanwhile."""
        await asyncio.shield(asyncio.ensure_future(self.engine.take(incoming)))

    def reload(self) -> asyncio.Task[None]:
        """Begin to read the content anew; until it is read, and if anything in it is wrong, the old content answers.

        Asked again meanwhile, it goes on with the reading that has begun.
        """
        if self._reloading is None or self._reloading.done():
            self._reloading = asyncio.create_task(self._reload())
        return self._reloading

    async def _reload(self) -> None:
        """Learning takes some seconds, in a thread: turns go on meanwhile."""
        try:
            loaded = await asyncio.to_thread(load_guide, self.settings)
            guide = await asyncio.to_thread(_counted, loaded, self.settings)
        except (ContentError, SpeechError, CalendarError) as error:
            log.error("content not reloaded; the old one stays", problems=str(error))
        else:
            self._content = guide
            self._use_feed_events(self._feed_events)
            log.info("content reloaded")

    def _use_feed_events(self, events: tuple[Event, ...]) -> None:
        """From the next turn on, the events of the files and these; a file's comes before a feed's of the same id."""
        self._feed_events = events
        own = {event.id for event in self._content.events}
        self.events = (*self._content.events, *(event for event in events if event.id not in own))
        self.engine.use(replace(self._content, events=self.events))


def _counted(guide: Guide, settings: Settings) -> Guide:
    """The content with events that know how often they were changed."""
    return replace(guide, events=count_editions(guide.events, settings.data_dir / "editions.json"))


@asynccontextmanager
async def assistant(
    settings: Settings,
    guide: Guide,
    channels: Sequence[Channel[Any]],
    room: Address | None,
    time: Timepiece,
    database: Database | None = None,
) -> AsyncIterator[Assistant]:
    """An assistant on its migrated database, closed at the end. Raises DatabaseError."""
    async with AsyncExitStack() as stack:
        database = database or Database(settings.database)
        stack.push_async_callback(database.close)
        await database.migrate()
        async with database.writing(durable=False) as db:
            await delivering.release_leases(db)
        lotse = Assistant(settings, guide, database, channels, room, time)
        lotse.feeding.start()
        stack.push_async_callback(lotse.feeding.stop)
        yield lotse


async def run(settings: Settings) -> None:
    """Run all configured channels until SIGTERM or SIGINT.

    Raises ChannelStoppedError when a channel needs the operator; ContentError, CalendarError when content is wrong.
    """
    guide = load_guide(settings)
    database = Database(settings.database)
    channels = [connect(name, settings, guide, database) for name in settings.active_channels]
    stopping = asyncio.Event()
    _on_signals(stopping.set, signal.SIGTERM, signal.SIGINT)
    async with assistant(settings, guide, channels, settings.advisers, Timepiece(), database) as lotse:
        _on_signals(lotse.reload, signal.SIGHUP)
        await asyncio.to_thread(_warm_up, guide)
        lotse.clock.start()
        working = [asyncio.create_task(worker.run()) for worker in lotse.workers]
        receiving = [asyncio.create_task(channel.receive(lotse.take)) for channel in channels]
        asked = asyncio.create_task(stopping.wait())
        if guide.hours.sample and settings.advisers is not None:
            log.warning("the office hours are the shipped example; set yours in office_hours.yaml")
        log.info("lotse runs", channels=list(settings.active_channels), pid=os.getpid())
        ended = await _until_asked(asked, receiving)
        await _stop(lotse, working, receiving, channels)
        for task in ended:
            task.result()


async def _until_asked(asked: asyncio.Task[Any], receiving: Sequence[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Wait until the program is asked to stop or no channel receives any more; the tasks that the program ends for.

    A channel that needs the operator says so in the log, and the others go on.
    """
    running = set(receiving)
    while running:
        ended, _ = await asyncio.wait({asked, *running}, return_when=asyncio.FIRST_COMPLETED)
        if asked in ended:
            return set()
        running -= ended
        for task in ended:
            if not running or not isinstance(task.exception(), ChannelStoppedError):
                return ended
            log.error("a channel has stopped; the others go on", reason=str(task.exception()))
    return set()


def _warm_up(guide: Guide) -> None:
    """Understand one question, so that no newcomer waits for what is loaded at the first one."""
    guide.understanding.resolve("Wie lange dauert die Anerkennung?", "de")


async def _stop(
    lotse: Assistant,
    working: Sequence[asyncio.Task[None]],
    receiving: Sequence[asyncio.Task[None]],
    channels: Sequence[Channel[Any]],
) -> None:
    """Take nothing new, finish what is in hand, close."""
    log.info("lotse stops")
    for task in receiving:
        task.cancel()
    await asyncio.gather(*receiving, return_exceptions=True)
    await lotse.clock.stop()
    for worker in lotse.workers:
        worker.stop()
    _, late = await asyncio.wait(working, timeout=STOP_WITHIN)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for channel in channels:
        await channel.close()


def _on_signals(action: Callable[[], object], *signals: signal.Signals) -> None:
    loop = asyncio.get_running_loop()
    for each in signals:
        loop.add_signal_handler(each, action)


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if not 2000 <= moment.year < 2100:
        raise ValueError("too far away to count on")
    return moment


async def talk(settings: Settings) -> None:
    """The conversation in the terminal, advisers' room included, until the end of the input."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    await converse(settings, load_guide(settings), Console(locale=locale[:2] if locale[:2].isalpha() else None))


async def converse(settings: Settings, guide: Guide, console: Console) -> None:
    """The same with given content, on a given terminal."""
    async with assistant(settings, guide, [console], ROOM, Timepiece()) as lotse:
        (worker,) = lotse.workers

        async def take(incoming: Incoming) -> None:
            await lotse.take(incoming)
            await worker.drain()

        async def tick(when: str) -> None:
            try:
                moment = _moment(when)
            except ValueError:
                console.remark(f"/tick: {when!r} is no time between 2000 and 2100; write it like 2026-12-04T10:00")
                return
            lotse.time.move_to(moment if moment.tzinfo else moment.replace(tzinfo=settings.timezone))
            await lotse.engine.tick()
            await worker.drain()

        await lotse.engine.tick()
        await worker.drain()
        await console.converse(take, tick)


async def health(settings: Settings) -> str | None:
    """What is wrong with the running program, or None: the clock ticks and deliveries do not pile up.

    Raises DatabaseError when the program has never run on this database.
    """
    database = Database(settings.database)
    try:
        database.require()
        async with database.writing(durable=False) as db:
            ticked = await turns.load_mark(db, TICKED)
            now = datetime.now(UTC)
            waiting, seconds = await delivering.count_waiting(db, now)
    finally:
        await database.close()
    if ticked is None:
        return "the program has never run on this database"
    silent = now.timestamp() - ticked
    if silent > TICK_EVERY.total_seconds() * 12:
        return f"the clock has not ticked for {silent:.0f} s; is the program running?"
    if seconds > LONGEST_DELAY.total_seconds():
        return f"{waiting} deliveries wait, the oldest for {seconds:.0f} s"
    return None
