"""The running program: stopped in the middle of its work, started with a wrong token, its database held by another."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest

from bot.store.database import Database
from bot.store.schema import deliveries, inbox
from tests.botapi import BotApiServer, Fault
from tests.channels.telegram_stage import soon
from tests.faults.program import Program
from tests.store_reading import rows

pytestmark = pytest.mark.slow
STOP_WITHIN = 8.0  # seconds; container engines kill after ten
HELD = 13.0  # seconds; longer than SQLite itself waits for a lock


async def test_sigterm_finishes_what_is_in_hand_and_ends_well(
    server: BotApiServer, program: Program, database: Database
) -> None:
    amara, kofi = server.person("Amara", language_code="de"), server.person("Kofi", language_code="de")
    await program.start()
    await program.listening()
    server.inject(Fault("sendMessage", "slow", delay=1.0))
    await amara.says("/start")
    await server.called("sendMessage")
    await kofi.says("/start")  # its turn is taken, its reply waits behind Amara's
    await soon(lambda: server.updates.pending <= 1)
    began = time.monotonic()
    assert await program.stop(STOP_WITHIN) == 0
    assert 0.3 < time.monotonic() - began < STOP_WITHIN
    assert "Willkommen" in (await amara.next_message()).text
    assert {row["status"] for row in await rows(database, deliveries)} <= {"sent", "due"}
    await program.start()
    assert "Willkommen" in (await kofi.receives("Willkommen", within=30)).text
    assert await program.stop(STOP_WITHIN) == 0
    assert len(server.sent) == 2
    assert "Traceback" not in program.log.read_text(encoding="utf-8")


async def test_sigterm_ends_an_idle_program_at_once(server: BotApiServer, program: Program) -> None:
    await program.start()
    await program.listening()
    began = time.monotonic()
    assert await program.stop(STOP_WITHIN) == 0
    assert time.monotonic() - began < 3


async def test_sigterm_ends_a_program_that_telegram_does_not_answer(server: BotApiServer, program: Program) -> None:
    server.inject(Fault("sendMessage", "slow", delay=30))
    await program.start()
    await program.listening()
    await server.person("Amara").says("/start")
    await server.called("sendMessage")
    assert await program.stop(STOP_WITHIN + 2) == 0


async def test_a_wrong_token_ends_the_program_with_one_readable_line(server: BotApiServer, program: Program) -> None:
    server.inject(Fault("getMe", status=401))
    await program.start()
    assert program.process is not None
    assert await asyncio.wait_for(program.process.wait(), 30) == 1
    last = program.log.read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("lotse: telegram: ") and "LOTSE_TELEGRAM_TOKEN" in last


async def test_nothing_is_lost_while_another_program_holds_the_database(
    server: BotApiServer, program: Program, database: Database
) -> None:
    amara, kofi = server.person("Amara", language_code="de"), server.person("Kofi", language_code="de")
    await program.start()
    await program.listening()
    await amara.says("/start")
    await amara.next_message()
    with closing(sqlite3.connect(program.data / "lotse.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await amara.says("/help")
        await kofi.says("/start")
        await asyncio.sleep(HELD)
        assert len(server.sent) == 1
        other.execute("ROLLBACK")
    assert "Das kann ich" in (await amara.receives("Das kann ich", within=20)).text
    assert "Willkommen" in (await kofi.receives("Willkommen", within=20)).text
    assert await program.stop(STOP_WITHIN) == 0
    assert len(server.sent) == 3
    assert len(await rows(database, inbox)) == 3
    assert {row["status"] for row in await rows(database, deliveries)} == {"sent"}
