"""`lotse announce FILE`: looked at first, sent by the running program with --yes, mistakes named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.announce_command import AnnouncementError, announce, read_announcement
from bot.app import Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Conversation, Guide
from bot.store import turns
from bot.store.database import DatabaseError
from tests.memory_channel import MemoryChannel

GOOD = "text:\n  de: Wir *ziehen* um.\n  en: We move.\ntopics: [german]\n"
READER = Conversation(Address("memory", "reader"), language="de", subscribed=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "announcement.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


async def test_a_file_is_shown_first_and_sent_with_yes(settings: Settings, guide: Guide, file: Path) -> None:
    channel = MemoryChannel()
    time = Timepiece()
    time.move_to(datetime.now(UTC).replace(hour=11))
    async with assistant(settings, guide, [channel], None, time) as lotse:
        async with lotse.database.writing(durable=False) as db:
            await turns.save_conversation(db, replace(READER, quiet="never"), time.now())
        shown = await announce(settings, file, confirmed=False)
        assert "1 people" in shown
        assert "Wir *ziehen* um." in shown
        assert "not sent" in shown
        await lotse.engine.tick()
        await lotse.workers[0].drain()
        assert channel.posted == []
        assert "announcement 1" in await announce(settings, file, confirmed=True)
        for _ in range(2):
            await lotse.engine.tick()
            await lotse.workers[0].drain()
        assert [posted.to.chat for posted in channel.posted] == ["reader"]


async def test_without_a_database_there_is_nobody_to_tell(settings: Settings, file: Path, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"data_dir": tmp_path / "nothing"})
    with pytest.raises(DatabaseError):
        await announce(nowhere, file, confirmed=True)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("topics: [german]", "topics: [gardening]", "topics"),
        ("topics: [german]", "languages: [xx]", "xx"),
        ("  en: We", "  xx: We", "xx"),
        ("text:", "words:", "words"),
        ("de: Wir *ziehen* um.", "de: ''", "text.de"),
        ("text:", "text: [", "announcement.yaml"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(old: str, new: str, complaint: str, guide: Guide, file: Path) -> None:
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(AnnouncementError) as refused:
        read_announcement(file, guide, datetime.now(UTC))
    assert "announcement.yaml" in str(refused.value)
    assert complaint in str(refused.value)
