"""The outbox in the database: claiming what is due, noting what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Address, Lane, MessageRef, Reply
from bot.store.encoding import unpack_reply
from bot.store.schema import broadcasts, deliveries, postings, threads


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox that is to be sent now."""

    id: int
    key: str
    to: Address
    topic: str | None
    lane: Lane
    reply: Reply
    case: int | None
    replaces: str | None
    forget: bool
    parts_sent: int
    attempts: int
    created: datetime


async def claim(
    db: AsyncConnection,
    channel: str,
    now: datetime,
    lease_seconds: float,
    resting: Collection[str],
    highest_lane: Lane,
) -> Delivery | None:
    """Take the next delivery of a channel: lowest lane first, longest due first, and in order within a chat.

    It stays leased to us for some seconds, so that it comes back if we die. Chats that are resting (pacing) and
    lanes above `highest_lane` are passed over. Deliveries past their expiry are settled as expired on the way.
    """
    moment = now.timestamp()
    await _expire(db, channel, moment)
    earlier = deliveries.alias()
    in_order = ~(
        select(earlier.c.id)
        .where(
            earlier.c.address == deliveries.c.address,
            earlier.c.status == "due",
            earlier.c.id < deliveries.c.id,
            earlier.c.lane <= deliveries.c.lane,
        )
        .exists()
    )
    ready = (
        deliveries.c.due_at <= moment,
        deliveries.c.leased_until <= moment,
        deliveries.c.address.not_in(tuple(resting)),
        in_order,
    )
    firsts = [_first_of(channel, lane, *ready).scalar_subquery() for lane in Lane if lane <= highest_lane]
    query = select(deliveries).where(deliveries.c.id == func.coalesce(*firsts, None))
    row = (await db.execute(query)).mappings().first()
    if row is None:
        return None
    await db.execute(
        update(deliveries)
        .where(deliveries.c.id == row["id"])
        .values(leased_until=moment + lease_seconds, attempts=row["attempts"] + 1)
    )
    body = row["body"]
    if row["broadcast"] is not None:
        text = select(broadcasts.c.body).where(
            and_(broadcasts.c.key == row["broadcast"], broadcasts.c.language == row["language"])
        )
        body = (await db.execute(text)).scalar_one()
    to = Address.parse(row["address"])
    return Delivery(
        id=row["id"],
        key=row["key"],
        to=Address(to.channel, to.chat, row["thread"]),
        topic=row["topic"],
        lane=Lane(row["lane"]),
        reply=unpack_reply(body, row["file"]),
        case=row["case_number"],
        replaces=row["replaces"],
        forget=row["forget"],
        parts_sent=row["parts_sent"],
        attempts=row["attempts"] + 1,
        created=datetime.fromtimestamp(row["created_at"], UTC),
    )


def _first_of(channel: str, lane: Lane, *ready: ColumnElement[bool]) -> Select[tuple[int]]:
    """The delivery of a lane that has been due longest, read off the index however many wait."""
    waits = (deliveries.c.channel == channel, deliveries.c.status == "due", deliveries.c.lane == int(lane))
    return select(deliveries.c.id).where(*waits, *ready).order_by(deliveries.c.due_at, deliveries.c.id).limit(1)


async def _expire(db: AsyncConnection, channel: str, moment: float) -> None:
    await db.execute(
        update(deliveries)
        .where(deliveries.c.channel == channel, deliveries.c.status == "due", deliveries.c.expires_at <= moment)
        .values(status="expired", settled_at=moment, body=None, file=None)
    )


async def next_due(db: AsyncConnection, channel: str, now: datetime) -> float | None:
    """When the next delivery of the channel is due (seconds since 1970), or None if nothing waits.

    Those in the hands of a worker do not count: they come back when it dies, which can wait.
    """
    free = deliveries.c.leased_until <= now.timestamp()
    firsts = [_first_of(channel, lane, free).scalar_subquery() for lane in Lane]
    query = select(func.min(deliveries.c.due_at)).where(deliveries.c.id.in_(firsts))
    moment: float | None = (await db.execute(query)).scalar()
    return moment


async def release_leases(db: AsyncConnection) -> None:
    """At the start: whatever a killed process had in its hands is due again."""
    await db.execute(update(deliveries).where(deliveries.c.status == "due").values(leased_until=0.0))


async def note_part(db: AsyncConnection, delivery: Delivery, parts_sent: int) -> None:
    """So many messages of a long delivery are out; a restart goes on after them."""
    await _change(db, delivery, parts_sent=parts_sent)


async def note_sent(db: AsyncConnection, delivery: Delivery, now: datetime) -> None:
    """It arrived: keep the key, remove the text."""
    await _settle(db, delivery, "sent", None, now)


async def hurry(db: AsyncConnection, to: Address, now: datetime) -> None:
    """What waits for a chat until its next try is tried now: the chat can be reached again."""
    waiting = (deliveries.c.address == str(to), deliveries.c.status == "due")
    await db.execute(update(deliveries).where(*waiting).values(due_at=now.timestamp()))


async def note_failed(db: AsyncConnection, delivery: Delivery, reason: str, now: datetime) -> None:
    """It will never arrive: keep the key and the reason, remove the text."""
    await _settle(db, delivery, "failed", reason, now)


async def _settle(db: AsyncConnection, delivery: Delivery, status: str, reason: str | None, now: datetime) -> None:
    if delivery.forget:
        await db.execute(deliveries.delete().where(deliveries.c.id == delivery.id))
        return
    await _change(db, delivery, status=status, reason=reason, settled_at=now.timestamp(), body=None, file=None)


async def _change(db: AsyncConnection, delivery: Delivery, **values: object) -> None:
    """Change the row of a delivery in hand; if the person was erased meanwhile, nothing of it stays."""
    changed = await db.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(**values))
    if changed.rowcount == 0:
        await db.execute(postings.delete().where(postings.c.key == (delivery.replaces or delivery.key)))


async def note_retry(db: AsyncConnection, delivery: Delivery, due_at: float, reason: str) -> None:
    """It did not arrive now: try again at `due_at` (seconds since 1970)."""
    await _change(db, delivery, due_at=due_at, leased_until=0.0, reason=reason)


async def note_posting(
    db: AsyncConnection, chat: Address, message: str, key: str, case: int | None, now: datetime
) -> None:
    """Remember which message in the messenger carries which delivery."""
    row = insert(postings).values(
        address=str(chat), message=message, key=key, case_number=case, posted_at=now.timestamp()
    )
    await db.execute(row.on_conflict_do_update(index_elements=["address", "message"], set_={"key": key}))


async def message_of(db: AsyncConnection, chat: Address, key: str) -> str | None:
    """The messenger's id of the message that carries the delivery with this key; the newest if there are several."""
    query = (
        select(postings.c.message)
        .where(and_(postings.c.address == str(chat), postings.c.key == key))
        .order_by(postings.c.posted_at.desc())
        .limit(1)
    )
    message: str | None = (await db.execute(query)).scalar()
    return message


async def recent_of(db: AsyncConnection, case: int, room: Address, but: str, most: int) -> tuple[MessageRef, ...]:
    """The last messages of a case that lie in the newcomer's chat and can be copied into the room, oldest first.

    Only within one messenger; the message whose copy has the key `but` is left out.
    """
    query = (
        select(postings.c.address, postings.c.message)
        .where(
            postings.c.case_number == case,
            postings.c.address != str(room),
            postings.c.address.startswith(f"{room.channel}:", autoescape=True),
            postings.c.key != but,
        )
        .order_by(postings.c.posted_at.desc())
        .limit(most)
    )
    rows = (await db.execute(query)).all()
    return tuple(MessageRef(Address.parse(row.address), row.message) for row in reversed(rows))


async def thread_of(db: AsyncConnection, room: Address, case: int) -> str | None:
    """The thread of a case in the advisers' room."""
    query = select(threads.c.thread).where(and_(threads.c.case_number == case, threads.c.room == str(room)))
    thread: str | None = (await db.execute(query)).scalar()
    return thread


async def note_thread(db: AsyncConnection, room: Address, case: int, thread: str) -> None:
    """Remember the thread of a case."""
    row = insert(threads).values(case_number=case, room=str(room), thread=thread)
    values = {"room": str(room), "thread": thread}
    await db.execute(row.on_conflict_do_update(index_elements=["case_number"], set_=values))


async def forget_thread(db: AsyncConnection, case: int) -> None:
    """The thread of a case is gone; the next message makes a new one."""
    await db.execute(threads.delete().where(threads.c.case_number == case))


async def count_waiting(db: AsyncConnection, now: datetime) -> tuple[int, float]:
    """How many deliveries are due, and how long the oldest has been due (seconds)."""
    moment = now.timestamp()
    query = select(func.count(), func.min(deliveries.c.due_at)).where(
        deliveries.c.status == "due", deliveries.c.due_at <= moment
    )
    count, oldest = (await db.execute(query)).one()
    return int(count), max(0.0, moment - oldest) if oldest is not None else 0.0
