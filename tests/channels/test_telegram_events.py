"""Events on Telegram over HTTP: a list, an event with its pin on the map, and the calendar file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from bot.config import Settings
from bot.core.model import Guide
from scheduler.agenda import Place
from tests.botapi import BotApiServer, Person
from tests.channels.telegram_stage import Stage, on_telegram
from tests.core.scenes import CAFE

WALK = replace(
    CAFE,
    start=datetime(2031, 3, 3, 18, 0),  # noqa: DTZ001
    end=datetime(2031, 3, 3, 20, 0),  # noqa: DTZ001
    title={"de": "Spaziergang <am> *Abend*"},
    place=Place(name={"de": "Platz"}, latitude=50.776, longitude=6.084),
)


@pytest.fixture
async def stage(telegram: BotApiServer, settings: Settings, guide: Guide) -> AsyncIterator[Stage]:
    async with on_telegram(telegram, settings, replace(guide, events=(WALK,))) as running:
        yield running


async def test_from_a_question_to_the_phones_calendar(stage: Stage, amara: Person) -> None:
    await amara.says("Was ist im März los?")
    listed = await amara.next_message()
    assert "Spaziergang <am> *Abend*" in listed.text
    assert listed.labels[0] == "Mo., 3. März: Spaziergang <am> *Abend*"

    await amara.presses(listed.labels[0])
    page = await amara.next_message()
    assert "📅 Montag, 3. März 2031, 18:00–20:00 Uhr" in page.text
    pin = await amara.next_message()
    assert pin.kind == "venue"
    assert pin.json["venue"]["title"] == "Platz"
    assert pin.json["venue"]["location"] == {"latitude": 50.776, "longitude": 6.084}

    await amara.presses("In meinen Kalender")
    file = await amara.next_message()
    assert file.kind == "document"
    assert file.json["document"]["file_name"] == "lotse-2031-03-03.ics"
    assert "Ihr Telefon" in file.text
