"""How fast a channel may be written to: token buckets overall, per chat and per group, and a pause for all."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiolimiter import AsyncLimiter

from bot.channels import Limits, Rate
from bot.core.model import Address, Lane

MOST_BUCKETS = 10_000  # chats remembered at once; more than are written to within one bucket's time


def _bucket(rate: Rate) -> AsyncLimiter:
    return AsyncLimiter(rate.burst, rate.seconds * rate.burst)


class Pace:
    """Decides which lane may be used and which chats must rest; nothing here waits."""

    def __init__(self, limits: Limits | None, is_group: Callable[[Address], bool]) -> None:
        """With limits None nothing is held back."""
        self._limits = limits
        self._is_group = is_group
        self._overall = _bucket(limits.overall) if limits else None
        self._bulk = _bucket(limits.bulk) if limits else None
        self._chats: dict[str, AsyncLimiter] = {}
        self._paused_until = 0.0
        self._rested_until: dict[str, float] = {}

    def pause(self, seconds: float) -> None:
        """Send nothing at all for so long; a longer pause that is running stays."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def rest(self, chat: Address, seconds: float) -> None:
        """Send nothing to one chat for so long; the others go on."""
        self._rested_until[str(chat)] = time.monotonic() + seconds

    def highest_lane(self) -> Lane | None:
        """The last lane that may be served now, or None when nothing may be sent."""
        if time.monotonic() < self._paused_until:
            return None
        if self._overall is not None and not self._overall.has_capacity():
            return None
        if self._bulk is not None and not self._bulk.has_capacity():
            return Lane.CASE
        return Lane.REMINDER

    def resting(self) -> tuple[str, ...]:
        """The chats that have had their share for the moment."""
        if len(self._chats) > MOST_BUCKETS:
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.has_capacity()}
        now = time.monotonic()
        self._rested_until = {chat: until for chat, until in self._rested_until.items() if until > now}
        full = {chat for chat, bucket in self._chats.items() if not bucket.has_capacity()}
        return tuple(sorted(full | self._rested_until.keys()))

    async def spend(self, to: Address, lane: Lane) -> None:
        """Count one message to a chat that is not resting; a further message of the same reply waits its turn."""
        if self._limits is None:
            return
        assert self._overall is not None and self._bulk is not None
        chat = str(to)
        if chat not in self._chats:
            self._chats[chat] = _bucket(self._limits.group if self._is_group(to) else self._limits.chat)
        await self._chats[chat].acquire()
        await self._overall.acquire()
        if lane is Lane.REMINDER:
            await self._bulk.acquire()
