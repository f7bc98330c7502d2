"""Lotse on the local Bot API server: the real channel, engine, outbox and store, without the process around them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from bot.app import STOP_WITHIN, Assistant, Timepiece, assistant
from bot.channels import Limits, Rate
from bot.channels.telegram import Telegram
from bot.config import Settings
from bot.core.assistant import COMMANDS
from bot.core.model import Address, Guide
from tests.botapi import TOKEN, BotApiServer, Message, Person, Room, Topic
from tests.botapi.seen import view

QUICK = Limits(overall=Rate(0.001, 50), bulk=Rate(0.001, 50), chat=Rate(0.001, 50), group=Rate(0.001, 50))
Found = TypeVar("Found")
CONSENT = "Ja, weitergeben"


class QuickTelegram(Telegram):
    """The real channel, allowed to write as fast as it can; what Telegram's pace asks for is tested apart."""

    limits = QUICK


@dataclass(slots=True)
class Stage:
    """What a test needs: the server, the assistant behind it, and the advisers' room if there is one."""

    server: BotApiServer
    lotse: Assistant
    room: Room | None


def menus(guide: Guide) -> dict[str, list[tuple[str, str]]]:
    """The commands and their descriptions in every language."""
    return {
        language: [(command.name, guide.texts.say(language, f"command.{command.name}")) for command in COMMANDS]
        for language in guide.languages
    }


@asynccontextmanager
async def on_telegram(
    server: BotApiServer,
    settings: Settings,
    guide: Guide,
    room: Room | None = None,
    kind: type[Telegram] = QuickTelegram,
) -> AsyncIterator[Stage]:
    """Lotse receives and sends until the end of the block."""
    channel = kind(TOKEN, server.url, menus(guide))
    advisers = Address("telegram", str(room.id)) if room is not None else None
    async with assistant(settings, guide, [channel], advisers, Timepiece()) as lotse:
        working = [asyncio.create_task(worker.run()) for worker in lotse.workers]
        receiving = asyncio.create_task(channel.receive(lotse.take))
        try:
            await server.called("getUpdates")
            yield Stage(server, lotse, room)
        finally:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
            for worker in lotse.workers:
                worker.stop()
            await asyncio.wait_for(asyncio.gather(*working), STOP_WITHIN)
            await channel.close()


async def opens_case(newcomer: Person) -> None:
    """The newcomer asks for a person and consents; the assistant speaks German with them."""
    await newcomer.says("/human")
    await newcomer.receives("einverstanden")
    await newcomer.presses(CONSENT)
    await newcomer.receives("Nummer")


async def case_topic(room: Room, number: int = 1, within: float = 5.0) -> Topic:
    """The forum topic of a case, as soon as it is there."""
    wanted = re.compile(rf"\b{number}\b")
    return await soon(lambda: next((topic for topic in room.topics if wanted.search(topic.name)), None), within)


async def soon(look: Callable[[], Found | None], within: float = 5.0) -> Found:
    """What `look` finds, looked for until it is there. Raises AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come to pass"
        await asyncio.sleep(0.02)
    return found


def card_in(room: Room | Topic) -> Message:
    """The newest card of a case, as it is now. Raises AssertionError."""
    cards = [message for message in room.messages if message.from_bot and "🙋" in message.text]
    assert cards, "there is no card"
    return cards[-1]


def brings(server: BotApiServer, person: Person, content: dict[str, Any], to: Room | None = None) -> Message:
    """Put a message of any kind into a chat, also such as no person can write: a poll, a service message."""
    chat = to.chat if to is not None else server.world.chats[person.id]
    chat.started = True
    message = server.world.post(chat, person.user, content)
    server.world.tell_bot("message", chat, message)
    return view(message)


def let_time_pass(stage: Stage, seconds: float) -> None:
    """Move Lotse's clock on, so that what was put off is due."""
    stage.lotse.time.move_to(stage.lotse.time.now() + timedelta(seconds=seconds))
    for worker in stage.lotse.workers:
        worker.wake()
