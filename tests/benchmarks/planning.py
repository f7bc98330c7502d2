"""Prints what it costs to plan one reminder for many subscribers: time, memory, growth, and how long others wait.

`python -m tests.benchmarks.planning [people]`, some minutes for the million that is the default.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.model import Broadcast, Reply
from bot.event_clock import plan_all
from bot.logs import set_up_logging
from bot.store.database import Database
from tests.benchmarks.subscribers import subscribe

PEOPLE = 1_000_000
FIRST = 10**9  # the first person's number on Telegram


async def watched(database: Database, stop: asyncio.Event) -> tuple[float, float]:
    """The longest that the event loop stood still and the longest that a turn waited for the database (seconds)."""
    stalled = waited = 0.0

    async def loop() -> None:
        nonlocal stalled
        while not stop.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            stalled = max(stalled, time.perf_counter() - began - 0.005)

    async def turn() -> None:
        nonlocal waited
        while not stop.is_set():
            began = time.perf_counter()
            async with database.writing(durable=True):
                waited = max(waited, time.perf_counter() - began)
            await asyncio.sleep(0.1)

    await asyncio.gather(loop(), turn())
    return stalled, waited


async def measure(people: int, folder: Path) -> None:
    """Plan one reminder and print what it cost."""
    file = folder / "bench.sqlite3"
    database = Database(f"sqlite:///{file}")
    await database.migrate()
    began = time.perf_counter()
    await subscribe(database, range(FIRST, FIRST + people))
    await database.compact()
    print(f"{people} subscribers stored in {time.perf_counter() - began:.0f} s, {file.stat().st_size / 2**20:.0f} MiB")
    now = datetime.now(UTC)
    hours = ("quiet:21-8", "quiet:never")
    among = (("lead:one-day",), hours)
    reminder = Broadcast(
        "reminder:bench", {"de": Reply("Morgen in Aachen")}, now + timedelta(days=1), ("topic:*", "topic:german"), among
    )
    before, memory = file.stat().st_size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stop = asyncio.Event()
    watching = asyncio.create_task(watched(database, stop))
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    await plan_all(database, reminder, now)
    seconds = time.perf_counter() - began
    stop.set()
    stalled, waited = await watching
    await database.compact()
    grown = (file.stat().st_size - before) / 2**20
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 2**10
    print(f"planned in {seconds:.1f} s ({people / seconds:.0f} a second), again without effect:", end=" ")
    began = time.perf_counter()
    await plan_all(database, reminder, now)
    print(f"{time.perf_counter() - began:.1f} s")
    print(f"a turn waited {waited * 1000:.0f} ms at most, the event loop stood still {stalled * 1000:.0f} ms at most")
    print(f"memory grew by {more:.0f} MiB, the database by {grown:.0f} MiB")
    await database.close()


def main() -> None:
    """Measure in a folder that is removed afterwards."""
    set_up_logging("text", 40)
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(people, Path(folder)))


if __name__ == "__main__":
    main()
