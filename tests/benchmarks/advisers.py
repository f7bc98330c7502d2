"""Prints how long a newcomer's message takes to the advisers' room while a reminder goes to 5,000 people.

`python -m tests.benchmarks.advisers`, about five minutes: the local Bot API server keeps Telegram's limits strictly.
"""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.dialects.sqlite import insert

from bot.channels.telegram import Telegram
from bot.config import Settings
from bot.core.model import Address, Broadcast, Conversation, Reply
from bot.core.wishes import EVERYTHING
from bot.guide import load_guide
from bot.logs import set_up_logging
from bot.store import planning, turns
from bot.store.schema import wishes
from tests.botapi import BotApiServer, Limits, Person, Room
from tests.channels.telegram_stage import Stage, case_topic, on_telegram, opens_case
from tests.conftest import LEARNED

SUBSCRIBERS = 5000
NEWCOMERS = 6
BROADCAST_WITHIN = 600.0  # seconds
PER_MINUTE = 10  # messages of newcomers to the room, on average
REMINDER = "Tomorrow in Aachen"


async def remind(stage: Stage, server: BotApiServer) -> None:
    """Put a reminder to everybody into the outbox; the bot may write to each of them."""
    now = datetime.now(UTC)
    people = [server.person(f"Subscriber {number}", started=True) for number in range(SUBSCRIBERS)]
    addresses = [Address("telegram", str(person.id)) for person in people]
    reminder = Broadcast("reminder:bench", {"en": Reply(REMINDER)}, now + timedelta(hours=1), (EVERYTHING,))
    async with stage.lotse.database.writing(durable=False) as db:
        for address in addresses:
            await turns.save_conversation(db, Conversation(address, language="en"), now)
        await db.execute(insert(wishes), [{"wish": EVERYTHING, "address": str(address)} for address in addresses])
        assert await planning.plan(db, reminder, now) == (SUBSCRIBERS, None)
    for worker in stage.lotse.workers:
        worker.wake()


async def arrived(server: BotApiServer, room: Room, word: str) -> float:
    """When a message with that word came into the room."""
    seen = 0
    while True:
        for sent in server.sent[seen:]:
            if sent.chat_id == room.id and word in sent.text:
                return sent.at
        seen = len(server.sent)
        await asyncio.sleep(0.01)


async def write(server: BotApiServer, room: Room, newcomers: list[Person], reminded: int) -> tuple[list[float], float]:
    """Newcomers write at random moments while the reminder goes out: seconds to the room; seconds of the broadcast."""
    chance = random.Random(5)
    waiting: list[asyncio.Task[float]] = []
    began = time.monotonic()
    number = 0

    async def one(person: Person, word: str) -> float:
        start = time.monotonic()
        await person.says(f"Noch etwas: {word}")
        return await arrived(server, room, word) - start

    while sum(sent.text == REMINDER for sent in server.sent) < reminded:
        assert time.monotonic() - began < BROADCAST_WITHIN, "the broadcast takes too long"
        number += 1
        waiting.append(asyncio.create_task(one(newcomers[number % NEWCOMERS], f"word{number}x")))
        await asyncio.sleep(chance.expovariate(PER_MINUTE / 60))
    took = time.monotonic() - began
    return sorted(await asyncio.gather(*waiting)), took


def most_in_a_minute(server: BotApiServer, room: Room) -> int:
    """The largest number of messages to the room within any 60 seconds."""
    times = [sent.at for sent in server.sent if sent.chat_id == room.id]
    return max(sum(0 <= later - first < 60 for later in times) for first in times)


async def main() -> None:
    """Measure and print."""
    set_up_logging("text", level=40)
    guide = load_guide(Settings(data_dir=LEARNED))
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as server:
            maria = server.person("Maria", language_code="de")
            room = server.group("Beratung", forum=True, members=[maria])
            newcomers = [server.person(f"Newcomer {number}", language_code="de") for number in range(NEWCOMERS)]
            settings = Settings(data_dir=Path(folder))
            async with on_telegram(server, settings, guide, room, kind=Telegram) as stage:
                for number, person in enumerate(newcomers, 1):
                    await opens_case(person)  # and has an adviser: what those who wait write is gathered
                    await maria.says("Guten Tag!", to=await case_topic(room, number, within=60))
                    await person.receives("Guten Tag!", within=60)
                await asyncio.sleep(65)  # a quiet minute, after which the group's limit is free again
                server.limits = Limits()
                await remind(stage, server)
                took, seconds = await write(server, room, newcomers, SUBSCRIBERS)
            most = most_in_a_minute(server, room)
            hits = server.flood_hits
    p99 = took[min(len(took) - 1, math.ceil(len(took) * 0.99) - 1)]
    print("| what | figure |\n| --- | --- |")
    print(f"| reminder to {SUBSCRIBERS} people | {seconds:.0f} s, {SUBSCRIBERS / seconds:.1f} / s |")
    print(f"| newcomer's message to the room meanwhile, median of {len(took)} | {statistics.median(took):.2f} s |")
    print(f"| newcomer's message to the room meanwhile, 99th percentile | {p99:.2f} s |")
    print(f"| most messages to the room in any minute (allowed: 20) | {most} |")
    print(f"| times that Telegram's limits were hit (429) | {hits} |")


if __name__ == "__main__":
    asyncio.run(main())
