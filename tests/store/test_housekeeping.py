"""What the clock removes, and what it must keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.model import Address, Broadcast, Case, Conversation, Lane, Reply, Send, Status
from bot.core.wishes import EVERYTHING
from bot.store import bookmarks, delivering, planning, turns
from bot.store.database import Database
from bot.store.housekeeping import purge
from bot.store.schema import broadcasts, cases, conversations, deliveries, inbox, postings, sealed, threads, wishes
from tests.store_reading import rows

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
AMARA, KOFI, ROOM = Address("memory", "amara"), Address("memory", "kofi"), Address("memory", "room")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


async def purged(database: Database, keep_cases: int = 90) -> None:
    async with database.writing(durable=True) as db:
        await purge(db, NOW, timedelta(days=keep_cases))


async def test_an_incoming_is_remembered_for_as_long_as_messengers_may_repeat_it(database: Database) -> None:
    async with database.writing(durable=True) as db:
        await turns.note_incoming(db, "old", days_ago(14.1))
        await turns.note_incoming(db, "young", days_ago(13.9))
    await purged(database)
    assert [row["uid"] for row in await rows(database, inbox)] == ["young"]


async def test_settled_deliveries_go_after_thirty_days_and_waiting_ones_never(database: Database) -> None:
    async with database.writing(durable=True) as db:
        for key in ("sent", "failed", "waiting"):
            await turns.enqueue(db, Send(Address("memory", key), Reply("x")), key, days_ago(40))
        for settle in ("sent", "failed"):
            held = await delivering.claim(db, "memory", days_ago(31), 60.0, (), Lane.REMINDER)
            assert held is not None
            if settle == "sent":
                await delivering.note_sent(db, held, days_ago(30.1))
            else:
                await delivering.note_failed(db, held, "refused", days_ago(29.9))
    await purged(database)
    assert [row["key"] for row in await rows(database, deliveries)] == ["failed", "waiting"]


async def test_a_message_waits_a_week_for_its_key(database: Database) -> None:
    async with database.writing(durable=True) as db:
        for uid, days in (("old", 7.1), ("young", 6.9)):
            await bookmarks.save_sealed(db, "memory", uid, str(AMARA), "{}", days_ago(days).timestamp())
    await purged(database)
    assert [row["uid"] for row in await rows(database, sealed)] == ["young"]


async def test_a_reminders_text_is_kept_while_it_may_be_sent(database: Database) -> None:
    async with database.writing(durable=True) as db:
        for key, expires in (("old", days_ago(30.1)), ("young", NOW + timedelta(hours=1))):
            await planning.plan(db, Broadcast(key, {"en": Reply(key)}, expires, (EVERYTHING,)), days_ago(40))
    await purged(database)
    assert [row["key"] for row in await rows(database, broadcasts)] == ["young"]


async def test_what_people_went_to_is_forgotten_after_sixty_days(database: Database) -> None:
    day = {days: f"x-{days_ago(days):%y%m%d}" for days in (61, 59, -3)}
    async with database.writing(durable=True) as db:
        person = Conversation(Address("memory", "1"), subscribed=True, coming=tuple(day.values()))
        other = Conversation(Address("memory", "2"), coming=(day[61],))
        for each in (person, other):
            await turns.save_conversation(db, each, days_ago(61))
    await purged(database)
    how = ("lead:", "quiet:")
    wanted = [(r["address"], r["wish"]) for r in await rows(database, wishes) if not r["wish"].startswith(how)]
    assert wanted == [("memory:1", f"event:{day[59]}"), ("memory:1", f"event:{day[-3]}"), ("memory:1", "topic:*")]
    async with database.writing(durable=False) as db:
        kept = await turns.load_conversation(db, person.address)
    assert kept is not None and kept.coming == (day[59], day[-3])


async def test_closed_cases_go_after_ninety_days_with_all_that_belongs_to_them(database: Database) -> None:
    kept = {
        1: Case(1, AMARA, "en", Status.CLOSED, days_ago(200), days_ago(90.1), "?"),
        2: Case(2, AMARA, "en", Status.CLOSED, days_ago(200), days_ago(89.9), "?"),
        3: Case(3, AMARA, "en", Status.OPEN, days_ago(400), days_ago(400), "?"),
        4: Case(4, KOFI, "en", Status.CLAIMED, days_ago(400), days_ago(400), "?"),
    }
    async with database.writing(durable=True) as db:
        for number, case in kept.items():
            await turns.save_case(db, case)
            await delivering.note_thread(db, ROOM, number, f"thread {number}")
            await delivering.note_posting(db, ROOM, f"m{number}", case.card_key, number, days_ago(400))
    await purged(database)
    for table, column in ((cases, "number"), (threads, "case_number"), (postings, "case_number")):
        assert [row[column] for row in await rows(database, table)] == [2, 3, 4], table.name
    async with database.writing(durable=True) as db:
        assert await turns.fresh_case_number(db) == 5
    await purged(database, keep_cases=30)
    assert [row["number"] for row in await rows(database, cases)] == [3, 4]


async def test_what_people_said_about_themselves_is_kept_until_they_delete_it(database: Database) -> None:
    async with database.writing(durable=True) as db:
        await turns.save_conversation(db, Conversation(AMARA, language="en", subscribed=True), days_ago(1000))
    await purged(database)
    assert len(await rows(database, conversations)) == 1
