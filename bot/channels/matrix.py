"""Matrix: one account on a homeserver by its client-server API, encrypted rooms included. Decides nothing.

What came in is taken first, then the place in the stream is kept: a killed process is given it again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from nio import MegolmEvent, RoomInfo, SyncResponse

from bot.channels import ChannelStoppedError, Limits, Notebook, Sealed, SendError, Take, take_until_kept
from bot.channels.matrix_client import Account, Client, UnreachableError
from bot.channels.matrix_media import copied, fetched, uploaded
from bot.channels.matrix_posting import Postman
from bot.channels.matrix_reading import Reader
from bot.channels.matrix_rooms import (
    Doorkeeper,
    backfilled,
    forget_room,
    names_predecessor,
    since_invitation,
    successor,
)
from bot.channels.matrix_sealed import SealedMessages
from bot.channels.matrix_trust import establish_trust, publish_fallback_key
from bot.channels.matrix_verifying import Verifier
from bot.channels.matrix_wire import Part, as_change, in_thread, place_content, render, text_content
from bot.core.model import (
    Address,
    Departure,
    Incoming,
    Medium,
    MessageRef,
    Move,
    Removal,
    Reply,
    Sender,
    Unreadable,
    Utterance,
)

log = structlog.get_logger("lotse.matrix")

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds between tries while the homeserver cannot be reached
READY_WITHIN = 5.0  # seconds that a delivery waits for the first sync before it is put off
TYPING_MS = 3_000  # an answer is there sooner; to what is passed on to an adviser there is none
POLL_SECONDS = 30.0  # how long the homeserver may wait for news
SHORT_POLL = 2.0  # the same while something is to be done soon


class Matrix:
    """The connection to a homeserver for one account and one device."""

    name = "matrix"
    limits: Limits | None = None  # a homeserver has limits of its own, and says so when they are reached

    def __init__(
        self,
        account: Account,
        folder: Path,
        notebook: Notebook,
        advisers_room: str | None,
        commands: Collection[str],
        refusal_words: str,
    ) -> None:
        """`folder` keeps the device and its keys; `commands` are shown as `!name`.

        `refusal_words` are said to whom invites the bot to a room that is no direct chat.
        """
        self._client = Client(account, folder)
        self._postman = Postman(self._client)
        self._notebook = notebook
        self._commands = frozenset(commands)
        self._door = Doorkeeper(self._client, advisers_room, refusal_words)
        self._reader = Reader(self._client, self._door)
        self._verifier = Verifier(self._client, self._postman, self._reader)
        self._ready = asyncio.Event()
        self._errands: set[asyncio.Task[None]] = set()
        self._typing: set[str] = set()
        self._sealed = SealedMessages(self._client, notebook)
        self._troubles = 0

    def render(self, reply: Reply) -> Sequence[Part]:
        """The messages that a reply becomes."""
        return render(reply, self._commands)

    def is_group(self, to: Address) -> bool:
        """The advisers' room, and every room with more than one other member."""
        return not self._reader.is_private(to.chat) and to.chat in self._client.rooms

    # --- receiving ---

    async def receive(self, take: Take) -> None:
        """Sync until cancelled. The place in the stream is kept only after everything before it was taken.

        Raises ChannelStoppedError when the device or its identity needs the operator.
        """
        self._client.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._client.folder.chmod(0o700)
        await self._untroubled(self._client.log_in)
        await self._sealed.load()
        place = await self._notebook.bookmark()
        beginning = True
        while True:
            try:
                synced = await self._client.listen(place, self._patience(), full_state=beginning)
                self._reader.note(synced)
                if beginning:
                    await self._client.tend_keys()
                    self._verifier.identity = await establish_trust(self._client)
                    log.info("connected", user=self._client.user_id, device=self._client.device_id)
                self._ready.set()
                await self._take_in(synced, take, place)
                await self._door.answer()
                if not self._door.somebody_waits:  # the homeserver tells of an invitation once
                    await self._notebook.move_bookmark(synced.next_batch)
                place, beginning, self._troubles = synced.next_batch, False, 0
                await self._tend(take)
            except UnreachableError as error:
                await self._rest(error)
            except ChannelStoppedError:
                raise
            except Exception as failed:
                # whatever it is, everybody who writes depends on this loop; what was not taken comes again
                log.error("receiving is in trouble", error=type(failed).__name__)
                await self._rest(UnreachableError(type(failed).__name__))

    def _patience(self) -> float:
        """How many seconds to wait for news: short while somebody is to be let in or told something soon."""
        soon = self._door.somebody_waits or self._sealed.soon_due
        return SHORT_POLL if soon else POLL_SECONDS

    async def _untroubled(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do a step, again and again while the homeserver cannot be reached."""
        while True:
            try:
                await step()
                break
            except UnreachableError as error:
                await self._rest(error)
        self._troubles = 0

    async def _rest(self, error: UnreachableError) -> None:
        """Wait after trouble with the homeserver, longer each time, or as long as it asks."""
        seconds = PAUSES[min(self._troubles, len(PAUSES) - 1)]
        self._troubles += 1
        seconds = max(seconds, error.retry_after or 0.0)
        log.warning("the homeserver cannot be reached", error=str(error), pause=seconds)
        await asyncio.sleep(seconds)

    async def _take_in(self, synced: SyncResponse, take: Take, since: str | None) -> None:
        """Everything of one sync. What was said before the very first start is not answered."""
        for ended, asked in self._verifier.asked_by_device(synced):
            self._run_errand(self._client.to_device(ended))
            if asked is not None:
                await take_until_kept(take, asked)
        for room_id, info in synced.rooms.leave.items():
            if room_id in self._client.rooms:
                self._forget(room_id)
                await self._departed(room_id, _last_id(info) or synced.next_batch, take)
        for room_id, invited in synced.rooms.invite.items():
            self._door.knock(room_id, invited.invite_state)
        for room_id, info in synced.rooms.join.items():
            if since is not None:
                try:
                    await self._take_room(room_id, info, take, since)
                except (UnreachableError, ChannelStoppedError):
                    raise
                except Exception as failed:  # one room must not keep back all others
                    log.error("a room could not be read", error=type(failed).__name__)
            if self._reader.is_deserted(room_id):
                self._forget(room_id)
                await self._departed(room_id, _last_id(info) or synced.next_batch, take)
                self._run_errand(self._door.leave(room_id))

    def _forget(self, room_id: str) -> None:
        forget_room(self._client, room_id)
        self._reader.forget(room_id)

    async def _departed(self, room_id: str, event_id: str, take: Take) -> None:
        """The person whose chat it was can be reached there no more."""
        uid = f"matrix:{self._client.user_id}:left:{event_id}:matrix:{room_id}"
        chat = Address("matrix", room_id)
        await take_until_kept(take, Incoming(uid, chat, Sender("", ""), Departure("left"), private=False))

    async def _take_room(self, room_id: str, info: RoomInfo, take: Take, since: str) -> None:
        events: list[Any] = list(info.timeline.events)
        if info.timeline.limited and info.timeline.prev_batch:
            events = await backfilled(self._client, room_id, info.timeline.prev_batch, since, events)
        company = self._reader.company(room_id, events)
        joined, events = since_invitation(events, self._client.user_id, before_joining=self._reader.is_private(room_id))
        old = self._door.predecessor(room_id) if joined is not None else None
        if old is not None and names_predecessor([*info.state, *info.timeline.events], old):
            await self._moved(old, room_id, take)
        if company is not None:
            await take_until_kept(take, company)
        heard = None
        for event in events:
            if new := successor(event.source):
                self._door.follow(new)
            if taken := await self._take_event(room_id, event, take):
                heard = (str(event.source.get("event_id")), taken.origin.thread or "main")
        if heard is not None:
            self._run_errand(self._client.update_receipt_marker(room_id, heard[0], thread_id=heard[1]))
        elif joined is not None and old is None and self._reader.is_private(room_id):
            started = Incoming(
                f"matrix:{self._client.user_id}:{joined['event_id']}",
                Address("matrix", room_id),
                Sender("", ""),
                Utterance("/start"),
            )
            await take_until_kept(take, started)

    async def _moved(self, old: str, new: str, take: Take) -> None:
        """A room was upgraded: everything goes on in its successor."""
        uid = f"matrix:{self._client.user_id}:move:{old}:{new}"
        there = Move(Address("matrix", new))
        await take_until_kept(take, Incoming(uid, Address("matrix", old), Sender("", ""), there, private=False))

    async def _take_event(self, room_id: str, event: Any, take: Take) -> Incoming | None:
        """Take an event of a room, if it is something to take; what it was."""
        if isinstance(event, MegolmEvent):
            if event.sender != self._client.user_id:
                await self._sealed.put(room_id, event)
            return None
        if (asked := self._verifier.asked_in_room(room_id, event.source)) is not None:
            self._run_errand(self._verifier.end_in_room(room_id, str(event.source.get("event_id"))))
        incoming = asked or await self._reader.read(room_id, event.source)
        if incoming is None:
            return None
        if incoming.private and isinstance(incoming.content, Utterance):
            self._show_typing(room_id)
        await take_until_kept(take, incoming)
        return incoming

    async def _tend(self, take: Take) -> None:
        """What is due after a sync: keys, and messages whose keys may have arrived."""
        try:
            await self._client.tend_keys()
            await publish_fallback_key(self._client)
            await self._sealed.tend(partial(self._take_event, take=take), partial(self._say_unreadable, take=take))
        except UnreachableError as error:
            log.warning("keys are tended later", error=str(error))

    async def _say_unreadable(self, sealed: Sealed, event: MegolmEvent, take: Take) -> None:
        private = self._reader.is_private(sealed.chat.chat)
        who = Sender(f"matrix:{event.sender}", self._reader.name(sealed.chat.chat, event.source))
        await take_until_kept(take, Incoming(f"{sealed.uid}:unreadable", sealed.chat, who, Unreadable(), private))

    # --- small courtesies ---

    def _show_typing(self, room_id: str) -> None:
        self._typing.add(room_id)
        self._run_errand(self._client.room_typing(room_id, True, TYPING_MS))

    def _run_errand(self, errand: Coroutine[Any, Any, Any]) -> None:
        """Something that nobody waits for and that may fail."""

        async def run() -> None:
            try:
                await errand
            except Exception as failed:
                log.debug("errand failed", error=type(failed).__name__)

        task = asyncio.create_task(run())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # --- sending ---

    async def send(self, to: Address, part: Part, key: str, reply_to: str | None) -> str:
        """Send one message; the delivery's key is the transaction, so a repeated call is no second message."""
        await self._prepared(to, part)
        content = await self._content(to, part)
        root = to.thread or reply_to
        if root is not None:
            content = in_thread(content, root)
        self._reader.note_said(to.chat, str(content["body"]))
        message = await self._postman.put(to.chat, "m.room.message", content, _transaction(key))
        if to.chat in self._typing:
            self._typing.discard(to.chat)
            self._run_errand(self._client.room_typing(to.chat, False))
        return message

    async def change(self, to: Address, message: str, part: Part, key: str) -> None:
        """Change a message's text and buttons."""
        await self._prepared(to, part)
        content = as_change(await self._content(to, part), message)
        await self._postman.put(to.chat, "m.room.message", content, _transaction(f"change:{key}"))

    async def _prepared(self, to: Address | None = None, part: Part | None = None) -> None:
        """Connected, and what is for one person is read by nobody else. Raises SendError."""
        try:
            await asyncio.wait_for(self._ready.wait(), READY_WITHIN)
        except TimeoutError as error:
            raise SendError("not connected yet", temporary=True) from error
        if to is not None and part is not None and not part.public and self._reader.in_company(to.chat):
            raise SendError("somebody else reads along", gone=True, why="company")

    async def _content(self, to: Address, part: Part) -> dict[str, Any]:
        if part.copy is not None:
            return await copied(self._client, to.chat, part.copy)
        if part.file is not None:
            return await uploaded(self._client, to.chat, part.file)
        if part.place is not None:
            return place_content(part.place)
        return text_content(part)

    async def remove(self, removal: Removal, key: str) -> None:
        """Redact the messages; what is redacted or gone already is no error."""
        await self._prepared()
        for message in removal.messages:
            await self._postman.redact(removal.chat.chat, message, _transaction(f"{key}:{message}"))

    async def react(self, message: MessageRef, sign: str, key: str) -> None:
        """Put a reaction under a message; it being there already is no error."""
        await self._prepared()
        relation = {"rel_type": "m.annotation", "event_id": message.message, "key": sign}
        try:
            await self._postman.put(message.chat.chat, "m.reaction", {"m.relates_to": relation}, _transaction(key))
        except SendError as error:
            if error.reason != "M_DUPLICATE_ANNOTATION":
                raise

    async def show_thread(self, room: Address, thread: str, title: str, closed: bool) -> None:
        """Threads have no title; the card on top of them shows the state."""

    async def fetch(self, medium: Medium) -> bytes:
        """The content of a file, in clear. Raises SendError."""
        await self._prepared()
        return await fetched(self._client, medium)

    async def open_thread(self, room: Address, title: str) -> str | None:
        """Nothing to open: the thread of a case is that of its card, which the following messages answer."""
        return None

    async def close(self) -> None:
        """End the connection."""
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        await self._client.close()  # type: ignore[no-untyped-call]
        if self._client.store is not None:
            self._client.store.database.close()


def _transaction(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _last_id(info: RoomInfo) -> str | None:
    return next((e.source.get("event_id") for e in reversed(info.timeline.events)), None)
