"""The shell around the core: load, decide, save - one turn of a conversation at a time."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.announcement_clock import keep, send_announcements
from bot.case_clock import look_after_cases
from bot.channels import KEEP_RETRY, NotKeptError
from bot.config import Settings
from bot.core.advising import named_case
from bot.core.assistant import apologise, respond
from bot.core.model import (
    Address,
    Announce,
    Announcement,
    Block,
    Broadcast,
    Choice,
    Conversation,
    Decision,
    Drop,
    Edit,
    Effect,
    Erase,
    Export,
    Feedback,
    File,
    FindRoom,
    Guide,
    Hush,
    Incoming,
    Lane,
    LoseRoom,
    Record,
    Redaction,
    Relocate,
    Removal,
    Rename,
    Reply,
    Send,
    State,
    Turn,
    Unblock,
)
from bot.core.numbered import chosen
from bot.core.reminding import report_expired, report_feed
from bot.event_clock import tell_of_events
from bot.store import announcing, blocking, delivering, histories, housekeeping, personal, planning, turns
from bot.store.advisers import load_colleagues, note_adviser, rename, with_shown_name
from bot.store.database import Database

log = structlog.get_logger("lotse.turn")

Result = TypeVar("Result")
TICKED = "ticked"
PURGED = "purged"
ROOM_LANGUAGE = "de"  # until the advisers choose another
PURGE_EVERY = timedelta(days=1)


class Engine:
    """Takes what comes in and what the clock says, and turns it into state and deliveries."""

    def __init__(
        self,
        database: Database,
        guide: Guide,
        advisers_room: Address | None,
        now: Callable[[], datetime],
        wake: Callable[[], None],
        settings: Settings,
    ) -> None:
        """`now` tells the time (aware, UTC); `wake` is called when there is something to send."""
        self._settings = settings
        self._database = database
        self._guide = guide
        self._advisers_room = advisers_room
        self._now = now
        self._wake = wake

    def wake(self) -> None:
        """There is something to send."""
        self._wake()

    def use(self, guide: Guide) -> None:
        """From the next turn on decide by this content."""
        self._guide = guide

    async def take(self, incoming: Incoming) -> None:
        """Deal with one incoming; when this returns, the turn is committed.

        Raises NotKeptError when the database cannot be written: then nothing happened, and the messenger must give
        the incoming again.
        """
        began = time.perf_counter()
        try:
            outcome = await self._turn_or_park(incoming)
        except OperationalError as error:
            raise NotKeptError(type(error.orig).__name__) from error
        log.info(
            "turn",
            channel=incoming.origin.channel,
            kind=type(incoming.content).__name__.lower(),
            outcome=outcome,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )

    async def _turn_or_park(self, incoming: Incoming) -> str:
        try:
            return await self._turn(incoming)
        except OperationalError:
            raise
        except Exception as failure:
            _log_failure(failure)
            return await self._park(incoming)

    async def _turn(self, incoming: Incoming) -> str:
        now = self._now()
        async with self._database.writing(durable=True) as db:
            if not await turns.note_incoming(db, incoming.uid, now):
                return "duplicate"
            turn = await self._load(db, incoming, now)
            decision = respond(turn, self._guide)
            await self._save(db, turn, decision)
        self._wake()
        return decision.outcome

    async def _park(self, incoming: Incoming) -> str:
        """Nothing of the failed turn is kept, except that it is not tried again; the person is told."""
        now = self._now()
        async with self._database.writing(durable=True) as db:
            if not await turns.note_incoming(db, incoming.uid, now):
                return "duplicate"
            await turns.park_incoming(db, incoming.uid)
            chat = incoming.origin.whole_chat
            language = await turns.language_of(db, chat)
            room = await self._room(db)
            turn = Turn(
                incoming,
                now,
                Conversation(chat, language=language),
                in_advisers_room=chat == room,
                advisers_room=room,
            )
            decision = self._apology(turn)
            for number, effect in enumerate(decision.effects):
                await self._apply(db, effect, f"{incoming.uid}/{number}", now)
        self._wake()
        return decision.outcome

    def _apology(self, turn: Turn) -> Decision:
        try:
            return apologise(turn, self._guide)
        except Exception as failure:
            _log_failure(failure)
            return Decision(State(), outcome="parked")

    async def _room(self, db: AsyncConnection) -> Address | None:
        if self._advisers_room is None:
            return None
        return await turns.current_address(db, self._advisers_room)

    async def _room_language(self, db: AsyncConnection) -> str:
        room = await self._room(db)
        known = await turns.language_of(db, room) if room is not None else None
        return known or ROOM_LANGUAGE

    async def _load(self, db: AsyncConnection, incoming: Incoming, now: datetime) -> Turn:
        chat = incoming.origin.whole_chat
        room = await self._room(db)
        in_room = chat == room
        conversation = await turns.load_conversation(db, chat) or Conversation(chat)
        if incoming.private and incoming.sender.id not in ("", str(chat)):
            conversation = replace(conversation, person=blocking.mark_of(incoming.sender.id))
        original = None
        if incoming.message is not None and isinstance(incoming.content, Edit | Redaction):
            original = await turns.posting(db, chat, incoming.message)
        if in_room:
            incoming = await with_shown_name(db, incoming)
        turn = Turn(
            incoming,
            now,
            conversation,
            in_advisers_room=in_room,
            advisers_room=room,
            original=original[0] if original else None,
            room_lost=await turns.load_mark(db, turns.ROOM_LOST) is not None,
        )
        if room is not None:
            turn = replace(turn, room_language=await turns.language_of(db, room) or ROOM_LANGUAGE)
        if not in_room:
            case = await turns.load_case_of(db, chat)
            waiting = await turns.load_waiting_cases(db) if room is not None else ()
            last = await turns.load_last_case(db, chat) if case is None else None
            fresh = await turns.fresh_case_number(db)
            blocked = await blocking.load_block(db, chat, incoming.sender.id) is not None
            return replace(turn, case=case, last_case=last, fresh_case=fresh, waiting=waiting, blocked=blocked)
        number, replied_key, here = await self._spoken_of(db, incoming, conversation)
        if number is None and original is not None:
            number = original[1]
        return replace(
            turn,
            case=await turns.load_case(db, number) if number is not None else None,
            replied_key=replied_key,
            here=here,
            waiting=await turns.load_waiting_cases(db),
            history=await histories.load_history(db, number) if number is not None else (),
            colleagues=await load_colleagues(db, now),
            blocks=await blocking.load_blocks(db),
            announcement=await self._announcement_of(db, incoming),
            two_announce=self._settings.announce_by_two,
        )

    async def _announcement_of(self, db: AsyncConnection, incoming: Incoming) -> Announcement | None:
        """The announcement that a button in the advisers' room speaks of."""
        words = incoming.content.action.split(":") if isinstance(incoming.content, Choice) else []
        if len(words) != 3 or words[0] != "announcement" or not words[1].isdecimal() or len(words[1]) > 9:
            return None
        return await announcing.load_announcement(db, int(words[1]))

    async def _spoken_of(
        self, db: AsyncConnection, incoming: Incoming, room: Conversation
    ) -> tuple[int | None, str | None, int | None]:
        """The case that something in the advisers' room is about, the key of the message it replies to, and the case
        of the place where it was written.
        """
        chat = incoming.origin.whole_chat
        replied_key, here = None, None
        if incoming.reply_to is not None and (posting := await turns.posting(db, chat, incoming.reply_to)):
            replied_key, here = posting
        if here is None and incoming.origin.thread is not None:
            here = await turns.case_of_thread(db, chat, incoming.origin.thread)
        pressed = chosen(incoming.content, replied_key, room)
        number = named_case(Choice(pressed) if pressed else incoming.content)
        return here if number is None else number, replied_key, here

    async def _save(self, db: AsyncConnection, turn: Turn, decision: Decision) -> None:
        if decision.state.conversation is not None:
            await turns.save_conversation(db, decision.state.conversation, turn.now)
        if (case := decision.state.case) is not None:
            await turns.save_case(db, case)
            if turn.in_advisers_room and turn.incoming.sender.id:
                await note_adviser(db, turn.incoming.sender, turn.now)
        for number, effect in enumerate(decision.effects):
            await self._apply(db, effect, f"{turn.incoming.uid}/{number}", turn.now)
            if turn.in_advisers_room and isinstance(effect, Send) and effect.to.whole_chat != turn.advisers_room:
                await turns.remember_buttons(db, effect, turn.now)

    async def _apply(self, db: AsyncConnection, effect: Effect, key: str, now: datetime) -> None:
        match effect:
            case Send():
                await turns.enqueue(db, effect, key, now)
                if (source := effect.source) is not None:
                    copy = effect.replaces or effect.key or key
                    await delivering.note_posting(db, source.chat, source.message, copy, effect.case, now)
            case Broadcast():
                await planning.plan(db, effect, now)
            case Hush(address=address):
                await planning.end_broadcasts(db, address.whole_chat)
            case Feedback():
                await turns.count_feedback(db, effect, now)
            case Rename():
                await rename(db, effect, now)
            case Record():
                await histories.record(db, effect)
            case Export(to=to, person=person, text=text, file_name=name):
                file = File(name, await personal.export(db, to.whole_chat, person))
                await turns.enqueue(db, Send(to, Reply(text, file=file), forget=True), key, now)
            case Block():
                await blocking.block(db, effect, now)
            case Announce(announcement=kept, origin=origin):
                language = await self._room_language(db)
                await keep(db, kept, self._guide, origin, language, key, now)
            case Unblock():
                await blocking.unblock(db, effect)
            case Erase():
                await self._erase(db, effect, key, now)
            case LoseRoom(why=why):
                log.error("the advisers' room cannot be reached; cases wait", reason=why)
                await turns.save_mark(db, turns.ROOM_LOST, now.timestamp())
            case FindRoom(room=room):
                if await turns.drop_mark(db, turns.ROOM_LOST):
                    log.warning("the advisers' room can be reached again")
                await delivering.hurry(db, room, now)
            case Drop(address=address):
                await personal.drop_waiting(db, address, now)
            case Relocate(old=old, new=new):
                await personal.relocate(db, old, new, now)

    async def _erase(self, db: AsyncConnection, erased: Erase, key: str, now: datetime) -> None:
        """Remove all that is stored about a person, and what of it lies in the advisers' room."""
        room, who = await self._room(db), erased.address.whole_chat
        copies: list[Removal] = []
        if room is not None:
            for chat in await personal.chats_of(db, who, erased.person):
                copies += await personal.copies_in(db, chat, room)
        await personal.erase(db, who, erased.person)
        for number, removal in enumerate(copies):
            reply = Reply("", removes=replace(removal, instead=erased.instead))
            removed = Send(removal.chat, reply, lane=Lane.CASE, forget=True)
            await turns.enqueue(db, removed, f"{key}/{number}", now)

    async def report_feed(self, feed: str) -> None:
        """Tell the advisers' room, once a day, that a feed of events is in trouble."""
        now = self._now()
        async with self._database.writing(durable=False) as db:
            if (room := await self._room(db)) is not None:
                language = (await turns.language_of(db, room)) or ROOM_LANGUAGE
                await turns.enqueue(db, report_feed(self._guide, room, language, feed, now), "", now)
        self._wake()

    async def tick(self) -> None:
        """What the clock causes: reminders that have come due, and once a day the removal of what is old."""
        now = self._now()
        async with self._database.writing(durable=False) as db:
            last = await turns.load_mark(db, TICKED)
            room = await self._room(db)
            language = await self._room_language(db)
        since = datetime.fromtimestamp(last, UTC) if last is not None else now
        if since < now:
            await tell_of_events(self._database, self._guide, since, now)
        await send_announcements(self._database, self._guide, room, language, now)
        async with self._database.writing(durable=True) as db:
            if room is not None and since < now:
                await look_after_cases(db, self._guide, room, language, now)
                if expired := report_expired(self._guide, room, language, since, now):
                    await turns.enqueue(db, expired, "", now)
            await turns.save_mark(db, TICKED, max(now, since).timestamp())
            purged = await turns.load_mark(db, PURGED)
            purging = purged is None or now.timestamp() - purged >= PURGE_EVERY.total_seconds()
            if purging:
                await housekeeping.purge(db, now, timedelta(days=self._settings.keep_cases_days))
                await turns.save_mark(db, PURGED, now.timestamp())
        if purging:
            await self._database.compact()
        self._wake()


async def in_store(database: Database, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """Do a piece of work in one transaction, again and again while the database cannot be written."""
    while True:
        try:
            async with database.writing(durable=False) as db:
                return await work(db)
        except OperationalError as error:
            log.error("the database cannot be written; deliveries wait", error=type(error.orig).__name__)
            await asyncio.sleep(KEEP_RETRY)


def _log_failure(failure: Exception) -> None:
    """The kind of failure and where it happened. Not its message: that may hold what a person wrote."""
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(failure.__traceback__)]
    log.error("turn failed", error=type(failure).__name__, where=where)
