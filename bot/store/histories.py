"""What happened to cases, line by line."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Moment, Record
from bot.store.schema import history


async def record(db: AsyncConnection, recorded: Record) -> None:
    """Keep a moment of a case."""
    moment = recorded.moment
    values = {"at": moment.at.timestamp(), "what": moment.what, "by": moment.by, "note": moment.note}
    await db.execute(insert(history).values(case_number=recorded.case, **values))


async def load_history(db: AsyncConnection, case: int) -> tuple[Moment, ...]:
    """All moments of a case, the oldest first."""
    query = select(history).where(history.c.case_number == case).order_by(history.c.id)
    rows = (await db.execute(query)).mappings()
    return tuple(Moment(datetime.fromtimestamp(r["at"], UTC), r["what"], r["by"], r["note"]) for r in rows)
