"""What the clock causes about events: reminders, corrections and the weekly list, planned step by step."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.core.correcting import compare, told_now
from bot.core.digest import digests, is_due, new_events
from bot.core.model import Broadcast, Guide
from bot.core.reminding import reminders_between
from bot.store import planning, telling
from bot.store.database import Database
from scheduler.agenda import find_occurrence

log = structlog.get_logger("lotse.events")


async def tell_of_events(database: Database, guide: Guide, since: datetime, now: datetime) -> None:
    """Plan all that has come due after `since` and up to `now`.

    Each step is a transaction of its own, so that turns go on in between, and can be repeated without effect: the
    caller moves the clock on when all is done, and after a crash the same is planned again.
    """
    async with database.writing(durable=False) as db:
        known = await telling.load_told(db)
        coming = set(await telling.coming_refs(db)) - {told.ref for told in known}
        wanted = await telling.digests_wanted(db) if is_due(guide, since, now) else ()
        listed = await telling.load_listed(db) if wanted else ()
    for broadcast, occurrence in reminders_between(guide, since, now):
        await plan_all(database, broadcast, now)
        async with database.writing(durable=False) as db:
            await telling.note_told(db, told_now(guide, occurrence, now), first=True)
    noted, corrections = compare(guide, known, now)
    for correction in corrections:
        await plan_all(database, correction.broadcast, now)
    fresh = new_events(guide, listed, now) if wanted else ()
    for digest in digests(guide, wanted, fresh, now):
        await plan_all(database, digest, now)
    async with database.writing(durable=False) as db:
        for correction in corrections:
            begins = correction.broadcast.told[0]
            if correction.ended:
                await planning.call_off(db, begins, now)
            else:
                await planning.say_instead(db, begins, correction.broadcast)
        for told in noted:
            await telling.note_told(db, told)
        for ref in coming:
            found = find_occurrence(guide.events, ref)
            if found is not None and found.start > now:
                await telling.note_told(db, told_now(guide, found, now), first=True)
        await telling.note_listed(db, (each.event.id for each in fresh), now)


async def plan_all(database: Database, broadcast: Broadcast, now: datetime) -> None:
    """Deliveries for everybody who gets a broadcast, in steps; to plan again changes nothing."""
    planned, after = 0, ""
    while True:
        async with database.writing(durable=False) as db:
            added, further = await planning.plan(db, broadcast, now, after)
        planned += added
        if further is None:
            break
        after = further
    if planned:
        log.info("planned", kind=broadcast.key.partition(":")[0], key=broadcast.key, people=planned)
