"""Somebody else in a newcomer's direct chat, on a real homeserver: what is meant for one person is not read by two."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from nio.api import RoomPreset

from bot.config import Settings
from bot.core.model import Address, Guide, Lane, Reply, Send
from bot.store import turns
from bot.store.schema import conversations
from tests.channels.matrix_stage import ANSWER, QUESTION, Stage, on_matrix
from tests.homeserver import Homeserver
from tests.homeserver.chat import Chat
from tests.homeserver.people import People, Person
from tests.store_reading import rows

pytestmark = pytest.mark.slow
COMPANY = "liest jetzt noch jemand mit"


@dataclass(slots=True)
class Scene:
    """Amara's chat with Lotse, the advisers' room, and Kofi who comes in between."""

    stage: Stage
    amara: Chat
    maria: Chat
    kofi: Person

    @property
    def bot(self) -> str:
        return self.stage.client.user_id

    def said_in(self, chat: Chat) -> list[str]:
        """What the bot said there."""
        return [message.body for message in chat.heard if message.sender == self.bot]

    async def comes_in(self) -> Chat:
        """Amara invites Kofi, who joins."""
        person = self.amara.person
        await person.asked(person.client.room_invite(self.amara.room, self.kofi.id))
        return await self.kofi.accept(self.amara.room)


@pytest.fixture
async def scene(homeserver: Homeserver, people: People, settings: Settings, guide: Guide) -> AsyncIterator[Scene]:
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    amara, maria, kofi = [await people(name) for name in ("Amara", "Maria", "Kofi")]
    room = await maria.start_room("Beratung", [account.user_id])
    async with on_matrix(account, settings, guide, room.room) as stage:
        await maria.joined(room.room, account.user_id)
        chat = await amara.start_chat(account.user_id)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
        yield Scene(stage, chat, room, kofi)


async def test_while_somebody_else_reads_along_nothing_personal_is_written(scene: Scene) -> None:
    await scene.amara.say("!human")
    await scene.amara.wait_for("einverstanden")
    await scene.amara.say("1")
    card = await scene.maria.wait_for("🙋")
    kofis = await scene.comes_in()
    await scene.amara.wait_for(COMPANY)
    assert (await scene.maria.wait_for("noch jemand")).thread == card.id
    said = len(scene.said_in(scene.amara))
    await scene.amara.say("!mydata")
    await kofis.say("!mydata")
    await kofis.say(QUESTION)
    await scene.maria.say_in_thread(card.id, "Ihr Bescheid liegt hier.")
    await scene.maria.wait_for("noch jemand")
    reminder = Send(
        Address("matrix", scene.amara.room), Reply("Morgen ist Ihr Termin."), key="reminder", lane=Lane.REMINDER
    )
    async with scene.stage.lotse.database.writing(durable=False) as db:
        await turns.enqueue(db, reminder, "reminder", scene.stage.lotse.time.now())
    await asyncio.sleep(1)
    assert scene.said_in(scene.amara)[said:] == []
    await kofis.leave()
    await scene.amara.person.until(
        lambda: scene.kofi.id not in scene.amara.person.members(scene.amara.room), "Kofi's leaving"
    )
    await scene.amara.say("Jetzt bin ich wieder allein.")
    assert (await scene.maria.wait_for("wieder allein")).thread == card.id
    await scene.maria.say_in_thread(card.id, "Ihr Bescheid liegt hier, wirklich.")
    await scene.amara.wait_for("liegt hier, wirklich")


async def test_who_stays_behind_in_a_chat_does_not_inherit_it(scene: Scene) -> None:
    kofis = await scene.comes_in()
    await kofis.wait_for(COMPANY)
    await scene.amara.leave()
    await scene.kofi.until(lambda: scene.bot not in scene.kofi.members(kofis.room), "the bot's leaving")
    assert not [message for message in kofis.heard if "lotse-data" in message.body]


async def test_a_direct_chat_of_three_is_told_why_it_is_not_answered(scene: Scene) -> None:
    amara = scene.amara.person
    made = await amara.asked(
        amara.client.room_create(is_direct=True, preset=RoomPreset.private_chat, invite=[scene.bot, scene.kofi.id])
    )
    chat = Chat(amara, made.room_id)
    await scene.kofi.accept(chat.room)
    told = await chat.wait_for("read along")
    assert COMPANY in told.body, "no language is known yet, so it is said in all"
    await chat.say(QUESTION)
    await asyncio.sleep(1)
    assert len(scene.said_in(chat)) == 1


async def test_what_is_kept_of_a_chat_that_was_left_is_reached_from_the_next_one(scene: Scene) -> None:
    await scene.amara.leave()
    chat = await scene.amara.person.start_chat(scene.bot)
    await chat.say(QUESTION)
    await chat.wait_for(ANSWER)
    await chat.say("!mydata")
    (left,) = json.loads(await chat.download(await chat.wait_for("lotse-data.json")))["other chats"]
    assert (left["address"], left["conversation"]["question"]) == (f"matrix:{scene.amara.room}", QUESTION)
    await chat.say("!delete")
    await chat.wait_for("wirklich alles")
    await chat.say("1")
    await chat.wait_for("gelöscht")
    assert await rows(scene.stage.lotse.database, conversations) == []


FORGERIES: list[dict[str, Any]] = [
    {"type": "m.room.member", "content": {"membership": "leave"}},
    {"type": "m.room.create", "state_key": "", "content": {"room_version": "12", "m.federate": True}},
]


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda event: event["type"])
async def test_what_is_encrypted_is_no_state_of_the_room(scene: Scene, forged: dict[str, Any]) -> None:
    kofis = await scene.comes_in()
    await scene.amara.wait_for(COMPANY)
    await kofis.say("Guten Tag")
    await send_forged(kofis, {"state_key": scene.kofi.id, **forged})
    said = len(scene.said_in(kofis))
    await scene.amara.say("!mydata")
    await kofis.say("!mydata")
    await asyncio.sleep(2)
    assert scene.said_in(kofis)[said:] == []
    await scene.amara.leave()
    await scene.kofi.until(lambda: scene.bot not in scene.kofi.members(kofis.room), "the bot's leaving")


async def send_forged(chat: Chat, event: dict[str, Any]) -> None:
    """Encrypt something that is no message, as no client does."""
    olm = chat.client.olm
    assert olm is not None
    sealed = olm.group_encrypt(chat.room, {"room_id": chat.room, **event})
    where = f"/_matrix/client/v3/rooms/{chat.room}/send/m.room.encrypted/{event['type']}"
    headers = {"Authorization": f"Bearer {chat.client.access_token}"}
    async with httpx.AsyncClient(base_url=chat.client.homeserver, headers=headers) as http:
        (await http.put(where, json=sealed)).raise_for_status()
