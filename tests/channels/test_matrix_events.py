"""Events in an encrypted chat on a real homeserver: a list, an event with its pin on the map, and the calendar file."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.config import Settings
from bot.core.model import Guide
from tests.channels.matrix_stage import on_matrix
from tests.channels.test_telegram_events import WALK
from tests.homeserver import Homeserver
from tests.homeserver.people import People

pytestmark = pytest.mark.slow


async def test_from_a_question_to_the_phones_calendar(
    homeserver: Homeserver, people: People, settings: Settings, guide: Guide
) -> None:
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    amara = await people("Amara")
    async with on_matrix(account, settings, replace(guide, events=(WALK,))):
        chat = await amara.start_chat(account.user_id)
        await chat.say("Was ist im März los?")
        listed = await chat.wait_for("Spaziergang <am> *Abend*")
        assert "Spaziergang &lt;am&gt; *Abend*" in listed.html
        await chat.react(listed.id, "1\ufe0f\u20e3")
        await chat.wait_for("📅 Montag, 3. März 2031, 18:00–20:00 Uhr")
        pin = await chat.wait_for("Platz")
        assert pin.encrypted and pin.kind == "m.location"
        assert pin.content["geo_uri"] == "geo:50.776000,6.084000"
        await chat.say("In meinen Kalender")
        file = await chat.wait_for("lotse-2031-03-03.ics")
        assert file.encrypted and "url" not in file.content
        assert (await chat.download(file)).startswith(b"BEGIN:VCALENDAR")
