"""The terminal: a newcomer writes, and lines that begin with # are written in the advisers' room."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import TextIO
from uuid import uuid4

from bot.channels import Limits, SendError, Take, take_until_kept
from bot.core.model import Address, Incoming, Medium, MessageRef, Removal, Reply, Sender, Utterance
from bot.core.numbered import OFFER
from bot.markup import parse, plain_text

NEWCOMER = Address("console", "newcomer")
ROOM = Address("console", "advisers")
ROOM_MARK = "#"
TICK = "/tick"


class Console:
    """Reads lines and prints replies. Buttons are numbered; typing the number presses them."""

    name = "console"
    limits: Limits | None = None

    def __init__(self, source: TextIO = sys.stdin, target: TextIO = sys.stdout, locale: str | None = None) -> None:
        """`locale` is the language that the terminal is set to."""
        self._source = source
        self._target = target
        self._locale = locale
        self._last_in_room: str | None = None

    async def converse(self, take: Take, tick: Callable[[str], Awaitable[None]]) -> None:
        """Hand over line after line until the end of the input; `/tick TIME` goes to `tick`."""
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            for line in self._source:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

        # a thread of its own and no worker of a pool: a pool's threads would keep the program from ending
        threading.Thread(target=read, daemon=True).start()
        self._prompt()
        while (line := await lines.get()) is not None:
            if line.split(maxsplit=1)[:1] == [TICK]:
                await tick(line.partition(TICK)[2].strip())
            elif line.strip():
                await take_until_kept(take, self.parse(line))
            self._prompt()

    def parse(self, line: str) -> Incoming:
        """A line as an incoming: the newcomer's, or after # the adviser's as an answer to the last message there."""
        uid = f"console:{uuid4()}"
        text = line.strip()
        if not text.startswith(ROOM_MARK):
            return Incoming(uid, NEWCOMER, Sender("console:newcomer", ""), Utterance(text), locale=self._locale)
        adviser = Sender("console:adviser", "Maria")
        words = text.removeprefix(ROOM_MARK).strip()
        return Incoming(uid, ROOM, adviser, Utterance(words), private=False, reply_to=self._last_in_room)

    def remark(self, text: str) -> None:
        """Tell whoever sits at the terminal something that is no part of the conversation."""
        self._target.write(f"{text}\n")
        self._target.flush()

    def _prompt(self) -> None:
        if self._source.isatty():
            self._target.write("> ")
            self._target.flush()

    def render(self, reply: Reply) -> Sequence[str]:
        """A reply as one text with numbered buttons."""
        parts = [plain_text(parse(reply.text))] if reply.text else []
        if reply.place is not None:
            parts.append(f"📍 {reply.place.name}, {reply.place.address}")
        if reply.file is not None:
            parts.append(f"📄 {reply.file.name}\n{reply.file.content.decode(errors='replace')}")
        if reply.buttons:
            numbered = enumerate(reply.buttons, 1)
            parts.append("\n".join(f"[{n}] {button.label} {button.url or ''}".rstrip() for n, button in numbered))
        return ("\n\n".join(parts),)

    async def send(self, to: Address, part: str, key: str, reply_to: str | None) -> str:
        """Print a message; those to the advisers' room are marked at the edge."""
        self._print(to, part)
        if to == ROOM and (reply_to is not None or key.startswith(("case:", OFFER))):
            self._last_in_room = key
        return key

    async def change(self, to: Address, message: str, part: str, key: str) -> None:
        """Print the message as it is now."""
        self._print(to, part)
        self._last_in_room = message

    def _print(self, to: Address, text: str) -> None:
        edge = ""
        if to == ROOM:
            edge = f"{ROOM_MARK} "
        self._target.write("\n" + "\n".join(f"{edge}{line}".rstrip() for line in text.split("\n")) + "\n\n")
        self._target.flush()

    def is_group(self, to: Address) -> bool:
        """Only the advisers' room is a group."""
        return to == ROOM

    async def remove(self, removal: Removal, key: str) -> None:
        """What was printed stays."""

    async def react(self, message: MessageRef, sign: str, key: str) -> None:
        """Nothing: who sits at the terminal sees both sides."""

    async def show_thread(self, room: Address, thread: str, title: str, closed: bool) -> None:
        """The terminal has no threads."""

    async def fetch(self, medium: Medium) -> bytes:
        """No files come from the terminal."""
        raise SendError("the terminal has no files")

    async def open_thread(self, room: Address, title: str) -> str | None:
        """The terminal has no threads."""
        return None

    async def receive(self, take: Take) -> None:
        """The terminal is read by `converse`."""

    async def close(self) -> None:
        """Nothing to end."""
