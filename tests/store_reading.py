"""Looking into the database, as a test may."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select

from bot.store.database import Database


async def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    """All rows of a table in the order of their keys."""
    async with database.writing(durable=False) as db:
        found = await db.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in found.mappings()]
