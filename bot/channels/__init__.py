"""What a messenger must be able to do, and why a delivery can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from bot.core.model import Address, Incoming, Medium, MessageRef, Removal, Reply

log = structlog.get_logger("lotse.channel")

Part = TypeVar("Part")
Take = Callable[[Incoming], Awaitable[None]]
"""Deals with an incoming; when it returns, the turn is committed and the incoming may be acknowledged."""


class NotKeptError(Exception):
    """A turn could not be committed; nothing of it happened, and the incoming must not be acknowledged."""


class SendError(Exception):
    """A delivery did not arrive.

    retry_after: seconds that the messenger asks the whole channel to wait.
    temporary: worth trying again (network, server error).
    gone: the chat cannot be reached any more (blocked, left, deleted).
    moved_to: the chat has a new address.
    why: the same in a word that the texts explain: blocked, left, deleted, too_long, too_large, away, refused.
    thread_gone: the thread was deleted. missing: the message to be changed or answered is gone.
    With none of these the delivery is refused for good.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        temporary: bool = False,
        gone: bool = False,
        moved_to: Address | None = None,
        thread_gone: bool = False,
        missing: bool = False,
        why: str = "refused",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.temporary = temporary
        self.gone = gone
        self.moved_to = moved_to
        self.thread_gone = thread_gone
        self.missing = missing
        self.why = why


class ChannelStoppedError(Exception):
    """The channel cannot go on until the operator changes something; says what."""


KEEP_RETRY = 1.0  # seconds between tries to commit a turn while the database cannot be written


async def take_until_kept(take: Take, incoming: Incoming) -> None:
    """Take an incoming, again and again while the database cannot be written: it must not be lost."""
    while True:
        try:
            await take(incoming)
            return
        except NotKeptError as error:
            log.error("the database cannot be written; the message waits", error=str(error))
            await asyncio.sleep(KEEP_RETRY)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message whose key has not arrived yet, as the messenger delivered it (JSON), and since when (Unix seconds).

    told: its sender knows that it could not be read.
    """

    uid: str
    chat: Address
    event: str
    arrived: float
    told: bool = False


class Notebook(Protocol):
    """What a channel must remember from one start to the next. Returns when it is on the disk."""

    async def bookmark(self) -> str | None:
        """How far what came in was taken; None at the very first start."""

    async def move_bookmark(self, place: str) -> None:
        """Everything up to this place was taken."""

    async def sealed(self) -> Sequence[Sealed]:
        """The messages that still wait for their keys, oldest first."""

    async def keep_sealed(self, message: Sealed) -> None:
        """Put a message aside."""

    async def note_told(self, uid: str) -> None:
        """The sender of a message that is kept knows that it could not be read."""

    async def drop_sealed(self, uid: str) -> None:
        """The message was read, or nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` messages at once and, on average, one every `seconds`."""

    seconds: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a messenger lets us send: overall, what of that reminders may use, to one chat, to one group."""

    overall: Rate
    bulk: Rate
    chat: Rate
    group: Rate


class Channel(Protocol[Part]):
    """A messenger: receives, renders and sends. It decides nothing."""

    @property
    def name(self) -> str:
        """What addresses of this messenger begin with."""

    @property
    def limits(self) -> Limits | None:
        """How fast it may be written to; None where nothing limits it."""

    async def receive(self, take: Take) -> None:
        """Hand over everything that comes in, one by one, until cancelled; acknowledge only what was taken."""

    def render(self, reply: Reply) -> Sequence[Part]:
        """The messages that a reply becomes; at least one."""

    async def send(self, to: Address, part: Part, key: str, reply_to: str | None) -> str:
        """Send one message and return the messenger's id of it. Raises SendError."""

    async def change(self, to: Address, message: str, part: Part, key: str) -> None:
        """Change a message that was sent. Raises SendError."""

    async def remove(self, removal: Removal, key: str) -> None:
        """Take messages of ours away, with their thread if one is named; what is gone is no error. Raises SendError."""

    async def react(self, message: MessageRef, sign: str, key: str) -> None:
        """Put an emoji under a message, as a tick; nothing where the messenger has none. Raises SendError."""

    async def show_thread(self, room: Address, thread: str, title: str, closed: bool) -> None:
        """Show the state of a thread: its title, which begins with a sign of it, and whether it is closed.

        Raises SendError.
        """

    async def fetch(self, medium: Medium) -> bytes:
        """The content of a file that came in from here. Raises SendError."""

    async def open_thread(self, room: Address, title: str) -> str | None:
        """Begin a thread in a room and return its id; None where the room has no threads. Raises SendError."""

    def is_group(self, to: Address) -> bool:
        """Whether several people read this chat."""

    async def close(self) -> None:
        """End the connection."""
