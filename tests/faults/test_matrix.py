"""`lotse run` on a real Matrix homeserver: killed at any moment, stopped, logged out while Telegram goes on."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter

import httpx
import pytest

from bot.store.database import Database
from bot.store.schema import bookmarks, inbox
from tests.botapi import BotApiServer
from tests.channels.matrix_stage import soon
from tests.faults.program import Program
from tests.homeserver import Homeserver
from tests.homeserver.people import People
from tests.homeserver.server import Account
from tests.store_reading import rows

pytestmark = pytest.mark.slow
KILLS = 6
WRITERS = 3
QUESTIONS = 6  # of each
SECRET = "xyzzy"  # part of what newcomers write, which no log may hold


@pytest.fixture
async def account(homeserver: Homeserver, program: Program) -> Account:
    """The bot's account, which the program is set to use beside Telegram."""
    made = await asyncio.to_thread(homeserver.register, "Lotse")
    program.settings = {
        "LOTSE_CHANNELS": "telegram,matrix",
        "LOTSE_MATRIX_HOMESERVER": made.url,
        "LOTSE_MATRIX_USER": made.user_id,
        "LOTSE_MATRIX_PASSWORD": made.password,
    }
    return made


async def connected(database: Database) -> None:
    """Wait until the program has taken its first sync."""

    async def bookmarked() -> object:
        return await rows(database, bookmarks)

    await soon(bookmarked, within=60)


async def test_killed_at_any_moment_it_loses_nothing_and_says_nothing_twice(
    program: Program, account: Account, people: People, database: Database
) -> None:
    chance = random.Random(7)
    await program.start()
    await connected(database)
    chats = []
    for number in range(WRITERS):
        person = await people(f"Newcomer{number}")
        chat = await person.start_chat(account.user_id)
        await chat.wait_for("Lotse", within=40)
        chats.append(chat)
    said = [(chat, f"{SECRET} {number}?") for number in range(QUESTIONS) for chat in chats]
    for kill in range(KILLS):
        for chat, text in said[kill * len(said) // KILLS : (kill + 1) * len(said) // KILLS]:
            await chat.say(text)
            await asyncio.sleep(chance.uniform(0, 0.2))
        await program.kill()
        await program.start()
        await asyncio.sleep(chance.uniform(2, 6))
    for chat in chats:
        for _ in range(QUESTIONS):
            await chat.wait_for("", within=90)
    await asyncio.sleep(2)
    for chat in chats:
        assert len(chat.heard) == QUESTIONS + 1
        assert max(Counter(message.id for message in chat.heard).values()) == 1
        assert chat.person.unreadable == []
    assert len(await rows(database, inbox)) == WRITERS * (QUESTIONS + 1)
    assert await program.stop(10) == 0
    log = program.log.read_text(encoding="utf-8")
    assert SECRET not in log and "Traceback" not in log
    assert chats[0].room not in log and chats[0].person.id not in log


async def test_logged_out_of_matrix_it_goes_on_on_telegram(
    server: BotApiServer, program: Program, account: Account, database: Database
) -> None:
    await program.start()
    await program.listening()
    await connected(database)
    session = json.loads((program.data / "matrix" / "session.json").read_text(encoding="utf-8"))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {session['token']}"}) as http:
        (await http.post(f"{account.url}/_matrix/client/v3/logout")).raise_for_status()

    async def told() -> bool:
        return "a channel has stopped" in program.log.read_text(encoding="utf-8")

    assert await soon(told, within=40)
    amara = server.person("Amara", language_code="de")
    await amara.says("/start")
    await amara.receives("Willkommen", within=20)
    assert await program.stop(10) == 0
    assert session["token"] not in program.log.read_text(encoding="utf-8")
