"""Whatever people send on Telegram gets a helpful sentence: never silence, never a crash."""

from __future__ import annotations

from typing import Any

import pytest

from tests.botapi import BotApiServer, Person
from tests.channels.telegram_stage import Stage, brings, soon

ODD = (
    "🙂",
    "👨‍👩‍👧‍👦🇩🇪",
    "...",
    "?!",
    "\u200b\u200e",
    "\u2060x\u2060",
    "%s %(x)s {name} {0}",
    "\x00",
    "ا" * 50,
    "//",
    "!",
    "#",
    "1" * 400,
)
FILES: dict[str, dict[str, Any]] = {
    "poll": {
        "poll": {
            "id": "1",
            "question": "?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "venue": {
        "location": {"latitude": 50.7, "longitude": 6.1},
        "venue": {"location": {"latitude": 50.7, "longitude": 6.1}, "title": "Rathaus", "address": "Markt"},
    },
    "video note": {"video_note": {"file_id": "1", "file_unique_id": "1", "length": 240, "duration": 5}},
    "story": {"story": {"chat": {"id": 1, "type": "private"}, "id": 1}},
    "checklist": {"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "a"}]}},
}


async def test_a_very_long_message_is_answered(alone: Stage, amara: Person) -> None:
    words = "Ich suche eine Wohnung und weiß nicht weiter. " * 200
    for piece in (words[:4096], words[4096:5000]):  # Telegram's apps cut what is longer than 4096
        await amara.says(piece)
        assert (await amara.next_message()).text
    await amara.says("😀" * 2048)
    assert (await amara.next_message()).text


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
async def test_odd_texts_are_answered(alone: Stage, amara: Person, text: str) -> None:
    await amara.says(text)
    assert (await amara.next_message()).text


async def test_everything_but_text_gets_a_sentence_of_its_kind(alone: Stage, amara: Person) -> None:
    await amara.sends_voice()
    assert "Sprachnachrichten" in (await amara.next_message()).text
    await amara.sends_photo()
    assert "Bilder" in (await amara.next_message()).text
    await amara.sends_sticker()
    assert "Sticker" in (await amara.next_message()).text
    await amara.sends_document()
    assert "Dateien" in (await amara.next_message()).text
    await amara.sends_location(50.77, 6.08)
    assert "Standort" in (await amara.next_message()).text
    await amara.sends_contact("+49 241 1")
    assert (await amara.next_message()).text


@pytest.mark.parametrize("kind", FILES)
async def test_rare_kinds_of_messages_are_answered_too(alone: Stage, amara: Person, kind: str) -> None:
    brings(alone.server, amara, FILES[kind])
    assert (await amara.next_message()).text


async def test_what_stands_under_a_photo_is_read(alone: Stage, amara: Person) -> None:
    await amara.says("/start")
    await amara.next_message()
    await amara.sends_photo(caption="Ich möchte mit einem Menschen sprechen")
    assert "Bilder" not in (await amara.next_message()).text


async def test_service_messages_are_not_answered(alone: Stage, telegram: BotApiServer, amara: Person) -> None:
    message = await amara.says("/start")
    await amara.next_message()
    brings(telegram, amara, {"pinned_message": message.json})
    brings(telegram, amara, {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}})
    await soon(lambda: telegram.updates.pending == 0)
    await amara.says("/help")
    await amara.next_message()
    assert len(telegram.sent) == 2


async def test_a_message_that_the_library_cannot_read_blocks_nobody(
    alone: Stage, amara: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    brings(alone.server, amara, {"poll": {"question": "Geheim?"}})
    await amara.says("/start")
    assert "Willkommen" in (await amara.next_message()).text
    heard = capfd.readouterr()
    assert "could not be read" in heard.out + heard.err and "Geheim" not in heard.out + heard.err
