"""A homeserver that is away for long, and deliveries that are made twice: nobody reads anything twice or misses it."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from bot.config import Settings
from bot.core.model import Address, Guide, Lane, Reply, Send
from bot.store import turns
from tests.channels.matrix_stage import ANSWER, QUESTION, on_matrix
from tests.homeserver import Homeserver
from tests.homeserver.people import People
from tests.homeserver.server import Account

pytestmark = pytest.mark.slow


@pytest.fixture
async def account(homeserver: Homeserver) -> Account:
    """The bot's account."""
    return await asyncio.to_thread(homeserver.register, "Lotse")


async def test_however_long_it_is_away_the_bot_asks_at_its_longest_pause_and_then_delivers(
    account: Account,
    homeserver: Homeserver,
    people: People,
    settings: Settings,
    guide: Guide,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.matrix.PAUSES", (0.1, 0.2, 0.4))
    amara = await people("Amara")
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
        with structlog.testing.capture_logs() as logs:
            await asyncio.to_thread(homeserver.kill)
            reminder = Send(Address("matrix", chat.room), Reply("Morgen ist Sprachcafé."), lane=Lane.REMINDER)
            async with stage.lotse.database.writing(durable=False) as db:
                await turns.enqueue(db, reminder, "reminder", stage.lotse.time.now())
            stage.lotse.engine.wake()
            await asyncio.sleep(5)
        pauses = [entry["pause"] for entry in logs if entry["event"] == "the homeserver cannot be reached"]
        assert pauses[:3] == [0.1, 0.2, 0.4] and set(pauses[3:]) == {0.4}, "longer each time, up to the longest"
        await asyncio.to_thread(homeserver.start)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER, within=60)
        await asyncio.sleep(1)
        assert len([m for m in chat.heard if "Sprachcafé" in m.body]) == 1
        assert len([m for m in chat.heard if ANSWER in m.body]) == 1


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
async def test_a_delivery_that_is_made_again_is_no_second_message(
    account: Account, people: People, settings: Settings, guide: Guide, encrypted: bool
) -> None:
    amara = await people("Amara")
    sent = set()
    async with on_matrix(account, settings, guide) as stage:
        chat = await amara.start_chat(account.user_id, encrypted=encrypted)
        await chat.wait_for("Lotse")
        (part,) = stage.channel.render(Reply("Morgen ist Sprachcafé."))
        for _ in range(2):
            sent.add(await stage.channel.send(Address("matrix", chat.room), part, "reminder/0", None))
    async with on_matrix(account, settings, guide) as stage:
        sent.add(await stage.channel.send(Address("matrix", chat.room), part, "reminder/0", None))
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
    assert len(sent) == 1
    assert len([m for m in chat.heard if "Sprachcafé" in m.body]) == 1
