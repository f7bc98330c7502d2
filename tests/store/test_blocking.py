"""A block holds for the person, also where the messenger gives each of their chats an address of its own (Matrix)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Choice, Content, Guide, Incoming, Sender, Utterance
from bot.store.schema import blocks, cases
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

ROOM = Address("memory", "room")
AMARA, KOFI, MARIA = [Sender(f"memory:@{name}:city", name.capitalize()) for name in ("amara", "kofi", "maria")]


class Chat:
    """People write, each in whichever chat; what is due is delivered at once."""

    def __init__(self, lotse: Assistant) -> None:
        self._lotse = lotse
        self._number = 0

    async def say(self, chat: str, who: Sender, *what: Content | str) -> None:
        for each in what:
            self._number += 1
            content = Utterance(each) if isinstance(each, str) else each
            uid, where = f"memory:{self._number}", Address("memory", chat)
            await self._lotse.take(Incoming(uid, where, who, content, private=chat != "room", locale="en"))
            await self._lotse.workers[0].drain()


@pytest.fixture
async def lotse(settings: Settings, guide: Guide) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [MemoryChannel()], ROOM, Timepiece()) as running:
        yield running


@pytest.fixture
def chat(lotse: Assistant) -> Chat:
    return Chat(lotse)


@pytest.mark.parametrize("before", [(), ("/delete", Choice("delete:yes"))], ids=["at once", "after a deletion"])
async def test_a_new_chat_is_no_way_round_a_block(lotse: Assistant, chat: Chat, before: tuple[Content | str]) -> None:
    ask = ("/human", Choice("consent:yes"))
    await chat.say("!first", AMARA, *ask)
    await chat.say("room", MARIA, "/block 1 insults", "/blocked")
    await chat.say("!first", AMARA, *before)
    await chat.say("!second", AMARA, *ask)
    assert [row["newcomer"] for row in await rows(lotse.database, cases) if row["status"] != "closed"] == []
    await chat.say("!kofis", KOFI, *ask)
    assert len([row for row in await rows(lotse.database, cases) if row["status"] != "closed"]) == 1
    await chat.say("room", MARIA, "/unblock 1")
    assert await rows(lotse.database, blocks) == []
    await chat.say("!second", AMARA, *ask)
    assert len([row for row in await rows(lotse.database, cases) if row["status"] != "closed"]) == 2


async def test_who_is_blocked_is_listed_once(lotse: Assistant, chat: Chat) -> None:
    await chat.say("!first", AMARA, "/human", Choice("consent:yes"))
    await chat.say("room", MARIA, "/block 1 insults", "/blocked")
    channel = lotse.workers[0]._channel
    assert isinstance(channel, MemoryChannel)
    assert channel.seen_in("room")[-1].text.count("insults") == 1
