"""Prints how fast a reminder reaches many people, how long replies take meanwhile, and what kills do to it.

`python -m tests.benchmarks.broadcasting free|limited|killed [people]`: `lotse run` in a process of its own against the
local Bot API server. free: nobody limits anything. limited: the program's own pace, and a server that keeps Telegram's
limits strictly. killed: as free, with 20 SIGKILLs spread over the reminder; every message is counted.
"""

from __future__ import annotations

import asyncio
import math
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.config import Settings
from bot.engine import TICKED
from bot.store import turns
from bot.store.database import Database
from scheduler.quiet import NEVER
from tests.benchmarks.subscribers import subscribe
from tests.botapi import BotApiServer, Limits, Person
from tests.channels.telegram_stage import soon
from tests.conftest import LEARNED
from tests.faults.program import Program
from tests.faults.test_kill import announce_event

PEOPLE = {"free": 20_000, "limited": 5_000, "killed": 100_000}
KILLS = 20
NEWCOMERS = 10
EVERY = 2.0  # seconds between two questions of newcomers, on average
QUESTION = "/help"
PATIENCE = 7200.0  # seconds for a whole reminder
REMINDER = "Willkommensabend"


class Reminded:
    """What the server has seen of the reminder, looked at again and again without reading it all anew."""

    def __init__(self, server: BotApiServer) -> None:
        self._server = server
        self._read = 0
        self.times: list[float] = []
        self.got: Counter[int] = Counter()

    def look(self) -> int:
        """How many people have it by now."""
        for sent in self._server.sent[self._read :]:
            if REMINDER in sent.text:
                self.times.append(sent.at)
                self.got[sent.chat_id] += 1
        self._read = len(self._server.sent)
        return len(self.got)

    def has_reached(self, people: int) -> bool:
        """Whether so many have it by now."""
        return self.look() >= people


async def ask(newcomers: list[Person], enough: asyncio.Event) -> list[float]:
    """Newcomers write at random moments; seconds until each has the answer."""
    chance = random.Random(11)
    waiting: list[asyncio.Task[float]] = []

    async def one(person: Person) -> float:
        began = time.monotonic()
        await person.says(QUESTION)
        await person.next_message(within=600)
        return time.monotonic() - began

    number = 0
    while not enough.is_set():
        number += 1
        waiting.append(asyncio.create_task(one(newcomers[number % NEWCOMERS])))
        await asyncio.sleep(max(chance.expovariate(1 / EVERY), 1.1 / NEWCOMERS))
    return sorted(await asyncio.gather(*waiting))


async def kill_again_and_again(program: Program, reminded: Reminded, people: int) -> list[int]:
    """Kill the program each time another share of the people has the reminder, and start it again."""
    chance = random.Random(17)
    killed_at = []
    for kill in range(KILLS):
        goal = int(people * (kill + chance.uniform(0.2, 0.9)) / KILLS)
        await soon(partial(reminded.has_reached, goal), within=PATIENCE)
        await program.kill()
        killed_at.append(reminded.look())
        await program.start()
    return killed_at


async def measure(mode: str, people: int, folder: Path) -> None:
    """Send one reminder to so many people and print what was seen."""
    (folder / "events").mkdir()
    (folder / "data").mkdir()
    for learned in LEARNED.glob("understanding-*.pickle"):
        shutil.copy(learned, folder / "data")
    async with BotApiServer() as server:
        subscribers = [server.person(f"Subscriber {number}", started=True) for number in range(people)]
        newcomers = [server.person(f"Newcomer {number}", language_code="de") for number in range(NEWCOMERS)]
        database = Database(Settings(data_dir=folder / "data").database)
        await database.migrate()
        await subscribe(database, [person.id for person in subscribers], quiet=NEVER)
        now = datetime.now(UTC)
        async with database.writing(durable=True) as db:
            await turns.save_mark(db, TICKED, (now - timedelta(minutes=10)).timestamp())
        await database.compact()
        await database.close()
        announce_event(folder / "events", now)
        module = "bot" if mode == "limited" else "tests.benchmarks.unpaced"
        program = Program(server, folder / "data", folder / "events", folder / "log", module=module)
        if mode == "limited":
            server.limits = Limits()
        reminded, enough = Reminded(server), asyncio.Event()
        await program.start()
        await program.listening()
        asking = asyncio.create_task(ask(newcomers, enough)) if mode != "killed" else None
        kills = await kill_again_and_again(program, reminded, people) if mode == "killed" else []
        with suppress(AssertionError):  # the report says what is missing
            await soon(partial(reminded.has_reached, people), within=PATIENCE)
        enough.set()
        took = await asking if asking is not None else []
        await asyncio.sleep(3)  # for what should not come
        reminded.look()
        await program.stop(within=20)
        report(mode, people, reminded, kills, took)
        print(f"| times that the limits were hit (429) | {server.flood_hits} |")
        print(f"| calls against the published API | {len(server.violations)} |")
        size = sum(file.stat().st_size for file in (folder / "data").glob("lotse.sqlite3*")) / 2**20
        print(f"| database afterwards | {size:.0f} MiB |")


def report(mode: str, people: int, reminded: Reminded, kills: list[int], took: list[float]) -> None:
    """Print the figures as a table."""
    seconds = reminded.times[-1] - reminded.times[0]
    print(f"{mode}, {people} people\n\n| what | figure |\n| --- | --- |")
    print(f"| people reached, of them twice | {len(reminded.got)}, {sum(n > 1 for n in reminded.got.values())} |")
    print(f"| from the first to the last | {seconds:.0f} s, {len(reminded.times) / seconds:.1f} / s |")
    if kills:
        repeated = sum(reminded.got.values()) - len(reminded.got)
        print(f"| kills, messages repeated, lost | {len(kills)}, {repeated}, {people - len(reminded.got)} |")
    if took:
        p99 = took[min(len(took) - 1, math.ceil(len(took) * 0.99) - 1)]
        print(f"| reply meanwhile, median of {len(took)} | {statistics.median(took) * 1000:.0f} ms |")
        print(f"| reply meanwhile, 99th percentile | {p99 * 1000:.0f} ms |")


def main() -> None:
    """Measure in a folder that is removed afterwards."""
    mode = sys.argv[1]
    people = int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE[mode]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(mode, people, Path(folder)))


if __name__ == "__main__":
    main()
