"""A person whose client trusts only devices that their owner has signed: matrix-js-sdk with its own crypto, in Node."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.homeserver.server import Account
from tests.homeserver.tools import node_modules

HERE = Path(__file__).parent / "strict"
WITHIN = 30.0  # seconds, for everything that a test waits for
LONGEST_LINE = 2**20  # bytes


class RefusedError(Exception):
    """The client would not do it, and says why."""


@dataclass(slots=True)
class StrictPeer:
    """One device; an async context manager. `strict=False` trusts all devices, but still shows whom it should not."""

    account: Account
    strict: bool = True
    told: list[dict[str, Any]] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    _listening: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def __aenter__(self) -> Self:
        node, place = await asyncio.to_thread(node_modules, HERE)
        session = await asyncio.to_thread(self.account.log_in, "strict")
        self.process = await asyncio.create_subprocess_exec(
            node,
            place / "peer.mjs",
            self.account.url,
            self.account.user_id,
            session["device_id"],
            session["access_token"],
            self.account.password,
            "strict" if self.strict else "lenient",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        self._listening = asyncio.create_task(self._listen())
        try:
            await self.until(lambda told: told["event"] == "ready", "its start")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.process is not None and self._listening is not None
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await self._listening

    async def start_chat(self, other: str) -> str:
        """An encrypted direct chat, as soon as the other has joined it; its room."""
        room: str = (await self._do("chat", other=other))["room"]
        wanted = {"room": room, "member": other, "membership": "join"}
        await self.until(lambda told: wanted.items() <= told.items(), f"{other} in {room}")
        return room

    async def accept(self) -> str:
        """Join the first room one was invited to; the room."""
        wanted = {"member": self.account.user_id, "membership": "invite"}
        room: str = (await self.until(lambda told: wanted.items() <= told.items(), "an invitation"))["room"]
        await self._do("join", room=room)
        return room

    async def say(self, room: str, text: str) -> None:
        """Raises RefusedError when the client would write to an untrusted device."""
        await self._do("say", room=room, text=text)

    async def signed_by_owner(self, other: str) -> dict[str, bool]:
        """Every device of somebody, and whether its owner has signed it."""
        signed: dict[str, bool] = (await self._do("trust", other=other))["signed"]
        return signed

    async def verify(self, other: str, room: str = "", device: str = "") -> str:
        """Ask somebody to verify by emoji, in the room or from device to device; the code with which it was ended."""
        await self._do("verify", other=other, room=room, device=device)
        return str((await self.until(lambda told: told["event"] == "ended", "the end of the verification"))["code"])

    async def wait_for(self, text: str, within: float = WITHIN) -> dict[str, Any]:
        """A message that contains the text, with `content`, `encrypted` and `shieldColour` (0 none, 1 grey, 2 red)."""
        return await self.until(
            lambda told: told["event"] == "message" and text in told["content"].get("body", ""), repr(text), within
        )

    async def until(self, check: Callable[[dict[str, Any]], bool], what: str, within: float = WITHIN) -> dict[str, Any]:
        """The first thing it told that passes the check, now or later. Raises TimeoutError when there is none."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for told in self.told:
                        if check(told):
                            return told
                    assert self._listening is not None and not self._listening.done(), "the client has ended"
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"waited {within:.0f} s for {what}; told: {self.told}") from None

    async def _do(self, command: str, **how: str) -> dict[str, Any]:
        assert self.process is not None and self.process.stdin is not None
        number = next(self._numbers)
        self.process.stdin.write(json.dumps({"number": number, "command": command} | how).encode() + b"\n")
        await self.process.stdin.drain()
        answer = await self.until(lambda told: told.get("number") == number, command)
        if answer["event"] == "refused":
            raise RefusedError(answer["why"])
        return answer

    async def _listen(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        async for line in self.process.stdout:
            self.told.append(json.loads(line))
            self._news.set()
        self._news.set()
