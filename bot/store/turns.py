"""What one turn reads and writes: conversation, case, inbox and outbox, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Address, Case, Conversation, Feedback, Send, Status
from bot.core.wishes import choices_of, wishes_of
from bot.store.encoding import pack_case, pack_conversation, pack_reply, unpack_case, unpack_conversation
from bot.store.schema import (
    cases,
    conversations,
    deliveries,
    feedback,
    inbox,
    marks,
    moves,
    postings,
    threads,
    wishes,
)

LAST_CASE = "last_case"
ROOM_LOST = "room_lost"  # since when the advisers' room cannot be written to (seconds since 1970)


async def note_incoming(db: AsyncConnection, uid: str, now: datetime) -> bool:
    """Write down that this incoming is being dealt with; False when it was dealt with before."""
    noted = await db.execute(
        insert(inbox).values(uid=uid, received_at=now.timestamp(), parked=False).on_conflict_do_nothing()
    )
    return noted.rowcount == 1


async def park_incoming(db: AsyncConnection, uid: str) -> None:
    """Mark an incoming on which no decision could be made, so that an operator can count them."""
    await db.execute(update(inbox).where(inbox.c.uid == uid).values(parked=True))


async def current_address(db: AsyncConnection, address: Address) -> Address:
    """Where the chat is reached today, if it has moved."""
    moved = (await db.execute(select(moves.c.new).where(moves.c.old == str(address)))).scalar()
    return Address.parse(moved) if moved else address


async def load_conversation(db: AsyncConnection, address: Address) -> Conversation | None:
    """What is remembered of the chat, or None."""
    row = (await db.execute(select(conversations.c.state).where(conversations.c.address == str(address)))).scalar()
    return unpack_conversation(row) if row else None


async def language_of(db: AsyncConnection, address: Address) -> str | None:
    """The language of a chat, if it is known."""
    language: str | None = (
        await db.execute(select(conversations.c.language).where(conversations.c.address == str(address)))
    ).scalar()
    return language


async def save_conversation(db: AsyncConnection, conversation: Conversation, now: datetime) -> None:
    """Remember the conversation as it is now."""
    values = {
        "channel": conversation.address.channel,
        "language": conversation.language,
        "subscribed": conversation.subscribed,
        "paused": conversation.paused,
        "person": conversation.person,
        "state": pack_conversation(conversation),
        "changed_at": now.timestamp(),
    }
    who, wanted = str(conversation.address), wishes_of(conversation) | choices_of(conversation)
    row = insert(conversations).values(address=who, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["address"], set_=values))
    await db.execute(delete(wishes).where(wishes.c.address == who, wishes.c.wish.not_in(wanted)))
    if wanted:
        rows = [{"wish": wish, "address": who} for wish in sorted(wanted)]
        await db.execute(insert(wishes).on_conflict_do_nothing(), rows)


async def remember_buttons(db: AsyncConnection, send: Send, now: datetime) -> None:
    """Keep the buttons of a message that others cause, for the chat where one types their number or label."""
    conversation = await load_conversation(db, send.to.whole_chat)
    if conversation is not None and send.reply.buttons:
        await save_conversation(db, replace(conversation, buttons=send.reply.buttons), now)


async def load_case(db: AsyncConnection, number: int) -> Case | None:
    """The case with this number, or None."""
    row = (await db.execute(select(cases.c.state).where(cases.c.number == number))).scalar()
    return unpack_case(row) if row else None


async def load_case_of(db: AsyncConnection, newcomer: Address) -> Case | None:
    """The newcomer's case that is not closed, or None."""
    query = select(cases.c.state).where(and_(cases.c.newcomer == str(newcomer), cases.c.status != Status.CLOSED.value))
    row = (await db.execute(query)).scalar()
    return unpack_case(row) if row else None


async def load_last_case(db: AsyncConnection, newcomer: Address) -> Case | None:
    """The newcomer's newest closed case, or None."""
    query = (
        select(cases.c.state)
        .where(and_(cases.c.newcomer == str(newcomer), cases.c.status == Status.CLOSED.value))
        .order_by(cases.c.changed_at.desc())
        .limit(1)
    )
    row = (await db.execute(query)).scalar()
    return unpack_case(row) if row else None


async def load_waiting_cases(db: AsyncConnection) -> tuple[Case, ...]:
    """All cases that are not closed, oldest first."""
    query = select(cases.c.state).where(cases.c.status != Status.CLOSED.value).order_by(cases.c.number)
    return tuple(unpack_case(state) for state in (await db.execute(query)).scalars())


async def save_case(db: AsyncConnection, kept: Case) -> None:
    """Keep the case as it is now; its number is used up for ever."""
    values = {
        "newcomer": str(kept.newcomer),
        "status": kept.status.value,
        "state": pack_case(kept),
        "opened_at": kept.opened.timestamp(),
        "changed_at": kept.changed.timestamp(),
    }
    row = insert(cases).values(number=kept.number, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["number"], set_=values))
    last = await load_mark(db, LAST_CASE) or 0
    if kept.number > last:
        await save_mark(db, LAST_CASE, kept.number)


async def fresh_case_number(db: AsyncConnection) -> int:
    """A number that no case ever had."""
    return int(await load_mark(db, LAST_CASE) or 0) + 1


async def case_of_thread(db: AsyncConnection, room: Address, thread: str) -> int | None:
    """The number of the case whose thread this is: opened for it, or begun by one of its messages."""
    query = select(threads.c.case_number).where(and_(threads.c.room == str(room), threads.c.thread == thread))
    number: int | None = (await db.execute(query)).scalar()
    if number is None and (begun := await posting(db, room, thread)) is not None:
        number = begun[1]
    return number


async def posting(db: AsyncConnection, chat: Address, message: str) -> tuple[str, int | None] | None:
    """Key and case of the delivery that this message of ours carries."""
    query = select(postings.c.key, postings.c.case_number).where(
        and_(postings.c.address == str(chat), postings.c.message == message)
    )
    row = (await db.execute(query)).first()
    return (row.key, row.case_number) if row else None


async def load_mark(db: AsyncConnection, name: str) -> float | None:
    """A number that was remembered."""
    value: float | None = (await db.execute(select(marks.c.value).where(marks.c.name == name))).scalar()
    return value


async def drop_mark(db: AsyncConnection, name: str) -> bool:
    """Forget a number; False where there was none."""
    return (await db.execute(delete(marks).where(marks.c.name == name))).rowcount > 0


async def save_mark(db: AsyncConnection, name: str, value: float) -> None:
    """Remember a number."""
    row = insert(marks).values(name=name, value=value)
    await db.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def enqueue(db: AsyncConnection, send: Send, key: str, now: datetime) -> None:
    """Put a delivery into the outbox; one with the same key is there already and stays as it is.

    A change of a message that waits to be sent, or to be changed, is made there: nobody has to see what is outdated.
    """
    body, file = pack_reply(send.reply)
    if send.replaces is not None and file is None and await _overtake(db, send, body, now):
        return
    row = insert(deliveries).values(
        key=send.key or key,
        channel=send.to.channel,
        address=str(send.to),
        thread=send.to.thread,
        topic=send.topic,
        lane=int(send.lane),
        status="due",
        body=body,
        file=file,
        case_number=send.case,
        replaces=send.replaces,
        forget=send.forget,
        created_at=now.timestamp(),
        due_at=now.timestamp(),
        expires_at=send.expires.timestamp() if send.expires else None,
    )
    await db.execute(row.on_conflict_do_nothing())


async def _overtake(db: AsyncConnection, send: Send, body: str, now: datetime) -> bool:
    """Whether the message or its last change still waits, and now says this instead."""
    waits = and_(
        deliveries.c.address == str(send.to),
        or_(deliveries.c.key == send.replaces, deliveries.c.replaces == send.replaces),
        deliveries.c.status == "due",
        deliveries.c.leased_until <= now.timestamp(),
        deliveries.c.parts_sent == 0,
        deliveries.c.file.is_(None),
    )
    newest = (await db.execute(select(deliveries.c.id).where(waits).order_by(deliveries.c.id.desc()).limit(1))).scalar()
    if newest is None:
        return False
    await db.execute(
        update(deliveries).where(deliveries.c.id == newest).values(body=body, topic=send.topic or deliveries.c.topic)
    )
    return True


async def count_feedback(db: AsyncConnection, given: Feedback, now: datetime) -> None:
    """Add one to the day's count for the entry."""
    column = feedback.c.helpful if given.helpful else feedback.c.unhelpful
    day = now.astimezone(UTC).date().isoformat()
    row = insert(feedback).values(
        day=day,
        entry=given.entry,
        language=given.language,
        helpful=int(given.helpful),
        unhelpful=int(not given.helpful),
    )
    await db.execute(
        row.on_conflict_do_update(index_elements=["day", "entry", "language"], set_={column.name: column + 1})
    )
