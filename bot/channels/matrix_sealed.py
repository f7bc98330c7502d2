"""Messages of encrypted rooms whose keys have not arrived: put aside, asked for, read late, and owned up to."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from nio import Event, MegolmEvent

from bot.channels import Notebook, Sealed
from bot.channels.matrix_client import Client
from bot.channels.matrix_wire import uid_of
from bot.core.model import Address

log = structlog.get_logger("lotse.matrix")

UNREADABLE_AFTER = 60.0  # seconds after which a person is told that their message could not be read
SEALED_FOR = 7 * 86_400.0  # seconds that a message waits for its key

Read = Callable[[str, Any], Awaitable[object]]
"""Deals with an event of a room that is now in clear."""
Tell = Callable[[Sealed, MegolmEvent], Awaitable[None]]
"""Lets the sender of a message know that it could not be read."""


class SealedMessages:
    """The messages that wait, in memory and in the notebook."""

    def __init__(self, client: Client, notebook: Notebook) -> None:
        self._client = client
        self._notebook = notebook
        self._waiting: dict[str, Sealed] = {}

    async def load(self) -> None:
        """Go on with what waited at the last stop."""
        self._waiting = {sealed.uid: sealed for sealed in await self._notebook.sealed()}

    @property
    def soon_due(self) -> bool:
        """Whether somebody is to be told before long that their message could not be read."""
        return any(not sealed.told for sealed in self._waiting.values())

    async def put(self, room_id: str, event: MegolmEvent) -> None:
        """Put a message aside; when this returns, it is on the disk."""
        uid = uid_of(event.source, self._client.user_id)
        if uid not in self._waiting:
            sealed = Sealed(uid, Address("matrix", room_id), json.dumps(event.source), time.time())
            await self._notebook.keep_sealed(sealed)
            self._waiting[uid] = sealed
            log.info("a message waits for its key")

    async def tend(self, read: Read, tell: Tell) -> None:
        """Read what can be read by now, ask for the other keys, own up to what is late. Raises as Client.asked does."""
        if self._waiting:
            await self.load()  # a person may have had their data deleted meanwhile
        for sealed in list(self._waiting.values()):
            event = Event.parse_event({**json.loads(sealed.event), "room_id": sealed.chat.chat})
            clear = self._client.try_again(event) if isinstance(event, MegolmEvent) else None
            age = time.time() - sealed.arrived
            if clear is not None:
                await read(sealed.chat.chat, clear)
            elif age < SEALED_FOR and isinstance(event, MegolmEvent):
                await self._client.ask_for_key(event)
                if age >= UNREADABLE_AFTER and not sealed.told:
                    await tell(sealed, event)
                    await self._notebook.note_told(sealed.uid)
                    self._waiting[sealed.uid] = replace(sealed, told=True)
                continue
            await self._notebook.drop_sealed(sealed.uid)
            del self._waiting[sealed.uid]
