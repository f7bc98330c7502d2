"""Announcements from the room to many people, with the real store: counted, sent once, shown, stopped."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.channels import SendError
from bot.config import Settings
from bot.core.model import Address, Choice, Content, Conversation, Guide, Incoming, Sender, Utterance
from bot.store import announcing, personal, turns
from tests.memory_channel import MemoryChannel, Posted

ROOM = Address("memory", "room")
MORNING = datetime.fromisoformat("2026-12-01T10:00:00+01:00")
PEOPLE = [
    Conversation(Address("memory", "all"), language="de", subscribed=True),
    Conversation(Address("memory", "german"), language="en", subscribed=True, topics=("german",)),
    Conversation(Address("memory", "work"), language="en", subscribed=True, topics=("work",)),
    Conversation(Address("memory", "nothing"), language="en"),
    Conversation(Address("memory", "away"), language="en", subscribed=True, paused=True),
]


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
def time() -> Timepiece:
    piece = Timepiece()
    piece.move_to(MORNING)
    return piece


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel, time: Timepiece) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel], ROOM, time) as running:
        async with running.database.writing(durable=False) as db:
            for person in PEOPLE:
                await turns.save_conversation(db, person, time.now())
        yield running


class Room:
    """An adviser's doings in the room."""

    def __init__(self, lotse: Assistant, channel: MemoryChannel) -> None:
        self._lotse, self._channel, self._number = lotse, channel, 0

    async def does(self, content: Content | str) -> None:
        self._number += 1
        said = Utterance(content) if isinstance(content, str) else content
        incoming = Incoming(f"memory:{self._number}", ROOM, Sender("memory:1", "Maria"), said, private=False)
        await self._lotse.take(incoming)
        await self.goes_on()

    async def goes_on(self, deliver: bool = True) -> None:
        """The clock ticks, and what is due is sent."""
        self._lotse.time.move_to(self._lotse.time.now() + timedelta(minutes=1))
        await self._lotse.engine.tick()
        if deliver:
            await self._lotse.workers[0].drain()

    def board(self) -> Posted:
        return next(each for each in self._channel.seen_in("room") if each.text.startswith("📣"))


@pytest.fixture
def room(lotse: Assistant, channel: MemoryChannel) -> Room:
    return Room(lotse, channel)


def confirmed(by: str = "Maria") -> Incoming:
    return Incoming(f"memory:{by}", ROOM, Sender(f"memory:{by}", by), Choice("announcement:1:send"), private=False)


def reached(channel: MemoryChannel) -> list[str]:
    return sorted(p.to.chat for p in channel.posted if p.text.startswith("📣") and p.to.chat != "room")


async def test_an_announcement_is_shown_confirmed_and_sent_to_those_who_follow(
    room: Room, channel: MemoryChannel
) -> None:
    await room.does("/announce german\nde: Wir ziehen um.\nen: We move.")
    assert "2 Menschen" in room.board().text
    assert reached(channel) == []
    await room.does(Choice("announcement:1:send"))
    await room.goes_on()
    assert reached(channel) == ["all", "german"]
    texts = {p.to.chat: p.text for p in channel.posted if p.text.startswith("📣")}
    assert "Wir ziehen um." in texts["all"]
    assert "We move." in texts["german"]
    assert "zugestellt: 2" in room.board().text
    assert "fertig" in room.board().text
    assert room.board().buttons == ()


async def test_everybody_who_wants_reminders_gets_what_is_for_all(room: Room, channel: MemoryChannel) -> None:
    await room.does("/announce @en\nWe are closed tomorrow.")
    await room.does(Choice("announcement:1:send"))
    await room.goes_on()
    assert reached(channel) == ["german", "work"]


async def test_what_could_not_be_delivered_is_counted_by_reason(
    room: Room, channel: MemoryChannel, lotse: Assistant
) -> None:
    await room.does("/announce\nHallo")
    await lotse.take(confirmed())
    await room.goes_on(deliver=False)
    channel.failures_to["work"] = SendError("message is too long")
    await room.goes_on()
    await room.goes_on()
    assert "nicht zustellbar: 1" in room.board().text
    assert "message is too long: 1" in room.board().text
    assert len(reached(channel)) == 2


async def test_a_stopped_announcement_goes_to_nobody_else(room: Room, channel: MemoryChannel, lotse: Assistant) -> None:
    lotse.time.move_to(MORNING.replace(hour=23))
    await room.does("/announce\nHallo")
    await room.does(Choice("announcement:1:send"))
    assert "wartet: 3" in room.board().text
    await room.does(Choice("announcement:1:stop"))
    assert "angehalten" in room.board().text
    lotse.time.move_to(MORNING.replace(day=2, hour=12))
    await room.goes_on()
    assert reached(channel) == []


async def test_who_stops_in_the_meantime_gets_nothing(room: Room, channel: MemoryChannel, lotse: Assistant) -> None:
    lotse.time.move_to(MORNING.replace(hour=23))
    await room.does("/announce\nHallo")
    await room.does(Choice("announcement:1:send"))
    leaving = Incoming("memory:x", Address("memory", "all"), Sender("memory:all", "A"), Utterance("/stop"))
    await lotse.take(leaving)
    lotse.time.move_to(MORNING.replace(day=2, hour=12))
    await room.goes_on()
    assert reached(channel) == ["german", "work"]


async def test_a_restart_in_the_middle_sends_nothing_twice(
    settings: Settings, guide: Guide, channel: MemoryChannel, time: Timepiece
) -> None:
    for number in range(4):
        async with assistant(settings, guide, [channel], ROOM, time) as lotse:
            room = Room(lotse, channel)
            room._number = number * 10
            if number == 0:
                async with lotse.database.writing(durable=False) as db:
                    for person in PEOPLE:
                        await turns.save_conversation(db, person, time.now())
                await room.does("/announce\nHallo")
            elif number == 1:
                await lotse.take(confirmed())
            await room.goes_on(deliver=number != 1)
    assert reached(channel) == ["all", "german", "work"]


async def test_only_the_second_person_confirms_where_that_is_set(
    settings: Settings, guide: Guide, channel: MemoryChannel, time: Timepiece
) -> None:
    two = settings.model_copy(update={"announce_by_two": True})
    async with assistant(two, guide, [channel], ROOM, time) as lotse:
        room = Room(lotse, channel)
        await room.does("/announce\nHallo")
        await room.does(Choice("announcement:1:send"))
        assert "noch nicht gesendet" in room.board().text
        await lotse.take(confirmed("Jonas"))
        await room.goes_on()
        assert "bestätigt von Jonas" in room.board().text


async def test_stopping_the_first_leaves_the_tenth_alone(room: Room, channel: MemoryChannel, lotse: Assistant) -> None:
    lotse.time.move_to(MORNING.replace(hour=23))
    for _ in range(10):
        await room.does("/announce\nHallo")
    for number in (1, 10):
        await room.does(Choice(f"announcement:{number}:send"))
    await room.does(Choice("announcement:1:stop"))
    lotse.time.move_to(MORNING.replace(day=2, hour=12))
    await room.goes_on()
    assert reached(channel) == ["all", "german", "work"]


async def test_who_asks_for_it_is_told_of_what_they_announced_and_forgotten(room: Room, lotse: Assistant) -> None:
    maria = Address("memory", "1")
    await room.does("/announce\nHallo")
    await room.does("/announce\nAdieu")
    await room.does(Choice("announcement:1:send"))
    async with lotse.database.writing(durable=False) as db:
        assert [
            each["texts"] for each in json.loads(await personal.export(db, maria, str(maria)))["announcements"]
        ] == [
            {"de": "Hallo"},
            {"de": "Adieu"},
        ]
        await personal.erase(db, maria, str(maria))
        sent, draft = [await announcing.load_announcement(db, number) for number in (1, 2)]
    assert sent and draft
    assert (sent.by, sent.author, sent.stage, draft.stage) == ("", "", "sending", "discarded")
