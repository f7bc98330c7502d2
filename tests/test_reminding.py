"""Reminders, corrections and weekly lists to many different people, with the real store and clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Conversation, Guide
from bot.store import planning, turns
from bot.store.schema import told
from scheduler.agenda import Event
from tests.core.scenes import CAFE
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

START = CAFE.start.replace(tzinfo=CAFE.zone)  # Thursday, 3 December 2026, 18:00 in Aachen
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PEOPLE = {
    "all": Conversation(Address("memory", "all"), language="de", subscribed=True),
    "welcome": Conversation(Address("memory", "welcome"), language="en", subscribed=True, topics=("welcome",)),
    "work": Conversation(Address("memory", "work"), language="en", subscribed=True, topics=("work",)),
    "week": Conversation(Address("memory", "week"), language="en", subscribed=True, leads=("one-week",)),
    "none": Conversation(Address("memory", "none"), language="en", subscribed=True, leads=()),
    "away": Conversation(Address("memory", "away"), language="en", subscribed=True, paused=True),
    "coming": Conversation(Address("memory", "coming"), language="en", coming=(f"{CAFE.handle}-261203",)),
    "weekly": Conversation(Address("memory", "weekly"), language="de", subscribed=True, leads=(), digest=True),
    "culture": Conversation(
        Address("memory", "culture"), language="de", subscribed=True, topics=("culture",), leads=(), digest=True
    ),
}


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
def time() -> Timepiece:
    piece = Timepiece()
    piece.move_to(START - 8 * DAY)
    return piece


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel, time: Timepiece) -> AsyncIterator[Assistant]:
    async with assistant(settings, replace(guide, events=(CAFE,)), [channel], None, time) as running:
        async with running.database.writing(durable=False) as db:
            for person in PEOPLE.values():
                await turns.save_conversation(db, person, time.now())
        await running.engine.tick()
        yield running


async def goes_on(lotse: Assistant, until: datetime, step: timedelta = 10 * MINUTE) -> None:
    """The clock ticks until then, and what is due is sent."""
    while lotse.time.now() < until:
        lotse.time.move_to(min(lotse.time.now() + step, until))
        await lotse.engine.tick()
        await lotse.workers[0].drain()


def heard(channel: MemoryChannel, sign: str) -> list[str]:
    """Who got messages that begin with the sign, once for each."""
    return sorted(posted.to.chat for posted in channel.posted if posted.text.startswith(sign))


async def test_everybody_is_reminded_as_they_chose(lotse: Assistant, channel: MemoryChannel) -> None:
    await goes_on(lotse, START - 2 * DAY)
    assert heard(channel, "📅") == ["week"]
    await goes_on(lotse, START - 12 * HOUR)
    assert heard(channel, "📅") == ["all", "coming", "week", "welcome"]
    await goes_on(lotse, START + HOUR)
    assert heard(channel, "📅") == ["all", "all", "coming", "coming", "week", "welcome", "welcome"]


async def test_who_was_told_and_who_comes_hears_of_a_change_and_nobody_else(
    lotse: Assistant, channel: MemoryChannel, guide: Guide
) -> None:
    await goes_on(lotse, START - 20 * HOUR)
    lotse.engine.use(replace(guide, events=(replace(CAFE, cancelled=True),)))
    await goes_on(lotse, START + HOUR)
    assert heard(channel, "❌") == ["all", "coming", "week", "welcome"]
    assert heard(channel, "📅") == ["all", "coming", "week", "welcome"], "no reminder of what is called off"


async def test_who_comes_hears_of_a_change_before_any_reminder(
    lotse: Assistant, channel: MemoryChannel, guide: Guide
) -> None:
    await goes_on(lotse, START - 7 * DAY - HOUR)
    lotse.engine.use(replace(guide, events=(replace(CAFE, cancelled=True),)))
    await goes_on(lotse, START - 6 * DAY)
    assert heard(channel, "❌") == ["coming"]


async def test_a_restart_in_the_middle_repeats_no_correction(
    settings: Settings, guide: Guide, channel: MemoryChannel, time: Timepiece
) -> None:
    cancelled = replace(guide, events=(replace(CAFE, cancelled=True),))
    for knows in (replace(guide, events=(CAFE,)), cancelled, cancelled, cancelled):
        async with assistant(settings, knows, [channel], None, time) as lotse:
            async with lotse.database.writing(durable=False) as db:
                await turns.save_conversation(db, PEOPLE["coming"], time.now())
            for _ in range(3):
                time.move_to(time.now() + 4 * MINUTE)
                await lotse.engine.tick()
                await lotse.workers[0].drain()
    assert heard(channel, "❌") == ["coming"]


async def test_a_reminder_in_the_quiet_hours_comes_after_them(
    lotse: Assistant, channel: MemoryChannel, guide: Guide
) -> None:
    early = replace(CAFE, start=datetime(2026, 12, 3, 9, 30), end=datetime(2026, 12, 3, 11))  # noqa: DTZ001
    lotse.engine.use(replace(guide, events=(early,)))
    await goes_on(lotse, START.replace(hour=7, minute=55))
    before = heard(channel, "📅").count("all")
    await goes_on(lotse, START.replace(hour=8, minute=5))
    assert heard(channel, "📅").count("all") == before + 1


async def test_who_stops_hears_nothing_of_what_was_planned_for_later(lotse: Assistant, channel: MemoryChannel) -> None:
    lotse.time.move_to(START - 20 * HOUR)  # ten in the evening after an outage: planned for the morning
    await lotse.engine.tick()
    async with lotse.database.writing(durable=False) as db:
        await planning.end_broadcasts(db, Address("memory", "all"))
    await goes_on(lotse, START - 9 * HOUR)
    assert "all" not in heard(channel, "📅")
    assert "welcome" in heard(channel, "📅")


async def test_the_weekly_list_tells_of_new_events_once(lotse: Assistant, channel: MemoryChannel, guide: Guide) -> None:
    await goes_on(lotse, START - 6 * DAY)
    assert heard(channel, "🗓") == ["weekly"], "culture follows something else"
    fresh = replace(
        CAFE, id="choir", topics=("culture",), title={"de": "Chor"}, start=START.replace(tzinfo=None) + 9 * DAY
    )
    both: tuple[Event, ...] = (CAFE, replace(fresh, end=fresh.start + HOUR))
    lotse.engine.use(replace(guide, events=both))
    await goes_on(lotse, START + HOUR)
    lists = [posted for posted in channel.posted if posted.text.startswith("🗓")]
    assert sorted(posted.to.chat for posted in lists) == ["culture", "weekly", "weekly"]
    assert all("Chor" in posted.text and "Café" not in posted.text for posted in lists[1:])


async def test_planning_goes_on_where_it_was_and_takes_nobody_twice(
    lotse: Assistant, channel: MemoryChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CHUNK", 1)
    await goes_on(lotse, START - 12 * HOUR)
    assert heard(channel, "📅") == ["all", "coming", "week", "welcome"]
    assert len(await rows(lotse.database, told)) == 1
