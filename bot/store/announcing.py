"""Announcements of the staff: kept, counted, and their deliveries stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.announcement import Announcement, Counted
from bot.store.schema import announcements, deliveries

KEEP_ANNOUNCEMENTS = timedelta(days=90)
_kept = TypeAdapter(Announcement)


async def save_announcement(db: AsyncConnection, announcement: Announcement, now: datetime) -> int:
    """Keep it as it is now; the number of a new one is given here."""
    values = {
        "stage": announcement.stage,
        "state": _kept.dump_json(announcement).decode(),
        "changed_at": now.timestamp(),
    }
    if announcement.number:
        row = insert(announcements).values(number=announcement.number, **values)
        await db.execute(row.on_conflict_do_update(index_elements=["number"], set_=values))
        return announcement.number
    added = await db.execute(insert(announcements).values(**values))
    return int(added.inserted_primary_key[0])  # type: ignore[index]


async def load_announcement(db: AsyncConnection, number: int) -> Announcement | None:
    """The announcement with this number, or None."""
    query = select(announcements.c.number, announcements.c.state).where(announcements.c.number == number)
    row = (await db.execute(query)).first()
    return _numbered(row.number, row.state) if row else None


async def load_sending(db: AsyncConnection) -> tuple[Announcement, ...]:
    """All announcements that are being sent, the oldest first."""
    query = select(announcements.c.number, announcements.c.state).where(announcements.c.stage == "sending")
    rows = await db.execute(query.order_by(announcements.c.number))
    return tuple(_numbered(row.number, row.state) for row in rows)


def _numbered(number: int, state: str) -> Announcement:
    return replace(_kept.validate_json(state), number=number)


async def load_written_by(db: AsyncConnection, author: str) -> tuple[Announcement, ...]:
    """All announcements that the person with this id wrote, the oldest first."""
    rows = await db.execute(select(announcements.c.number, announcements.c.state).order_by(announcements.c.number))
    return tuple(each for row in rows if (each := _numbered(row.number, row.state)).by == author)


async def forget_author(db: AsyncConnection, author: str) -> None:
    """What the person wrote for the city stays without them; a draft of theirs is discarded."""
    for each in await load_written_by(db, author):
        stage = "discarded" if each.stage == "draft" else each.stage
        state = _kept.dump_json(replace(each, stage=stage, by="", author="")).decode()
        row = update(announcements).where(announcements.c.number == each.number)
        await db.execute(row.values(stage=stage, state=state))


async def count(db: AsyncConnection, key: str) -> Counted:
    """What has come of the deliveries of a broadcast."""
    of_these = deliveries.c.broadcast == key
    rows = await db.execute(select(deliveries.c.status, func.count()).where(of_these).group_by(deliveries.c.status))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    failed = select(deliveries.c.reason, func.count()).where(of_these, deliveries.c.status == "failed")
    reasons = await db.execute(failed.group_by(deliveries.c.reason).order_by(func.count().desc()).limit(5))
    return Counted(
        people=sum(found.values()),
        sent=found.get("sent", 0),
        waiting=found.get("due", 0),
        failed=found.get("failed", 0),
        expired=found.get("expired", 0),
        dropped=found.get("dropped", 0),
        reasons=tuple((reason or "?", number) for reason, number in reasons.all()),
    )


async def purge_announcements(db: AsyncConnection, now: datetime) -> None:
    """Old ones go, also drafts that nobody sent."""
    await db.execute(
        delete(announcements).where(
            announcements.c.stage != "sending", announcements.c.changed_at < (now - KEEP_ANNOUNCEMENTS).timestamp()
        )
    )
