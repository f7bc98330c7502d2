"""The shell: once per incoming, nothing by halves, nothing personal in the logs, and whether all is well."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from bot.app import Assistant, Timepiece, assistant, health
from bot.channels import NotKeptError, SendError
from bot.config import Settings
from bot.core.model import (
    Address,
    Attachment,
    Choice,
    Content,
    Edit,
    Guide,
    Incoming,
    Move,
    Reply,
    Send,
    Sender,
    Status,
    Utterance,
)
from bot.logs import set_up_logging
from bot.store import delivering, turns
from bot.store.database import Database, DatabaseError
from bot.store.schema import cases, conversations, deliveries, feedback, inbox
from tests.core.scenes import CAFE, NONSENSE
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

AMARA, ROOM = Address("memory", "amara4711"), Address("memory", "room")
MARIA = Sender("memory:maria4713", "Maria Zanzibar")


def from_amara(content: Content | str, uid: str = "memory:1") -> Incoming:
    read = Utterance(content) if isinstance(content, str) else content
    return Incoming(uid, AMARA, Sender(str(AMARA), "Amara Okafor"), read, locale="en", message="in1")


def from_maria(content: Content | str, uid: str = "memory:2", reply_to: str | None = None) -> Incoming:
    read = Utterance(content) if isinstance(content, str) else content
    return Incoming(uid, ROOM, MARIA, read, private=False, reply_to=reply_to)


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
async def lotse(settings: Settings, guide: Guide, channel: MemoryChannel) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as running:
        yield running


@pytest.fixture
def poisoned(guide: Guide) -> Guide:
    """Content with a hole: the privacy text is gone, so that a turn that needs it must fail."""
    holes = {
        language: {key: saying for key, saying in sayings.items() if key != "privacy"}
        for language, sayings in guide.texts.sayings.items()
    }
    return replace(guide, texts=replace(guide.texts, sayings=holes))


# --- once ---


async def test_an_incoming_that_comes_twice_is_dealt_with_once(lotse: Assistant, channel: MemoryChannel) -> None:
    for _ in range(2):
        await lotse.take(from_amara(Choice("helpful:registration")))
    await lotse.workers[0].drain()
    assert len(channel.posted) == 1
    (counted,) = await rows(lotse.database, feedback)
    assert counted["helpful"] == 1


async def test_the_same_incoming_at_the_same_time_is_dealt_with_once(lotse: Assistant, channel: MemoryChannel) -> None:
    await asyncio.gather(*(lotse.take(from_amara("/privacy")) for _ in range(10)))
    await lotse.workers[0].drain()
    assert len(channel.posted) == 1


async def test_of_two_claims_one_wins(lotse: Assistant, channel: MemoryChannel) -> None:
    await lotse.take(from_amara("/human", "1"))
    await lotse.take(from_amara(Choice("consent:yes"), "2"))
    jonas = Sender("memory:jonas", "Jonas")
    claims = [from_maria(Choice("case:1:claim"), "3"), replace(from_maria(Choice("case:1:claim"), "4"), sender=jonas)]
    await asyncio.gather(*(lotse.take(claim) for claim in claims))
    await lotse.workers[0].drain()
    (case,) = await rows(lotse.database, cases)
    assert case["status"] == Status.CLAIMED
    claimed = [posted for posted in channel.posted if posted.to == AMARA and "👤" in posted.text]
    assert len(claimed) == 1


async def test_a_turn_goes_to_its_end_when_the_one_who_asked_is_gone(lotse: Assistant) -> None:
    taking = asyncio.create_task(lotse.take(from_amara("/privacy")))
    await asyncio.sleep(0)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    await lotse.database.close()  # waits for what is being written
    assert len(await rows(lotse.database, inbox)) == 1


# --- a turn that fails ---


async def test_a_turn_that_fails_is_parked_and_apologised_for(
    lotse: Assistant, channel: MemoryChannel, poisoned: Guide
) -> None:
    lotse.engine.use(poisoned)
    for _ in range(3):
        await lotse.take(from_amara("/privacy"))
    await lotse.workers[0].drain()
    (apology,) = channel.posted
    assert apology.text == poisoned.texts.say("en", "failed")
    assert [button.action for button in apology.buttons] == ["person"]
    (noted,) = await rows(lotse.database, inbox)
    assert noted["parked"]
    await lotse.take(from_amara("/help", "memory:2"))
    await lotse.workers[0].drain()
    assert len(channel.posted) == 2, "the next one is answered"


async def test_nothing_of_a_failed_turn_is_kept(
    lotse: Assistant, channel: MemoryChannel, poisoned: Guide, guide: Guide
) -> None:
    await lotse.take(from_amara("What about my diploma?", "1"))
    before = await rows(lotse.database, conversations)
    lotse.engine.use(poisoned)
    await lotse.take(from_amara("/privacy", "2"))
    assert await rows(lotse.database, conversations) == before


async def test_a_failure_in_the_advisers_room_is_parked_without_noise(
    lotse: Assistant, channel: MemoryChannel, guide: Guide
) -> None:
    holes = {language: {} for language in guide.languages}  # type: dict[str, dict[str, str]]
    lotse.engine.use(replace(guide, texts=replace(guide.texts, sayings=holes)))
    await lotse.take(from_maria("/help"))
    await lotse.workers[0].drain()
    assert channel.posted == []
    assert [row["parked"] for row in await rows(lotse.database, inbox)] == [True]


async def test_when_even_the_apology_fails_the_program_goes_on(lotse: Assistant, guide: Guide) -> None:
    holes = {language: {} for language in guide.languages}  # type: dict[str, dict[str, str]]
    lotse.engine.use(replace(guide, texts=replace(guide.texts, sayings=holes)))
    await lotse.take(from_amara("/help"))
    assert [row["parked"] for row in await rows(lotse.database, inbox)] == [True]


@pytest.mark.parametrize(
    "text", ["\ud83d", "hello \ud83d", "\0", "\x1b[31m", "\u202e\u200b" * 100, "a" * 100_000, "{name} {0} %s"]
)
async def test_any_text_is_answered(lotse: Assistant, channel: MemoryChannel, text: str) -> None:
    await lotse.take(from_amara(text))
    await lotse.workers[0].drain()
    assert len(channel.posted) == 1


async def test_what_the_database_cannot_keep_is_given_back(
    settings: Settings, lotse: Assistant, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "lotse.sqlite3", isolation_level=None) as other:
        async with lotse.database.writing(durable=False) as db:
            await db.exec_driver_sql("PRAGMA busy_timeout=10")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotKeptError):
            await lotse.take(from_amara("/privacy"))
        other.execute("ROLLBACK")
    other.close()
    assert await rows(lotse.database, inbox) == []
    await lotse.take(from_amara("/privacy"))
    assert len(await rows(lotse.database, deliveries)) == 1


# --- which case is meant ---


async def test_a_reply_a_thread_and_a_number_name_the_case(lotse: Assistant, channel: MemoryChannel) -> None:
    for number, name in enumerate(("amara4711", "kofi4712")):
        steps: tuple[Content, ...] = (Utterance(f"question of {name}"), Choice("person"), Choice("consent:yes"))
        for step, content in enumerate(steps):
            who = Address("memory", name)
            await lotse.take(Incoming(f"{number}/{step}", who, Sender(str(who), ""), content, locale="en"))
    await lotse.workers[0].drain()
    async with lotse.database.writing(durable=False) as db:
        await delivering.note_thread(db, ROOM, 2, "22")
    cards = channel.seen_in("room")
    assert [card.reply.buttons[0].action for card in cards] == ["case:1:claim", "case:2:claim"]
    in_thread = replace(from_maria("by thread", "a"), origin=Address("memory", "room", "22"))
    for incoming in (in_thread, from_maria("12 by reply 2", "b", cards[1].message), from_maria("/close 1", "c")):
        await lotse.take(incoming)
    await lotse.workers[0].drain()
    to_kofi = [posted.text for posted in channel.posted if posted.to.chat == "kofi4712"]
    assert [text.split("\n")[-1] for text in to_kofi[-2:]] == ["by thread", "12 by reply 2"]
    to_amara = [posted.text for posted in channel.posted if posted.to == AMARA]
    assert to_amara[-1] == lotse.engine._guide.texts.say("en", "handoff.close")


async def test_a_moved_room_is_still_the_advisers_room(lotse: Assistant, channel: MemoryChannel) -> None:
    second = Address("memory", "room-2")
    await lotse.take(from_maria(Move(second), "1"))
    await lotse.take(from_amara("/human", "2"))
    await lotse.take(from_amara(Choice("consent:yes"), "3"))
    await lotse.take(replace(from_maria("/cases", "4"), origin=second))
    await lotse.take(from_maria("/cases", "5"))
    await lotse.workers[0].drain()
    assert [posted.to for posted in channel.posted if posted.to != AMARA] == [second, second]


# --- the clock ---


async def test_a_reminder_that_is_due_while_the_program_is_down_comes_at_the_next_start_and_once(
    settings: Settings, guide: Guide, channel: MemoryChannel
) -> None:
    with_cafe = replace(guide, events=(CAFE,))
    start = CAFE.start.replace(tzinfo=CAFE.zone)
    time = Timepiece()
    time.move_to(start - timedelta(days=1, hours=1))
    async with assistant(settings, with_cafe, [channel], ROOM, time) as first:
        await first.take(from_amara(Choice("subscribe")))
        await first.engine.tick()
        await first.workers[0].drain()
    time.move_to(start - timedelta(hours=22))  # eight in the evening: nobody is disturbed yet
    for _ in range(2):
        async with assistant(settings, with_cafe, [channel], ROOM, time) as again:
            for _ in range(2):
                await again.engine.tick()
                await again.workers[0].drain()
    reminders = [posted for posted in channel.posted if posted.text.startswith("📅")]
    assert len(reminders) == 1


async def test_moving_the_clock_back_repeats_nothing(settings: Settings, guide: Guide, channel: MemoryChannel) -> None:
    time = Timepiece()
    start = CAFE.start.replace(tzinfo=CAFE.zone)
    async with assistant(settings, replace(guide, events=(CAFE,)), [channel], ROOM, time) as lotse:
        await lotse.take(from_amara(Choice("subscribe")))
        for before in (timedelta(days=2), timedelta(hours=23), timedelta(days=2), timedelta(hours=22)):
            time.move_to(start - before)
            await lotse.engine.tick()
            await lotse.workers[0].drain()
    assert len([posted for posted in channel.posted if posted.text.startswith("📅")]) == 1


# --- logs ---


@pytest.fixture(params=["text", "json"])
def logged(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that the program logs, down to the smallest detail."""
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(cache_logger_on_first_use=False)
    set_up_logging(request.param, logging.DEBUG)
    structlog.configure(cache_logger_on_first_use=False)
    output = io.StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(output)
    yield output
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


SECRET = "4711:AAE-secretsecretsecretsecretsecret"


async def test_logs_hold_nothing_that_people_wrote_nor_who_they_are(
    settings: Settings, poisoned: Guide, channel: MemoryChannel, logged: io.StringIO
) -> None:
    async with assistant(settings, poisoned, [channel], ROOM, Timepiece()) as lotse:
        card = None
        for number, incoming in enumerate(
            (
                from_amara("zanzibar question"),
                from_amara(f"my token is {SECRET}"),
                from_amara(Attachment("photo", "zanzibar picture")),
                from_amara(Edit("zanzibar again")),
                from_amara("/mydata zanzibar"),
                from_amara("/privacy zanzibar"),  # fails
                from_amara("/human"),
                from_amara(Choice("consent:yes")),
                from_maria("zanzibar answer"),
                from_amara("zanzibar to a person"),
                from_amara(Choice("zanzibar:zanzibar")),
                from_amara(Choice("subscribe")),
            )
        ):
            if incoming.origin == ROOM:
                card = channel.seen_in("room")[0].message
            await lotse.take(replace(incoming, uid=f"memory:{number}", reply_to=card))
            await lotse.workers[0].drain()
        channel.failures.append(SendError("refused"))
        channel.failures.append(SendError("blocked", gone=True))
        for number in range(2):
            async with lotse.database.writing(durable=False) as db:
                await turns.enqueue(db, Send(AMARA, Reply("zanzibar")), f"zanzibar:{number}", lotse.time.now())
            await lotse.workers[0].drain()
        await lotse.engine.tick()
    shown = logged.getvalue()
    assert shown.count("turn") >= 12
    assert "KeyError" in shown, "the operator sees that a turn failed, and where"
    assert "profile.py" in shown
    for trace in ("zanzibar question", "question", "picture", "answer", "amara", "Okafor", "maria", "Zanzibar", SECRET):
        assert trace not in shown.replace("dear_", ""), trace


async def test_json_logs_are_one_object_a_line(
    settings: Settings, guide: Guide, channel: MemoryChannel, logged: io.StringIO
) -> None:
    async with assistant(settings, guide, [channel], ROOM, Timepiece()) as lotse:
        await lotse.take(from_amara(NONSENSE))
    lines = [line for line in logged.getvalue().splitlines() if "outcome" in line]
    assert lines
    if lines[0].startswith("{"):
        (turn,) = map(json.loads, lines)
        assert {"event", "channel", "kind", "outcome", "ms", "level", "timestamp"} <= turn.keys()


def test_libraries_that_log_addresses_with_tokens_are_quiet(logged: io.StringIO) -> None:
    for name in ("httpx", "httpcore", "telegram", "telegram.ext", "apscheduler", "aiosqlite"):
        logging.getLogger(name).info("GET https://api.telegram.org/bot%s/getMe", SECRET)
    assert logged.getvalue() == ""


# --- health ---


async def test_a_program_that_never_ran_is_not_well(settings: Settings) -> None:
    with pytest.raises(DatabaseError, match="has never run"):
        await health(settings)


async def test_a_running_program_is_well(settings: Settings, lotse: Assistant) -> None:
    assert await health(settings) == "the program has never run on this database"
    await lotse.engine.tick()
    assert await health(settings) is None


async def test_a_clock_that_stopped_and_deliveries_that_pile_up_are_trouble(
    settings: Settings, lotse: Assistant
) -> None:
    now = datetime.now(UTC)
    async with lotse.database.writing(durable=False) as db:
        await turns.save_mark(db, "ticked", now.timestamp() - 90)
    assert "has not ticked for 9" in (await health(settings) or "")
    async with lotse.database.writing(durable=False) as db:
        await turns.save_mark(db, "ticked", now.timestamp())
        await turns.enqueue(db, Send(AMARA, Reply("waits")), "1", now - timedelta(minutes=9))
    assert await health(settings) is None
    async with lotse.database.writing(durable=False) as db:
        await turns.enqueue(db, Send(AMARA, Reply("waits")), "2", now - timedelta(minutes=11))
    assert (await health(settings) or "").startswith("2 deliveries wait, the oldest for 6")


async def test_health_does_not_disturb_a_running_program(settings: Settings, lotse: Assistant) -> None:
    await lotse.engine.tick()
    other = Database(settings.database)
    await asyncio.gather(
        *(health(settings) for _ in range(5)), *(lotse.take(from_amara("x", f"{n}")) for n in range(5))
    )
    await other.close()
    assert len(await rows(lotse.database, inbox)) == 5
