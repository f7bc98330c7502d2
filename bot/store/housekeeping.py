"""What the clock removes, so that nothing is kept longer than it is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Address, Status
from bot.store.advisers import forget_advisers
from bot.store.announcing import purge_announcements
from bot.store.blocking import purge_blocks
from bot.store.schema import broadcasts, cases, deliveries, history, inbox, postings, sealed, threads, wishes
from bot.store.telling import purge_told
from bot.store.turns import load_conversation, save_conversation

KEEP_INBOX = timedelta(days=14)  # messengers repeat an incoming for a day at most (Telegram: 24 hours)
KEEP_DELIVERIES = timedelta(days=30)
KEEP_SEALED = timedelta(days=7)  # a key that has not come by then does not come
KEEP_COMING = timedelta(days=60)  # from the planned day on; an event that is moved on so far is an exception


async def purge(db: AsyncConnection, now: datetime, keep_cases: timedelta) -> None:
    """Remove settled deliveries, old inbox rows, closed cases and events to go to whose time is over.

    keep_cases: so long a case is kept after it was closed.
    """
    await _forget_events_gone_to(db, now)
    await forget_advisers(db, now)
    await purge_blocks(db, now)
    await purge_told(db, now)
    await purge_announcements(db, now)
    await db.execute(delete(inbox).where(inbox.c.received_at < (now - KEEP_INBOX).timestamp()))
    settled = (now - KEEP_DELIVERIES).timestamp()
    await db.execute(delete(deliveries).where(deliveries.c.status != "due", deliveries.c.settled_at < settled))
    await db.execute(delete(postings).where(postings.c.case_number.is_(None), postings.c.posted_at < settled))
    await db.execute(delete(broadcasts).where(broadcasts.c.expires_at < settled))
    await db.execute(delete(sealed).where(sealed.c.arrived_at < (now - KEEP_SEALED).timestamp()))
    over = (cases.c.status == Status.CLOSED.value, cases.c.changed_at < (now - keep_cases).timestamp())
    closed = select(cases.c.number).where(*over)
    await db.execute(delete(postings).where(postings.c.case_number.in_(closed)))
    await db.execute(delete(threads).where(threads.c.case_number.in_(closed)))
    await db.execute(delete(history).where(history.c.case_number.in_(closed)))
    await db.execute(delete(cases).where(*over))


async def _forget_events_gone_to(db: AsyncConnection, now: datetime) -> None:
    """An occurrence's name ends with its planned day (`k3m9x2ab-261204`)."""
    oldest = f"{now - KEEP_COMING:%y%m%d}"
    gone = select(wishes.c.address).where(wishes.c.wish.startswith("event:"), func.substr(wishes.c.wish, -6) < oldest)
    for address in set((await db.execute(gone)).scalars()):
        kept = await load_conversation(db, Address.parse(address))
        if kept is not None:
            coming = tuple(ref for ref in kept.coming if ref[-6:] >= oldest)
            await save_conversation(db, replace(kept, coming=coming), now)
