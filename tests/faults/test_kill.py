"""A process may be killed at any instruction: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.core.model import Address, Conversation
from bot.engine import TICKED
from bot.store import turns
from bot.store.database import Database
from bot.store.encoding import unpack_conversation
from bot.store.schema import conversations, deliveries, feedback, inbox
from scheduler.quiet import NEVER
from tests.botapi import TOKEN, BotApiServer, Person
from tests.channels.telegram_stage import soon
from tests.faults.program import Program
from tests.store_reading import rows

KILLS = 20
NEWCOMERS = 200
SUBSCRIBERS = 500
SECRET = "xyzzy"  # part of what newcomers write, which no log may hold
EVENT = """
events:
  - id: welcome-evening
    title: {{de: Willkommensabend, en: Welcome evening}}
    text: {{de: Ein Abend., en: An evening.}}
    place: {{name: {{de: Rathaus, en: Town hall}}}}
    start: {start}
    end: {end}
    topics: [welcome]
"""


def announce_event(folder: Path, now: datetime) -> None:
    """An event whose reminder two hours before was due a minute ago."""
    start = now.astimezone(Settings().timezone) + timedelta(hours=1, minutes=59)
    times = {"start": f"{start:%Y-%m-%d %H:%M}", "end": f"{start + timedelta(minutes=30):%Y-%m-%d %H:%M}"}
    (folder / "events.yaml").write_text(EVENT.format(**times), encoding="utf-8")


async def subscribe(database: Database, subscribers: list[Person], now: datetime) -> None:
    """All of them want reminders at any hour, whenever this runs; and the clock ticked last ten minutes ago."""
    async with database.writing(durable=True) as db:
        for number, person in enumerate(subscribers):
            address = Address("telegram", str(person.id))
            language = ("de", "en")[number % 2]
            await turns.save_conversation(
                db, Conversation(address, language=language, subscribed=True, quiet=NEVER), now
            )
        await turns.save_mark(db, TICKED, (now - timedelta(minutes=10)).timestamp())


async def write_and_press(server: BotApiServer, newcomer: Person, after: float, presses: bool) -> None:
    """A question, and, by some, a press that counts something."""
    await asyncio.sleep(after)
    message = await newcomer.says(f"{SECRET} {newcomer.name}?")
    if presses:
        server.world.press(newcomer.id, message.json, "helpful:registration")


@pytest.mark.slow
async def test_twenty_kills_lose_nothing_and_repeat_almost_nothing(
    server: BotApiServer, program: Program, database: Database
) -> None:
    chance = random.Random(17)
    now = datetime.now(UTC)
    newcomers = [server.person(f"Newcomer {n}", language_code="de") for n in range(NEWCOMERS)]
    subscribers = [server.person(f"Subscriber {n}", started=True) for n in range(SUBSCRIBERS)]
    announce_event(program.events, now)
    await subscribe(database, subscribers, now)

    writing: list[asyncio.Task[None]] = []
    sent_before: list[int] = []  # how many messages were out at each kill
    began = time.monotonic()
    for kill in range(KILLS):
        share = newcomers[kill * NEWCOMERS // KILLS : (kill + 1) * NEWCOMERS // KILLS]
        writing += [
            asyncio.create_task(write_and_press(server, newcomer, chance.uniform(0, 2), number % 2 == 0))
            for number, newcomer in enumerate(share)
        ]
        await program.start()
        if kill % 5 != 4:  # every fifth dies while it starts
            await program.listening()
        await asyncio.sleep(chance.uniform(0, 1.6))
        await program.kill()
        sent_before.append(len(server.sent))
    await asyncio.gather(*writing)
    await program.start()
    await program.listening()
    presses = NEWCOMERS // 2
    expected = NEWCOMERS + presses + SUBSCRIBERS
    await soon(lambda: len({(sent.chat_id, sent.text) for sent in server.sent}) >= expected, within=90)
    await asyncio.sleep(0.5)  # for what should not come
    assert await program.stop(within=8) == 0

    received = Counter((sent.chat_id, sent.text) for sent in server.sent)
    chats = Counter(chat for chat, _ in received)
    assert [p.name for n, p in enumerate(newcomers) if chats[p.id] != (2 if n % 2 == 0 else 1)] == []
    assert [p.name for p in subscribers if chats[p.id] != 1] == []
    repeated = sum(received.values()) - len(received)
    print(
        f"{KILLS} kills, the last after {sent_before[-1]} of {len(server.sent)} messages; {repeated} repeated;", end=" "
    )
    print(f"{time.monotonic() - began:.0f} s")
    assert len(set(sent_before)) > KILLS / 2 and sent_before[-1] < expected, "the kills fell into the work"
    assert repeated <= KILLS

    assert server.updates.pending == 0
    assert len(await rows(database, inbox)) == NEWCOMERS + presses
    assert sum(row["helpful"] for row in await rows(database, feedback)) == presses
    outbox = await rows(database, deliveries)
    assert len(outbox) == expected and {row["status"] for row in outbox} == {"sent"}
    misses = [unpack_conversation(row["state"]).misses for row in await rows(database, conversations)]
    assert max(misses) <= 1
    log = program.log.read_text(encoding="utf-8")
    assert TOKEN not in log and SECRET not in log and "Traceback" not in log
