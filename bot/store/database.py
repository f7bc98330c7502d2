"""The connection: SQLite in WAL mode, one writer at a time, migrations at the start."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_MS = 10_000
USE = "write sqlite:///path/to/lotse.sqlite3"


class DatabaseError(Exception):
    """The database cannot be used as configured; says what to change."""


class Database:
    """Write transactions on the database, one at a time.

    `durable` transactions are on the disk when they end (PRAGMA synchronous=FULL). The others survive a killed
    process but may lose the last instants when the power fails, which an outbox may: a delivery is then repeated.
    """

    def __init__(self, url: str) -> None:
        """Raises DatabaseError when the URL is of a kind that is not supported, or its folder cannot be made."""
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise DatabaseError(f"LOTSE_DATABASE_URL: {url!r} is no address of a database; {USE}") from None
        if parsed.get_backend_name() != "sqlite":
            raise DatabaseError(f"LOTSE_DATABASE_URL: {parsed.get_backend_name()} is not supported; {USE}")
        if not parsed.database or parsed.database == ":memory:":
            raise DatabaseError(f"LOTSE_DATABASE_URL: a database in memory keeps nothing; {USE}")
        self._url = parsed.set(drivername="sqlite+aiosqlite")
        self._file = Path(parsed.database)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"LOTSE_DATA_DIR: {self._file.parent} cannot be made: {error.strerror}") from error
        self._engine = self._connectable()
        self._writing = asyncio.Lock()

    def _connectable(self) -> AsyncEngine:
        engine = create_async_engine(self._url, pool_size=1, max_overflow=0)

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: object, _: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]  # SQLAlchemy's BEGIN below, not the driver's
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not only unlinked
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    async def migrate(self) -> None:
        """Bring the tables to the newest version; from nothing or from any earlier version.

        Raises DatabaseError when the file cannot be opened, is no database, or is of a later version of Lotse.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))

        def upgrade(connection: Connection) -> None:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        self._read("PRAGMA schema_version")
        try:
            async with self.writing(durable=True) as connection:
                await connection.run_sync(upgrade)
        except CommandError as error:
            raise DatabaseError(f"the database {self._file} was made by a later version of Lotse: {error}") from error

    def require(self) -> None:
        """Raises DatabaseError when the program has never run on this database; makes no file."""
        if not self._file.exists():
            raise DatabaseError(f"the program has never run on the database {self._file}")
        self._read("SELECT version_num FROM alembic_version")

    def _read(self, statement: str) -> None:
        """Try the file by itself, before a connection with its own thread is made on it. Raises DatabaseError."""
        try:
            with closing(sqlite3.connect(self._file)) as connection:
                connection.execute(statement)
        except sqlite3.Error as error:
            raise DatabaseError(f"the database {self._file} cannot be used: {error}") from error

    async def compact(self) -> None:
        """Empty the write-ahead log into the database file: what was deleted is then nowhere on the disk."""
        async with self._writing, self._engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await cursor.close()

    @asynccontextmanager
    async def writing(self, durable: bool) -> AsyncIterator[AsyncConnection]:
        """A write transaction; committed at the end, rolled back by an exception."""
        async with self._writing, self._engine.connect() as connection:
            await _set_synchronous(connection, "FULL" if durable else "NORMAL")
            async with connection.begin():
                yield connection

    async def close(self) -> None:
        """Finish what is being written, then close."""
        async with self._writing:
            await self._engine.dispose()


async def _set_synchronous(connection: AsyncConnection, level: str) -> None:
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    cursor = await raw.driver_connection.execute(f"PRAGMA synchronous={level}")
    await cursor.close()
