"""Sends the announcements of the staff step by step, and shows in the advisers' room how far they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.announcement import Announcement, Counted
from bot.core.announcements import Stage, broadcasts, key_of, progress_key, shown
from bot.core.model import Address, Guide
from bot.event_clock import plan_all
from bot.store import announcing, planning, turns
from bot.store.database import Database

BULK_SECONDS = 1 / 20  # between two messages of a broadcast; about what Telegram lets through beside replies


async def keep(
    db: AsyncConnection, kept: Announcement, guide: Guide, origin: Address, language: str, key: str, now: datetime
) -> None:
    """An announcement was drafted or its stage changed in the room: keep it and show it."""
    number = await announcing.save_announcement(db, kept, now)
    kept = replace(kept, number=number)
    if kept.stage == Stage.STOPPED:
        await planning.call_off(db, key_of(number), now)
    counted = await counted_for(db, kept, guide, now)
    await turns.enqueue(db, shown(kept, counted, guide, origin, language), key, now)


async def send_announcements(
    database: Database, guide: Guide, room: Address | None, language: str, now: datetime
) -> None:
    """Plan what has been confirmed, and show how far all are; each person is planned for once, whatever happens."""
    async with database.writing(durable=False) as db:
        sending = await announcing.load_sending(db)
    for kept in sending:
        for broadcast in () if kept.planned else broadcasts(kept, guide, now):
            await plan_all(database, broadcast, now)
        async with database.writing(durable=False) as db:
            current = await announcing.load_announcement(db, kept.number)
            if current is None or current.stage != Stage.SENDING:
                await planning.call_off(db, key_of(kept.number), now)
                continue
            counted = await announcing.count(db, key_of(kept.number))
            current = replace(current, planned=True, stage=Stage.SENDING if counted.waiting else Stage.DONE)
            await announcing.save_announcement(db, current, now)
            if room is not None:
                shows = shown(current, counted, guide, room, language)
                await turns.enqueue(db, shows, progress_key(current, counted), now)


async def counted_for(db: AsyncConnection, kept: Announcement, guide: Guide, now: datetime) -> Counted:
    """How many people a draft is for and how long that takes; what has come of one that was confirmed."""
    if kept.stage != Stage.DRAFT:
        return await announcing.count(db, key_of(kept.number))
    people = sum([await planning.count_concerned(db, each) for each in broadcasts(kept, guide, now)])
    return Counted(people=people, seconds=people * BULK_SECONDS)
