"""The alarm clock: ticks again and again, one at a time, survives failures, stops cleanly."""

import asyncio
import logging
from datetime import timedelta

import pytest

from scheduler.clock import Clock

SOON = timedelta(milliseconds=10)


async def test_ticks_until_it_is_stopped() -> None:
    third, ticks = asyncio.Event(), 0

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            third.set()

    clock = Clock(tick, SOON)
    clock.start()
    await asyncio.wait_for(third.wait(), 5)
    await clock.stop()
    stopped_at = ticks
    await asyncio.sleep(0.05)
    assert ticks == stopped_at


async def test_a_failing_tick_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    again, ticks = asyncio.Event(), 0

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise ValueError("no such table")
        again.set()

    clock = Clock(tick, SOON)
    clock.start()
    await asyncio.wait_for(again.wait(), 5)
    await clock.stop()
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert (record.name, record.getMessage()) == ("scheduler.clock", "tick failed")
    assert record.exc_info is not None and "no such table" in str(record.exc_info[1])


async def test_ticks_never_overlap_and_a_long_one_is_not_reported_as_a_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enough, running, most, ticks = asyncio.Event(), 0, 0, 0

    async def tick() -> None:
        nonlocal running, most, ticks
        running, ticks = running + 1, ticks + 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        if ticks == 2:
            enough.set()

    clock = Clock(tick, SOON)
    clock.start()
    await asyncio.wait_for(enough.wait(), 5)
    await clock.stop()
    assert most == 1
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_stop_waits_for_the_tick_that_is_running(caplog: pytest.LogCaptureFixture) -> None:
    begun, finished = asyncio.Event(), False

    async def tick() -> None:
        nonlocal finished
        begun.set()
        await asyncio.sleep(0.05)
        finished = True

    clock = Clock(tick, SOON)
    clock.start()
    await asyncio.wait_for(begun.wait(), 5)
    await clock.stop()
    assert finished
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_stop_does_not_fail_after_a_tick_that_was_cancelled() -> None:
    begun = asyncio.Event()

    async def tick() -> None:
        begun.set()
        raise asyncio.CancelledError

    clock = Clock(tick, SOON)
    clock.start()
    await asyncio.wait_for(begun.wait(), 5)
    await clock.stop()


async def test_starts_once_stops_any_number_of_times_and_starts_again() -> None:
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    clock = Clock(tick, SOON)
    await clock.stop()
    clock.start()
    with pytest.raises(RuntimeError, match="runs already"):
        clock.start()
    await clock.stop()
    await clock.stop()
    ticked.clear()
    clock.start()
    await asyncio.wait_for(ticked.wait(), 5)
    await clock.stop()


async def test_stop_at_any_moment_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    async def tick() -> None:
        await asyncio.sleep(0.001)

    for pause in range(20):
        clock = Clock(tick, timedelta(milliseconds=1))
        clock.start()
        await asyncio.sleep(pause / 2000)
        await clock.stop()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
