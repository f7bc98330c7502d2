"""The guided paths in an encrypted chat on a real homeserver: by typing, by numbers and by reactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.config import Settings
from bot.core.model import Guide
from tests.channels.matrix_stage import Stage, on_matrix
from tests.homeserver import Homeserver
from tests.homeserver.people import People

pytestmark = pytest.mark.slow


@pytest.fixture
async def stage(homeserver: Homeserver, settings: Settings, guide: Guide) -> AsyncIterator[Stage]:
    """Lotse without an advisers' room."""
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    async with on_matrix(account, settings, guide) as running:
        yield running


async def test_all_paths_are_walked_by_typing_numbers_and_reactions(stage: Stage, people: People) -> None:
    amara = await people("Amara")
    chat = await amara.start_chat(stage.client.user_id)
    await chat.wait_for("Lotse")
    await chat.say("!recognition")
    await chat.wait_for("What were you trained in")
    await chat.say("nurse from Manila")
    place = await chat.wait_for("Where are you now")
    await chat.react(place.id, "2\ufe0f\u20e3")
    assert (await chat.wait_for("ZAG-PuG")).encrypted
    await chat.say("!documents")
    await chat.wait_for("What do you need the documents for")
    await chat.say("4")
    await chat.wait_for("spouse or children")
    await chat.say("no")
    listed = await chat.wait_for("You have 0 of 2")
    await chat.react(listed.id, "1\ufe0f\u20e3")
    await chat.wait_for("You have 1 of 2")
    await chat.say("!permit")
    await chat.wait_for("nationality: Philippines")
    await chat.say("Stop")
    await chat.wait_for("I have deleted your answers")
    assert amara.unreadable == []
