"""What people were told of events, and which events were in a weekly list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.correcting import Told
from bot.store.encoding import begins_with
from bot.store.schema import listed, told, wishes

KEEP_LISTED = timedelta(days=400)


async def load_told(db: AsyncConnection) -> tuple[Told, ...]:
    """All that people were told of occurrences that lie ahead."""
    rows = (await db.execute(select(told))).mappings()
    return tuple(
        Told(
            row["ref"],
            row["key"],
            datetime.fromtimestamp(row["starts_at"], UTC),
            row["version"],
            row["seen"],
            datetime.fromtimestamp(row["seen_at"], UTC),
            json.loads(row["words"]),
        )
        for row in rows
    )


async def note_told(db: AsyncConnection, known: Told, *, first: bool = False) -> None:
    """Keep what people were told; with `first` only if nothing is kept of the occurrence."""
    values = {
        "key": known.key,
        "starts_at": known.starts.timestamp(),
        "version": known.version,
        "seen": known.seen,
        "seen_at": known.seen_at.timestamp(),
        "words": json.dumps(dict(known.words), ensure_ascii=False),
    }
    row = insert(told).values(ref=known.ref, **values)
    once = row.on_conflict_do_nothing() if first else row.on_conflict_do_update(index_elements=["ref"], set_=values)
    await db.execute(once)


async def coming_refs(db: AsyncConnection) -> tuple[str, ...]:
    """The occurrences that somebody wants to go to."""
    return await _wished(db, "event:")


async def digests_wanted(db: AsyncConnection) -> tuple[str, ...]:
    """The choices of topics of those who want a weekly list."""
    return tuple(f"digest:{each}" for each in await _wished(db, "digest:"))


async def _wished(db: AsyncConnection, kind: str) -> tuple[str, ...]:
    query = select(wishes.c.wish).where(begins_with(wishes.c.wish, kind)).distinct()
    return tuple(wish.removeprefix(kind) for wish in (await db.execute(query)).scalars())


async def load_listed(db: AsyncConnection) -> tuple[str, ...]:
    """The events that were in a weekly list."""
    return tuple((await db.execute(select(listed.c.event))).scalars())


async def note_listed(db: AsyncConnection, events: Iterable[str], now: datetime) -> None:
    """These events were in a weekly list."""
    rows = [{"event": event, "listed_at": now.timestamp()} for event in events]
    if rows:
        await db.execute(insert(listed).on_conflict_do_nothing(), rows)


async def purge_told(db: AsyncConnection, now: datetime) -> None:
    """What is over needs no correction; after a year an event may be listed again."""
    await db.execute(delete(told).where(told.c.starts_at < (now - timedelta(days=1)).timestamp()))
    await db.execute(delete(listed).where(listed.c.listed_at < (now - KEEP_LISTED).timestamp()))
