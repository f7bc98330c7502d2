"""Everything about one person: handed over in full, removed without a trace, and moved along with the chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.channels import SendError
from bot.config import Settings
from bot.core.model import (
    Address,
    Broadcast,
    Choice,
    Content,
    Conversation,
    Departure,
    Guide,
    Incoming,
    Lane,
    Move,
    Reply,
    Send,
    Sender,
    Status,
    Utterance,
)
from bot.core.wishes import EVERYTHING
from bot.store import blocking, bookmarks, delivering, personal, planning, turns
from bot.store.database import Database
from bot.store.schema import cases, conversations, deliveries, inbox, metadata, moves, postings, threads
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

AMARA, KOFI, ROOM = Address("memory", "amara4711"), Address("memory", "kofi4712"), Address("memory", "room")
MARIA = Sender("memory:maria4713", "Maria")
QUESTION = "What about my zanzibar diploma?"
ANSWER = "Please bring the zanzibar papers"


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as running:
        yield running


class Chat:
    """Two newcomers and an adviser write; what is due is delivered at once."""

    def __init__(self, lotse: Assistant, channel: MemoryChannel) -> None:
        self._lotse = lotse
        self._channel = channel
        self.number = 0

    async def say(self, who: Address, content: Content | str, deliver: bool = True) -> None:
        self.number += 1
        in_room = who == ROOM
        incoming = Incoming(
            f"memory:{self.number}",
            who,
            MARIA if in_room else Sender(str(who), "Amara Okafor"),
            Utterance(content) if isinstance(content, str) else content,
            private=not in_room,
            locale="en",
            message=f"in{self.number}",
            reply_to=self._channel.seen_in("room")[0].message if in_room and self._channel.seen_in("room") else None,
        )
        await self._lotse.take(incoming)
        if deliver:
            await self._lotse.workers[0].drain()

    async def whole_case(self, newcomer: Address = AMARA) -> None:
        """A question, a handoff, an answer, a subscription; nothing is closed."""
        await self.say(newcomer, QUESTION)
        await self.say(newcomer, "/human")
        await self.say(newcomer, Choice("consent:yes"))
        await self.say(newcomer, Choice("subscribe"))
        await self.say(ROOM, ANSWER)
        await self.say(newcomer, "the zanzibar papers are lost")


@pytest.fixture
def chat(lotse: Assistant, channel: MemoryChannel) -> Chat:
    return Chat(lotse, channel)


def on_disk(folder: Path) -> dict[str, bytes]:
    """All files of the data folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def everything(database: Database) -> str:
    """All that all tables hold, as one text."""
    return "\n".join([str(row) for table in metadata.sorted_tables for row in await rows(database, table)])


async def exported(lotse: Assistant, who: Address) -> dict[str, Any]:
    async with lotse.database.writing(durable=False) as db:
        kept: dict[str, Any] = json.loads(await personal.export(db, who, str(who)))
    return kept


async def seal(lotse: Assistant, who: Address) -> None:
    async with lotse.database.writing(durable=False) as db:
        await bookmarks.save_sealed(db, "memory", f"sealed by {who}", str(who), "zanzibar cipher", 1.0)


# --- export (GDPR Art. 15 and 20) ---


async def test_the_file_holds_every_row_about_the_person(lotse: Assistant, chat: Chat, channel: MemoryChannel) -> None:
    await chat.whole_case()
    async with lotse.database.writing(durable=False) as db:
        await delivering.note_thread(db, ROOM, 1, "99")
        await turns.enqueue(db, Send(AMARA, Reply("waits")), "waits", lotse.time.now())
    await seal(lotse, AMARA)
    kept = await exported(lotse, AMARA)
    assert kept["messages that wait for their keys"] == [f"sealed by {AMARA}"]
    assert kept["address"] == str(AMARA)
    assert kept["conversation"]["question"] == QUESTION
    assert kept["conversation"]["subscribed"] is True
    assert [case["question"] for case in kept["cases"]] == [QUESTION]
    assert [row["thread"] for row in kept["threads of cases"]] == ["99"]
    about = [r for r in await rows(lotse.database, deliveries) if r["address"] == str(AMARA) or r["case_number"] == 1]
    assert [row["key"] for row in kept["deliveries"]] == [row["key"] for row in about]
    assert "waits" in kept["deliveries"][-1]["body"]
    posted = await rows(lotse.database, postings)
    assert sorted(row["message"] for row in kept["messages of cases"]) == sorted(row["message"] for row in posted)


async def test_the_file_holds_nothing_about_others(lotse: Assistant, chat: Chat) -> None:
    await chat.whole_case(KOFI)
    await chat.say(AMARA, "hello")
    assert "kofi" not in json.dumps(await exported(lotse, AMARA))
    kofis = json.dumps(await exported(lotse, KOFI))
    assert "Maria" not in kofis, "she has chosen no name for newcomers to read"
    assert "maria4713" not in kofis


async def test_of_somebody_unknown_the_file_is_empty(lotse: Assistant) -> None:
    kept = await exported(lotse, AMARA)
    assert {name: value for name, value in kept.items() if value} == {"address": str(AMARA), "person": str(AMARA)}


async def test_the_command_sends_the_file_and_keeps_no_copy(
    lotse: Assistant, chat: Chat, channel: MemoryChannel
) -> None:
    await chat.say(AMARA, QUESTION)
    await chat.say(AMARA, "/mydata")
    file = channel.posted[-1].reply.file
    assert file is not None
    assert json.loads(file.content)["conversation"]["question"] == QUESTION
    assert not [row for row in await rows(lotse.database, deliveries) if row["file"] or row["forget"]]


# --- deletion (GDPR Art. 17) ---


async def erase(chat: Chat, who: Address = AMARA, deliver: bool = True) -> None:
    await chat.say(who, "/delete")
    await chat.say(who, Choice("delete:yes"), deliver=deliver)


async def test_deletion_leaves_no_trace_in_any_table(lotse: Assistant, chat: Chat, channel: MemoryChannel) -> None:
    await chat.whole_case()
    await seal(lotse, AMARA)
    async with lotse.database.writing(durable=False) as db:
        await delivering.note_thread(db, ROOM, 1, "99")
    assert "amara4711" in await everything(lotse.database)
    assert "zanzibar" in await everything(lotse.database)
    await erase(chat)
    assert channel.seen_in("amara4711")[-1].text == lotse.engine._guide.texts.say("en", "delete.done")
    left = await everything(lotse.database)
    assert "amara" not in left.lower()
    assert "zanzibar" not in left
    for table in (cases, postings, threads):
        assert await rows(lotse.database, table) == []
    assert [row["address"] for row in await rows(lotse.database, conversations)] == [str(ROOM)]


async def test_deletion_takes_the_copies_out_of_the_advisers_room(
    lotse: Assistant, chat: Chat, channel: MemoryChannel
) -> None:
    await chat.whole_case()
    assert "zanzibar" in " ".join(posted.text for posted in channel.seen_in("room"))
    await erase(chat)
    left = [posted.text for posted in channel.seen_in("room")]
    assert left == [lotse.engine._guide.texts.say("de", "room.newcomer_deleted", number=1)]
    (removed,) = channel.removed
    assert removed.chat == ROOM
    assert f"in{chat.number - 3}" in removed.messages, "what the adviser wrote to the person goes as well"


async def test_what_may_not_be_removed_holds_nothing_up(lotse: Assistant, chat: Chat, channel: MemoryChannel) -> None:
    await chat.whole_case()
    await chat.say(AMARA, "/delete")
    channel.refuses_removals = True
    await chat.say(AMARA, Choice("delete:yes"))
    assert channel.seen_in("amara4711")[-1].text == lotse.engine._guide.texts.say("en", "delete.done")
    assert [row["status"] for row in await rows(lotse.database, deliveries) if row["status"] == "due"] == []


async def test_a_block_outlasts_the_deletion_without_a_word_about_the_person(lotse: Assistant, chat: Chat) -> None:
    await chat.whole_case()
    await chat.say(ROOM, "/block 1 says zanzibar all the time")
    assert (await exported(lotse, AMARA))["reaches no adviser"]["why"] == "says zanzibar all the time"
    await erase(chat)
    left = await everything(lotse.database)
    assert "zanzibar" not in left
    assert "amara" not in left
    async with lotse.database.writing(durable=False) as db:
        assert await blocking.load_block(db, AMARA, str(AMARA)) is not None
        assert await blocking.load_block(db, KOFI, str(KOFI)) is None
    await chat.say(AMARA, "/human")
    assert await rows(lotse.database, cases) == []
    await chat.say(ROOM, "/unblock 1")
    await chat.say(AMARA, "/human")
    await chat.say(AMARA, Choice("consent:yes"))
    assert len(await rows(lotse.database, cases)) == 1


async def test_deletion_leaves_no_trace_on_the_disk(
    settings: Settings, guide: Guide, channel: MemoryChannel, tmp_path: Path
) -> None:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as lotse:
        chat = Chat(lotse, channel)
        await chat.whole_case()
        await chat.whole_case(KOFI)
        assert b"zanzibar" in b"".join(on_disk(tmp_path).values())
        await erase(chat)
        await erase(chat, KOFI)
        await lotse.engine.tick()
        for name, content in on_disk(tmp_path).items():
            assert not [trace for trace in (b"zanzibar", b"amara", b"kofi", b"Okafor") if trace in content], name


async def test_deletion_leaves_others_alone(lotse: Assistant, chat: Chat) -> None:
    await chat.whole_case(KOFI)
    await chat.say(AMARA, QUESTION)
    before = await exported(lotse, KOFI)
    await erase(chat)
    assert await exported(lotse, KOFI) == before


async def test_what_was_on_its_way_during_the_deletion_leaves_no_trace(lotse: Assistant, chat: Chat) -> None:
    await chat.whole_case()
    await chat.say(ROOM, "on its way", deliver=False)
    now = lotse.time.now()
    async with lotse.database.writing(durable=False) as db:
        held = await delivering.claim(db, "memory", now, 120.0, (), Lane.REMINDER)
    assert held is not None
    assert held.to == AMARA
    async with lotse.database.writing(durable=True) as db:
        await personal.erase(db, AMARA, str(AMARA))
    for settle in ("part", "sent", "failed", "retry"):
        async with lotse.database.writing(durable=False) as db:
            await delivering.note_posting(db, AMARA, "m99", held.key, 1, now)
            if settle == "part":
                await delivering.note_part(db, held, 1)
            elif settle == "sent":
                await delivering.note_sent(db, held, now)
            elif settle == "failed":
                await delivering.note_failed(db, held, "refused", now)
            else:
                await delivering.note_retry(db, held, now.timestamp(), "later")
        assert "amara" not in await everything(lotse.database)


async def test_a_confirmation_that_cannot_be_delivered_leaves_no_trace(
    lotse: Assistant, chat: Chat, channel: MemoryChannel
) -> None:
    await chat.say(AMARA, QUESTION)
    await chat.say(AMARA, "/delete")
    channel.failures.append(SendError("bot was blocked by the user", gone=True))
    await chat.say(AMARA, Choice("delete:yes"))
    assert "amara" not in await everything(lotse.database)


async def test_who_blocks_the_bot_before_the_confirmation_leaves_no_trace(lotse: Assistant, chat: Chat) -> None:
    await chat.say(AMARA, QUESTION)
    await erase(chat, deliver=False)
    await chat.say(AMARA, Departure("blocked"))
    assert "amara" not in await everything(lotse.database)


async def test_a_departure_that_a_reminder_brought_up_leaves_no_trace(
    lotse: Assistant, chat: Chat, channel: MemoryChannel
) -> None:
    await chat.say(AMARA, Choice("subscribe"))
    later = lotse.time.now() + timedelta(hours=2)
    async with lotse.database.writing(durable=False) as db:
        await planning.plan(db, Broadcast("reminder:x", {"en": Reply("Soon")}, later, (EVERYTHING,)), lotse.time.now())
    channel.failures.append(SendError("bot was blocked by the user", gone=True))
    await lotse.workers[0].drain()
    await erase(chat)
    assert "amara" not in await everything(lotse.database)


# --- a chat that cannot be reached, a chat that moved ---


async def test_what_waits_for_a_chat_that_is_gone_is_dropped(lotse: Assistant) -> None:
    now = lotse.time.now()
    async with lotse.database.writing(durable=False) as db:
        await turns.enqueue(db, Send(AMARA, Reply("one")), "1", now)
        await turns.enqueue(db, Send(KOFI, Reply("two")), "2", now)
        await personal.drop_waiting(db, AMARA, now)
    first, second = await rows(lotse.database, deliveries)
    assert (first["status"], first["body"]) == ("dropped", None)
    assert second["status"] == "due"


async def test_everything_moves_with_the_chat(lotse: Assistant, chat: Chat) -> None:
    there = Address("memory", "amara-2")
    await chat.whole_case()
    async with lotse.database.writing(durable=False) as db:
        await turns.enqueue(db, Send(AMARA, Reply("waits")), "waits", lotse.time.now())
    await chat.say(AMARA, Move(there), deliver=False)
    async with lotse.database.writing(durable=False) as db:
        conversation = await turns.load_conversation(db, there)
        case = await turns.load_case_of(db, there)
        assert await turns.load_conversation(db, AMARA) is None
        assert await turns.current_address(db, AMARA) == there
    assert conversation is not None
    assert (conversation.address, conversation.question, conversation.subscribed) == (there, QUESTION, True)
    assert case is not None
    assert (case.newcomer, case.status) == (there, Status.CLAIMED)
    assert not [row for row in await rows(lotse.database, deliveries) if row["address"] == str(AMARA)]
    assert (await exported(lotse, there))["earlier addresses"] == [str(AMARA)]
    await erase(chat, there)
    assert "amara" not in await everything(lotse.database)


async def test_the_advisers_room_may_move_again_and_again(lotse: Assistant) -> None:
    second, third = Address("memory", "room-2"), Address("memory", "room-3")
    now = lotse.time.now()
    async with lotse.database.writing(durable=False) as db:
        await turns.save_conversation(db, Conversation(ROOM, language="en"), now)
        await delivering.note_thread(db, ROOM, 1, "99")
        for old, new in ((ROOM, second), (second, third)):
            await personal.relocate(db, old, new, now)
        for address in (ROOM, second, third):
            assert await turns.current_address(db, address) == third
        assert await turns.language_of(db, third) == "en"
        assert await delivering.thread_of(db, third, 1) is None
        await personal.relocate(db, third, ROOM, now)
        for address in (ROOM, second, third):
            assert await turns.current_address(db, address) == ROOM
    assert {row["new"] for row in await rows(lotse.database, moves)} == {str(ROOM)}


async def test_the_inbox_holds_nothing_about_people(lotse: Assistant, chat: Chat) -> None:
    await chat.whole_case()
    assert "amara" not in str(await rows(lotse.database, inbox))
