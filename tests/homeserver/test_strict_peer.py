"""The strict client is strict: who has not signed their device is neither written to nor read."""

from __future__ import annotations

import asyncio

import pytest

from tests.homeserver import Homeserver
from tests.homeserver.people import People
from tests.homeserver.strict_peer import StrictPeer

pytestmark = pytest.mark.slow


async def test_two_strict_clients_talk_without_a_warning(homeserver: Homeserver) -> None:
    mine, yours = homeserver.register("Strict"), homeserver.register("Also strict")
    async with StrictPeer(mine) as me, StrictPeer(yours) as you:
        room, accepted = await asyncio.gather(me.start_chat(yours.user_id), you.accept())
        assert room == accepted
        assert list((await me.signed_by_owner(yours.user_id)).values()) == [True]
        await me.say(room, "Hallo!")
        heard = await you.wait_for("Hallo!")
        assert (heard["encrypted"], heard["shieldColour"]) == (True, 0)


async def test_an_unsigned_device_is_not_written_to(homeserver: Homeserver, people: People) -> None:
    kofi = await people("Kofi")
    async with StrictPeer(homeserver.register("Strict")) as strict:
        started = asyncio.create_task(strict.start_chat(kofi.id))
        room = await kofi.until(lambda: next(iter(kofi.invitations), ""), "the invitation")
        there = await kofi.accept(room)
        assert await started == room
        assert await strict.signed_by_owner(kofi.id) == {kofi.client.device_id: False}
        await strict.say(room, "Liest du mich?")
        await kofi.until(lambda: kofi.unreadable, "the message without its key")
        await there.say("Ich dich auch nicht.")
        unreadable = await strict.until(lambda told: told["event"] == "unreadable", "Kofi's message")
        assert unreadable["why"] == "UNSIGNED_SENDER_DEVICE"
        assert there.heard == []


async def test_a_lenient_client_warns_of_an_unsigned_device(homeserver: Homeserver, people: People) -> None:
    kofi = await people("Kofi")
    async with StrictPeer(homeserver.register("Lenient"), strict=False) as lenient:
        started = asyncio.create_task(lenient.start_chat(kofi.id))
        there = await kofi.accept(await kofi.until(lambda: next(iter(kofi.invitations), ""), "the invitation"))
        await lenient.say(await started, "Hallo!")
        await there.wait_for("Hallo!")
        await there.say("Auch hallo!")
        assert (await lenient.wait_for("Auch hallo!"))["shieldColour"] == 2
