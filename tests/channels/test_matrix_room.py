"""The advisers' room on a real homeserver: a thread per case, its card edited in place, replies reach the newcomer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.config import Settings
from bot.core.model import Address, Guide, MessageRef
from bot.store.schema import advisers
from tests.channels.matrix_stage import QUESTION, Stage, on_matrix
from tests.homeserver import Homeserver
from tests.homeserver.chat import Chat
from tests.homeserver.people import People
from tests.homeserver.seen import Message
from tests.store_reading import rows

pytestmark = pytest.mark.slow
CLAIM = "1\ufe0f\u20e3"


@dataclass(slots=True)
class Office:
    """A newcomer's chat and the advisers' room, as the newcomer and two advisers see them."""

    stage: Stage
    amara: Chat
    maria: Chat
    jonas: Chat

    async def opens_case(self) -> Message:
        """The newcomer asks for a person and consents; the card, as Maria sees it."""
        await self.amara.say(QUESTION)
        await self.amara.wait_for("Bezirksregierung")
        await self.amara.say("!human")
        await self.amara.wait_for("einverstanden")
        await self.amara.say("Ja, weitergeben")
        await self.amara.wait_for("Nummer")
        return await self.maria.wait_for("🙋")


@pytest.fixture(params=[True, False], ids=["encrypted", "plain"])
async def office(
    request: pytest.FixtureRequest, homeserver: Homeserver, people: People, settings: Settings, guide: Guide
) -> AsyncIterator[Office]:
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    amara, maria, jonas = [await people(name) for name in ("Amara", "Maria", "Jonas")]
    for_maria = await maria.start_room("Beratung", [account.user_id, jonas.id], encrypted=request.param)
    for_jonas = await jonas.accept(for_maria.room)
    async with on_matrix(account, settings, guide, for_maria.room) as stage:
        await maria.joined(for_maria.room, account.user_id)
        for_amara = await amara.start_chat(account.user_id)
        await for_amara.wait_for("Lotse")
        yield Office(stage, for_amara, for_maria, for_jonas)


async def test_a_case_lives_in_the_thread_of_its_card(office: Office) -> None:
    card = await office.opens_case()
    assert not card.thread
    reaction = await office.maria.react(card.id, CLAIM)
    claimed = await office.maria.wait_for("Maria")
    assert claimed.replaces == card.id
    await office.amara.wait_for("für Sie da")
    written = await office.maria.say_in_thread(card.id, "Guten Tag, ich schaue nach.")
    await office.amara.wait_for("ich schaue nach")
    read = (written, office.stage.client.user_id)
    await office.maria.person.until(lambda: read in office.maria.person.receipts, "the read receipt in the thread")
    await office.amara.say("Danke! Was brauche ich noch?")
    words = await office.maria.wait_for("Was brauche ich noch?")
    assert words.thread == card.id and words.mentions == [office.maria.person.id]
    await office.maria.say_in_thread(card.id, "2")
    assert (await office.amara.wait_for("2")).body.endswith("2"), "a number in the thread is for the newcomer"
    await office.maria.redact(reaction)
    await office.maria.react(card.id, CLAIM)
    released = await office.maria.wait_for("wartet seit")
    assert released.replaces == card.id, "a reaction presses the button that the card has now"
    await office.maria.reply(card.id, "3")
    closed = await office.maria.wait_for("beendet")
    assert closed.replaces == card.id
    assert office.amara.person.unreadable == office.maria.person.unreadable == []


async def test_two_claim_and_one_wins(office: Office) -> None:
    card = await office.opens_case()
    await office.jonas.wait_for("🙋")
    await asyncio.gather(office.maria.react(card.id, CLAIM), office.jonas.say_in_thread(card.id, "!claim 1"))
    refusal = await office.maria.wait_for("schon")
    assert refusal.thread == card.id


async def test_what_has_arrived_has_one_tick(office: Office) -> None:
    card = await office.opens_case()
    written = await office.maria.say_in_thread(card.id, "Guten Tag!")
    assert (await office.maria.wait_for_reaction(written)).sender == office.stage.client.user_id
    ref = MessageRef(Address("matrix", office.maria.room), written)
    await office.stage.channel.react(ref, "👍", "another key")
    assert len([each for each in office.maria.person.reactions if each.to == written]) == 1


async def test_files_go_both_ways(office: Office) -> None:
    card = await office.opens_case()
    await office.amara.send_file("zeugnis.jpg", b"jpeg", "image/jpeg", "m.image")
    photo = await office.maria.wait_for("zeugnis.jpg")
    assert (photo.kind, photo.thread, photo.encrypted) == ("m.image", card.id, office.maria.encrypted)
    assert await office.maria.download(photo) == b"jpeg"
    relation: Any = {"rel_type": "m.thread", "event_id": card.id, "is_falling_back": True}
    await office.maria.send_file("formular.pdf", b"%PDF", "application/pdf", **{"m.relates_to": relation})
    document = await office.amara.wait_for("formular.pdf")
    assert document.encrypted and not document.relation
    assert await office.amara.download(document) == b"%PDF"


async def test_an_upgraded_room_is_followed(office: Office) -> None:
    await office.opens_case()
    old = office.maria.room
    client, bot = office.maria.client, office.stage.client.user_id
    headers = {"Authorization": f"Bearer {client.access_token}"}
    async with httpx.AsyncClient(base_url=client.homeserver, headers=headers) as http:
        answer = await http.post(f"/_matrix/client/v3/rooms/{old}/upgrade", json={"new_version": "12"})
        new = str(answer.raise_for_status().json()["replacement_room"])
    await office.maria.person.asked(client.room_invite(new, bot))
    there = Chat(office.maria.person, new)
    await office.maria.person.joined(new, bot)
    await there.say("!cases")
    assert QUESTION[:20] in (await there.wait_for("•")).body
    await office.amara.say("Sind Sie umgezogen?")
    await there.wait_for("umgezogen")


async def test_commands_begin_with_an_exclamation_mark(office: Office) -> None:
    await office.opens_case()
    await office.maria.say("!cases")
    assert QUESTION[:20] in (await office.maria.wait_for("•")).body
    await office.maria.say("Untereinander reden wir so.")
    await office.maria.say("!claim 1")
    await office.amara.wait_for("für Sie da")
    await office.maria.say("!close 1")
    await office.amara.wait_for("beendet")


async def test_an_adviser_who_deletes_everything_is_known_no_more(office: Office) -> None:
    card = await office.opens_case()
    await office.maria.say_in_thread(card.id, "!claim")
    await office.amara.wait_for("für Sie da")
    maria = office.maria.person
    chat = await maria.start_chat(office.stage.client.user_id)
    await chat.say("!mydata")
    file = json.loads(await chat.download(await chat.wait_for("lotse-data.json")))
    assert (file["person"], file["as an adviser"]["called"]) == (f"matrix:{maria.id}", "Maria")
    await chat.say("!delete")
    await chat.wait_for("1\ufe0f\u20e3")
    await chat.say("1")
    await chat.wait_for("deleted")
    assert await rows(office.stage.lotse.database, advisers) == []


async def test_a_new_chat_is_no_way_round_a_block(office: Office) -> None:
    card = await office.opens_case()
    await office.maria.say_in_thread(card.id, "!block 1 beleidigt Beratende")
    await office.amara.wait_for("nimmt von Ihnen")
    again = await office.amara.person.start_chat(office.stage.client.user_id)
    await again.say(QUESTION)
    await again.wait_for("Bezirksregierung")
    await again.say("!human")
    await again.wait_for("zurzeit keine Anfragen")
