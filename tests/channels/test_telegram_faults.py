"""What goes wrong between Lotse and Telegram, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest

from bot.app import Timepiece, assistant
from bot.channels import ChannelStoppedError
from bot.channels.telegram import Telegram
from bot.config import Settings
from bot.core.model import Guide
from bot.store.schema import conversations, deliveries, inbox
from knowledge.deciding import Understanding
from tests.botapi import TOKEN, BotApiServer, Fault, Limits, Person, Room
from tests.channels.telegram_stage import Stage, brings, let_time_pass, menus, on_telegram, opens_case, soon
from tests.store_reading import rows


@pytest.fixture
async def stage(telegram: BotApiServer, settings: Settings, guide: Guide, group: Room) -> AsyncIterator[Stage]:
    """Lotse with a plain group as advisers' room."""
    async with on_telegram(telegram, settings, guide, group) as running:
        yield running


async def test_blocking_the_bot_pauses_reminders_and_advisers_are_told(
    stage: Stage, amara: Person, group: Room
) -> None:
    await amara.says("/events")
    await amara.next_message()
    await amara.presses("Erinnern Sie mich")
    await amara.next_message()
    await opens_case(amara)
    await amara.blocks_bot()
    assert "nicht mehr erreichbar" in (await group.receives("Anfrage 1 ist nicht|Person zu Anfrage 1")).text
    (newcomer,) = [row for row in await rows(stage.lotse.database, conversations) if not _is_group(row["address"])]
    assert (newcomer["subscribed"], newcomer["paused"]) == (True, True)
    await amara.unblocks_bot()
    await amara.says("/help")
    await amara.receives("Sollen sie wieder kommen")
    await amara.presses("Ja, wieder erinnern")
    assert "laufen weiter" in (await amara.receives("Erinnerungen an Veranstaltungen")).text


async def test_a_refused_reply_tells_that_the_bot_was_blocked(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    await amara.blocks_bot()
    telegram.updates.drop()
    await maria.says("Guten Tag!", to=group, reply_to=card)
    assert "nicht mehr erreichbar" in (await group.receives("⚠️")).text


def _is_group(address: str) -> bool:
    return address.startswith("telegram:-")


async def test_a_deleted_account_is_a_departure(stage: Stage, amara: Person, maria: Person, group: Room) -> None:
    await opens_case(amara)
    card = await group.next_message()
    await amara.deactivates()
    await maria.says("Guten Tag!", to=group, reply_to=card)
    assert "nicht mehr erreichbar" in (await group.receives("⚠️")).text


async def test_when_telegram_asks_to_wait_nothing_is_sent_meanwhile(
    alone: Stage, telegram: BotApiServer, amara: Person
) -> None:
    kofi = telegram.person("Kofi", language_code="de")
    telegram.inject(Fault("sendMessage", status=429, retry_after=1))
    began = time.monotonic()
    await amara.says("/start")
    await telegram.called("sendMessage")
    await kofi.says("/start")
    await amara.next_message()
    await kofi.next_message()
    assert telegram.calls["sendMessage"] == 3
    assert all(sent.at - began >= 1.0 for sent in telegram.sent)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("sendMessage", status=500),
        Fault("sendMessage", "drop"),
        Fault("getUpdates", status=502),
        Fault("getUpdates", "malformed"),
        pytest.param(Fault("sendMessage", status=502), marks=pytest.mark.slow),
        pytest.param(Fault("getUpdates", "drop"), marks=pytest.mark.slow),
        pytest.param(Fault("getUpdates", status=429), marks=pytest.mark.slow),
    ],
    ids=lambda fault: f"{fault.method}-{fault.kind}-{fault.status}",
)
async def test_after_trouble_every_message_is_answered_once(
    alone: Stage, telegram: BotApiServer, amara: Person, fault: Fault
) -> None:
    telegram.inject(replace(fault))
    await amara.says("/start")
    assert "Willkommen" in (await amara.next_message()).text
    await amara.says("/help")
    assert "Das kann ich" in (await amara.next_message()).text
    assert len(telegram.sent) == 2


@pytest.mark.parametrize("fault", [Fault("sendMessage", "drop", processed=True), Fault("sendMessage", "malformed")])
async def test_a_message_whose_receipt_got_lost_is_repeated_once(
    alone: Stage, telegram: BotApiServer, amara: Person, fault: Fault
) -> None:
    telegram.inject(replace(fault))
    await amara.says("/start")
    await amara.next_message()
    await amara.says("/help")
    await amara.receives("Das kann ich")
    assert [sent.text for sent in telegram.sent] == [amara.chat[1].text, amara.chat[1].text, amara.chat[-1].text]


@pytest.mark.slow
async def test_a_second_program_with_the_same_token_is_reported_and_outlived(
    alone: Stage, telegram: BotApiServer, amara: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    async with httpx.AsyncClient() as other:
        await other.post(f"{telegram.url}/bot{TOKEN}/getUpdates", json={"timeout": 0})
    await amara.says("/start")
    await amara.receives("Willkommen", within=15)
    heard = capfd.readouterr()
    assert telegram.updates.conflicts >= 1 and "same token" in heard.out + heard.err


async def test_a_refused_token_stops_the_channel_and_says_what_to_do(
    telegram: BotApiServer, guide: Guide, settings: Settings
) -> None:
    channel = Telegram("1:wrong", telegram.url, menus(guide))
    async with assistant(settings, guide, [channel], None, Timepiece()) as lotse:
        with pytest.raises(ChannelStoppedError, match="LOTSE_TELEGRAM_TOKEN"):
            await channel.receive(lotse.take)
    await channel.close()


async def test_a_token_that_is_withdrawn_stops_the_channel(
    telegram: BotApiServer, guide: Guide, settings: Settings
) -> None:
    channel = Telegram(TOKEN, telegram.url, menus(guide))
    telegram.inject(Fault("getUpdates", status=401))
    async with assistant(settings, guide, [channel], None, Timepiece()) as lotse:
        with pytest.raises(ChannelStoppedError, match="LOTSE_TELEGRAM_TOKEN"):
            await channel.receive(lotse.take)
    await channel.close()


async def test_lotse_waits_for_a_server_that_is_not_up_yet(
    telegram: BotApiServer, settings: Settings, guide: Guide, amara: Person
) -> None:
    await amara.says("/start")
    telegram.inject(Fault("getMe", status=502))
    async with on_telegram(telegram, settings, guide):
        assert "Willkommen" in (await amara.next_message()).text


async def test_the_same_update_is_answered_once(alone: Stage, telegram: BotApiServer, amara: Person) -> None:
    telegram.updates.duplicate()
    await amara.says("/start")
    await amara.next_message()
    telegram.updates.redeliver(1)
    await amara.says("/help")
    await amara.receives("Das kann ich")
    assert len(telegram.sent) == 2
    assert len(await rows(alone.lotse.database, inbox)) == 2


async def test_an_update_that_was_not_acknowledged_is_not_answered_again_after_a_restart(
    telegram: BotApiServer, settings: Settings, guide: Guide, amara: Person
) -> None:
    async with on_telegram(telegram, settings, guide):
        telegram.inject(Fault("getUpdates", status=502))
        await amara.says("/start")
        await amara.next_message()
    assert telegram.updates.pending == 1
    async with on_telegram(telegram, settings, guide):
        await soon(lambda: telegram.updates.pending == 0)
        await amara.says("/help")
        await amara.receives("Das kann ich")
    assert len(telegram.sent) == 2


async def test_messages_written_while_lotse_was_down_are_answered(
    telegram: BotApiServer, settings: Settings, guide: Guide, amara: Person
) -> None:
    async with on_telegram(telegram, settings, guide):
        pass
    await amara.says("/start")
    async with on_telegram(telegram, settings, guide):
        assert "Willkommen" in (await amara.next_message()).text


@dataclass(frozen=True)
class Poisoned:
    """An understanding with a defect: one word is too much for it."""

    real: Understanding

    def resolve(self, text: str, language: str | None = None) -> object:
        if "Gift" in text:
            raise ZeroDivisionError(text)
        return self.real.resolve(text, language)


async def test_a_defect_in_one_turn_is_admitted_and_blocks_nobody(
    telegram: BotApiServer,
    settings: Settings,
    guide: Guide,
    amara: Person,
    capfd: pytest.CaptureFixture[str],
) -> None:
    poisoned = replace(guide, understanding=Poisoned(guide.understanding))  # type: ignore[arg-type]
    async with on_telegram(telegram, settings, poisoned) as stage:
        await amara.says("/start")
        await amara.next_message()
        await amara.says("Ist das Gift?")
        apology = await amara.next_message()
        assert "schiefgegangen" in apology.text and apology.labels == ["Mit einem Menschen sprechen"]
        await amara.says("/help")
        assert "Das kann ich" in (await amara.next_message()).text
        assert [row["parked"] for row in await rows(stage.lotse.database, inbox)] == [False, True, False]
    heard = capfd.readouterr()
    assert "ZeroDivisionError" in heard.out + heard.err and "Ist das Gift" not in heard.out + heard.err


async def test_what_comes_while_the_database_cannot_be_written_is_answered_afterwards(
    stage: Stage, telegram: BotApiServer, amara: Person, group: Room
) -> None:
    await amara.says("/start")
    await amara.next_message()
    telegram.inject(Fault("sendMessage", "slow", delay=0.3))
    await amara.says("/privacy")
    await telegram.called("sendMessage", 2)
    await _protect(stage, "ON")
    await amara.says("/help")
    await asyncio.sleep(0.5)
    await _protect(stage, "OFF")
    assert "Was ich speichere" in (await amara.next_message()).text
    assert "Das kann ich" in (await amara.next_message()).text
    await soon(lambda: telegram.updates.pending == 0)
    assert len(telegram.sent) == 3
    let_time_pass(stage, 1)
    assert {row["status"] for row in await rows(stage.lotse.database, deliveries)} == {"sent"}


async def _protect(stage: Stage, switch: str) -> None:
    """Make SQLite refuse to write, or allow it again."""
    connection = await stage.lotse.database._engine.raw_connection()
    assert connection.driver_connection is not None
    await connection.driver_connection.execute(f"PRAGMA query_only={switch}")
    connection.close()


async def test_the_real_pace_keeps_to_telegrams_limits(
    telegram: BotApiServer, settings: Settings, guide: Guide, amara: Person, maria: Person, group: Room
) -> None:
    telegram.limits = Limits()
    kofi = telegram.person("Kofi", language_code="de")
    async with on_telegram(telegram, settings, guide, group, Telegram):
        for command in ("/help", "/privacy"):
            await amara.says(command)
        await kofi.says("/help")
        await kofi.next_message()
        await amara.receives("Das kann ich")
        await amara.receives("Was ich speichere")
    assert telegram.flood_hits == 0


async def test_a_long_message_to_one_chat_does_not_hold_up_the_others(
    telegram: BotApiServer, settings: Settings, guide: Guide, amara: Person, maria: Person, group: Room
) -> None:
    kofi = telegram.person("Kofi", language_code="de")
    async with on_telegram(telegram, settings, guide, group, Telegram) as stage:
        await opens_case(amara)
        card = await group.next_message()
        brings(stage.server, maria, {"text": "Lang. " * 680, "reply_to_message": card.json}, to=group)
        assert "👤" in (await amara.receives("👤")).text
        began = time.monotonic()
        await kofi.says("/start")
        await kofi.next_message()
        assert time.monotonic() - began < 0.8
