"""Files go from one messenger to another through memory: fetched when they are delivered, and kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app import Assistant, Timepiece, assistant
from bot.channels import SendError
from bot.config import Settings
from bot.core.model import Address, File, Guide, Medium, Reply, Send
from bot.outbox import GIVE_UP_AFTER
from bot.store import turns
from bot.store.schema import deliveries
from tests.memory_channel import MemoryChannel
from tests.store_reading import rows

AMARA = Address("memory", "amara")
PHOTO = Medium("elsewhere", "file-1", "zeugnis.jpg")


class Elsewhere(MemoryChannel):
    """Another messenger."""

    name = "elsewhere"


@pytest.fixture
def source() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def channel() -> MemoryChannel:
    return MemoryChannel()


@pytest.fixture
async def lotse(
    settings: Settings, guide: Guide, channel: MemoryChannel, source: Elsewhere
) -> AsyncIterator[Assistant]:
    async with assistant(settings, guide, [channel, source], None, Timepiece()) as running:
        yield running


async def deliver(lotse: Assistant, medium: Medium) -> None:
    async with lotse.database.writing(durable=False) as db:
        await turns.enqueue(db, Send(AMARA, Reply("not to be had", medium=medium), key="k"), "k", lotse.time.now())
    await lotse.workers[0].drain()


async def test_a_file_is_passed_through_and_kept_nowhere(
    lotse: Assistant, channel: MemoryChannel, source: Elsewhere
) -> None:
    source.files["file-1"] = b"jpeg"
    await deliver(lotse, PHOTO)
    assert [posted.reply for posted in channel.posted] == [Reply("", file=File("zeugnis.jpg", b"jpeg"))]
    (kept,) = await rows(lotse.database, deliveries)
    assert (kept["status"], kept["body"], kept["file"]) == ("sent", None, None)


@pytest.mark.parametrize("medium", [PHOTO, Medium("unknown", "file-1", "x")])
async def test_a_file_that_cannot_be_had_is_said_to_be_lost(
    lotse: Assistant, channel: MemoryChannel, source: Elsewhere, medium: Medium
) -> None:
    source.failures = [SendError("too big")]
    await deliver(lotse, medium)
    assert [posted.text for posted in channel.posted] == ["not to be had"]


@pytest.mark.parametrize("away", [SendError("away", temporary=True), SendError("slow", retry_after=600)])
async def test_while_its_messenger_is_away_the_file_waits_and_nothing_else(
    lotse: Assistant, channel: MemoryChannel, source: Elsewhere, away: SendError
) -> None:
    source.failures, source.files = [away], {"file-1": b"jpeg"}
    await deliver(lotse, PHOTO)
    other = Send(Address("memory", "kofi"), Reply("Hallo"), key="other")
    async with lotse.database.writing(durable=False) as db:
        await turns.enqueue(db, other, "other", lotse.time.now())
    await lotse.workers[0].drain()
    assert [posted.text for posted in channel.posted] == ["Hallo"]
    lotse.time.move_to(lotse.time.now() + timedelta(seconds=2))
    await lotse.workers[0].drain()
    assert channel.posted[-1].reply.file is not None


async def test_a_file_is_not_waited_for_for_ever(lotse: Assistant, channel: MemoryChannel, source: Elsewhere) -> None:
    source.failures = [SendError("away", temporary=True)] * 2
    await deliver(lotse, PHOTO)
    lotse.time.move_to(lotse.time.now() + GIVE_UP_AFTER)
    await lotse.workers[0].drain()
    assert [posted.text for posted in channel.posted] == ["not to be had"]
