"""Newcomers who reach no adviser. Only marks of their chat and of themselves are kept.

So neither a deletion nor another chat is a way round.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, RowMapping, delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Address, Block, Blocked, Unblock
from bot.store.schema import blocks

KEEP_BLOCKS = timedelta(days=365)


def mark_of(who: Address | str) -> str:
    """What is kept of an address, or of a messenger's id of a person."""
    return sha256(f"lotse:{who}".encode()).hexdigest()


async def block(db: AsyncConnection, blocked: Block, now: datetime) -> None:
    """Keep that the person reaches no adviser."""
    values = {"case_number": blocked.case, "at": now.timestamp(), "by": blocked.by, "reason": blocked.reason}
    for mark in {mark_of(blocked.address), blocked.person} - {""}:
        row = insert(blocks).values(mark=mark, **values)
        await db.execute(row.on_conflict_do_update(index_elements=["mark"], set_=values))


async def unblock(db: AsyncConnection, unblocked: Unblock) -> None:
    """Forget it."""
    await db.execute(delete(blocks).where(blocks.c.case_number == unblocked.case))


async def load_block(db: AsyncConnection, address: Address, person: str) -> Blocked | None:
    """What is kept about a person who reaches no adviser, by their chat or by the messenger's id of them."""
    row = (await db.execute(select(blocks).where(_are_of(address, person)))).mappings().first()
    return _read(row) if row is not None else None


async def load_blocks(db: AsyncConnection) -> tuple[Blocked, ...]:
    """Everybody who reaches no adviser, the newest first."""
    rows = (await db.execute(select(blocks).order_by(blocks.c.at.desc()))).mappings()
    return tuple({row["case_number"]: _read(row) for row in rows}.values())


async def forget_why(db: AsyncConnection, address: Address, person: str) -> None:
    """The person has deleted everything: of the block stays only that it is there."""
    await db.execute(update(blocks).where(_are_of(address, person)).values(by="", reason=""))


async def move_block(db: AsyncConnection, old: Address, new: Address) -> None:
    """The chat has a new address."""
    await db.execute(update(blocks).where(blocks.c.mark == mark_of(old)).values(mark=mark_of(new)))


async def purge_blocks(db: AsyncConnection, now: datetime) -> None:
    """A block ends after a year."""
    await db.execute(delete(blocks).where(blocks.c.at < (now - KEEP_BLOCKS).timestamp()))


def _are_of(address: Address, person: str) -> ColumnElement[bool]:
    return blocks.c.mark.in_((mark_of(address), mark_of(person)))


def _read(row: RowMapping) -> Blocked:
    return Blocked(row["case_number"], datetime.fromtimestamp(row["at"], UTC), row["by"], row["reason"])
