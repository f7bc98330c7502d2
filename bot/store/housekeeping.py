"""What the clock removes, so that nothing is kept longer than it is needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Status
from bot.store.schema import broadcasts, cases, deliveries, inbox, postings, sealed, threads

KEEP_INBOX = timedelta(days=14)  # messengers repeat an incoming for a day at most (Telegram: 24 hours)
KEEP_DELIVERIES = timedelta(days=30)
KEEP_SEALED = timedelta(days=7)  # a key that has not come by then does not come
KEEP_CLOSED_CASES = timedelta(days=90)


async def purge(db: AsyncConnection, now: datetime) -> None:
    """Remove settled deliveries, old inbox rows and closed cases whose time is over."""
    await db.execute(delete(inbox).where(inbox.c.received_at < (now - KEEP_INBOX).timestamp()))
    settled = (now - KEEP_DELIVERIES).timestamp()
    await db.execute(delete(deliveries).where(deliveries.c.status != "due", deliveries.c.settled_at < settled))
    await db.execute(delete(broadcasts).where(broadcasts.c.expires_at < settled))
    await db.execute(delete(sealed).where(sealed.c.arrived_at < (now - KEEP_SEALED).timestamp()))
    closed = select(cases.c.number).where(
        cases.c.status == Status.CLOSED.value, cases.c.changed_at < (now - KEEP_CLOSED_CASES).timestamp()
    )
    await db.execute(delete(postings).where(postings.c.case_number.in_(closed)))
    await db.execute(delete(threads).where(threads.c.case_number.in_(closed)))
    await db.execute(
        delete(cases).where(
            cases.c.status == Status.CLOSED.value, cases.c.changed_at < (now - KEEP_CLOSED_CASES).timestamp()
        )
    )
