"""Puts broadcasts into the outbox: who is to get one is decided by the database, set by set."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Address, Broadcast
from bot.store.encoding import begins_with, pack_reply
from bot.store.schema import broadcasts, conversations, deliveries, wishes

CHUNK = 20_000  # people that are planned for in one transaction, so that turns go on in between


async def plan(db: AsyncConnection, broadcast: Broadcast, now: datetime, after: str = "") -> tuple[int, str | None]:
    """Deliveries for the next people who get the broadcast, in the order of their addresses; once per key and person.

    Returns how many are new, and after which address to go on; None when everybody was planned for. To plan the same
    people again changes nothing, so a restart in the middle costs nothing.
    """
    for language, reply in broadcast.replies.items():
        body, _ = pack_reply(reply)
        row = insert(broadcasts).values(
            key=_text_of(broadcast), language=language, body=body, expires_at=broadcast.expires.timestamp()
        )
        await db.execute(row.on_conflict_do_update(index_elements=["key", "language"], set_={"body": body}))
    ahead = and_(_concerned(broadcast), ~conversations.c.paused, conversations.c.address > after)
    further = select(conversations.c.address).where(ahead).order_by(conversations.c.address).offset(CHUNK - 1).limit(1)
    last: str | None = (await db.execute(further)).scalar()
    here = ahead if last is None else and_(ahead, conversations.c.address <= last)
    added = await db.execute(
        insert(deliveries).from_select(_COLUMNS, _rows(broadcast, now).where(here)).on_conflict_do_nothing()
    )
    return added.rowcount, last


async def count_concerned(db: AsyncConnection, broadcast: Broadcast) -> int:
    """How many people would get the broadcast now."""
    reached = select(func.count()).select_from(conversations).where(_concerned(broadcast), ~conversations.c.paused)
    return int((await db.execute(reached)).scalar_one())


_COLUMNS = [
    *("key", "channel", "address", "lane", "status", "broadcast", "language", "forget", "parts_sent"),
    *("attempts", "created_at", "due_at", "leased_until", "expires_at"),
]


def _concerned(broadcast: Broadcast) -> ColumnElement[bool]:
    """Who gets it, by their wishes and by what they were told before."""
    who = conversations.c.address
    wishing = and_(*(_has_one(who, group) for group in (broadcast.wishes, *broadcast.among)))
    if broadcast.without:
        wishing = and_(wishing, ~_has_one(who, broadcast.without))
    if broadcast.languages:
        wishing = and_(wishing, conversations.c.language.in_(broadcast.languages))
    if not broadcast.told:
        return wishing
    of_these = or_(*(begins_with(deliveries.c.broadcast, begin) for begin in broadcast.told))
    heard = exists().where(deliveries.c.address == who, deliveries.c.status == "sent", of_these)
    return or_(wishing, heard)


def _has_one(who: ColumnElement[str], wanted: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a person has one of the wishes; looked up person by person, so that a step costs what it plans."""
    return exists().where(wishes.c.address == who, wishes.c.wish.in_(wanted))


def _rows(broadcast: Broadcast, now: datetime) -> Select[tuple[object, ...]]:
    spoken = case(
        (conversations.c.language.in_(tuple(broadcast.replies)), conversations.c.language),
        else_=literal("en"),
    )
    return select(
        literal(f"{broadcast.key}:") + conversations.c.address,
        conversations.c.channel,
        conversations.c.address,
        literal(int(broadcast.lane)),
        literal("due"),
        literal(_text_of(broadcast)),
        spoken,
        literal(False),
        literal(0),
        literal(0),
        literal(now.timestamp()),
        literal((broadcast.due or now).timestamp()),
        literal(0.0),
        literal(broadcast.expires.timestamp()),
    )


def _text_of(broadcast: Broadcast) -> str:
    """The name of the text, which all that begin with the broadcast's key share."""
    return f"{broadcast.key}#{broadcast.variant}" if broadcast.variant else broadcast.key


async def call_off(db: AsyncConnection, begins: str, now: datetime) -> None:
    """What still waits of the broadcasts whose keys begin like this is outdated and not sent."""
    waits = and_(
        begins_with(deliveries.c.broadcast, begins),
        deliveries.c.status == "due",
        deliveries.c.leased_until <= now.timestamp(),
    )
    await db.execute(update(deliveries).where(waits).values(status="dropped", settled_at=now.timestamp()))


async def say_instead(db: AsyncConnection, begins: str, broadcast: Broadcast) -> None:
    """What still waits of the broadcasts whose keys begin like this says what another says."""
    for language, reply in broadcast.replies.items():
        body, _ = pack_reply(reply)
        of_these = and_(begins_with(broadcasts.c.key, begins), broadcasts.c.language == language)
        await db.execute(update(broadcasts).where(of_these).values(body=body))


async def end_broadcasts(db: AsyncConnection, address: Address) -> None:
    """The person wants to hear nothing any more: what waits for them goes."""
    who = and_(deliveries.c.address == str(address), deliveries.c.status == "due")
    await db.execute(delete(deliveries).where(who, deliveries.c.broadcast.is_not(None)))
