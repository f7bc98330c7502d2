"""getUpdates: the queue of updates with Telegram's rules of confirmation."""

from __future__ import annotations

import asyncio
from collections import deque

from tests.botapi.errors import ApiError, Json

FIRST_UPDATE_ID = 500_000_001
LONGEST_POLL = 50
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Pulse:
    """Wakes everybody who waits for something to happen."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Something happened."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Return at the next `fire`, or after so many seconds."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait([future], timeout=max(seconds, 0))
        finally:
            self._waiting.discard(future)


class UpdateQueue:
    """Updates that the bot has not yet confirmed.

    A call with an offset confirms everything before it; what is not confirmed is given again. A second
    poller ends the first with a 409. `duplicate` and `redeliver` break the promise that a confirmed update
    never comes again, as Telegram now and then does.
    """

    def __init__(self) -> None:
        self._next_id = FIRST_UPDATE_ID
        self._pending: deque[Json] = deque()
        self._confirmed: list[Json] = []
        self._again: list[Json] = []
        self._to_duplicate = 0
        self._allowed: frozenset[str] = frozenset()
        self._poller: object | None = None
        self._pulse = Pulse()
        self.conflicts = 0

    @property
    def pending(self) -> int:
        """How many updates are not confirmed yet."""
        return len(self._pending)

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue an update of this kind; its id, or None if the bot did not ask for the kind."""
        if (kind not in self._allowed) if self._allowed else (kind in NOT_BY_DEFAULT):
            return None
        update_id = self._next_id
        self._next_id += 1
        self._pending.append({"update_id": update_id, kind: payload})
        self._pulse.fire()
        return update_id

    def duplicate(self, times: int = 1) -> None:
        """The next so many updates are given once more after the bot has confirmed them."""
        self._to_duplicate += times

    def redeliver(self, last: int = 1) -> None:
        """Give the last so many confirmed updates once more, with the ids they had."""
        self._again.extend(self._confirmed[-last:])
        self._pulse.fire()

    def drop(self) -> None:
        """Forget everything that is pending (drop_pending_updates)."""
        self._pending.clear()

    async def poll(self, values: Json) -> list[Json]:
        """Answer getUpdates. Raises ApiError (409) when another poller takes over."""
        me = object()
        if self._poller is not None:
            self.conflicts += 1
        self._poller = me
        self._pulse.fire()
        if "allowed_updates" in values:
            self._allowed = frozenset(values["allowed_updates"])
        self._confirm(values.get("offset", 0))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(values.get("timeout", 0), LONGEST_POLL)
        try:
            while not self._pending and not self._again and loop.time() < deadline:
                await self._pulse.wait(deadline - loop.time())
                if self._poller is not me:
                    raise ApiError(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )
        finally:
            if self._poller is me:
                self._poller = None
        limit = min(max(values.get("limit", 100), 1), 100)
        again, self._again = self._again[:limit], self._again[limit:]
        return again + [update for update, _ in zip(self._pending, range(limit - len(again)), strict=False)]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
            return
        while self._pending and self._pending[0]["update_id"] < offset:
            update = self._pending.popleft()
            self._confirmed.append(update)
            if self._to_duplicate > 0:
                self._to_duplicate -= 1
                self._again.append(update)
