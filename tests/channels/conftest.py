"""A local Bot API server whose every call must keep to the published API, and Lotse on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.config import Settings
from bot.core.model import Guide
from tests.botapi import BotApiServer, Person, Room
from tests.channels.telegram_stage import Stage, on_telegram


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    """The server. At the end no call may have broken the published API."""
    async with BotApiServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def alone(telegram: BotApiServer, settings: Settings, guide: Guide) -> AsyncIterator[Stage]:
    """Lotse without an advisers' room."""
    async with on_telegram(telegram, settings, guide) as stage:
        yield stage


@pytest.fixture
def amara(telegram: BotApiServer) -> Person:
    """A newcomer whose Telegram is set to German."""
    return telegram.person("Amara", language_code="de")


@pytest.fixture
def maria(telegram: BotApiServer) -> Person:
    """An adviser."""
    return telegram.person("Maria", language_code="de")


@pytest.fixture
def jonas(telegram: BotApiServer) -> Person:
    """Another adviser."""
    return telegram.person("Jonas", language_code="de")


@pytest.fixture
def group(telegram: BotApiServer, maria: Person, jonas: Person) -> Room:
    """A plain group, in which the bot is an administrator."""
    return telegram.group("Beratung", members=[maria, jonas])


@pytest.fixture
def forum(telegram: BotApiServer, maria: Person, jonas: Person) -> Room:
    """A group with topics."""
    return telegram.group("Beratung mit Themen", forum=True, members=[maria, jonas])
