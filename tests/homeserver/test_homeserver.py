"""The homeserver and the people on it are real: they talk encrypted, and the server can fail as servers do."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.homeserver import Homeserver
from tests.homeserver.people import People

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
async def test_two_people_talk(people: People, encrypted: bool) -> None:
    amara, kofi = await people("Amara"), await people("Kofi")
    here = await amara.start_chat(kofi.id, encrypted=encrypted, joined=False)
    there = await kofi.accept(here.room)
    await amara.joined(here.room, kofi.id)
    said = await here.say("Guten Tag!")
    heard = await there.wait_for("Guten Tag!")
    assert (heard.id, heard.encrypted) == (said, encrypted)
    await there.react(said, "👍")
    assert (await here.wait_for_reaction(said)).key == "👍"
    await here.edit(said, "Guten Abend!")
    assert (await there.wait_for("Abend")).replaces == said
    assert there.now(said).body == "Guten Abend!"
    await there.say_in_thread(said, "Auch so.")
    assert (await here.wait_for("Auch so.")).thread == said
    await here.send_file("plan.pdf", b"%PDF-1.7 ...", "application/pdf")
    assert await there.download(await there.wait_for("plan.pdf")) == b"%PDF-1.7 ..."
    await there.leave()
    await amara.until(lambda: kofi.id not in amara.members(here.room), "Kofi's leaving")
    assert amara.unreadable == kofi.unreadable == []


async def test_a_second_device_reads_what_is_said_from_then_on(people: People) -> None:
    amara, kofi = await people("Amara"), await people("Kofi")
    here = await amara.start_chat(kofi.id, joined=False)
    there = await kofi.accept(here.room)
    await amara.joined(here.room, kofi.id)
    tablet = await people.device(kofi.account)
    await here.say("An beide")
    await there.wait_for("An beide")
    shown = await tablet.until(lambda: tablet.messages[here.room], "the message on the second device")
    assert shown[-1].body == "An beide"


async def test_people_go_on_after_a_restart_of_the_homeserver(people: People, homeserver: Homeserver) -> None:
    amara, kofi = await people("Amara"), await people("Kofi")
    here = await amara.start_chat(kofi.id, joined=False)
    there = await kofi.accept(here.room)
    await amara.joined(here.room, kofi.id)
    await asyncio.to_thread(homeserver.kill)
    await asyncio.to_thread(homeserver.start)
    await here.say("Noch da?")
    assert (await there.wait_for("Noch da?")).encrypted


def test_a_limited_homeserver_says_when_to_come_back(limited_homeserver: Homeserver) -> None:
    token = limited_homeserver.register("Amara").log_in()["access_token"]
    with httpx.Client(base_url=limited_homeserver.url, headers={"Authorization": f"Bearer {token}"}) as http:
        room = http.post("/_matrix/client/v3/createRoom", json={}).raise_for_status().json()["room_id"]
        sent = [
            http.put(
                f"/_matrix/client/v3/rooms/{room}/send/m.room.message/{n}", json={"msgtype": "m.text", "body": "x"}
            )
            for n in range(8)
        ]
    refused = [answer for answer in sent if answer.status_code == 429]
    assert sent[0].status_code == 200 and refused
    assert refused[0].json()["errcode"] == "M_LIMIT_EXCEEDED" and refused[0].json()["retry_after_ms"] > 0
