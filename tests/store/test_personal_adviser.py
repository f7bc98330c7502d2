"""An adviser's own data, where the messenger knows people by another name than their chats (Matrix)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Choice, Content, Guide, Incoming, Sender, Utterance
from bot.store.schema import advisers, announcements
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

AMARA, MARIAS_CHAT, ROOM = Address("memory", "!amaras"), Address("memory", "!marias"), Address("memory", "room")
MARIA, JONAS = Sender("memory:@maria:city", "Maria Zanzibar"), Sender("memory:@jonas:city", "Jonas")


class Chat:
    """A newcomer and two advisers write; what is due is delivered at once."""

    def __init__(self, lotse: Assistant, channel: MemoryChannel) -> None:
        self._lotse = lotse
        self._channel = channel
        self._number = 0

    async def say(self, where: Address, who: Sender, content: Content | str, answers: str | None = None) -> None:
        self._number += 1
        read = Utterance(content) if isinstance(content, str) else content
        uid, private = f"memory:{self._number}", where != ROOM
        await self._lotse.take(Incoming(uid, where, who, read, private, "en", f"in{self._number}", answers))
        await self._lotse.workers[0].drain()

    async def advise(self) -> None:
        """Both advisers have a case and write an announcement; the newcomers are two."""
        for number, adviser in ((1, MARIA), (2, JONAS)):
            amara, chat = Sender(f"memory:@amara{number}:city", "Amara"), Address("memory", f"!amaras{number}")
            await self.say(chat, amara, "/human")
            await self.say(chat, amara, Choice("consent:yes"))
            await self.say(ROOM, adviser, f"/claim {number}")
            await self.say(ROOM, adviser, "/announce\nen: The meeting moves.")
        await self.say(ROOM, MARIA, "/name Maria Z.")

    async def gets_file(self, where: Address, who: Sender) -> dict[str, Any]:
        """What `/mydata` hands over."""
        await self.say(where, who, "/mydata")
        file = self._channel.seen_in(where.chat)[-1].reply.file
        assert file is not None
        kept: dict[str, Any] = json.loads(file.content)
        return kept


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as running:
        yield running


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
def chat(lotse: Assistant, channel: MemoryChannel) -> Chat:
    return Chat(lotse, channel)


async def test_the_file_of_an_adviser_holds_what_they_are_known_for(chat: Chat) -> None:
    await chat.advise()
    kept = await chat.gets_file(MARIAS_CHAT, MARIA)
    assert (kept["address"], kept["person"]) == (str(MARIAS_CHAT), MARIA.id)
    assert (kept["as an adviser"]["called"], kept["as an adviser"]["name"]) == ("Maria Zanzibar", "Maria Z.")
    assert [each["texts"] for each in kept["announcements"]] == [{"en": "The meeting moves\\."}]
    assert "jonas" not in json.dumps(kept).lower()


async def test_an_adviser_who_deletes_everything_is_known_no_more(lotse: Assistant, chat: Chat) -> None:
    await chat.advise()
    await chat.say(MARIAS_CHAT, MARIA, "/delete")
    await chat.say(MARIAS_CHAT, MARIA, Choice("delete:yes"))
    assert [row["id"] for row in await rows(lotse.database, advisers)] == [JONAS.id]
    kept = str(await rows(lotse.database, announcements))
    assert MARIA.id not in kept and "Zanzibar" not in kept and JONAS.id in kept


async def test_nobody_is_forgotten_through_somebody_elses_chat(lotse: Assistant, chat: Chat) -> None:
    await chat.advise()
    await chat.say(AMARA, Sender("memory:@amara:city", "Amara"), "/delete")
    await chat.say(AMARA, Sender("memory:@amara:city", "Amara"), Choice("delete:yes"))
    assert {row["id"] for row in await rows(lotse.database, advisers)} == {MARIA.id, JONAS.id}
