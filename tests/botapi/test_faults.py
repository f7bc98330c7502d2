"""Updates, faults and limits of the local Bot API server, seen by the real python-telegram-bot."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError

from tests.botapi import TOKEN, BotApiServer, Fault, Limits, Person
from tests.botapi.clients import bot_at
from tests.botapi.control import add_control


@pytest.fixture(autouse=True)
def waits_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's coming behaviour; without it every RetryAfter warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with bot_at(server) as started:
        yield started


@pytest.fixture
async def amara(server: BotApiServer) -> Person:
    return server.person("Amara", started=True)


async def texts(bot: Bot, offset: int | None = None) -> list[str | None]:
    return [u.message.text for u in await bot.get_updates(offset, timeout=0) if u.message]


class TestUpdates:
    async def test_unconfirmed_updates_come_again(self, bot: Bot, amara: Person) -> None:
        for text in ("a", "b", "c"):
            await amara.says(text)
        first = await bot.get_updates(timeout=0, limit=2)
        assert [u.message.text for u in first if u.message] == ["a", "b"]
        assert await texts(bot) == ["a", "b", "c"]
        assert await texts(bot, first[1].update_id) == ["b", "c"]
        assert (await bot.get_webhook_info()).pending_update_count == 2
        assert await texts(bot, -1) == ["c"]
        assert await bot.delete_webhook(drop_pending_updates=True)
        assert await texts(bot) == []

    async def test_long_polling_waits(self, bot: Bot, amara: Person) -> None:
        began = time.monotonic()
        assert await bot.get_updates(timeout=1) == ()
        assert 0.9 < time.monotonic() - began < 3
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.05)
        await amara.says("jetzt")
        assert len(await asyncio.wait_for(poll, 3)) == 1

    async def test_only_wanted_kinds(self, bot: Bot, amara: Person) -> None:
        await bot.get_updates(timeout=0, allowed_updates=[Update.EDITED_MESSAGE])
        await amara.edits(await amara.says("Helo"), "Hello")
        assert [u.edited_message is None for u in await bot.get_updates(timeout=0)] == [False]

    async def test_a_second_poller_ends_the_first(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=20))
        await server.called("getUpdates")
        async with bot_at(server) as other:
            second = asyncio.create_task(other.get_updates(timeout=20))
            with pytest.raises(Conflict, match="terminated by other getUpdates request"):
                await first
            await amara.says("wer hört das?")
            assert len(await second) == 1
        assert server.updates.conflicts == 1

    async def test_confirmed_updates_can_come_twice(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        server.updates.duplicate()
        await amara.says("a")
        await amara.says("b")
        (a, b) = await bot.get_updates(timeout=0)
        assert [u.update_id for u in await bot.get_updates(b.update_id + 1, timeout=0)] == [a.update_id]
        assert await texts(bot, b.update_id + 1) == []
        server.updates.redeliver(last=2)
        assert await texts(bot, b.update_id + 1) == ["a", "b"]
        assert await texts(bot, b.update_id + 1) == []

    async def test_the_state_outlives_a_killed_bot_and_the_server(self, amara: Person) -> None:
        server = BotApiServer()
        ben = server.person("Ben")
        async with server:
            url = f"{server.url}/bot{TOKEN}/getUpdates?timeout=30"
            code = "import sys, urllib.request as r; r.urlopen(sys.argv[1])"
            poller = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url)
            await server.called("getUpdates")
            poller.kill()
            await poller.wait()
            await ben.says("noch da?")
        async with server, bot_at(server) as bot:
            assert await texts(bot) == ["noch da?"]
            assert server.updates.conflicts == 0


class TestFaults:
    async def test_too_many_requests(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        fault = server.inject(Fault("sendMessage", chat_id=amara.id, times=2, retry_after=3))
        ben = server.person("Ben", started=True)
        await bot.send_message(ben.id, "not concerned")
        for _ in range(2):
            with pytest.raises(RetryAfter, match="Retry in 0:00:03"):
                await bot.send_message(amara.id, "x")
        await bot.send_message(amara.id, "y")
        assert fault.hits == 2 and [m.text for m in amara.chat] == ["y"]

    @pytest.mark.parametrize(("status", "error"), [(500, NetworkError), (502, NetworkError), (403, Forbidden)])
    async def test_statuses(
        self, server: BotApiServer, bot: Bot, amara: Person, status: int, error: type[TelegramError]
    ) -> None:
        server.inject(Fault("*", status=status, skip=1))
        await bot.send_message(amara.id, "passes")
        with pytest.raises(error):
            await bot.send_message(amara.id, "x")
        assert len(amara.chat) == 1

    @pytest.mark.parametrize("processed", [False, True])
    @pytest.mark.parametrize("kind", ["drop", "status"])
    async def test_lost_before_or_after_the_message_is_there(
        self, server: BotApiServer, bot: Bot, amara: Person, kind: str, processed: bool
    ) -> None:
        dropped = Fault("sendMessage", "drop", processed=processed)
        server.inject(dropped if kind == "drop" else Fault("sendMessage", status=502, processed=processed))
        with pytest.raises(NetworkError):
            await bot.send_message(amara.id, "x")
        assert len(amara.chat) == len(server.sent) == (1 if processed else 0)
        await bot.send_message(amara.id, "again")

    async def test_half_an_answer_and_a_slow_one(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        server.inject(Fault("sendMessage", "malformed"))
        with pytest.raises(TelegramError):
            await bot.send_message(amara.id, "x")
        server.inject(Fault("sendMessage", "slow", delay=0.2))
        began = time.monotonic()
        await bot.send_message(amara.id, "y")
        assert 0.2 <= time.monotonic() - began < 2


class TestLimits:
    async def test_one_message_a_second_for_a_chat(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        server.limits = Limits()
        await bot.send_message(amara.id, "a")
        with pytest.raises(RetryAfter, match="Retry in 0:00:01"):
            await bot.send_message(amara.id, "b")
        await asyncio.sleep(1)
        await bot.send_message(amara.id, "c")
        assert server.flood_hits == 1
        assert server.sent[1].at - server.sent[0].at >= 0.9

    async def test_overall_and_in_groups(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        room = server.group("Gruppe", members=[amara])
        server.limits = Limits(overall=100, per_chat=100, per_group=2)
        await bot.send_message(room.id, "a")
        await bot.send_message(room.id, "b")
        with pytest.raises(RetryAfter, match=r"Retry in (0:00:59|0:01:00)"):
            await bot.send_message(room.id, "c")
        server.limits = Limits(overall=2, per_chat=100)
        people = [server.person(f"P{number}", started=True) for number in range(20)]
        answers = await asyncio.gather(*(bot.send_message(person.id, "x") for person in people), return_exceptions=True)
        assert any(isinstance(answer, RetryAfter) for answer in answers)
        server.limits = None
        await bot.send_message(room.id, "d")


class TestMenu:
    async def test_commands_and_descriptions(self, bot: Bot, amara: Person) -> None:
        german = [BotCommand("hilfe", "Was ich kann")]
        scope = BotCommandScopeChat(amara.id)
        assert await bot.set_my_commands(german, language_code="de")
        assert await bot.set_my_commands([BotCommand("faelle", "Fälle")], scope)
        assert await bot.get_my_commands(language_code="de") == tuple(german)
        assert (await bot.get_my_commands(scope))[0].command == "faelle"
        assert await bot.get_my_commands() == ()
        assert await bot.delete_my_commands(scope) and await bot.get_my_commands(scope) == ()
        await bot.set_my_description("Lotse", "de")
        await bot.set_my_short_description("kurz")
        assert (await bot.get_my_description("de")).description == "Lotse"
        assert (await bot.get_my_short_description("uk")).short_description == "kurz"

    async def test_wrong_commands(self, amara: Person) -> None:
        async with BotApiServer() as strict, bot_at(strict) as bot:
            for wrong in (BotCommand("Hilfe", "x"), BotCommand("x" * 33, "x"), BotCommand("x", "y" * 257)):
                with pytest.raises(BadRequest, match=r"(?i)bot_command"):
                    await bot.set_my_commands([wrong])
            with pytest.raises(BadRequest, match=r"(?i)too_long"):
                await bot.set_my_description("x" * 513)
            with pytest.raises(BadRequest, match=r"(?i)language"):
                await bot.set_my_commands([BotCommand("a", "b")], language_code="deu")
            assert len(strict.violations) == 5


class TestControl:
    async def test_another_process_drives(self) -> None:
        server = BotApiServer()
        add_control(server)
        async with server, bot_at(server) as bot, httpx.AsyncClient(base_url=server.url) as client:
            await client.post("/control/says", json={"person": "Amara", "text": "/start"})
            (update,) = await bot.get_updates(timeout=1)
            assert update.message is not None
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="yes")]])
            await bot.send_message(update.message.chat_id, "Los?", reply_markup=keyboard)
            answering = asyncio.create_task(client.post("/control/press", json={"person": "Amara", "button": "Ja"}))
            query = (await bot.get_updates(update.update_id + 1, timeout=5))[0].callback_query
            assert query is not None and await query.answer("ok")
            assert (await answering).json() == {"answer": {"text": "ok"}}
            shown = await client.get("/control/chat/Amara", params={"as": "text"})
            assert shown.text == "#1 Amara:\n    /start\n#2 Lotse:\n    Los?\n    [1] Ja\n"
            assert (await client.get("/control/violations")).json() == []
            assert (await client.get("/control/chat/Ben")).status_code == 404
            assert (await client.post("/control/press", json={"person": "Amara"})).status_code == 400


class TestInbox:
    async def test_waiting_says_what_came_instead(self, bot: Bot, amara: Person) -> None:
        await bot.send_message(amara.id, "Guten Tag")
        with pytest.raises(AssertionError, match="Guten Tag"):
            await amara.receives("Auf Wiedersehen", within=0.05)
        await amara.hears_nothing(0.05)
        await bot.send_message(amara.id, "noch etwas")
        with pytest.raises(AssertionError, match="noch etwas"):
            await amara.hears_nothing(0.05)
        assert (await amara.next_message()).text == "noch etwas"
