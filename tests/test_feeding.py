"""Feeds in the running program: they are there after the start, and delay neither it, nor a turn, nor the stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Guide, Incoming, Sender, Utterance
from bot.feeding import Feeding
from scheduler.agenda import Event
from scheduler.feeds import Feeds, parse_source
from scheduler.fetching import Fetcher
from tests.memory_channel import MemoryChannel
from tests.scheduler.calendars import a_calendar, meaning

AMARA, ROOM = Address("memory", "amara"), Address("memory", "room")
TOMORROW = datetime.now(UTC) + timedelta(days=1)
BALL = f"UID:ball\nSUMMARY:Ball der Lotsen\nDTSTART:{TOMORROW:%Y%m%dT%H%M00Z}"
AT_ONCE = 2.0  # seconds: nobody waits for the network


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def asking(uid: str) -> Incoming:
    return Incoming(uid, AMARA, Sender("memory:amara", "Amara"), Utterance("/events"), locale="de")


async def test_the_events_of_a_feed_are_listed_and_stay_after_a_reload_and_a_restart(
    settings: Settings, guide: Guide, tmp_path: Path
) -> None:
    path = tmp_path / "own.ics"
    path.write_bytes(a_calendar(BALL))
    settings = settings.model_copy(update={"feeds": (parse_source(str(path)),)})
    channel = MemoryChannel()
    async with assistant(settings, replace(guide, events=()), [channel], ROOM, Timepiece()) as lotse:
        (worker,) = lotse.workers
        await until(lambda: bool(lotse.events))
        await lotse.take(asking("memory:1"))
        await worker.drain()
        assert "Ball der Lotsen" in channel.posted[-1].text
        await lotse.reload()
        assert "ball" in [event.uid for event in lotse.events]
        assert len(lotse.events) > 1, "the files' events are there too"
    path.unlink()
    async with assistant(settings, replace(guide, events=()), [channel], ROOM, Timepiece()) as lotse:
        await until(lambda: bool(lotse.events))
        assert [event.uid for event in lotse.events] == ["ball"]


async def test_a_feed_that_hangs_delays_nothing(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def never(host: str, port: int) -> list[str]:
        asked.set()
        await asyncio.sleep(3600)
        return []

    feeds = Feeds(
        [parse_source("https://city.example/x.ics")], tmp_path, ZoneInfo("Europe/Berlin"), meaning, Fetcher(never)
    )
    published: list[tuple[Event, ...]] = []
    feeding = Feeding(feeds, published.append, _nobody, lambda: datetime.now(UTC))
    began = time.monotonic()
    feeding.start()
    await asked.wait()
    await feeding.stop()
    assert time.monotonic() - began < AT_ONCE
    assert published == [()]


async def _nobody(feed: str) -> None:
    raise AssertionError("too early to tell anybody")


async def test_without_feeds_nothing_runs(tmp_path: Path) -> None:
    feeding = Feeding(
        Feeds([], tmp_path, ZoneInfo("Europe/Berlin"), meaning, Fetcher()), _never, _nobody, lambda: datetime.now(UTC)
    )
    feeding.start()
    await feeding.stop()


def _never(events: tuple[Event, ...]) -> None:
    raise AssertionError("nothing to publish")


async def test_the_advisers_room_hears_of_a_feed_in_long_trouble_once_a_day(
    settings: Settings, guide: Guide, tmp_path: Path
) -> None:
    channel = MemoryChannel()
    now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    moments = [now + timedelta(minutes=15, seconds=1) * step for step in range(12)] + [now + timedelta(days=1)]
    feeds = Feeds([parse_source(str(tmp_path / "gone.ics"))], tmp_path, settings.timezone, meaning, Fetcher())
    piece = Timepiece()
    async with assistant(settings, guide, [channel], ROOM, piece) as lotse:
        (worker,) = lotse.workers
        feeding = Feeding(feeds, lambda events: None, lotse.engine.report_feed, piece.now)
        told_at = []
        for moment in moments:
            piece.move_to(moment)
            before = len(channel.posted)
            await feeding.refresh()
            await worker.drain()
            told_at += [moment] * (len(channel.posted) - before)
        (tmp_path / "gone.ics").write_bytes(a_calendar())
        await feeding.refresh()
    assert told_at == [moments[4], now + timedelta(days=1)]
    assert all(posted.to == ROOM and "gone.ics" in posted.text for posted in channel.posted)


async def test_what_is_unforeseen_in_a_feed_ends_nothing(
    settings: Settings, guide: Guide, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    def fail(events: tuple[Event, ...]) -> None:
        raise RuntimeError("unforeseen")

    feeds = Feeds([parse_source(str(tmp_path / "gone.ics"))], tmp_path, settings.timezone, meaning, Fetcher())
    feeding = Feeding(feeds, fail, _nobody, lambda: datetime.now(UTC))
    feeding.start()
    await asyncio.sleep(0.1)
    await feeding.stop()
