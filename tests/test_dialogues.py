"""Replays the transcripts in tests/dialogues: whole conversations of newcomers, advisers and the clock.

A transcript is the documentation of a conversation. Lines that begin with > are what happens:

    > amara: Wie lange dauert die Anerkennung?      a newcomer writes (their messenger is set to German)
    > amara (en): Hello                             ... is set to English
    > amara presses: Ja, weitergeben                a button of the last message that has it
    > maria in the room: /cases                     an adviser writes in the advisers' room
    > maria in the room answers: Guten Tag          ... as an answer to the last message there
    > maria in the room presses: Übernehmen
    > amara blocks the bot
    > amara is in company                           somebody else reads along in her chat (Matrix)
    > clock: 2026-12-04T10:00                       the clock moves to that time in Aachen and ticks

All other lines are what the bot says, written anew by `pytest --update`. The store is closed and opened again
between all steps. Of an entry only the title is shown; the rest is tested elsewhere.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from bot.app import Timepiece, assistant
from bot.config import Settings
from bot.core.model import Address, Choice, Company, Content, Departure, Guide, Incoming, Sender, Utterance
from tests.memory_channel import MemoryChannel, Posted

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))
BEGINNING = datetime.fromisoformat("2026-12-01T09:00:00+01:00")
ROOM = Address("memory", "room")
_STEP = re.compile(
    r"> (?P<who>\w+)(?: \((?P<locale>\w+)\))?(?P<room> in the room)?(?: (?P<how>presses|answers))?: (?P<what>.*)"
)
_ENTRY_SIGNS = ("Quellen: ", "Sources: ")


class Stage:
    """One transcript being played."""

    def __init__(self, settings: Settings, guide: Guide) -> None:
        self._settings = settings
        self._guide = guide
        self._channel = MemoryChannel()
        self._time = Timepiece()
        self._steps = 0

    async def play(self, step: str) -> list[str]:
        """What the bot says to a step."""
        self._steps += 1
        before = len(self._channel.posted)
        async with assistant(self._settings, self._guide, [self._channel], ROOM, self._time) as lotse:
            if moment := re.fullmatch(r"> clock: (.*)", step):
                wall = datetime.fromisoformat(moment[1])
                self._time.move_to(wall.replace(tzinfo=self._settings.timezone))
                await lotse.engine.tick()
            else:
                await lotse.take(self._incoming(step))
            for worker in lotse.workers:
                await worker.drain()
        return [line for posted in self._channel.posted[before:] for line in _written(posted)]

    def _incoming(self, step: str) -> Incoming:
        uid = f"memory:{self._steps}"
        if gone := re.fullmatch(r"> (\w+) blocks the bot", step):
            return Incoming(uid, Address("memory", gone[1]), Sender(gone[1], gone[1]), Departure("blocked"))
        if met := re.fullmatch(r"> (\w+) is in company", step):
            return Incoming(uid, Address("memory", met[1]), Sender("", ""), Company(), private=False)
        match = _STEP.fullmatch(step)
        assert match is not None, f"cannot read the step {step!r}"
        name = match["who"].capitalize()
        chat = ROOM if match["room"] else Address("memory", match["who"])
        seen = self._channel.seen_in(chat.chat)
        content: Content = Utterance(match["what"].replace("\\n", "\n"))
        pressed_under = None
        if match["how"] == "presses":
            action, pressed_under = _button([p for p in self._channel.posted if p.to.chat == chat.chat], match["what"])
            content = Choice(action)
        return Incoming(
            uid,
            chat,
            Sender(f"memory:{match['who']}", name),
            content,
            private=not match["room"],
            locale=match["locale"] or "de",
            message=pressed_under,
            reply_to=seen[-1].message if match["how"] == "answers" else None,
        )


def _button(posted_so_far: list[Posted], label: str) -> tuple[str, str]:
    """What the newest button with that label does, and its message, changed since or not: two may press at once."""
    for posted in reversed(posted_so_far):
        for button in posted.buttons:
            if button.label == label:
                return button.action, posted.message
    raise AssertionError(f"nobody sees a button {label!r}")


def _written(posted: Posted) -> list[str]:
    head = f"{posted.to.chat} reads{' (changed)' if posted.changes else ''}:"
    lines = posted.text.split("\n")
    if any(sign in posted.text for sign in _ENTRY_SIGNS):
        lines = [lines[0], "(…)"]
    if posted.reply.file is not None:
        lines.append(f"📄 {posted.reply.file.name}")
    labels = "  ".join(f"[{button.label}]" for button in posted.buttons)
    return [head, *(f"    {line}".rstrip() for line in lines), *([f"    {labels}"] if labels else [])]


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
async def test_dialogue(path: Path, settings: Settings, guide: Guide, request: pytest.FixtureRequest) -> None:
    stage = Stage(settings, guide)
    stage._time.move_to(BEGINNING)
    written = path.read_text(encoding="utf-8")
    played: list[str] = []
    for line in written.splitlines():
        if line.startswith("#"):
            played.append(line)
        elif line.startswith("> "):
            played += ["", line, *await stage.play(line)]
    result = "\n".join(played) + "\n"
    if request.config.getoption("--update"):
        path.write_text(result, encoding="utf-8")
    else:
        assert result == written


def test_there_are_dialogues() -> None:
    assert DIALOGUES
