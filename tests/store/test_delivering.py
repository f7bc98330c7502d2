"""What is sent next, however much waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from bot.core.model import Address, Lane, Reply, Send
from bot.store import delivering, turns
from bot.store.database import Database

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


async def enqueue(database: Database, chat: str, lane: Lane, minutes: float = 0.0) -> None:
    """A message for a chat that is due so many minutes from now; a negative number: since so long."""
    due = NOW + timedelta(minutes=minutes)
    async with database.writing(durable=False) as db:
        sent = Send(Address("memory", chat), Reply("x"), lane=lane)
        await turns.enqueue(db, sent, f"{chat}:{lane}:{minutes}", due)


async def claimed(database: Database, highest: Lane = Lane.DIGEST, resting: tuple[str, ...] = ()) -> str | None:
    async with database.writing(durable=False) as db:
        held = await delivering.claim(db, "memory", NOW, 60.0, resting, highest)
    return held.to.chat if held is not None else None


async def test_replies_go_first_and_in_a_lane_what_has_been_due_longest(database: Database) -> None:
    await enqueue(database, "reminded", Lane.REMINDER, -60)
    await enqueue(database, "late", Lane.REPLY, -1)
    await enqueue(database, "early", Lane.REPLY, -2)
    await enqueue(database, "tomorrow", Lane.REPLY, 60)
    assert [await claimed(database) for _ in range(4)] == ["early", "late", "reminded", None]


async def test_lanes_that_may_not_be_used_and_chats_that_rest_are_passed_over(database: Database) -> None:
    await enqueue(database, "a", Lane.REMINDER, -2)
    await enqueue(database, "b", Lane.REMINDER, -1)
    assert await claimed(database, highest=Lane.CASE) is None
    assert await claimed(database, resting=("memory:a",)) == "b"


async def test_the_next_look_is_when_the_first_message_is_due_in_any_lane(database: Database) -> None:
    await enqueue(database, "a", Lane.REPLY, 30)
    await enqueue(database, "b", Lane.DIGEST, 10)
    await enqueue(database, "c", Lane.REMINDER, -5)
    assert await claimed(database) == "c"  # what is in somebody's hands does not count
    async with database.writing(durable=False) as db:
        assert await delivering.next_due(db, "memory", NOW) == (NOW + timedelta(minutes=10)).timestamp()
        assert await delivering.next_due(db, "elsewhere", NOW) is None


async def test_a_million_that_wait_are_not_read_to_find_the_next_one(database: Database) -> None:
    """Each lane's first message and what has expired are read off an index that is in their order."""
    asked: list[tuple[str, Any]] = []

    async with database.writing(durable=False) as db:
        assert db.sync_connection is not None

        @event.listens_for(db.sync_connection, "before_cursor_execute")
        def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
            asked.append((statement, parameters))

        await delivering.claim(db, "memory", NOW, 60.0, (), Lane.DIGEST)
        await delivering.next_due(db, "memory", NOW)
        event.remove(db.sync_connection, "before_cursor_execute", note)
        plans = [await db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values) for text, values in asked]
        expire, claim, look = (" | ".join(row.detail for row in plan) for plan in plans)
    assert "deliveries_expiring (status=? AND expires_at<?)" in expire
    assert claim.count("deliveries_due (channel=? AND status=? AND lane=? AND due_at<?)") == len(Lane)
    assert look.count("deliveries_due (channel=? AND status=? AND lane=?)") == len(Lane)
    for plan in (expire, claim, look):
        assert "SCAN deliveries" not in plan and "TEMP B-TREE" not in plan
