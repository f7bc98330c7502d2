"""Edits, deletions and ticks through engine, outbox and store; the advisers' room lost and found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.channels import SendError
from bot.config import Settings
from bot.core.model import (
    Address,
    Choice,
    Content,
    Edit,
    Guide,
    Incoming,
    MessageRef,
    Redaction,
    Reply,
    Sender,
    Utterance,
)
from tests.memory_channel import MemoryChannel

AMARA, ROOM = Address("memory", "amara"), Address("memory", "room")


class Chat:
    """Two people write on a messenger in memory."""

    def __init__(self, lotse: Assistant, channel: MemoryChannel) -> None:
        self.lotse, self.channel = lotse, channel
        self.steps = 0

    async def does(self, who: str, content: Content | str, message: str, answers: str | None = None) -> None:
        self.steps += 1
        read = Utterance(content) if isinstance(content, str) else content
        room = who == "maria"
        sender = Sender(f"memory:{who}", who.capitalize())
        chat = ROOM if room else AMARA
        uid = f"memory:{self.steps}"
        await self.lotse.take(
            Incoming(uid, chat, sender, read, private=not room, locale="en", message=message, reply_to=answers)
        )
        await self.lotse.workers[0].drain()

    async def opens_case(self) -> None:
        await self.does("amara", "/human", "a1")
        await self.does("amara", Choice("consent:yes"), "a1")
        await self.does("maria", "/claim 1", "m1")

    def last(self, chat: Address) -> tuple[str, str | None]:
        """What was posted last in a chat, and which message it changed."""
        posted = [each for each in self.channel.posted if each.to == chat][-1]
        return posted.text, posted.changes


@pytest.fixture
async def chat(settings: Settings, guide: Guide) -> AsyncIterator[Chat]:
    channel = MemoryChannel()
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as lotse:
        yield Chat(lotse, channel)


async def test_edits_and_deletions_change_the_copy_both_ways(chat: Chat) -> None:
    await chat.opens_case()
    for who, chats, message in (("amara", ROOM, "a7"), ("maria", AMARA, "m7")):
        card = chat.channel.seen_in("room")[0].message
        await chat.does(who, "Hello there", message, card)
        copy = next(each.message for each in reversed(chat.channel.posted) if each.to == chats)
        for text in ("Hello again", "Hello for the third time"):
            await chat.does(who, Edit(text), message, card)
            assert chat.last(chats)[1] == copy
            assert chat.last(chats)[0].endswith(text)
        await chat.does(who, Redaction(), message)
        assert chat.last(chats)[1] == copy
        assert "Hello" not in chat.last(chats)[0]


async def test_an_advisers_message_is_ticked_only_when_the_newcomers_messenger_took_it(chat: Chat) -> None:
    await chat.opens_case()
    card = chat.channel.seen_in("room")[0].message
    assert chat.channel.reactions == [], "a command is no message to the newcomer"
    chat.channel.failures = [SendError("no connection", temporary=True)]
    await chat.does("maria", "Good morning", "m8", card)
    assert chat.channel.reactions == []
    chat.lotse.time.move_to(chat.lotse.time.now() + timedelta(minutes=2))
    chat.lotse.workers[0]._pace._paused_until = 0.0
    await chat.lotse.workers[0].drain()
    assert chat.channel.reactions == [(MessageRef(ROOM, "m8"), "👍")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(SendError("file is too big", why="too_large"), "too_large"), (SendError("strange"), "refused")],
)
async def test_what_does_not_arrive_is_told_in_the_room_once(
    chat: Chat, error: SendError, reason: str, guide: Guide
) -> None:
    await chat.opens_case()
    chat.channel.failures = [error]
    await chat.does("maria", "Good morning", "m8", chat.channel.seen_in("room")[0].message)
    assert guide.texts.say("de", f"reached.reason.{reason}") in chat.last(ROOM)[0]
    assert chat.channel.reactions == []


class Breaking(MemoryChannel):
    """A channel with a defect."""

    def render(self, reply: Reply) -> Sequence[Reply]:
        if "defect" in reply.text:
            raise ValueError("cannot be rendered")
        return super().render(reply)


async def test_what_a_defect_kept_from_the_newcomer_is_told_in_the_room(settings: Settings, guide: Guide) -> None:
    channel = Breaking()
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as lotse:
        chat = Chat(lotse, channel)
        await chat.opens_case()
        await chat.does("maria", "This is a defect", "m8", channel.seen_in("room")[0].message)
    assert guide.texts.say("de", "reached.reason.refused") in chat.last(ROOM)[0]
    assert channel.reactions == []


async def test_a_tick_that_is_refused_is_no_loss_of_the_room(chat: Chat, guide: Guide) -> None:
    await chat.opens_case()
    card = chat.channel.seen_in("room")[0].message
    chat.channel.refuses_reactions = True
    await chat.does("maria", "Good morning", "m8", card)
    assert chat.last(AMARA)[0].endswith("Good morning")
    assert not [each for each in chat.channel.posted if each.text == guide.texts.say("en", "reached.room_lost")]


async def test_when_the_room_is_lost_the_newcomer_is_told_once_and_the_case_goes_on_when_it_is_back(
    chat: Chat, guide: Guide
) -> None:
    await chat.opens_case()
    lost = guide.texts.say("en", "reached.room_lost")
    for number in range(3):
        chat.channel.failures = [SendError("bot was kicked from the group chat", gone=True)]
        await chat.does("amara", f"Are you there {number}?", f"a{number}")
        chat.lotse.time.move_to(chat.lotse.time.now() + timedelta(minutes=2))
    assert [each.text for each in chat.channel.posted].count(lost) == 1
    chat.channel.failures = []
    await chat.lotse.workers[0].drain()
    heard = [each.text for each in chat.channel.posted if each.to == ROOM and "Are you there" in each.text]
    assert len(heard) == 3
    chat.channel.failures = [SendError("bot was kicked from the group chat", gone=True)]
    await chat.does("amara", "And now?", "a9")
    assert [each.text for each in chat.channel.posted].count(lost) == 2, "a second loss is told again"
