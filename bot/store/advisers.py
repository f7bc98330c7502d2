"""Advisers who work on cases: what they are called, and the name they have chosen to show to newcomers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Incoming, Rename, Sender
from bot.store.schema import advisers

KEEP_COLLEAGUES = timedelta(days=90)  # who was not seen for so long is no longer offered


async def with_shown_name(db: AsyncConnection, incoming: Incoming) -> Incoming:
    """The incoming, with the name that its sender has chosen to show."""
    chosen = (await db.execute(select(advisers.c.name).where(advisers.c.id == incoming.sender.id))).scalar()
    return replace(incoming, sender=replace(incoming.sender, shown=chosen)) if chosen else incoming


async def rename(db: AsyncConnection, renamed: Rename, now: datetime) -> None:
    """Keep the name that an adviser shows, or none where it is empty."""
    await _keep(db, renamed.adviser, now, name=renamed.name)


async def note_adviser(db: AsyncConnection, adviser: Sender, now: datetime) -> None:
    """An adviser works on cases."""
    await _keep(db, adviser, now)


async def load_colleagues(db: AsyncConnection, now: datetime) -> tuple[Sender, ...]:
    """The advisers who were seen lately, the last one first."""
    since = (now - KEEP_COLLEAGUES).timestamp()
    query = select(advisers).where(advisers.c.seen_at >= since).order_by(advisers.c.seen_at.desc())
    rows = (await db.execute(query)).mappings()
    return tuple(Sender(row["id"], row["called"], row["name"]) for row in rows if row["called"])


async def forget_advisers(db: AsyncConnection, now: datetime) -> None:
    """Who was not seen for long and shows no name of their own is forgotten."""
    since = (now - KEEP_COLLEAGUES).timestamp()
    await db.execute(delete(advisers).where(advisers.c.seen_at < since, advisers.c.name == ""))


async def _keep(db: AsyncConnection, adviser: Sender, now: datetime, **values: str) -> None:
    values = {"called": adviser.name, **values}
    row = insert(advisers).values(id=adviser.id, **{"name": "", **values}, seen_at=now.timestamp())
    changed = {**values, "seen_at": now.timestamp()}
    await db.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))
