"""Prints the figures for Matrix in docs/benchmarks.md, with a real homeserver: `python -m tests.benchmarks.matrix`."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import literal, select
from sqlalchemy.dialects.sqlite import insert

from bot.channels import matrix_rooms
from bot.config import Settings
from bot.core.model import Broadcast, Guide, Reply
from bot.core.wishes import EVERYTHING
from bot.guide import load_guide
from bot.logs import set_up_logging
from bot.store import delivering, planning
from bot.store.schema import conversations, wishes
from tests.benchmarks.__main__ import QUESTIONS
from tests.channels.matrix_stage import Stage, on_matrix
from tests.conftest import LEARNED
from tests.homeserver import Homeserver
from tests.homeserver.chat import Chat
from tests.homeserver.people import People

ASKED = 200
PEOPLE, ROOMS_OF_EACH = 20, 10
NEWCOMERS = 50
PATIENCE = 300.0


async def latency(chat: Chat) -> list[tuple[str, str]]:
    """From a question handed to the homeserver to its answer read by the newcomer, in one encrypted chat."""
    took = []
    for number in range(ASKED):
        await chat.say(QUESTIONS[number % len(QUESTIONS)])
        start = time.perf_counter()
        await chat.wait_for("")
        took.append(time.perf_counter() - start)
    took.sort()
    return [
        ("question to answer in an encrypted chat, median", f"{statistics.median(took) * 1000:.0f} ms"),
        ("question to answer in an encrypted chat, 99th percentile", f"{took[int(ASKED * 0.99)] * 1000:.0f} ms"),
    ]


async def at_once(chats: list[Chat]) -> list[tuple[str, str]]:
    """Many newcomers ask at the same moment."""
    began = time.perf_counter()
    await asyncio.gather(*(chat.say(QUESTIONS[0]) for chat in chats))
    await asyncio.gather(*(chat.wait_for("Bezirksregierung", within=PATIENCE) for chat in chats))
    return [(f"{len(chats)} newcomers ask at once, the last has the answer", f"{time.perf_counter() - began:.1f} s")]


async def broadcast(stage: Stage, rooms: int, number: int) -> str:
    """A reminder to every chat, through the outbox; chats a second."""
    later = datetime.now(UTC) + timedelta(hours=1)
    reply = Reply("**Morgen:** Café Welt, 18 Uhr, im Haus der Begegnung.")
    began = time.perf_counter()
    async with stage.lotse.database.writing(durable=True) as db:
        # SQLite needs a WHERE between SELECT and ON CONFLICT
        everybody = select(literal(EVERYTHING), conversations.c.address).where(conversations.c.address != "")
        await db.execute(insert(wishes).from_select(["wish", "address"], everybody).on_conflict_do_nothing())
        sent = Broadcast(f"bench:{number}", {"de": reply, "en": reply}, later, (EVERYTHING,))
        assert await planning.plan(db, sent, datetime.now(UTC)) == (rooms, None)
    for worker in stage.lotse.workers:
        worker.wake()
    while True:
        async with stage.lotse.database.writing(durable=False) as db:
            waiting, _ = await delivering.count_waiting(db, later)
        if not waiting:
            return f"{rooms / (time.perf_counter() - began):.0f} / s"
        await asyncio.sleep(0.05)


async def measure(folder: Path, guide: Guide) -> list[tuple[str, str]]:
    """All figures, one after the other."""
    homeserver = Homeserver(folder / "synapse")
    homeserver.folder.mkdir()
    await asyncio.to_thread(homeserver.start)
    try:
        account = await asyncio.to_thread(homeserver.register, "Lotse")
        async with People(homeserver) as people, on_matrix(account, Settings(data_dir=folder), guide) as stage:
            chats = []
            for number in range(PEOPLE):
                person = await people(f"Person{number}")
                for _ in range(ROOMS_OF_EACH):
                    chat = await person.start_chat(account.user_id)
                    await chat.wait_for("", within=PATIENCE)
                    chats.append(chat)
            figures = await latency(chats[0])
            figures += await at_once(chats[: NEWCOMERS * 4 : 4])
            rooms = len(chats)
            for chat in chats:
                stage.client.invalidate_outbound_session(chat.room)
            figures.append(
                (f"reminder to {rooms} encrypted chats, with new room keys", await broadcast(stage, rooms, 1))
            )
            figures.append((f"reminder to {rooms} encrypted chats, the next one", await broadcast(stage, rooms, 2)))
            return figures
    finally:
        await asyncio.to_thread(homeserver.stop)


def main() -> None:
    """Measure and print."""
    set_up_logging("text", level=40)
    matrix_rooms.JOINS_WITHIN = 0.0  # all chats begin at once here
    guide = load_guide(Settings(data_dir=LEARNED))
    with tempfile.TemporaryDirectory() as folder:
        for what, figure in asyncio.run(measure(Path(folder), guide)):
            print(f"| {what} | {figure} |")


if __name__ == "__main__":
    main()
