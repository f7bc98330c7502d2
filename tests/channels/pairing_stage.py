"""One newcomer and one adviser, each on either messenger, seen through the same few words; Lotse runs on both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr

from bot.app import STOP_WITHIN, Timepiece, assistant
from bot.channels.matrix import Matrix
from bot.config import Settings
from bot.connecting import connect
from bot.core.model import Address, Guide
from bot.store.database import Database
from tests.botapi import TOKEN, BotApiServer, Message, Person, Room, Topic
from tests.channels.telegram_stage import QuickTelegram, case_topic, menus, soon
from tests.homeserver.chat import Chat
from tests.homeserver.server import Account

WITHIN = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody sends: kind is photo, document or voice."""

    kind: str
    name: str
    content: bytes
    mimetype: str


class Side(Protocol):
    """What a person does on their messenger and what they see there; an adviser does it in the place of the case."""

    @property
    def address(self) -> Address:
        """The chat or room where the person reads."""

    async def begins(self, bot: str) -> None:
        """A newcomer begins a chat with the bot."""

    async def finds_case(self) -> None:
        """An adviser sees the card of the case, and goes where the case is."""

    async def says(self, text: str) -> str:
        """Write something; the id of the message."""

    async def edits(self, message: str, text: str) -> None:
        """Change what one wrote."""

    async def commands(self, words: str) -> None:
        """Write a command, as one does on this messenger."""

    async def presses(self, label: str) -> None:
        """Press the newest button with this label."""

    async def sends(self, file: Sent, caption: str = "") -> None:
        """Send a file, with words under it."""

    async def points_at(self, latitude: float, longitude: float) -> None:
        """Send a place."""

    async def hears(self, text: str) -> None:
        """Wait for the next message of the bot, or change of one, that holds the text."""

    async def gets(self, file: Sent) -> None:
        """Wait until the file is there, the same to the last byte."""

    async def gets_place(self, latitude: float, longitude: float) -> None:
        """Wait until the place is there."""

    async def sees_tick(self, message: str) -> None:
        """Wait until one's own message is marked as having arrived."""

    async def sees_no_more(self, text: str) -> None:
        """Wait until no message of the bot says this."""

    async def hears_in_room(self, text: str) -> None:
        """Wait until the bot says this anywhere in the advisers' room."""


@dataclass(slots=True)
class OnTelegram:
    """Somebody on Telegram; an adviser is in a group with topics."""

    server: BotApiServer
    person: Person
    room: Room | None = None
    topic: Topic | None = None
    _said: dict[str, Message] = field(default_factory=dict)

    @property
    def address(self) -> Address:
        return Address("telegram", str(self.room.id if self.room is not None else self.person.id))

    @property
    def _inbox(self) -> Person | Topic:
        return self.topic or self.person

    async def begins(self, bot: str) -> None:
        await self.says("/start")
        await self.hears("Lotse")

    async def finds_case(self) -> None:
        assert self.room is not None
        self.topic = await case_topic(self.room)
        await self.hears("🙋")

    async def says(self, text: str) -> str:
        said = await self.person.says(text, to=self.topic)
        self._said[str(said.id)] = said
        return str(said.id)

    async def edits(self, message: str, text: str) -> None:
        await self.person.edits(self._said[message], text)

    async def commands(self, words: str) -> None:
        await self.says(f"/{words}")

    async def presses(self, label: str) -> None:
        await self.person.presses(label, to=self.topic)

    async def sends(self, file: Sent, caption: str = "") -> None:
        if file.kind == "photo":
            await self.person.sends_photo(file.content, caption=caption, to=self.topic)
        elif file.kind == "voice":
            await self.person.sends_voice(file.content, to=self.topic)
        else:
            await self.person.sends_document(file.content, file.name, caption=caption, to=self.topic)

    async def points_at(self, latitude: float, longitude: float) -> None:
        await self.person.sends_location(latitude, longitude, to=self.topic)

    async def hears(self, text: str) -> None:
        await self._inbox.receives(lambda message: text in message.text, WITHIN)

    async def gets(self, file: Sent) -> None:
        def found() -> bool:
            return any(self._content(message) == file.content for message in self._seen())

        await soon(found, WITHIN)

    def _content(self, message: Message) -> bytes:
        carried = message.json.get(message.kind)
        last = carried[-1] if isinstance(carried, list) else carried
        file_id = last.get("file_id") if isinstance(last, dict) else None
        return self.server.world.files.by_id(file_id, "unknown").content if file_id else b""

    async def gets_place(self, latitude: float, longitude: float) -> None:
        def found() -> bool:
            places = [message.json["location"] for message in self._seen() if "location" in message.json]
            return any((place["latitude"], place["longitude"]) == (latitude, longitude) for place in places)

        await soon(found, WITHIN)

    async def sees_tick(self, message: str) -> None:
        assert self.topic is not None
        reactions = self.topic.chat.reactions
        await soon(lambda: reactions.get(int(message)), WITHIN)

    async def sees_no_more(self, text: str) -> None:
        await soon(lambda: not any(text in message.text for message in self._seen()), WITHIN)

    async def hears_in_room(self, text: str) -> None:
        assert self.room is not None
        room = self.room
        await soon(lambda: any(text in message.text for message in room.messages if message.from_bot), WITHIN)

    def _seen(self) -> list[Message]:
        return [message for message in self._inbox.messages if message.from_bot]


@dataclass(slots=True)
class OnMatrix:
    """Somebody on Matrix, in encrypted rooms; an adviser is in a room where each case is a thread."""

    chat: Chat
    card: str = ""

    @property
    def address(self) -> Address:
        return Address("matrix", self.chat.room)

    async def begins(self, bot: str) -> None:
        self.chat = await self.chat.person.start_chat(bot)
        await self.hears("Lotse")

    async def finds_case(self) -> None:
        self.card = (await self.chat.wait_for("🙋")).id

    async def says(self, text: str) -> str:
        return await (self.chat.say_in_thread(self.card, text) if self.card else self.chat.say(text))

    async def edits(self, message: str, text: str) -> None:
        await self.chat.edit(message, text)

    async def commands(self, words: str) -> None:
        await self.says(f"!{words}")

    async def presses(self, label: str) -> None:
        for message in reversed(self._seen()):
            for line in self.chat.now(message).body.splitlines():
                sign, _, words = line.partition(" ")
                if words == label:
                    await self.chat.react(message, sign)
                    return
        raise AssertionError(f"no button {label!r}")

    async def sends(self, file: Sent, caption: str = "") -> None:
        kind = {"photo": "m.image", "voice": "m.audio"}.get(file.kind, "m.file")
        more: dict[str, Any] = {"body": caption} if caption else {}
        if file.kind == "voice":
            more["org.matrix.msc3245.voice"] = {}
        await self.chat.send_file(file.name, file.content, file.mimetype, kind, **more, **self._in_thread())

    async def points_at(self, latitude: float, longitude: float) -> None:
        geo = f"geo:{latitude},{longitude}"
        await self.chat.say("", msgtype="m.location", geo_uri=geo, **self._in_thread())

    def _in_thread(self) -> dict[str, Any]:
        relation = {"rel_type": "m.thread", "event_id": self.card, "is_falling_back": True}
        return {"m.relates_to": relation} if self.card else {}

    async def hears(self, text: str) -> None:
        message = await self.chat.wait_for(text)
        assert message.encrypted, "everything is encrypted here"
        assert not self.card or message.thread == self.card or message.replaces, "it belongs to the case"

    async def gets(self, file: Sent) -> None:
        looked_at: set[str] = set()
        async with asyncio.timeout(WITHIN):
            while True:
                for message in self.chat.heard:
                    if message.id not in looked_at and ("file" in message.content or "url" in message.content):
                        looked_at.add(message.id)
                        assert message.encrypted and message.thread == self.card
                        if await self.chat.download(message) == file.content:
                            return
                await asyncio.sleep(0.05)

    async def gets_place(self, latitude: float, longitude: float) -> None:
        def found() -> bool:
            named = [str(message.content.get("geo_uri", ""))[4:].split(",") for message in self.chat.heard]
            return any([float(part) for part in parts] == [latitude, longitude] for parts in named if len(parts) == 2)

        await soon(found, WITHIN)

    async def sees_tick(self, message: str) -> None:
        await self.chat.wait_for_reaction(message)

    async def sees_no_more(self, text: str) -> None:
        await soon(lambda: not any(text in self.chat.now(message).body for message in self._seen()), WITHIN)

    async def hears_in_room(self, text: str) -> None:
        await soon(lambda: any(text in message.body for message in self.chat.heard), WITHIN)

    def _seen(self) -> list[str]:
        """The bot's messages that were not taken away, without the changes of them."""
        gone = self.chat.person.redacted
        return [message.id for message in self.chat.heard if not message.replaces and message.id not in gone]


@asynccontextmanager
async def on_both(
    telegram: BotApiServer, account: Account, settings: Settings, guide: Guide, advisers: Address
) -> AsyncIterator[None]:
    """Lotse on Telegram and on Matrix, with the advisers' room on one of them."""
    of_matrix = {
        "matrix_homeserver": account.url,
        "matrix_user": account.user_id,
        "matrix_password": SecretStr(account.password),
        "advisers": advisers,
    }
    settings = settings.model_copy(update=of_matrix)
    database = Database(settings.database)
    matrix = connect("matrix", settings, guide, database)
    assert isinstance(matrix, Matrix)
    channels: list[Any] = [QuickTelegram(TOKEN, telegram.url, menus(guide)), matrix]
    async with assistant(settings, guide, channels, advisers, Timepiece(), database) as lotse:
        working = [asyncio.create_task(worker.run()) for worker in lotse.workers]
        receiving = [asyncio.create_task(channel.receive(lotse.take)) for channel in channels]
        try:
            await telegram.called("getUpdates")
            await asyncio.wait_for(matrix._ready.wait(), WITHIN)
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
