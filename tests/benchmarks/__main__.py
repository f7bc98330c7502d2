"""Prints the figures of docs/benchmarks.md as Markdown."""

from __future__ import annotations

import asyncio
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.app import Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Incoming, Sender, Utterance
from bot.guide import load_guide
from bot.logs import set_up_logging
from tests.memory_channel import MemoryChannel

QUESTIONS = (
    "Wer erkennt meinen Abschluss als Krankenpfleger an?",
    "How long does recognition take?",
    "Was kostet ein Visum?",
    "blue card minimum salary",
    "Ich bin neu in Aachen, wo melde ich meine Wohnung an?",
)
TURNS = 1000


async def turns(folder: Path) -> list[tuple[str, str]]:
    """One turn after the other through engine, store and outbox, from a new person each time."""
    settings = Settings(data_dir=folder)
    channel = MemoryChannel()
    took: list[float] = []
    async with assistant(settings, load_guide(settings), [channel], None, Timepiece()) as lotse:
        began = time.perf_counter()
        for number in range(TURNS):
            person = Address("memory", f"person-{number}")
            text = Utterance(QUESTIONS[number % len(QUESTIONS)])
            start = time.perf_counter()
            await lotse.take(Incoming(f"bench:{number}", person, Sender("", ""), text, locale="de"))
            took.append(time.perf_counter() - start)
        turned = time.perf_counter() - began
        began = time.perf_counter()
        await lotse.workers[0].drain()
        delivered = time.perf_counter() - began
    assert len(channel.posted) >= TURNS
    took.sort()
    return [
        ("turns per second (engine and store, one after the other)", f"{TURNS / turned:.0f}"),
        ("one turn, median", f"{statistics.median(took) * 1000:.1f} ms"),
        ("one turn, 99th percentile", f"{took[int(TURNS * 0.99)] * 1000:.1f} ms"),
        ("deliveries per second (outbox, a messenger that answers at once)", f"{len(channel.posted) / delivered:.0f}"),
        ("turns per second with their deliveries", f"{TURNS / (turned + delivered):.0f}"),
    ]


def start_of_the_program(folder: Path) -> list[tuple[str, str]]:
    """From the command to the first answer in the terminal, and the memory that the process took."""
    command = [sys.executable, "-m", "bot", "talk"]
    environment = {"LOTSE_DATA_DIR": str(folder), "PATH": "/usr/bin:/bin", "LANG": "de_DE.UTF-8"}
    took = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(command, input=b"/help\n", env=environment, capture_output=True, check=True)
        took.append(time.perf_counter() - began)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        ("first start: learning the content, first answer, end", f"{took[0]:.1f} s"),
        ("later start to first answer in the terminal, and its end", f"{min(took[1:]):.2f} s"),
        ("memory of the process (largest resident set)", f"{memory:.0f} MB"),
    ]


def main() -> None:
    """Measure everything and print it."""
    set_up_logging("text", level=40)
    figures: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        figures += start_of_the_program(Path(folder))
        figures += asyncio.run(turns(Path(folder)))
    print(f"Measured on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}.\n")
    print("| what | figure |\n| --- | --- |")
    for what, figure in figures:
        print(f"| {what} | {figure} |")


if __name__ == "__main__":
    main()
