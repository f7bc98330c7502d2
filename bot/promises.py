"""Looks after the promises that newcomers were given, at every tick, in the tick's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.advising import card, topic_title
from bot.core.model import Address, Guide, Lane, Send, Status
from bot.core.promising import keep
from bot.store import turns


async def keep_promises(db: AsyncConnection, guide: Guide, room: Address, language: str, now: datetime) -> None:
    """Remind the advisers' room of promises that end, and tell newcomers whose promise was not kept."""
    waiting = [case for case in await turns.load_waiting_cases(db) if case.status is Status.OPEN]
    for before, case in enumerate(waiting):
        kept, effects = keep(case, before, guide, room, language, now)
        if kept == case:
            continue
        await turns.save_case(db, kept)
        if kept.promise is not None and case.promise is not None and kept.promise.by != case.promise.by:
            shown = card(kept, guide, language)
            title = topic_title(kept, guide, language)
            changed = Send(room, shown, lane=Lane.CASE, case=case.number, topic=title, replaces=case.card_key)
            key = f"promise:{case.number}:{kept.promise.by.isoformat()}:card"
            await turns.enqueue(db, changed, key, now)
        for effect in effects:
            assert isinstance(effect, Send)
            await turns.enqueue(db, effect, "", now)
            conversation = await turns.load_conversation(db, effect.to)
            if effect.to == case.newcomer and conversation is not None:
                await turns.save_conversation(db, replace(conversation, buttons=effect.reply.buttons), now)
