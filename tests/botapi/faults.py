"""Faults that a test injects, and Telegram's real limits, which can be switched on."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.errors import ApiError

_REASONS = {
    400: "Bad Request: injected fault",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}
# Calls that leave exactly a second apart may arrive a little closer together.
_TOLERANCE = 0.05


@dataclass(slots=True)
class Fault:
    """Something that goes wrong for the next `times` calls of a method (after letting `skip` calls pass).

    kind "status" answers with `status`, "drop" closes the connection, "malformed" carries the call out and
    answers with half a JSON object, "slow" only waits. `delay` (seconds) comes before whatever happens. With
    `processed` the call is carried out before a status or a drop, so that a message is there although the
    bot never learns of it. `hits` counts how often the fault has struck.
    """

    method: str
    kind: Literal["status", "drop", "malformed", "slow"] = "status"
    chat_id: int | None = None
    times: int = 1
    skip: int = 0
    status: int = 429
    retry_after: int = 1
    description: str | None = None
    delay: float = 0.0
    processed: bool = False
    hits: int = 0

    def matches(self, method: str, chat_id: object) -> bool:
        """Whether the fault strikes this call; counts it if so."""
        if self.method not in (method, "*") or self.chat_id not in (None, chat_id):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.hits >= self.times:
            return False
        self.hits += 1
        return True

    def error(self) -> ApiError:
        """The refusal of a fault of kind "status"."""
        reason = self.description or _REASONS.get(self.status, "Internal Server Error")
        if self.status != 429:
            return ApiError(self.status, reason)
        return too_many(self.retry_after, reason)


def too_many(retry_after: int, reason: str = _REASONS[429]) -> ApiError:
    """429 with the seconds to wait."""
    return ApiError(429, reason.format(retry_after=retry_after), parameters={"retry_after": retry_after})


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's limits on messages: per second overall and per chat, per minute in a group.

    Kept strictly, whereas Telegram lets short bursts to one chat pass.
    """

    overall: int = 30
    per_chat: int = 1
    per_group: int = 20


@dataclass(slots=True)
class FloodGate:
    """Counts messages against the limits. Without limits everything passes."""

    limits: Limits | None = None
    hits: int = 0
    _overall: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=dict)

    def admit(self, chat_id: int) -> None:
        """Let one message through or raise ApiError (429) with the seconds until there is room again."""
        if self.limits is None:
            return
        now = time.monotonic()
        chat = self._chats.setdefault(chat_id, deque())
        _forget(self._overall, now - 1.0)
        _forget(chat, now - 60.0)
        group = chat_id < 0
        span, room = (60.0, self.limits.per_group) if group else (1.0, self.limits.per_chat)
        wait = max(
            _wait(self._overall, now, 1.0 - _TOLERANCE, self.limits.overall),
            _wait(chat, now, span - _TOLERANCE, room),
            _wait(chat, now, 1.0 - _TOLERANCE, self.limits.per_chat) if group else 0.0,
        )
        if wait > 0:
            self.hits += 1
            raise too_many(math.ceil(wait))
        self._overall.append(now)
        chat.append(now)


def _forget(past: deque[float], before: float) -> None:
    while past and past[0] < before:
        past.popleft()


def _wait(past: deque[float], now: float, span: float, room: int) -> float:
    """Seconds until fewer than `room` of the past calls lie within the span."""
    recent = [moment for moment in past if moment > now - span]
    if len(recent) < room:
        return 0.0
    return recent[-room] + span - now
