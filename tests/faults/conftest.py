"""A data folder, an empty folder of events, and `lotse run` on a local Bot API server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.core.model import Guide
from bot.store.database import Database
from tests.botapi import BotApiServer
from tests.conftest import LEARNED
from tests.faults.program import Program


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """The local Bot API server. At the end no call may have broken the published API."""
    async with BotApiServer() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def program(server: BotApiServer, guide: Guide, tmp_path: Path) -> AsyncIterator[Program]:
    """The program, not yet started; what was learned from the content lies ready for it."""
    events = tmp_path / "events"
    events.mkdir()
    data = tmp_path / "data"
    data.mkdir()
    for learned in LEARNED.glob("understanding-*.pickle"):
        shutil.copy(learned, data)
    made = Program(server, data, events, tmp_path / "log")
    yield made
    await made.end()


@pytest.fixture
async def database(program: Program) -> AsyncIterator[Database]:
    """The program's database, to be prepared before and looked into afterwards."""
    opened = Database(Settings(data_dir=program.data).database)
    await opened.migrate()
    yield opened
    await opened.close()
