"""Everything about one person: export, deletion, and what happens when a chat moves or cannot be reached."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Address, Removal
from bot.store.announcing import forget_author, load_written_by
from bot.store.blocking import forget_why, load_block, mark_of, move_block
from bot.store.encoding import unpack_case
from bot.store.schema import (
    advisers,
    cases,
    conversations,
    deliveries,
    history,
    inbox,
    moves,
    postings,
    sealed,
    threads,
    wishes,
)
from bot.store.turns import load_conversation, save_case, save_conversation


async def export(db: AsyncConnection, address: Address, person: str) -> bytes:
    """All that is stored about the person, as readable JSON (GDPR Art. 15 and 20).

    `person` is the messenger's id of them, by which advisers are known; their private chats may have another.
    """
    chat, *others = await chats_of(db, address, person)
    kept = {"person": person, **await _of_chat(db, chat)}
    as_adviser = (await db.execute(select(advisers).where(advisers.c.id == person))).mappings().first()
    kept["as an adviser"] = dict(as_adviser) if as_adviser else None
    written = await load_written_by(db, person)
    kept["announcements"] = [{"made": each.made.isoformat(), "texts": dict(each.texts)} for each in written]
    blocked = await load_block(db, address, person)
    kept["reaches no adviser"] = {"since": blocked.at.isoformat(), "why": blocked.reason} if blocked else None
    kept["other chats"] = [await _of_chat(db, other) for other in others]
    return json.dumps(kept, ensure_ascii=False, indent=2).encode()


async def chats_of(db: AsyncConnection, address: Address, person: str) -> tuple[Address, ...]:
    """This chat, and the person's others where they can have several."""
    of_person = and_(conversations.c.person == mark_of(person), conversations.c.person != "")
    found = await db.execute(select(conversations.c.address).where(of_person).order_by(conversations.c.address))
    return (address, *(Address.parse(other) for other in found.scalars() if other != str(address)))


async def _of_chat(db: AsyncConnection, address: Address) -> dict[str, Any]:
    who = str(address)
    kept: dict[str, Any] = {"address": who}
    state = (await db.execute(select(conversations.c.state).where(conversations.c.address == who))).scalar()
    kept["conversation"] = json.loads(state) if state else None
    rows = await db.execute(select(cases.c.state).where(cases.c.newcomer == who).order_by(cases.c.number))
    kept["cases"] = [_without_advisers_id(json.loads(row)) for row in rows.scalars()]
    of_threads = select(threads).where(threads.c.case_number.in_(_numbers(who))).order_by(threads.c.case_number)
    kept["threads of cases"] = [dict(row) for row in (await db.execute(of_threads)).mappings()]
    columns = [c for c in deliveries.c if c.name != "file"]
    rows_of_deliveries = await db.execute(
        select(*columns)
        .where(or_(deliveries.c.address == who, deliveries.c.case_number.in_(_numbers(who))))
        .order_by(deliveries.c.id)
    )
    kept["deliveries"] = [dict(row) for row in rows_of_deliveries.mappings()]
    of_postings = or_(postings.c.address == who, postings.c.case_number.in_(_numbers(who)))
    posted = await db.execute(select(postings).where(of_postings).order_by(postings.c.posted_at))
    kept["messages of cases"] = [dict(row) for row in posted.mappings()]
    moved = await db.execute(select(moves).where(or_(moves.c.old == who, moves.c.new == who)))
    waiting = await db.execute(select(sealed.c.uid).where(sealed.c.address == who).order_by(sealed.c.arrived_at))
    kept["messages that wait for their keys"] = list(waiting.scalars())
    of_cases = history.c.case_number.in_(_numbers(who))
    happened = select(history.c.case_number, history.c.at, history.c.what).where(of_cases).order_by(history.c.id)
    kept["what happened to cases"] = [dict(row) for row in (await db.execute(happened)).mappings()]
    kept["earlier addresses"] = [row["old"] for row in moved.mappings()]
    return kept


def _numbers(who: str) -> Select[tuple[int]]:
    return select(cases.c.number).where(cases.c.newcomer == who)


def _without_advisers_id(case: dict[str, Any]) -> dict[str, Any]:
    """A case as its newcomer may have it: the adviser's name they were told, the account they were not (Art. 15(4))."""
    adviser = case["adviser"]
    return {**case, "adviser": (adviser.get("shown") or None) if adviser else None}


async def erase(db: AsyncConnection, address: Address, person: str) -> None:
    """Remove all that is stored about the person (GDPR Art. 17); their cases go too. `person` as in export."""
    for chat in await chats_of(db, address, person):
        await forget_why(db, chat, person)
        await _erase_chat(db, str(chat))
    await db.execute(delete(advisers).where(advisers.c.id == person))
    await forget_author(db, person)


async def _erase_chat(db: AsyncConnection, who: str) -> None:
    numbers = _numbers(who)
    await db.execute(delete(postings).where(or_(postings.c.address == who, postings.c.case_number.in_(numbers))))
    await db.execute(delete(threads).where(threads.c.case_number.in_(numbers)))
    await db.execute(delete(deliveries).where(or_(deliveries.c.address == who, deliveries.c.case_number.in_(numbers))))
    await db.execute(delete(history).where(history.c.case_number.in_(numbers)))
    await db.execute(delete(cases).where(cases.c.newcomer == who))
    await db.execute(delete(conversations).where(conversations.c.address == who))
    await db.execute(delete(wishes).where(wishes.c.address == who))
    await db.execute(delete(moves).where(or_(moves.c.old == who, moves.c.new == who)))
    await db.execute(delete(sealed).where(sealed.c.address == who))
    # an incoming that the program made itself may be named after the delivery it is about
    await db.execute(delete(inbox).where(inbox.c.uid.endswith(f":{who}", autoescape=True)))


async def copies_in(db: AsyncConnection, address: Address, room: Address) -> tuple[Removal, ...]:
    """What of the person's cases lies in the advisers' room, each case by itself."""
    removals = []
    for number in (await db.execute(_numbers(str(address)))).scalars().all():
        of_case = postings.c.case_number == number
        posted = (
            select(postings.c.message).where(of_case, postings.c.address == str(room)).order_by(postings.c.posted_at)
        )
        messages = tuple((await db.execute(posted)).scalars())
        opened = select(threads.c.thread).where(threads.c.case_number == number, threads.c.room == str(room))
        thread = (await db.execute(opened)).scalar()
        if messages or thread is not None:
            removals.append(Removal(Address(room.channel, room.chat, thread), messages))
    return tuple(removals)


async def drop_waiting(db: AsyncConnection, address: Address, now: datetime) -> None:
    """What still waits to be sent to a chat that cannot be reached is not sent."""
    waiting = and_(deliveries.c.address == str(address), deliveries.c.status == "due")
    await db.execute(delete(deliveries).where(waiting, deliveries.c.forget))
    await db.execute(
        update(deliveries).where(waiting).values(status="dropped", settled_at=now.timestamp(), body=None, file=None)
    )


async def relocate(db: AsyncConnection, old: Address, new: Address, now: datetime) -> None:
    """The chat has a new address: everything of it goes along."""
    before, after = str(old), str(new)
    row = insert(moves).values(old=before, new=after)
    await db.execute(row.on_conflict_do_update(index_elements=["old"], set_={"new": after}))
    await db.execute(update(moves).where(moves.c.new == before).values(new=after))
    await db.execute(update(deliveries).where(deliveries.c.address == before).values(address=after))
    await db.execute(delete(threads).where(threads.c.room == before))
    await db.execute(delete(postings).where(postings.c.address == before))
    await db.execute(update(sealed).where(sealed.c.address == before).values(address=after))
    await move_block(db, old, new)
    conversation = await load_conversation(db, old)
    if conversation is not None:
        await db.execute(delete(conversations).where(conversations.c.address.in_((before, after))))
        await db.execute(delete(wishes).where(wishes.c.address.in_((before, after))))
        await save_conversation(db, replace(conversation, address=new), now)
    for state in (await db.execute(select(cases.c.state).where(cases.c.newcomer == before))).scalars().all():
        await save_case(db, replace(unpack_case(state), newcomer=new))
