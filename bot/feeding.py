"""Keeps the events of the feeds fresh, beside everything else: it delays neither the start, a turn nor the stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from scheduler.agenda import Event
from scheduler.clock import Clock
from scheduler.feeds import Feeds

log = structlog.get_logger("lotse.feeds")

REFRESH_EVERY = timedelta(minutes=15)
PATIENCE = timedelta(hours=1)
"""How long a feed may be in trouble before the advisers' room hears of it."""


class Feeding:
    """Begins with the last good state from the disk, then refreshes at once and again and again."""

    def __init__(
        self,
        feeds: Feeds,
        publish: Callable[[tuple[Event, ...]], None],
        tell_room: Callable[[str], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        """`publish` takes the events of all feeds, `tell_room` the name of a feed that is in trouble for long."""
        self._feeds = feeds
        self._publish = publish
        self._tell_room = tell_room
        self._now = now
        self._clock = Clock(self._begin, REFRESH_EVERY)
        self._running: asyncio.Task[None] | None = None
        self._troubled: dict[str, datetime] = {}

    def start(self) -> None:
        """Begins in the running event loop; without feeds nothing is to be done."""
        if self._feeds:
            self._running = asyncio.create_task(self._guarded(self._first))
            self._clock.start()

    async def stop(self) -> None:
        """Ends at once; what is half fetched is fetched again at the next start."""
        await self._clock.stop()
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _begin(self) -> None:
        """A refresh that takes longer than the clock's interval is not begun twice."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._guarded(self.refresh))

    async def _first(self) -> None:
        events = await asyncio.to_thread(self._feeds.recall, self._now())
        self._publish(events)
        await self.refresh()

    async def refresh(self) -> None:
        """Gets all feeds anew, publishes their events and tells of feeds in trouble."""
        now = self._now()
        refreshed = await self._feeds.refresh(now)
        self._publish(refreshed.events)
        troubles = {trouble.feed: trouble.message for trouble in refreshed.troubles}
        for feed in self._troubled.keys() - troubles.keys():
            log.info("feed works again", feed=feed)
        self._troubled = {feed: self._troubled.get(feed, now) for feed in troubles}
        for feed, message in troubles.items():
            since = self._troubled[feed]
            log.error("feed in trouble; its last good state is used", feed=feed, why=message, since=since.isoformat())
            if now - since >= PATIENCE:
                await self._tell_room(feed)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("feeds not refreshed")
