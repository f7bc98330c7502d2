"""People with Matrix clients of their own, newcomers and advisers: each with a device, a key store and a sync loop.

Nothing here waits for ever: what does not happen within `WITHIN` seconds raises TimeoutError and says what was there.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from aiohttp import ClientError
from nio import (
    ErrorResponse,
    Event,
    InviteMemberEvent,
    MegolmEvent,
    ReactionEvent,
    ReceiptEvent,
    RedactionEvent,
    SyncResponse,
    TypingNoticeEvent,
)
from nio.api import RoomPreset
from nio.client.async_client import AsyncClient, AsyncClientConfig

from tests.homeserver.chat import Chat
from tests.homeserver.seen import Message, Reaction
from tests.homeserver.server import Account, Homeserver

WITHIN = 20.0  # seconds; everything a test waits for
POLL = 10_000  # milliseconds that the server may hold a sync open
PAUSE = 0.2  # seconds between attempts while the server is away
ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}
Found = TypeVar("Found")


@dataclass(slots=True)
class People:
    """All the people of a test; an async context manager at whose end they log off."""

    server: Homeserver
    everybody: list[Person] = field(default_factory=list)
    folder: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(person.close() for person in self.everybody))
        self.folder.cleanup()

    async def __call__(self, name: str) -> Person:
        """A new person with an account, logged in and listening."""
        return await self.device(await asyncio.to_thread(self.server.register, name))

    async def device(self, account: Account) -> Person:
        """Log the account in on one more device."""
        store = Path(self.folder.name) / str(next(self._numbers))
        store.mkdir()
        person = Person(account, _client(account, store))
        self.everybody.append(person)
        await person.log_in()
        return person


@dataclass(slots=True)
class Person:
    """Somebody on one device."""

    account: Account
    client: AsyncClient
    messages: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    reactions: list[Reaction] = field(default_factory=list)
    redacted: set[str] = field(default_factory=set)
    unreadable: list[MegolmEvent] = field(default_factory=list)
    invitations: dict[str, str] = field(default_factory=dict)
    """Room -> who invites."""
    typing: list[tuple[str, str]] = field(default_factory=list)
    """Every (room, user id) that was seen typing."""
    receipts: set[tuple[str, str]] = field(default_factory=set)
    """(message, user id) of everybody who read it."""
    _listening: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        return self.account.user_id

    async def log_in(self) -> None:
        """Log in, upload the device's keys, and listen from then on."""
        await self.asked(self.client.login(self.account.password, "test"))
        await self._sync(0)
        await self._keys()
        self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self.client.close()  # type: ignore[no-untyped-call]

    # --- rooms ---

    async def start_chat(self, other: str, encrypted: bool = True, joined: bool = True) -> Chat:
        """A direct chat as clients make one, and wait until the other has joined it, unless `joined` is False."""
        made = await self.asked(
            self.client.room_create(
                is_direct=True,
                preset=RoomPreset.trusted_private_chat,
                invite=[other],
                initial_state=[ENCRYPTION] if encrypted else [],
            )
        )
        return await self._chat(made.room_id, *([other] if joined else []))

    async def start_room(self, name: str, invite: list[str], encrypted: bool = True, joined: bool = False) -> Chat:
        """A private room with a name, such as the advisers'."""
        made = await self.asked(
            self.client.room_create(
                name=name,
                preset=RoomPreset.private_chat,
                invite=invite,
                initial_state=[ENCRYPTION] if encrypted else [],
            )
        )
        return await self._chat(made.room_id, *(invite if joined else []))

    async def accept(self, room: str) -> Chat:
        """Join a room that one was invited to."""
        await self.until(lambda: room in self.invitations, f"an invitation to {room}")
        await self.asked(self.client.join(room))
        return await self._chat(room)

    async def _chat(self, room: str, *others: str) -> Chat:
        await self.until(lambda: room in self.client.rooms, f"room {room}")
        for other in others:
            await self.joined(room, other)
        return Chat(self, room)

    async def joined(self, room: str, other: str) -> None:
        """Wait until somebody is in the room."""
        await self.until(lambda: other in self.members(room), f"{other} in {room}")

    def members(self, room: str) -> set[str]:
        """Who is in the room; who is only invited is not."""
        here = self.client.rooms.get(room)
        return set() if here is None else {user for user, member in here.users.items() if not member.invited}

    # --- waiting ---

    async def until(self, check: Callable[[], Found | None], what: str, within: float = WITHIN) -> Found:
        """Wait until the check gives something true, looking whenever something came in; what it gave."""
        try:
            async with asyncio.timeout(within):
                while not (found := check()):
                    assert self._listening is None or not self._listening.done(), f"{self.id} listens no more"
                    self._news.clear()
                    await self._news.wait()
                return found
        except TimeoutError:
            said = [f"{message.sender}: {message.body}" for room in self.messages.values() for message in room]
            raise TimeoutError(
                f"{self.id} waited {within:.0f} s for {what}; unreadable: {len(self.unreadable)}; seen: {said}"
            ) from None

    async def asked(self, call: Coroutine[Any, Any, Any]) -> Any:
        """What the server answers. Raises AssertionError when it refuses, TimeoutError when it takes too long."""
        async with asyncio.timeout(WITHIN):
            answer = await call
        assert not isinstance(answer, ErrorResponse), answer
        return answer

    # --- listening ---

    async def _listen(self) -> None:
        while True:
            try:
                await self._sync(POLL)
                await self._keys()
            except (ClientError, TimeoutError):
                await asyncio.sleep(PAUSE)

    async def _sync(self, timeout_ms: int) -> None:
        answer = await self.client.sync(timeout_ms, full_state=not self.client.next_batch)
        if not isinstance(answer, SyncResponse):
            await asyncio.sleep(PAUSE)
            return
        for room, invited in answer.rooms.invite.items():
            for event in invited.invite_state:
                if isinstance(event, InviteMemberEvent) and event.state_key == self.id and event.membership == "invite":
                    self.invitations[room] = event.sender
        for room, joined in answer.rooms.join.items():
            for event in joined.timeline.events:
                if isinstance(event, Event):
                    self._note(event, room)
            for ephemeral in joined.ephemeral:
                if isinstance(ephemeral, TypingNoticeEvent):
                    self.typing += [(room, user) for user in ephemeral.users]
                elif isinstance(ephemeral, ReceiptEvent):
                    self.receipts |= {(receipt.event_id, receipt.user_id) for receipt in ephemeral.receipts}
        self._news.set()

    def _note(self, event: Event, room: str) -> None:
        if message := Message.of(event, room):
            self.messages[room].append(message)
        elif isinstance(event, MegolmEvent):
            self.unreadable.append(event)
        elif isinstance(event, ReactionEvent):
            self.reactions.append(Reaction(event.event_id, room, event.sender, event.reacts_to, event.key))
        elif isinstance(event, RedactionEvent):
            self.redacted.add(event.redacts)

    async def _keys(self) -> None:
        """What a client owes the others after each sync."""
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()


def _client(account: Account, store: Path) -> AsyncClient:
    config = AsyncClientConfig(max_timeouts=0, request_timeout=WITHIN)
    return AsyncClient(account.url, account.user_id, store_path=str(store), config=config)
