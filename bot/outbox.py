"""The delivery worker of a channel: takes what is due, sends it in order of lane, notes what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.channels import KEEP_RETRY, Channel, SendError, take_until_kept
from bot.core.model import (
    Address,
    Arrival,
    Content,
    Departure,
    File,
    Incoming,
    Lane,
    MessageRef,
    Move,
    Reply,
    Send,
    Sender,
    Status,
    ThreadLost,
    Undelivered,
    card_key,
)
from bot.engine import Engine, in_store
from bot.pacing import Pace
from bot.store import delivering, turns
from bot.store.database import Database
from bot.store.delivering import Delivery

log = structlog.get_logger("lotse.delivery")

LEASE_SECONDS = 120.0
LONGEST_SLEEP = 30.0  # seconds between looks at the outbox when nothing wakes us
REST_STEP = 0.05  # seconds between looks while chats rest or the channel pauses
FIRST_RETRY = 1.0  # seconds; doubled at each attempt
LONGEST_RETRY = 300.0  # seconds
GIVE_UP_AFTER = timedelta(days=2)  # a delivery that could not be made for so long is given up
TICK = "👍"  # under an adviser's message that arrived; Telegram has no tick among its reactions
RECENT = 10  # messages of a case that are copied into a thread that is made again
ROOM_RETRY = 60.0  # seconds between tries while the advisers' room cannot be reached
_NOBODY = Sender("", "")


class _FileWaitsError(Exception):
    """The messenger that has the file is away; only this delivery waits for it."""


def _pause(delivery: Delivery) -> float:
    """Seconds until the next try."""
    return min(FIRST_RETRY * 2.0 ** min(delivery.attempts - 1, 9), LONGEST_RETRY)


class Worker:
    """Sends one message of its channel at a time.

    One at a time, so that a killed process leaves at most one message of which nobody knows whether it was sent.
    """

    def __init__(
        self,
        channel: Channel,  # type: ignore[type-arg]  # parts are the channel's own affair
        database: Database,
        engine: Engine,
        now: Callable[[], datetime],
        advisers_room: Address | None,
        sources: Mapping[str, Channel],  # type: ignore[type-arg]
    ) -> None:
        """`sources` are all channels by name: files are passed through from one to the other."""
        self._channel = channel
        self._sources = sources
        self._database = database
        self._engine = engine
        self._now = now
        self._advisers_room = advisers_room
        self._pace = Pace(channel.limits, channel.is_group)
        self._work = asyncio.Event()
        self._stopping = False
        self._failures = 0

    def wake(self) -> None:
        """There is something to send."""
        self._work.set()

    def stop(self) -> None:
        """Finish the message in hand, then end."""
        self._stopping = True
        self._work.set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self._stopping:
            self._work.clear()
            try:
                if delivery := await self._claim():
                    await self._deliver(delivery)
                elif not self._stopping:
                    await self._sleep()
            except Exception as failure:
                # whatever it is, the messages of everybody depend on this loop
                log.error("the outbox is in trouble", channel=self._channel.name, error=type(failure).__name__)
                await asyncio.sleep(KEEP_RETRY)

    async def drain(self) -> None:
        """Send what is due now, then return; for channels that are read from one line at a time."""
        while delivery := await self._claim():
            await self._deliver(delivery)

    async def _claim(self) -> Delivery | None:
        lane = self._pace.highest_lane()
        if lane is None:
            return None
        resting = self._pace.resting()
        return await in_store(
            self._database,
            lambda db: delivering.claim(db, self._channel.name, self._now(), LEASE_SECONDS, resting, lane),
        )

    async def _sleep(self) -> None:
        if self._pace.highest_lane() is None or self._pace.resting():
            seconds = REST_STEP
        else:
            due = await in_store(self._database, lambda db: delivering.next_due(db, self._channel.name, self._now()))
            now = self._now().timestamp()
            seconds = LONGEST_SLEEP if due is None else min(max(due - now, REST_STEP), LONGEST_SLEEP)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._work.wait(), seconds)

    async def _deliver(self, delivery: Delivery) -> None:
        began = time.perf_counter()
        try:
            outcome = await self._send(delivery)
            self._failures = 0
        except SendError as error:
            outcome = await self._fail(delivery, error)
        except _FileWaitsError as error:
            await self._retry(delivery, _pause(delivery), str(error))
            outcome = "file_waits"
        except Exception as failure:
            # a defect in rendering or in the channel: this message can never be sent, the others can
            reason = type(failure).__name__
            log.error("delivery failed", error=reason, key_kind=delivery.key.partition(":")[0])
            await self._admit(delivery, "refused")
            await in_store(self._database, lambda db: delivering.note_failed(db, delivery, reason, self._now()))
            outcome = "failed"
        log.info(
            "delivery",
            channel=self._channel.name,
            lane=delivery.lane.name.lower(),
            outcome=outcome,
            attempt=delivery.attempts,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )

    async def _send(self, delivery: Delivery) -> str:
        """Send the next message of the delivery; the one after it waits its turn like every other delivery."""
        if (reacted := delivery.reply.reacts) is not None:
            await self._channel.react(reacted, delivery.reply.text, delivery.key)
            await in_store(self._database, lambda db: delivering.note_sent(db, delivery, self._now()))
            return "reacted"
        if (removal := delivery.reply.removes) is not None:
            await self._pace.spend(removal.chat.whole_chat, delivery.lane)
            await self._channel.remove(removal, delivery.key)
            await in_store(self._database, lambda db: delivering.note_sent(db, delivery, self._now()))
            return "removed"
        parts = self._channel.render(await self._with_file(delivery))
        number = delivery.parts_sent
        if number < len(parts):
            to, reply_to, replaced = await self._place(delivery)
            await self._pace.spend(to.whole_chat, delivery.lane)
            message = await self._transmit(
                to, parts[number], f"{delivery.key}/{number}", reply_to, replaced if number == 0 else None
            )
            await in_store(self._database, lambda db: self._note(db, delivery, to, message, len(parts)))
            await self._reached(delivery, to, done=number + 1 >= len(parts))
        else:
            await in_store(self._database, lambda db: delivering.note_sent(db, delivery, self._now()))
        return "sent" if number + 1 >= len(parts) else "part"

    async def _with_file(self, delivery: Delivery) -> Reply:
        """The reply with the file that lies with another messenger, held in memory only.

        Its text instead, when the file cannot be had. Raises _FileWaitsError when the other messenger is away.
        """
        medium = delivery.reply.medium
        if medium is None:
            return delivery.reply
        try:
            if (source := self._sources.get(medium.channel)) is None:
                raise SendError("the messenger of the file is not running")
            return Reply("", file=File(medium.name, await source.fetch(medium)))
        except SendError as error:
            waits = error.temporary or error.retry_after is not None
            if waits and self._now() - delivery.created < GIVE_UP_AFTER:
                raise _FileWaitsError(error.reason) from error
            log.warning("a file cannot be passed through", reason=error.reason)
            return replace(delivery.reply, medium=None)

    async def _note(self, db: Any, delivery: Delivery, to: Address, message: str, parts: int) -> None:
        """Keep that a message is out, which delivery it carries, and what of the delivery is still to come."""
        now = self._now()
        lasting = bool(delivery.reply.buttons) and to.whole_chat == await self._current_room(db)
        if delivery.case is not None or lasting:
            posted = delivery.replaces or delivery.key
            await delivering.note_posting(db, to.whole_chat, message, posted, delivery.case, now)
        if delivery.parts_sent + 1 >= parts:
            await delivering.note_sent(db, delivery, now)
        else:
            await delivering.note_part(db, delivery, delivery.parts_sent + 1)
            await delivering.note_retry(db, delivery, now.timestamp(), "more to come")

    async def _reached(self, delivery: Delivery, to: Address, done: bool) -> None:
        """What follows from a message being out: a tick for the adviser who wrote it; the room is there (again)."""
        if await self._is_room(to):
            await self._find_room(to.whole_chat)
            if to.thread is not None and delivery.case is not None and delivery.replaces == card_key(delivery.case):
                await self._show_thread(to, to.thread, delivery.case, delivery.topic)
        elif done and delivery.case is not None:
            await self._tick(delivery)

    async def _show_thread(self, to: Address, thread: str, number: int, title: str | None) -> None:
        """The thread shows the state of its case as the card does. It is no message and not tried again."""
        case = await in_store(self._database, lambda db: turns.load_case(db, number))
        if case is None or title is None:
            return
        try:
            await self._channel.show_thread(to.whole_chat, thread, title, case.status is Status.CLOSED)
        except SendError as error:
            log.warning("the state of a thread cannot be shown", reason=error.reason)

    async def _tick(self, delivery: Delivery) -> None:
        """Put a reaction under the adviser's message that this delivery is the copy of, if it is one."""
        key = delivery.replaces or delivery.key

        async def enqueue(db: Any) -> bool:
            room = await self._current_room(db)
            message = await delivering.message_of(db, room, key) if room is not None else None
            if room is None or message is None:
                return False
            reaction = Send(room, Reply(TICK, reacts=MessageRef(room, message)), lane=Lane.CASE, forget=True)
            await turns.enqueue(db, reaction, f"tick:{delivery.key}", self._now())
            return True

        if await in_store(self._database, enqueue):
            self._engine.wake()

    async def _lose_room(self, delivery: Delivery, why: str) -> None:
        """The advisers' room cannot be written to: those who wait are told once."""
        if await in_store(self._database, lambda db: turns.load_mark(db, turns.ROOM_LOST)) is None:
            room = delivery.to.whole_chat
            await self._tell(f"room_lost:{self._now().timestamp()}", room, Departure(why))

    async def _find_room(self, room: Address) -> None:
        """The advisers' room could be written to: what waits for it may go out, if it could not before."""
        if await in_store(self._database, lambda db: turns.load_mark(db, turns.ROOM_LOST)) is not None:
            await self._tell(f"room_found:{self._now().timestamp()}", room, Arrival())

    async def _transmit(self, to: Address, part: Any, key: str, reply_to: str | None, replaced: str | None) -> str:
        """Change the message that is to be replaced, or send a new one; the messenger's id of it."""
        if replaced is not None:
            try:
                await self._channel.change(to, replaced, part, key)
            except SendError as error:
                if not error.missing:
                    raise
            else:
                return replaced
        return await self._channel.send(to, part, key, reply_to)

    async def _place(self, delivery: Delivery) -> tuple[Address, str | None, str | None]:
        """Where exactly it goes: the thread of its case, the message it answers, the message it changes."""
        room, topic, case = delivery.to.whole_chat, delivery.topic, delivery.case
        replaced = await self._message_of(room, delivery.replaces) if delivery.replaces is not None else None
        if topic is None or case is None:
            return delivery.to, None, replaced
        thread = await in_store(self._database, lambda db: delivering.thread_of(db, room, case))
        if thread is None and (opened := await self._channel.open_thread(room, topic)) is not None:
            await in_store(self._database, lambda db: delivering.note_thread(db, room, case, opened))
            thread = opened
        if thread is not None:
            return Address(room.channel, room.chat, thread), None, replaced
        card = card_key(case)
        return room, None if delivery.key == card else await self._message_of(room, card), replaced

    async def _message_of(self, chat: Address, key: str) -> str | None:
        return await in_store(self._database, lambda db: delivering.message_of(db, chat, key))

    async def _fail(self, delivery: Delivery, error: SendError) -> str:
        now = self._now()
        if error.retry_after is not None:
            if self._channel.is_group(delivery.to):  # a group has a limit of its own; newcomers need not wait for it
                self._pace.rest(delivery.to.whole_chat, error.retry_after)
            else:
                self._pace.pause(error.retry_after)
            await self._retry(delivery, error.retry_after, error.reason)
            return "slowed"
        if error.moved_to is not None:
            await self._tell(f"move:{delivery.to}:{error.moved_to}", delivery.to, Move(error.moved_to))
            await self._retry(delivery, 0.0, error.reason)
            return "moved"
        beside = delivery.reply.reacts is not None or delivery.reply.removes is not None
        if beside and not error.temporary:  # a tick, or what is gone or may not be removed, is not tried again
            log.warning("refused beside a message", reason=error.reason)
            await in_store(self._database, lambda db: delivering.note_failed(db, delivery, error.reason, now))
            return "failed"
        if error.thread_gone and delivery.case is not None:
            await self._lose_thread(delivery, delivery.case)
            await self._retry(delivery, 0.0, error.reason)
            return "thread_gone"
        if error.gone and await self._is_room(delivery.to):
            await self._lose_room(delivery, error.why)
            await self._retry(delivery, ROOM_RETRY, error.reason)
            return "room_gone"
        if error.temporary and now - delivery.created < GIVE_UP_AFTER:
            self._failures += 1
            self._pace.pause(min(FIRST_RETRY * 2 ** min(self._failures - 1, 6), 60.0))
            await self._retry(delivery, _pause(delivery), error.reason)
            return "later"
        if not error.gone:
            await self._admit(delivery, "away" if error.temporary else error.why)
        await in_store(self._database, lambda db: delivering.note_failed(db, delivery, error.reason, now))
        if error.gone:
            await self._tell(f"departure:{delivery.key}", delivery.to, Departure(error.why))
            return "gone"
        log.warning("delivery refused", channel=self._channel.name, reason=error.reason)
        return "failed"

    async def _admit(self, delivery: Delivery, why: str) -> None:
        """Let the advisers know that a message of a case did not reach the newcomer.

        To be done before it is noted: a restart in between finds the delivery again, and the turn is taken once.
        """
        if delivery.case is not None and not await self._is_room(delivery.to):
            uid = f"undelivered:{delivery.key}:{delivery.to}"
            await self._tell(uid, delivery.to, Undelivered(delivery.case, why))

    async def _lose_thread(self, delivery: Delivery, case: int) -> None:
        """The thread of a case was deleted: its card and the last messages are to be posted anew, once."""
        room = delivery.to.whole_chat

        async def forget(db: Any) -> tuple[str | None, tuple[MessageRef, ...]]:
            thread = await delivering.thread_of(db, room, case)
            await delivering.forget_thread(db, case)
            return thread, await delivering.recent_of(db, case, room, delivery.replaces or delivery.key, RECENT)

        thread, recent = await in_store(self._database, forget)
        if thread is not None:
            await self._tell(f"thread_lost:{case}:{thread}", room, ThreadLost(case, recent))

    async def _tell(self, uid: str, chat: Address, content: Content) -> None:
        """What the messenger's refusal says about the chat is a turn like any other."""
        await take_until_kept(self._engine.take, Incoming(uid, chat, _NOBODY, content))

    async def _is_room(self, address: Address) -> bool:
        return address.whole_chat == await in_store(self._database, self._current_room)

    async def _current_room(self, db: Any) -> Address | None:
        return await turns.current_address(db, self._advisers_room) if self._advisers_room is not None else None

    async def _retry(self, delivery: Delivery, seconds: float, reason: str) -> None:
        due = self._now().timestamp() + seconds
        await in_store(self._database, lambda db: delivering.note_retry(db, delivery, due, reason))
