"""Deliveries: once, in order, replies first, and what happens when a messenger refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.channels import SendError
from bot.config import Settings
from bot.core.model import Address, Broadcast, Conversation, Guide, Lane, Reply, Send
from bot.core.wishes import EVERYTHING
from bot.store import delivering, planning, turns
from bot.store.schema import conversations, deliveries
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

ROOM = Address("memory", "room")
AMARA, KOFI = Address("memory", "amara"), Address("memory", "kofi")
LATER = datetime.now(UTC) + timedelta(days=365)


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as running:
        yield running


async def enqueue(lotse: Assistant, *sends: Send) -> None:
    async with lotse.database.writing(durable=False) as db:
        for send in sends:
            assert send.key is not None
            await turns.enqueue(db, send, send.key, lotse.time.now())


async def subscribe(lotse: Assistant, *people: tuple[Address, str]) -> None:
    async with lotse.database.writing(durable=False) as db:
        for address, language in people:
            await turns.save_conversation(
                db, Conversation(address, language=language, subscribed=True), lotse.time.now()
            )


async def drain(lotse: Assistant) -> None:
    await lotse.workers[0].drain()


async def test_a_key_is_delivered_once(lotse: Assistant, channel: MemoryChannel) -> None:
    await enqueue(lotse, Send(AMARA, Reply("one"), key="k"), Send(AMARA, Reply("two"), key="k"))
    await drain(lotse)
    await enqueue(lotse, Send(AMARA, Reply("three"), key="k"))
    await drain(lotse)
    assert [p.text for p in channel.posted] == ["one"]


async def test_replies_go_before_reminders(lotse: Assistant, channel: MemoryChannel) -> None:
    await enqueue(
        lotse,
        Send(AMARA, Reply("reminder"), key="1", lane=Lane.REMINDER),
        Send(ROOM, Reply("case"), key="2", lane=Lane.CASE),
        Send(ROOM, Reply("card"), key="4", lane=Lane.CARD),
        Send(KOFI, Reply("reply"), key="3"),
    )
    await drain(lotse)
    assert [p.text for p in channel.posted] == ["reply", "card", "case", "reminder"]


async def test_a_later_message_does_not_overtake_an_earlier_one_to_the_same_chat(
    lotse: Assistant, channel: MemoryChannel
) -> None:
    channel.failures.append(SendError("server error", temporary=True))
    await enqueue(lotse, Send(AMARA, Reply("first"), key="1"), Send(AMARA, Reply("second"), key="2"))
    await drain(lotse)
    assert channel.posted == []
    lotse.time.move_to(lotse.time.now() + timedelta(minutes=1))
    await asyncio.sleep(1.1)  # the channel's pause after trouble
    await drain(lotse)
    assert [p.text for p in channel.posted] == ["first", "second"]


async def test_retry_after_holds_back_the_whole_channel(lotse: Assistant, channel: MemoryChannel) -> None:
    channel.failures.append(SendError("too many requests", retry_after=0.3))
    await enqueue(lotse, Send(AMARA, Reply("one"), key="1"), Send(KOFI, Reply("two"), key="2"))
    await drain(lotse)
    assert channel.posted == []
    await asyncio.sleep(0.35)
    await drain(lotse)
    assert sorted(p.text for p in channel.posted) == ["one", "two"]


async def test_what_is_refused_for_good_is_given_up_with_the_reason(lotse: Assistant, channel: MemoryChannel) -> None:
    channel.failures.append(SendError("can't parse entities"))
    await enqueue(lotse, Send(AMARA, Reply("bad"), key="1"), Send(KOFI, Reply("good"), key="2"))
    await drain(lotse)
    assert [p.text for p in channel.posted] == ["good"]
    first, second = await rows(lotse.database, deliveries)
    assert (first["status"], first["reason"], first["body"]) == ("failed", "can't parse entities", None)
    assert (second["status"], second["body"]) == ("sent", None)


async def test_somebody_who_blocked_the_bot_is_paused_but_stays_subscribed(
    lotse: Assistant, channel: MemoryChannel
) -> None:
    await subscribe(lotse, (AMARA, "de"))
    channel.failures.append(SendError("bot was blocked by the user", gone=True))
    await enqueue(lotse, Send(AMARA, Reply("one"), key="1"), Send(AMARA, Reply("two"), key="2"))
    await drain(lotse)
    assert channel.posted == []
    (amara,) = await rows(lotse.database, conversations)
    assert (amara["subscribed"], amara["paused"]) == (True, True)
    assert [row["status"] for row in await rows(lotse.database, deliveries)] == ["failed", "dropped"]


async def test_an_unreachable_advisers_room_makes_cases_wait(lotse: Assistant, channel: MemoryChannel) -> None:
    channel.failures.append(SendError("bot was kicked", gone=True))
    await enqueue(lotse, Send(ROOM, Reply("card"), key="case:1:card", lane=Lane.CASE, case=1))
    await drain(lotse)
    assert channel.posted == []
    lotse.time.move_to(lotse.time.now() + timedelta(minutes=2))
    await drain(lotse)
    assert [p.text for p in channel.posted] == ["card"]


async def test_a_chat_that_moved_gets_its_messages_at_the_new_address(lotse: Assistant, channel: MemoryChannel) -> None:
    channel.failures.append(SendError("group migrated", moved_to=Address("memory", "room-2")))
    await enqueue(lotse, Send(ROOM, Reply("card"), key="case:1:card", lane=Lane.CASE, case=1))
    await drain(lotse)
    assert [(p.to.chat, p.text) for p in channel.posted] == [("room-2", "card")]


async def test_a_reminder_reaches_every_subscriber_once_in_their_language(
    lotse: Assistant, channel: MemoryChannel
) -> None:
    await subscribe(lotse, (AMARA, "de"), (KOFI, "en"))
    broadcast = Broadcast("reminder:x", {"de": Reply("Morgen"), "en": Reply("Tomorrow")}, LATER, (EVERYTHING,))
    for _ in range(2):
        async with lotse.database.writing(durable=False) as db:
            await planning.plan(db, broadcast, lotse.time.now())
        await drain(lotse)
    assert sorted((p.to.chat, p.text) for p in channel.posted) == [("amara", "Morgen"), ("kofi", "Tomorrow")]


async def test_a_reminder_reaches_those_who_wished_for_it_and_nobody_else(
    lotse: Assistant, channel: MemoryChannel
) -> None:
    people = {
        "all": Conversation(Address("memory", "all"), language="en", subscribed=True),
        "german": Conversation(Address("memory", "german"), language="en", subscribed=True, topics=("german", "work")),
        "culture": Conversation(Address("memory", "culture"), language="en", subscribed=True, topics=("culture",)),
        "comes": Conversation(Address("memory", "comes"), language="en", coming=("x-261203",)),
        "away": Conversation(Address("memory", "away"), language="en", subscribed=True, paused=True),
        "nothing": Conversation(Address("memory", "nothing"), language="en"),
    }
    wanted = (EVERYTHING, "topic:german", "topic:work", "event:x-261203")
    async with lotse.database.writing(durable=False) as db:
        for person in people.values():
            await turns.save_conversation(db, person, lotse.time.now())
        broadcast = Broadcast("reminder:x", {"en": Reply("Soon")}, LATER, wanted)
        assert await planning.plan(db, broadcast, lotse.time.now()) == (3, None)
        await turns.save_conversation(db, replace(people["german"], topics=("culture",)), lotse.time.now())
        later = Broadcast("reminder:y", {"en": Reply("Sooner")}, LATER, wanted)
        assert await planning.plan(db, later, lotse.time.now()) == (2, None)
    await drain(lotse)
    assert sorted(p.to.chat for p in channel.posted if p.text == "Soon") == ["all", "comes", "german"]
    assert sorted(p.to.chat for p in channel.posted if p.text == "Sooner") == ["all", "comes"]


async def test_a_reminder_is_not_sent_after_the_start(lotse: Assistant, channel: MemoryChannel) -> None:
    await subscribe(lotse, (AMARA, "de"))
    start = lotse.time.now() + timedelta(hours=1)
    async with lotse.database.writing(durable=False) as db:
        await planning.plan(db, Broadcast("reminder:x", {"de": Reply("Bald")}, start, (EVERYTHING,)), lotse.time.now())
    lotse.time.move_to(start)
    await drain(lotse)
    assert channel.posted == []
    assert [row["status"] for row in await rows(lotse.database, deliveries)] == ["expired"]


async def test_what_a_killed_process_had_in_hand_is_due_again_at_the_next_start(
    settings: Settings, guide: Guide, channel: MemoryChannel
) -> None:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as first:
        await enqueue(first, Send(AMARA, Reply("one"), key="1"))
        async with first.database.writing(durable=False) as db:
            held = await delivering.claim(db, "memory", first.time.now(), 120.0, (), Lane.REMINDER)
        assert held is not None
        await drain(first)
        assert channel.posted == []
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as second:
        await drain(second)
    assert [p.text for p in channel.posted] == ["one"]


async def test_a_changed_message_that_is_gone_is_sent_anew(lotse: Assistant, channel: MemoryChannel) -> None:
    await enqueue(lotse, Send(ROOM, Reply("card"), key="case:1:card", lane=Lane.CASE, case=1))
    await drain(lotse)
    channel.failures.append(SendError("message to edit not found", missing=True))
    await enqueue(lotse, Send(ROOM, Reply("claimed"), key="2", lane=Lane.CASE, case=1, replaces="case:1:card"))
    await drain(lotse)
    await enqueue(lotse, Send(ROOM, Reply("closed"), key="3", lane=Lane.CASE, case=1, replaces="case:1:card"))
    await drain(lotse)
    assert [(p.text, p.changes) for p in channel.posted] == [("card", None), ("claimed", None), ("closed", "m2")]


async def test_a_change_that_waits_is_overtaken_by_the_next(lotse: Assistant, channel: MemoryChannel) -> None:
    await enqueue(lotse, Send(ROOM, Reply("one"), key="said", lane=Lane.CASE, case=1))
    for number, words in enumerate(("one two", "one two three")):
        await enqueue(lotse, Send(ROOM, Reply(words), key=f"c{number}", lane=Lane.CASE, case=1, replaces="said"))
    await lotse.workers[0].drain()
    assert [posted.text for posted in channel.posted] == ["one two three"]


async def test_a_change_after_the_message_is_out_changes_it_once(lotse: Assistant, channel: MemoryChannel) -> None:
    await enqueue(lotse, Send(ROOM, Reply("one"), key="said", lane=Lane.CASE, case=1))
    await lotse.workers[0].drain()
    for number, words in enumerate(("one two", "one two three")):
        await enqueue(lotse, Send(ROOM, Reply(words), key=f"c{number}", lane=Lane.CASE, case=1, replaces="said"))
    await lotse.workers[0].drain()
    assert [(posted.text, posted.changes is None) for posted in channel.posted] == [
        ("one", True),
        ("one two three", False),
    ]
