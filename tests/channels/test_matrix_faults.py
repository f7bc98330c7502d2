"""What goes wrong between Lotse and a real homeserver: killed, restarted, logged out, slowed down, keys missing."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import httpx
import pytest
from aiohttp import ClientConnectionError
from nio.crypto.device import OlmDevice

from bot.channels import ChannelStoppedError
from bot.config import Settings
from bot.core.model import Guide
from bot.store.schema import bookmarks, inbox, sealed
from tests.channels.matrix_stage import ANSWER, QUESTION, on_matrix, soon
from tests.homeserver import Homeserver
from tests.homeserver.people import People, Person
from tests.homeserver.server import Account
from tests.store_reading import rows

pytestmark = pytest.mark.slow


@pytest.fixture
async def account(homeserver: Homeserver) -> Account:
    """The bot's account."""
    return await asyncio.to_thread(homeserver.register, "Lotse")


async def test_a_restart_keeps_the_device_and_answers_what_came_meanwhile(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        device, identity = stage.client.device_id, (settings.data_dir / "matrix" / "identity.json").read_bytes()
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
    for number in range(60):
        await chat.say(f"blue card {number}" if number % 20 else QUESTION)
    async with on_matrix(account, settings, guide) as stage:
        assert stage.client.device_id == device
        for _ in range(3):
            await chat.wait_for(ANSWER)
        await asyncio.sleep(0.5)
        assert (settings.data_dir / "matrix" / "identity.json").read_bytes() == identity
        assert len(await rows(stage.lotse.database, inbox)) == 61
    assert amara.unreadable == []


async def test_the_session_is_for_its_owner_only(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide):
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        folder = settings.data_dir / "matrix"
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {f.name: oct(f.stat().st_mode & 0o777) for f in folder.iterdir()} == {
            "session.json": "0o600",
            "identity.json": "0o600",
            "store.db": "0o600",
        }


async def test_cut_off_between_sync_and_commit_nothing_is_lost_and_nothing_said_twice(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        reached = asyncio.Event()

        async def never(*_: Any) -> None:
            reached.set()
            await asyncio.Event().wait()

        stage.channel._take_room = never  # type: ignore[assignment]
        await chat.say(QUESTION)
        await asyncio.wait_for(reached.wait(), 10)
        before = await rows(stage.lotse.database, bookmarks)
        await stage.cut()
        assert await rows(stage.lotse.database, bookmarks) == before
    async with on_matrix(account, settings, guide) as stage:
        await chat.wait_for(ANSWER)
        await asyncio.sleep(0.5)
        assert len([message for message in chat.heard if ANSWER in message.body]) == 1


async def test_a_revoked_token_stops_the_channel_with_a_word_for_the_operator(
    account: Account, settings: Settings, guide: Guide
) -> None:
    async with on_matrix(account, settings, guide) as stage:
        where, token = f"{account.url}/_matrix/client/v3/logout", stage.client.access_token
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
            (await http.post(where)).raise_for_status()
        with pytest.raises(ChannelStoppedError, match=r"session\.json"):
            await asyncio.wait_for(stage.receiving, 40)
    with pytest.raises(ChannelStoppedError, match=r"session\.json"):
        async with on_matrix(account, settings, guide):
            pass
    (settings.data_dir / "matrix" / "session.json").unlink()
    async with on_matrix(account, settings, guide):
        pass


async def test_a_device_that_was_removed_stops_the_channel_with_a_word_for_the_operator(
    account: Account, settings: Settings, guide: Guide
) -> None:
    async with on_matrix(account, settings, guide) as stage:
        other = await asyncio.to_thread(account.log_in, "Element of the operator")
        where = f"{account.url}/_matrix/client/v3/devices/{stage.client.device_id}"
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {other['access_token']}"}) as http:
            asked = await http.request("DELETE", where, json={})
            who = {"type": "m.id.user", "user": account.user_id}
            proof = {"type": "m.login.password", "identifier": who, "password": account.password}
            auth = {**proof, "session": asked.json()["session"]}
            (await http.request("DELETE", where, json={"auth": auth})).raise_for_status()
        with pytest.raises(ChannelStoppedError, match=r"session\.json"):
            await asyncio.wait_for(stage.receiving, 40)


async def test_a_homeserver_that_is_away_costs_only_time(
    account: Account, homeserver: Homeserver, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        await asyncio.to_thread(homeserver.kill)
        await asyncio.sleep(1.5)
        await asyncio.to_thread(homeserver.start)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER, within=40)
        assert not stage.receiving.done()


async def test_one_time_keys_that_are_used_up_are_filled_again(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    thief = await people("Thief")
    async with on_matrix(account, settings, guide) as stage:
        device = str(stage.client.device_id)

        async def fallback_published() -> bool:
            return bool(stage.client.fallback_unused)

        assert await soon(fallback_published)
    await drained(thief.account, thief.client.access_token, account.user_id, device)
    async with on_matrix(account, settings, guide) as stage:
        amara = await people("Amara")
        chat = await amara.start_chat(account.user_id)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)

        async def keys_left() -> int:
            return stage.client.keys_left or 0

        assert await soon(keys_left) > 10
        assert amara.unreadable == []


async def drained(person: Account, token: str, user: str, device: str) -> None:
    """Claim one-time keys until only the fallback key is left."""
    asked = {"one_time_keys": {user: {device: "signed_curve25519"}}}
    async with httpx.AsyncClient(base_url=person.url, headers={"Authorization": f"Bearer {token}"}) as http:
        for _ in range(200):
            answer = (await http.post("/_matrix/client/v3/keys/claim", json=asked)).raise_for_status().json()
            (key,) = answer["one_time_keys"][user][device].values()
            if key.get("fallback"):
                return
    raise AssertionError("there is no fallback key")


async def test_a_slow_homeserver_is_obeyed(limited_homeserver: Homeserver, settings: Settings, guide: Guide) -> None:
    account = await asyncio.to_thread(limited_homeserver.register, "Lotse")
    async with People(limited_homeserver) as people, on_matrix(account, settings, guide) as stage:
        amara = await people("Amara")
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        for number in range(8):
            await asyncio.sleep(1)
            await chat.say(f"blue card {number}")
        for _ in range(8):
            await chat.wait_for("", within=60)
        assert not stage.receiving.done()


async def test_a_second_device_of_the_newcomer_reads_along(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide):
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        tablet = await people.device(amara.account)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
        await tablet.until(
            lambda: [m for m in tablet.messages[chat.room] if ANSWER in m.body], "the answer on the second device"
        )


async def test_a_message_without_its_key_is_read_when_the_key_comes(
    account: Account, people: People, settings: Settings, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.matrix_sealed.UNREADABLE_AFTER", 0.5)
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        await amara.until(lambda: account.user_id in amara.client.device_store.users, "the bot's device")
        device = amara.client.device_store[account.user_id][str(stage.client.device_id)]
        amara.client.blacklist_device(device)
        await chat.say(QUESTION)
        (waiting,) = await soon(partial(rows, stage.lotse.database, sealed))
    async with on_matrix(account, settings, guide) as stage:
        await chat.wait_for("could not read")
        await forward_key(amara, chat.room, json.loads(waiting["event"])["content"]["session_id"], device)
        await chat.wait_for(ANSWER)
        assert await rows(stage.lotse.database, sealed) == []


async def forward_key(person: Person, room: str, session_id: str, device: OlmDevice) -> None:
    """Hand out a room key that was withheld, as clients do that are asked for one."""
    olm = person.client.olm
    assert olm is not None
    kept = olm.inbound_group_store.get(room, olm.account.identity_keys["curve25519"], session_id)
    assert kept is not None
    session = olm.session_store.get(device.curve25519)
    assert session is not None
    await person.asked(person.client.to_device(olm._encrypt_forwarding_key(room, kept, session, device)))


async def test_a_malformed_message_between_devices_harms_nobody(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        assert stage.client.olm is not None
        key = stage.client.olm.account.identity_keys["curve25519"]
        content = {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": key,
            "ciphertext": {key: {"type": 0, "body": "AAAA"}},
        }
        body = {"messages": {account.user_id: {str(stage.client.device_id): content}}}
        headers = {"Authorization": f"Bearer {amara.client.access_token}"}
        async with httpx.AsyncClient(base_url=account.url, headers=headers) as http:
            (await http.put("/_matrix/client/v3/sendToDevice/m.room.encrypted/1", json=body)).raise_for_status()
        chat = await amara.start_chat(account.user_id)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)


async def test_a_room_key_that_does_not_arrive_is_handed_out_again(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        stage.client.invalidate_outbound_session(chat.room)
        sound, failures = stage.client.send, iter(range(2))

        async def failing(method: str, path: str, *more: Any) -> Any:
            if "/sendToDevice/m.room.encrypted" in path and next(failures, None) is not None:
                raise ClientConnectionError
            return await sound(method, path, *more)

        stage.client.send = failing
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
        assert next(failures, None) is None
        assert amara.unreadable == []


async def test_a_room_that_cannot_be_read_keeps_back_no_other(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara, kofi = await people("Amara"), await people("Kofi")
    async with on_matrix(account, settings, guide) as stage:
        chats = [await person.start_chat(account.user_id) for person in (amara, kofi)]
        for chat in chats:
            await chat.wait_for("Lotse")
        sound = stage.channel._take_room

        async def failing(room_id: str, *more: Any) -> None:
            if room_id == chats[0].room:
                raise ValueError
            await sound(room_id, *more)

        stage.channel._take_room = failing  # type: ignore[assignment]
        await chats[0].say(QUESTION)
        await chats[1].say(QUESTION)
        await chats[1].wait_for(ANSWER)


async def test_an_unforeseen_failure_does_not_end_the_receiving(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        sound, failures = stage.channel._take_in, iter(range(2))

        async def failing(*what: Any) -> None:
            if next(failures, None) is not None:
                raise ValueError
            await sound(*what)

        stage.channel._take_in = failing  # type: ignore[assignment]
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
        assert len([message for message in chat.heard if ANSWER in message.body]) == 1
