"""New content without a restart: turns go on while it is read, and a broken one changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Guide, Incoming, Sender, Utterance
from tests.conftest import LEARNED
from tests.memory_channel import MemoryChannel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped content that may be changed."""
    shutil.copytree(
        Settings().knowledge_dir, tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    return tmp_path / "knowledge"


async def test_turns_go_on_while_content_is_read_and_a_broken_one_changes_nothing(
    folder: Path, tmp_path: Path, guide: Guide
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for learned in LEARNED.glob("*.pickle"):
        shutil.copy(learned, data)
    settings = Settings(data_dir=data, knowledge_dir=folder)
    channel = MemoryChannel()
    texts = folder / "locales" / "en" / "texts.yaml"
    async with assistant(settings, guide, [channel], None, Timepiece()) as lotse:
        texts.write_text(texts.read_text(encoding="utf-8").replace("Welcome to Aachen!", "Good to see you!"), "utf-8")
        reading = lotse.reload()
        assert "Welcome to Aachen!" in await _greeting(lotse, channel, "1")
        assert not reading.done()
        assert lotse.reload() is reading
        await reading
        assert "Good to see you!" in await _greeting(lotse, channel, "2")
        texts.write_text("greeting: [", encoding="utf-8")
        await lotse.reload()
        assert "Good to see you!" in await _greeting(lotse, channel, "3")


async def _greeting(lotse: Assistant, channel: MemoryChannel, uid: str) -> str:
    chat = Address("memory", uid)
    await lotse.take(Incoming(f"memory:{uid}", chat, Sender(uid, "Amara"), Utterance("/start"), locale="en"))
    for worker in lotse.workers:
        await worker.drain()
    return " ".join(posted.text for posted in channel.posted if posted.to == chat)
