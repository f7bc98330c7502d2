"""Which rooms Lotse is in, on a real homeserver: of all versions, in a storm of invitations, among other bots."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from nio.api import RoomPreset

from bot.config import Settings
from bot.core.model import Guide
from bot.store.schema import inbox
from tests.channels.matrix_stage import ANSWER, QUESTION, Stage, on_matrix, soon
from tests.homeserver import Homeserver
from tests.homeserver.chat import Chat
from tests.homeserver.people import People, Person
from tests.homeserver.server import Account
from tests.store_reading import rows

pytestmark = pytest.mark.slow


@pytest.fixture
async def account(homeserver: Homeserver) -> Account:
    """The bot's account."""
    return await asyncio.to_thread(homeserver.register, "Lotse")


async def joined_rooms(stage: Stage) -> list[str]:
    """The rooms that the homeserver says the bot is in."""
    headers = {"Authorization": f"Bearer {stage.client.access_token}"}
    async with httpx.AsyncClient(base_url=stage.client.homeserver, headers=headers) as http:
        rooms: list[str] = (await http.get("/_matrix/client/v3/joined_rooms")).raise_for_status().json()["joined_rooms"]
        return rooms


@pytest.mark.parametrize("version", ["6", "10", "11", "12"])
async def test_a_chat_in_a_room_of_any_version(
    account: Account, people: People, settings: Settings, guide: Guide, version: str
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide):
        made = await amara.asked(
            amara.client.room_create(
                is_direct=True,
                preset=RoomPreset.trusted_private_chat,
                invite=[account.user_id],
                room_version=version,
            )
        )
        assert (":" in made.room_id) == (version != "12")
        chat = Chat(amara, made.room_id)
        await amara.joined(chat.room, account.user_id)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
        await chat.say("!mydata")
        await chat.wait_for("lotse-data.json")


async def test_a_room_that_everybody_left_is_left(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        assert await joined_rooms(stage) == [chat.room]
        await chat.leave()

        async def nowhere() -> bool:
            return await joined_rooms(stage) == []

        assert await soon(nowhere)
    again = await amara.start_chat(account.user_id, joined=False)
    await again.leave()
    async with on_matrix(account, settings, guide) as stage:
        await asyncio.sleep(1)
        assert await joined_rooms(stage) == [], "nobody waits behind an invitation that was left meanwhile"
        assert not stage.receiving.done()


async def test_who_invites_to_another_room_reads_why_the_bot_does_not_come(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide):
        room = await amara.start_room("Nachbarn", [account.user_id], encrypted=False)
        headers = {"Authorization": f"Bearer {amara.client.access_token}"}
        path = f"/_matrix/client/v3/rooms/{room.room}/state/m.room.member/{account.user_id}"
        async with httpx.AsyncClient(base_url=account.url, headers=headers) as http:

            async def left() -> str | None:
                member = (await http.get(path)).raise_for_status().json()
                return str(member.get("reason")) if member["membership"] == "leave" else None

            assert await soon(left) == "direct chats only"


async def test_a_storm_of_invitations_keeps_nobody_out(
    account: Account, people: People, settings: Settings, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.matrix_rooms.JOINS", 2)
    monkeypatch.setattr("bot.channels.matrix_rooms.JOINS_WITHIN", 2.0)
    storm, amara = await people("Storm"), await people("Amara")
    flood = [await storm.start_chat(account.user_id, joined=False) for _ in range(16)]
    async with on_matrix(account, settings, guide):
        await asyncio.sleep(1)
        chat = await amara.start_chat(account.user_id, joined=False)
        await amara.until(lambda: account.user_id in amara.members(chat.room), "the bot's joining", within=6)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
        waiting = [each for each in flood if account.user_id not in storm.members(each.room)]
        assert waiting, "the storm is not over yet"


async def test_two_lotses_have_nothing_to_say_to_each_other(
    homeserver: Homeserver, account: Account, people: People, settings: Settings, guide: Guide, tmp_path: Path
) -> None:
    amara = await people("Amara")
    other = await asyncio.to_thread(homeserver.register, "Lotse")
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "other"})
    elsewhere.data_dir.mkdir()
    async with on_matrix(account, settings, guide) as stage, on_matrix(other, elsewhere, guide) as second:
        invited: list[str] = [account.user_id, other.user_id]
        made = await amara.asked(
            amara.client.room_create(is_direct=True, preset=RoomPreset.trusted_private_chat, invite=invited)
        )
        chat = Chat(amara, made.room_id)
        for bot in invited:
            await amara.joined(chat.room, bot)
        await chat.say(QUESTION)
        created = await stage.client.room_create(is_direct=True, invite=[other.user_id])
        await ended(stage, second)
        assert len([message for message in chat.heard if ANSWER in message.body]) == 0
        assert len(chat.heard) <= 2, "each says once that it is not alone here"
        assert created.room_id is not None


async def ended(*stages: Stage) -> None:
    """Wait until nobody takes anything in any more. Raises AssertionError when it goes on."""
    counted = -1
    for _ in range(10):
        await asyncio.sleep(1)
        before, counted = counted, sum([len(await rows(stage.lotse.database, inbox)) for stage in stages])
        if before == counted:
            return
    raise AssertionError("they go on talking")


async def test_a_bot_that_repeats_everything_is_answered_no_more(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    parrot = await people("Parrot")
    async with on_matrix(account, settings, guide) as stage:
        chat = await parrot.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        await chat.say(QUESTION)
        repeating = asyncio.create_task(repeat(parrot, chat))
        await ended(stage)
        repeating.cancel()


async def repeat(parrot: Person, chat: Chat) -> None:
    while True:
        await chat.say((await chat.wait_for("")).body)
