"""The names that advisers have chosen to show to newcomers."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Incoming, Rename
from bot.store.schema import advisers


async def with_shown_name(db: AsyncConnection, incoming: Incoming) -> Incoming:
    """The incoming, with the name that its sender has chosen to show."""
    chosen = (await db.execute(select(advisers.c.name).where(advisers.c.id == incoming.sender.id))).scalar()
    return incoming if chosen is None else replace(incoming, sender=replace(incoming.sender, shown=chosen))


async def rename(db: AsyncConnection, renamed: Rename) -> None:
    """Keep the name, or forget it where it is empty."""
    await db.execute(delete(advisers).where(advisers.c.id == renamed.adviser.id))
    if renamed.name:
        await db.execute(insert(advisers).values(id=renamed.adviser.id, name=renamed.name))
