"""Looks after cases at every tick, in its transaction: promises to those who wait, conversations gone quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.advising import card_in, topic_title
from bot.core.idling import tend
from bot.core.model import Address, Case, Effect, Guide, Record, Send, Status
from bot.core.promising import keep
from bot.store import histories, turns


async def look_after_cases(db: AsyncConnection, guide: Guide, room: Address, language: str, now: datetime) -> None:
    """Remind of promises that end and of answers that are missing; tell newcomers; close what has gone quiet."""
    cases = await turns.load_waiting_cases(db)
    waiting = [case for case in cases if case.status is Status.OPEN]
    for before, case in enumerate(waiting):
        await _save(db, case, *keep(case, before, guide, room, language, now), guide, room, language, now)
    for case in cases:
        await _save(db, case, *tend(case, guide, room, language, now), guide, room, language, now)


async def _save(
    db: AsyncConnection,
    case: Case,
    kept: Case,
    effects: tuple[Effect, ...],
    guide: Guide,
    room: Address,
    language: str,
    now: datetime,
) -> None:
    if kept == case:
        return
    await turns.save_case(db, kept)
    if (kept.status, kept.promise and kept.promise.by) != (case.status, case.promise and case.promise.by):
        changed = replace(card_in(room, kept, guide, language), topic=topic_title(kept, guide, language))
        await turns.enqueue(db, changed, f"clock:{case.number}:{now.isoformat()}:card", now)
    for effect in effects:
        if isinstance(effect, Record):
            await histories.record(db, effect)
            continue
        assert isinstance(effect, Send)
        titled = replace(effect, topic=topic_title(kept, guide, language)) if effect.to == room else effect
        await turns.enqueue(db, titled, "", now)
        if effect.to == case.newcomer:
            await turns.remember_buttons(db, effect, now)
