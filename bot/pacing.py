"""How fast a channel may be written to: token buckets overall, per chat and per group, and a pause for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from aiolimiter import AsyncLimiter

from bot.channels import Limits, Rate
from bot.core.model import Address, Lane

MOST_BUCKETS = 10_000  # chats remembered at once; more than are written to within one bucket's time


def _bucket(rate: Rate) -> AsyncLimiter:
    return AsyncLimiter(rate.burst, rate.seconds * rate.burst)


def _have_capacity(buckets: Iterable[AsyncLimiter]) -> bool:
    return all(bucket.has_capacity() for bucket in buckets)


class Pace:
    """Decides which lane may be used and which chats must rest; nothing here waits."""

    def __init__(self, limits: Limits | None, is_group: Callable[[Address], bool]) -> None:
        """With limits None nothing is held back."""
        self._limits = limits
        self._is_group = is_group
        self._overall = _bucket(limits.overall) if limits else None
        self._bulk = _bucket(limits.bulk) if limits else None
        self._chats: dict[str, tuple[AsyncLimiter, ...]] = {}
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
        return Lane.DIGEST

    def resting(self) -> tuple[str, ...]:
        """The chats that have had their share for the moment."""
        if len(self._chats) > MOST_BUCKETS:
            self._chats = {chat: buckets for chat, buckets in self._chats.items() if not _have_capacity(buckets)}
        now = time.monotonic()
        self._rested_until = {chat: until for chat, until in self._rested_until.items() if until > now}
        full = {chat for chat, buckets in self._chats.items() if not _have_capacity(buckets)}
        return tuple(sorted(full | self._rested_until.keys()))

    async def spend(self, to: Address, lane: Lane) -> None:
        """Count one message to a chat that is not resting; a further message of the same reply waits its turn."""
        if self._limits is None:
            return
        assert self._overall is not None and self._bulk is not None
        chat = str(to)
        if chat not in self._chats:  # what holds of any chat holds of a group as well
            rates = (self._limits.chat, self._limits.group) if self._is_group(to) else (self._limits.chat,)
            self._chats[chat] = tuple(map(_bucket, rates))
        for bucket in self._chats[chat]:
            await bucket.acquire()
        await self._overall.acquire()
        if lane > Lane.CASE:
            await self._bulk.acquire()
