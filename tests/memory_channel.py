"""A messenger in memory: keeps what was posted, so that tests can read along and press buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels import Limits, SendError, Take
from bot.core.model import Address, Button, Medium, MessageRef, Removal, Reply
from bot.markup import parse, plain_text


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as people see it."""

    to: Address
    message: str
    text: str
    buttons: tuple[Button, ...]
    reply: Reply
    changes: str | None = None


class MemoryChannel:
    """Every chat that begins with `room` is a group; failures can be put in front of sends."""

    name = "memory"
    limits: Limits | None = None

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.failures: list[SendError] = []
        self.failures_to: dict[str, SendError] = {}
        self.files: dict[str, bytes] = {}
        self.refuses_reactions = False
        self.refuses_removals = False
        self.reactions: list[tuple[MessageRef, str]] = []
        self.removed: list[Removal] = []
        self._messages = 0

    async def receive(self, take: Take) -> None:
        """Nothing comes in by itself; tests call the engine."""

    async def close(self) -> None:
        """Nothing to end."""

    def render(self, reply: Reply) -> Sequence[Reply]:
        """A reply is one message."""
        return (reply,)

    async def send(self, to: Address, part: Reply, key: str, reply_to: str | None) -> str:
        """Keep the message."""
        self._fail()
        if to.chat in self.failures_to:
            raise self.failures_to.pop(to.chat)
        self._messages += 1
        message = f"m{self._messages}"
        self.posted.append(Posted(to, message, plain_text(parse(part.text)), part.buttons, part))
        return message

    async def change(self, to: Address, message: str, part: Reply, key: str) -> None:
        """Keep the message as it is now."""
        self._fail()
        self.posted.append(Posted(to, message, plain_text(parse(part.text)), part.buttons, part, changes=message))

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    async def remove(self, removal: Removal, key: str) -> None:
        """The messages are gone."""
        if self.refuses_removals:
            raise SendError("message can't be deleted")
        self.removed.append(removal)

    async def react(self, message: MessageRef, sign: str, key: str) -> None:
        """Keep the reaction."""
        self._fail()
        if self.refuses_reactions:
            raise SendError("not enough rights to react", gone=True)
        self.reactions.append((message, sign))

    async def show_thread(self, room: Address, thread: str, title: str, closed: bool) -> None:
        """No threads in memory."""

    async def fetch(self, medium: Medium) -> bytes:
        """A file that a test has put here."""
        self._fail()
        return self.files[medium.id]

    async def open_thread(self, room: Address, title: str) -> str | None:
        """No threads in memory."""
        return None

    def is_group(self, to: Address) -> bool:
        """Rooms are groups."""
        return to.chat.startswith("room")

    def seen_in(self, chat: str) -> list[Posted]:
        """All messages of a chat, oldest first, each as it was changed last."""
        current: dict[str, Posted] = {}
        gone = {message for removal in self.removed for message in removal.messages}
        for posted in self.posted:
            if posted.to.chat == chat and posted.message not in gone:
                current[posted.message] = replace(posted, changes=None)
        return list(current.values())
