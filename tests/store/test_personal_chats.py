"""A person who has several chats (Matrix): the file and the deletion reach all of them, whichever they are asked in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Choice, Content, Departure, Guide, Incoming, Sender, Utterance
from bot.store.schema import cases, conversations, metadata
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

ROOM = Address("memory", "room")
AMARA, KOFI = Sender("memory:@amara:city", "Amara"), Sender("memory:@kofi:city", "Kofi")


class Chat:
    """People write, each in whichever chat; what is due is delivered at once."""

    def __init__(self, lotse: Assistant, channel: MemoryChannel) -> None:
        self._lotse = lotse
        self._channel = channel
        self._number = 0

    async def say(self, chat: str, who: Sender, *what: Content | str) -> None:
        for each in what:
            self._number += 1
            content = Utterance(each) if isinstance(each, str) else each
            uid = f"memory:{self._number}"
            await self._lotse.take(Incoming(uid, Address("memory", chat), who, content, locale="en"))
            await self._lotse.workers[0].drain()

    async def two_chats(self) -> None:
        """Amara has a case in a chat that she has left, and begins another; Kofi has a case, too."""
        await self.say("!first", AMARA, "What about my zanzibar diploma?", "/human", Choice("consent:yes"))
        await self.say("!first", Sender("", ""), Departure("left"))
        await self.say("!kofis", KOFI, "What about my pemba diploma?", "/human", Choice("consent:yes"))
        await self.say("!second", AMARA, "Where do I register my address?")

    def file(self, chat: str) -> str:
        found = self._channel.seen_in(chat)[-1].reply.file
        assert found is not None
        return found.content.decode()


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as running:
        yield running


@pytest.fixture
def chat(lotse: Assistant, channel: MemoryChannel) -> Chat:
    return Chat(lotse, channel)


async def test_the_file_holds_what_is_stored_of_all_chats(chat: Chat) -> None:
    await chat.two_chats()
    await chat.say("!second", AMARA, "/mydata")
    (first,) = json.loads(chat.file("!second"))["other chats"]
    assert first["address"] == "memory:!first"
    assert [case["question"] for case in first["cases"]] == ["What about my zanzibar diploma?"]
    assert "pemba" not in chat.file("!second")
    await chat.say("!kofis", KOFI, "/mydata")
    assert json.loads(chat.file("!kofis"))["other chats"] == []
    assert "zanzibar" not in chat.file("!kofis")


async def test_the_deletion_reaches_all_chats(lotse: Assistant, chat: Chat, channel: MemoryChannel) -> None:
    await chat.two_chats()
    await chat.say("!second", AMARA, "/delete", Choice("delete:yes"))
    left = "\n".join([str(row) for table in metadata.sorted_tables for row in await rows(lotse.database, table)])
    assert "zanzibar" not in left and "!first" not in left and "!second" not in left
    assert "zanzibar" not in " ".join(posted.text for posted in channel.seen_in("room"))
    assert [row["newcomer"] for row in await rows(lotse.database, cases)] == ["memory:!kofis"]
    kept = await rows(lotse.database, conversations)
    assert "memory:!kofis" in [row["address"] for row in kept]


async def test_of_the_account_only_a_mark_is_kept(lotse: Assistant, chat: Chat) -> None:
    await chat.two_chats()
    left = "\n".join([str(row) for table in metadata.sorted_tables for row in await rows(lotse.database, table)])
    assert AMARA.id not in left
