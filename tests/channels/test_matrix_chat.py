"""Direct chats on a real homeserver, plain and encrypted: what newcomers read and press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.config import Settings
from bot.core.model import Guide
from tests.channels.matrix_stage import ANSWER, QUESTION, Stage, on_matrix
from tests.homeserver import Homeserver
from tests.homeserver.people import People, Person

pytestmark = pytest.mark.slow
ENCRYPTED = pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])


@pytest.fixture
async def stage(homeserver: Homeserver, settings: Settings, guide: Guide) -> AsyncIterator[Stage]:
    """Lotse without an advisers' room."""
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    async with on_matrix(account, settings, guide) as running:
        yield running


@pytest.fixture
async def amara(people: People) -> Person:
    """A newcomer."""
    return await people("Amara")


def bot(stage: Stage) -> str:
    return stage.client.user_id


@ENCRYPTED
async def test_a_question_is_answered(stage: Stage, amara: Person, encrypted: bool) -> None:
    chat = await amara.start_chat(bot(stage), encrypted=encrypted)
    greeting = await chat.wait_for("!privacy")
    assert greeting.encrypted == encrypted
    await chat.say(QUESTION)
    answer = await chat.wait_for(ANSWER)
    assert answer.encrypted == encrypted
    assert answer.kind == "m.text" and "<strong>" in answer.html and "**" not in answer.body
    assert answer.mentions == [] and "m.mentions" in answer.content
    assert "1\ufe0f\u20e3" in answer.body
    await amara.until(lambda: (chat.room, bot(stage)) in amara.typing, "the typing notice")
    await amara.until(lambda: any(user == bot(stage) for _, user in amara.receipts), "the read receipt")
    assert amara.unreadable == []
