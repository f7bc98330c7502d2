"""The alarm clock: APScheduler calls one coroutine again and again. It keeps no jobs; what is due is data.

The only module that knows APScheduler. Its executor cancels what still runs when it shuts down, so here an
alarm only starts the tick as a task of its own, and is over at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger("scheduler.clock")


class Clock:
    """Awaits `tick` every so often, never two at once: an alarm during a tick is skipped.

    An exception in a tick is logged, and the next tick comes as planned. A tick that comes late still comes.
    """

    def __init__(self, tick: Callable[[], Awaitable[None]], every: timedelta) -> None:
        self._tick = tick
        self._every = every
        self._scheduler: AsyncIOScheduler | None = None
        self._ticking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts the clock in the running event loop; the first tick comes after one interval.

        Raises RuntimeError when it runs already, or outside an event loop.
        """
        if self._scheduler is not None:
            raise RuntimeError("the clock runs already")
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # two lines per alarm otherwise
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self._alarm,
            IntervalTrigger(seconds=self._every.total_seconds(), timezone=UTC),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        scheduler.start()
        self._scheduler = scheduler

    async def stop(self) -> None:
        """Stops the clock and waits for a tick that is running. Harmless on a clock that does not run."""
        if self._scheduler is None:
            return
        scheduler, self._scheduler = self._scheduler, None
        scheduler.pause()
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # APScheduler shuts down in the loop's next round
        if self._ticking is not None:
            await asyncio.wait({self._ticking})

    async def _alarm(self) -> None:
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._guarded_tick())

    async def _guarded_tick(self) -> None:
        try:
            await self._tick()
        except Exception:
            log.exception("tick failed")
