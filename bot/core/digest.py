"""The weekly list: events that are new since the last one, for those who want it, by what they follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from bot.core.model import Broadcast, Guide, Lane, Reply
from bot.core.programme import titled, when
from scheduler.agenda import Occurrence, next_occurrences

WEEKDAY, HOUR = 3, time(17)  # Thursday, wall time: before the weekend, outside of everybody's quiet hours
LATE = timedelta(hours=3)  # a list that is later than that is left out
AHEAD = timedelta(days=60)
MOST = 8  # events in one list; the others are in /events


def last_due(guide: Guide, now: datetime) -> datetime:
    """When the last list was due, up to now (aware)."""
    local = now.astimezone(guide.zone)
    day = local.date() - timedelta(days=(local.weekday() - WEEKDAY) % 7)
    due = datetime.combine(day, HOUR, guide.zone)
    return due if due <= local else datetime.combine(day - timedelta(days=7), HOUR, guide.zone)


def is_due(guide: Guide, since: datetime, now: datetime) -> bool:
    """Whether the weekly list goes out now, the last tick having been at `since`."""
    due = last_due(guide, now)
    return since < due and now - due <= LATE


def new_events(guide: Guide, listed: Iterable[str], now: datetime) -> tuple[Occurrence, ...]:
    """The next date of each event that was in no list yet."""
    known = set(listed)
    coming = next_occurrences([event for event in guide.events if event.id not in known], now, 200)
    first: dict[str, Occurrence] = {}
    for occurrence in coming:
        if not occurrence.cancelled and now < occurrence.start <= now + AHEAD:
            first.setdefault(occurrence.event.id, occurrence)
    return tuple(first.values())


def digests(guide: Guide, wanted: Iterable[str], fresh: tuple[Occurrence, ...], now: datetime) -> tuple[Broadcast, ...]:
    """The lists, one for each choice of topics that somebody has (`digest:german,work`, `digest:*`)."""
    made = []
    for wish in sorted(wanted):
        topics = wish.partition(":")[2]
        chosen = [each for each in fresh if topics == "*" or set(each.event.topics) & set(topics.split(","))]
        if chosen:
            replies = {language: Reply(_text(guide, chosen, language)) for language in guide.languages}
            day = last_due(guide, now).date().isoformat()
            made.append(Broadcast(f"digest:{day}:{topics}", replies, now + AHEAD, (wish,), lane=Lane.DIGEST))
    return tuple(made)


def _text(guide: Guide, chosen: list[Occurrence], language: str) -> str:
    parts = [guide.texts.say(language, "digest.heading")]
    if all(each.event.sample for each in chosen):
        parts.append(guide.texts.say(language, "events.samples"))
    parts += [f"**{titled(guide, each, language)}**\n{when(guide, each, language)}" for each in chosen[:MOST]]
    if len(chosen) > MOST:
        parts.append(guide.texts.say(language, "digest.more", count=len(chosen) - MOST))
    parts.append(guide.texts.say(language, "digest.end"))
    return "\n\n".join(parts)
