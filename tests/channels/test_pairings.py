"""A newcomer on one messenger and advisers on the other: words, photos, documents and places go both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.app import STOP_WITHIN, Timepiece, assistant
from bot.channels.matrix import Matrix
from bot.channels.matrix_client import Account as Login
from bot.config import Settings
from bot.core.model import Address, Guide
from bot.notebook import StoredNotebook
from bot.store.database import Database
from tests.botapi import TOKEN, BotApiServer, Message, Person, Room
from tests.channels.telegram_stage import QuickTelegram, case_topic, menus, opens_case, soon
from tests.homeserver import Homeserver
from tests.homeserver.people import People
from tests.homeserver.server import Account

pytestmark = pytest.mark.slow
JPEG = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
async def account(homeserver: Homeserver) -> Account:
    """The bot's account on Matrix."""
    return await asyncio.to_thread(homeserver.register, "Lotse")


@asynccontextmanager
async def on_both(
    telegram: BotApiServer, account: Account, settings: Settings, guide: Guide, room: Address
) -> AsyncIterator[None]:
    """Lotse on Telegram and on Matrix, with the advisers' room on one of them."""
    database = Database(settings.database)
    login = Login(account.url, account.user_id, account.password, None)
    notebook = StoredNotebook(database, "matrix")
    advisers = room.chat if room.channel == "matrix" else None
    matrix = Matrix(login, settings.data_dir / "matrix", notebook, advisers, {"human"}, "")
    channels: list[Any] = [QuickTelegram(TOKEN, telegram.url, menus(guide)), matrix]
    async with assistant(settings, guide, channels, room, Timepiece(), database) as lotse:
        working = [asyncio.create_task(worker.run()) for worker in lotse.workers]
        receiving = [asyncio.create_task(channel.receive(lotse.take)) for channel in channels]
        try:
            await telegram.called("getUpdates")
            await asyncio.wait_for(matrix._ready.wait(), 20)
            yield
        finally:
            for task in receiving:
                task.cancel()
            await asyncio.gather(*receiving, return_exceptions=True)
            for worker in lotse.workers:
                worker.stop()
            await asyncio.wait_for(asyncio.gather(*working), STOP_WITHIN)
            for channel in channels:
                await channel.close()


async def test_a_newcomer_on_telegram_and_advisers_on_matrix(
    telegram: BotApiServer,
    amara: Person,
    people: People,
    account: Account,
    settings: Settings,
    guide: Guide,
) -> None:
    maria = await people("Maria")
    room = await maria.start_room("Beratung", [account.user_id])
    async with on_both(telegram, account, settings, guide, Address("matrix", room.room)):
        await maria.joined(room.room, account.user_id)
        await opens_case(amara)
        card = await room.wait_for("🙋")
        await room.say_in_thread(card.id, "Guten Tag!")
        await amara.receives("Guten Tag!")
        await amara.sends_photo(JPEG, caption="Mein Zeugnis")
        assert (await room.wait_for("Mein Zeugnis")).thread == card.id
        photo = await room.wait_for("photo.jpg")
        assert (photo.kind, photo.thread, photo.encrypted) == ("m.image", card.id, True)
        assert await room.download(photo) == JPEG
        await amara.sends_location(50.77, 6.08)
        assert (await room.wait_for("geo:50.77")).kind == "m.location"
        relation: Any = {"rel_type": "m.thread", "event_id": card.id, "is_falling_back": True}
        await room.send_file("formular.pdf", b"%PDF", "application/pdf", **{"m.relates_to": relation})
        document = await amara.receives(lambda message: message.kind == "document")
        assert content_of(telegram, document) == b"%PDF"


async def test_a_newcomer_on_matrix_and_advisers_on_telegram(
    telegram: BotApiServer,
    forum: Room,
    maria: Person,
    people: People,
    account: Account,
    settings: Settings,
    guide: Guide,
) -> None:
    amara = await people("Amara")
    async with on_both(telegram, account, settings, guide, Address("telegram", str(forum.id))):
        chat = await amara.start_chat(account.user_id)
        await chat.say("!human")
        await chat.wait_for("1\ufe0f\u20e3")
        await chat.say("1")
        topic = await case_topic(forum)
        await soon(lambda: topic.messages)
        await maria.says("Guten Tag!", to=topic)
        await chat.wait_for("Guten Tag!")
        await chat.send_file("zeugnis.jpg", JPEG, "image/jpeg", "m.image", body="Mein Zeugnis")
        await soon(lambda: [message for message in topic.messages if "Mein Zeugnis" in message.text])
        photo = await soon(lambda: next((m for m in topic.messages if m.kind == "document"), None))
        assert content_of(telegram, photo) == JPEG
        await chat.say("", msgtype="m.location", body="hier", geo_uri="geo:50.77,6.08")
        await soon(lambda: [message for message in topic.messages if message.kind == "location"])
        await maria.sends_document(b"%PDF", "formular.pdf", caption="Bitte ausfüllen", to=topic)
        await chat.wait_for("Bitte ausfüllen")
        document = await chat.wait_for("formular.pdf")
        assert document.encrypted and await chat.download(document) == b"%PDF"


def content_of(telegram: BotApiServer, message: Message) -> bytes:
    """The file that a message on Telegram carries."""
    return telegram.world.files.by_id(message.json["document"]["file_id"], "unknown").content
