"""What channels must remember from one start to the next."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import bookmarks, sealed


async def load_bookmark(db: AsyncConnection, channel: str) -> str | None:
    """How far the channel has taken what came in."""
    place: str | None = (await db.execute(select(bookmarks.c.place).where(bookmarks.c.channel == channel))).scalar()
    return place


async def save_bookmark(db: AsyncConnection, channel: str, place: str) -> None:
    """The channel has taken everything up to this place."""
    row = insert(bookmarks).values(channel=channel, place=place)
    await db.execute(row.on_conflict_do_update(index_elements=["channel"], set_={"place": place}))


async def load_sealed(db: AsyncConnection, channel: str) -> list[tuple[str, str, str, float, bool]]:
    """Uid, address, event, arrival and `told` of the messages that wait for their keys, oldest first."""
    columns = (sealed.c.uid, sealed.c.address, sealed.c.event, sealed.c.arrived_at, sealed.c.told)
    rows = await db.execute(select(*columns).where(sealed.c.channel == channel).order_by(sealed.c.arrived_at))
    return [(row.uid, row.address, row.event, row.arrived_at, row.told) for row in rows]


async def save_sealed(db: AsyncConnection, channel: str, uid: str, address: str, event: str, arrived: float) -> None:
    """Put a message aside until its key arrives."""
    row = insert(sealed).values(uid=uid, channel=channel, address=address, event=event, arrived_at=arrived, told=False)
    await db.execute(row.on_conflict_do_nothing())


async def note_told(db: AsyncConnection, uid: str) -> None:
    """The sender of the message knows that it could not be read; nothing happens if it is kept no more."""
    await db.execute(update(sealed).where(sealed.c.uid == uid).values(told=True))


async def drop_sealed(db: AsyncConnection, uid: str) -> None:
    """Nobody waits for the key of this message any more."""
    await db.execute(sealed.delete().where(sealed.c.uid == uid))
