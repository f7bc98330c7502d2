"""The connection, the migrations, and what an operator is told when the database cannot be used."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, insert

from bot.store.database import MIGRATIONS, Database, DatabaseError
from bot.store.schema import conversations, inbox, metadata, wishes
from tests.store_reading import rows

ONE = {"uid": "1", "received_at": 1.0, "parked": False}


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def exists(file: Path) -> bool:
    return file.exists()


async def pragma(database: Database, name: str, durable: bool = True) -> object:
    async with database.writing(durable=durable) as db:
        return (await db.exec_driver_sql(f"PRAGMA {name}")).scalar()


# --- migrations ---


async def test_the_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    async with database.writing(durable=False) as db:
        assert await db.run_sync(differences) == []


async def test_who_was_subscribed_before_there_were_topics_hears_of_all_events(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    old = create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for who, subscribed in (("amara", True), ("kofi", False)):
            chat = {"address": who, "channel": "memory", "subscribed": subscribed, "paused": False}
            connection.execute(insert(conversations).values(**chat, state="{}", changed_at=1.0))
    old.dispose()
    database = Database(f"sqlite:///{file}")
    await database.migrate()
    kept = ["lead:one-day", "lead:two-hours", "quiet:21-8", "topic:*"]
    assert await rows(database, wishes) == [{"wish": wish, "address": "amara"} for wish in kept]
    await database.close()


async def test_migrating_again_changes_nothing(database: Database, file: Path) -> None:
    async with database.writing(durable=True) as db:
        await db.execute(insert(inbox).values(ONE))
    await database.migrate()
    again = Database(f"sqlite:///{file}")
    await again.migrate()
    assert await rows(again, inbox) == [ONE]
    await again.close()


# --- what the settings of SQLite promise ---


async def test_a_turn_is_on_the_disk_and_the_outbox_survives_a_killed_process(database: Database) -> None:
    assert await pragma(database, "journal_mode") == "wal"
    assert await pragma(database, "synchronous", durable=True) == 2  # FULL
    assert await pragma(database, "synchronous", durable=False) == 1  # NORMAL
    assert await pragma(database, "synchronous", durable=True) == 2
    assert await pragma(database, "foreign_keys") == 1
    assert await pragma(database, "secure_delete") == 1
    assert await pragma(database, "busy_timeout") == 10_000


async def test_an_exception_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.writing(durable=True) as db:
            await db.execute(insert(inbox).values(ONE))
            raise ZeroDivisionError
    assert await rows(database, inbox) == []


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(database: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with database.writing(durable=True) as db:
            await db.execute(insert(inbox).values(ONE))
            written.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await written.wait()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert await rows(database, inbox) == []


async def test_there_is_one_writer_at_a_time(database: Database) -> None:
    inside = 0

    async def write(number: int) -> None:
        nonlocal inside
        async with database.writing(durable=False) as db:
            inside += 1
            assert inside == 1
            await db.execute(insert(inbox).values({**ONE, "uid": str(number)}))
            inside -= 1

    await asyncio.gather(*(write(number) for number in range(20)))
    assert len(await rows(database, inbox)) == 20


async def test_closing_waits_for_what_is_being_written(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    await database.migrate()
    began = asyncio.Event()

    async def write() -> None:
        async with database.writing(durable=True) as db:
            began.set()
            await asyncio.sleep(0.01)
            await db.execute(insert(inbox).values(ONE))

    writing = asyncio.create_task(write())
    await began.wait()
    await database.close()
    await writing
    with sqlite3.connect(file) as reading:
        assert reading.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
    reading.close()


async def test_compacting_empties_the_write_ahead_log(database: Database, file: Path) -> None:
    log = file.with_name(f"{file.name}-wal")
    assert log.stat().st_size > 0
    await database.compact()
    assert log.stat().st_size == 0


# --- what cannot be used ---


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://db/lotse", "LOTSE_DATABASE_URL: postgresql is not supported"),
        ("lotse.sqlite3", "LOTSE_DATABASE_URL: 'lotse.sqlite3' is no address"),
        ("", "LOTSE_DATABASE_URL"),
        ("sqlite://", "LOTSE_DATABASE_URL: a database in memory keeps nothing"),
        ("sqlite:///:memory:", "LOTSE_DATABASE_URL: a database in memory keeps nothing"),
    ],
)
def test_a_url_that_cannot_be_used_names_the_setting(url: str, said: str) -> None:
    with pytest.raises(DatabaseError, match="^" + said.replace("(", r"\(")):
        Database(url)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DatabaseError, match=r"LOTSE_DATA_DIR: .*data.* cannot be made"):
        Database(f"sqlite:///{tmp_path}/data/lotse.sqlite3")


async def test_a_file_that_is_no_database_is_named(file: Path) -> None:
    write(file, b"no database at all, but long enough to look at " * 100)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match=r"lotse\.sqlite3 cannot be used: file is not a database"):
        await database.migrate()
    await database.close()


async def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}")
    with pytest.raises(DatabaseError, match="cannot be used: unable to open"):
        await database.migrate()
    await database.close()


async def test_a_database_of_a_later_version_is_not_touched(database: Database, file: Path) -> None:
    async with database.writing(durable=True) as db:
        await db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="later version"):
        await database.migrate()


async def test_a_database_that_was_never_used_is_not_made_by_looking(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="has never run"):
        database.require()
    assert not exists(file)
    await database.migrate()
    database.require()
    await database.close()


async def test_an_empty_file_is_no_database_of_ours(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    write(file, b"")
    with pytest.raises(DatabaseError, match="cannot be used: no such table"):
        database.require()
    await database.close()
