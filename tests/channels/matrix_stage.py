"""Lotse on a real homeserver: the real channel, engine, outbox and store, without the process around them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from bot.app import STOP_WITHIN, Assistant, Timepiece, assistant
from bot.channels.matrix import Matrix
from bot.channels.matrix_client import Account, Client
from bot.config import Settings
from bot.core.assistant import COMMANDS
from bot.core.model import Address, Guide
from bot.notebook import StoredNotebook
from bot.store.database import Database
from tests.homeserver.server import Account as Registered

QUESTION = "Wer erkennt meinen Abschluss als Krankenpfleger an?"
ANSWER = "Bezirksregierung"
READY_WITHIN = 20.0
Found = TypeVar("Found")


async def soon(look: Callable[[], Awaitable[Found | None]], within: float = 10.0) -> Found:
    """What `look` finds, looked for until it is there. Raises AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := await look()):
        assert time.monotonic() < deadline, "it did not come to pass"
        await asyncio.sleep(0.05)
    return found


@dataclass(slots=True)
class Stage:
    """What a test needs: the assistant and its connection."""

    lotse: Assistant
    channel: Matrix
    receiving: asyncio.Task[None]

    @property
    def client(self) -> Client:
        """The bot's own client, to look into."""
        return self.channel._client

    async def cut(self) -> None:
        """Stop receiving at once, as a killed process would, whatever it was doing."""
        self.receiving.cancel()
        await asyncio.gather(self.receiving, return_exceptions=True)


@asynccontextmanager
async def on_matrix(
    account: Registered,
    settings: Settings,
    guide: Guide,
    room: str | None = None,
    kind: type[Matrix] = Matrix,
    token: str | None = None,
) -> AsyncIterator[Stage]:
    """Lotse receives and sends until the end of the block; what ended its receiving is raised."""
    database = Database(settings.database)
    logged_in = Account(account.url, account.user_id, None if token else account.password, token)
    names = {command.name for command in COMMANDS}
    notebook = StoredNotebook(database, "matrix")
    channel = kind(logged_in, settings.data_dir / "matrix", notebook, room, names, "direct chats only")
    advisers = Address("matrix", room) if room is not None else None
    async with assistant(settings, guide, [channel], advisers, Timepiece(), database) as lotse:
        working = [asyncio.create_task(worker.run()) for worker in lotse.workers]
        receiving = asyncio.create_task(channel.receive(lotse.take))
        ready = asyncio.create_task(channel._ready.wait())
        try:
            await asyncio.wait({ready, receiving}, timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
            if receiving.done():
                receiving.result()
            assert channel._ready.is_set()
            yield Stage(lotse, channel, receiving)
        finally:
            ready.cancel()
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
            for worker in lotse.workers:
                worker.stop()
            await asyncio.wait_for(asyncio.gather(*working), STOP_WITHIN)
            await channel.close()
