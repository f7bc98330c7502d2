"""What people hear when an event that they were told of has changed, was called off or is gone: once, when settled.

Pure: what was told of an occurrence comes in and goes out as a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.model import Broadcast, Guide, Lane, Reply
from bot.core.programme import describe, titled, when
from scheduler.agenda import Occurrence, find_occurrence

SETTLE = timedelta(minutes=5)  # an event edited ten times in a minute causes one correction
NEAR = timedelta(hours=3)  # so near the start nobody waits for further edits
GONE = "gone"  # the version of an occurrence that is no longer in any calendar


@dataclass(frozen=True, slots=True)
class Told:
    """What people were told of an occurrence.

    key: names it also when it is gone from the calendar. version: time, place and state as they were told; seen: as
    they were last seen, since seen_at. words: title and time as they were told, by language.
    """

    ref: str
    key: str
    starts: datetime
    version: str
    seen: str
    seen_at: datetime
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """What follows from a change: who hears what, and whether reminders that still wait are of no use any more."""

    broadcast: Broadcast
    ended: bool


def version_of(occurrence: Occurrence) -> str:
    """Time, place and state in one word that can be compared."""
    place = occurrence.place
    name = "/".join(f"{language}:{text}" for language, text in sorted(place.name.items()))
    times = f"{occurrence.start.isoformat()}-{occurrence.end.isoformat()}"
    return f"{times}|{name}|{place.address or ''}|{'cancelled' if occurrence.cancelled else 'planned'}"


def told_now(guide: Guide, occurrence: Occurrence, now: datetime) -> Told:
    """What people are told of an occurrence who hear of it now."""
    version = version_of(occurrence)
    words = {
        language: f"**{titled(guide, occurrence, language)}**\n{when(guide, occurrence, language)}"
        for language in guide.languages
    }
    return Told(occurrence.ref, occurrence.key, occurrence.start, version, version, now, words)


def compare(guide: Guide, known: Iterable[Told], now: datetime) -> tuple[tuple[Told, ...], tuple[Correction, ...]]:
    """What is known now of occurrences that people were told of, and the corrections that are due.

    A change is only noted when it is seen first; the correction follows at a later tick, so that it is made once
    whatever happens to the program in between. What changes back before that is no change.
    """
    noted, due = [], []
    for told in known:
        occurrence = find_occurrence(guide.events, told.ref)
        current = GONE if occurrence is None else version_of(occurrence)
        if current != told.seen:
            noted.append(replace(told, seen=current, seen_at=now))
            continue
        if current == told.version or told.starts <= now:
            continue
        starts = min(told.starts, occurrence.start) if occurrence is not None else told.starts
        if now - told.seen_at < SETTLE and starts - now > NEAR:
            continue
        if occurrence is None:
            noted.append(replace(told, version=GONE))
        else:
            noted.append(replace(told_now(guide, occurrence, now), seen_at=told.seen_at))
        due.append(_correction(guide, told, occurrence))
    return tuple(noted), tuple(due)


def _correction(guide: Guide, told: Told, occurrence: Occurrence | None) -> Correction:
    replies = {language: Reply(_text(guide, told, occurrence, language)) for language in guide.languages}
    starts = told.starts if occurrence is None else max(told.starts, occurrence.start)
    broadcast = Broadcast(
        f"correction:{told.key}:{int(told.seen_at.timestamp())}",
        replies,
        starts,
        (f"event:{told.ref}",),
        told=(f"reminder:{told.key}",),
        lane=Lane.CORRECTION,
    )
    return Correction(broadcast, ended=occurrence is None or occurrence.cancelled)


def _text(guide: Guide, told: Told, occurrence: Occurrence | None, language: str) -> str:
    before = told.words.get(language) or next(iter(told.words.values()))
    if occurrence is None:
        return f"{guide.texts.say(language, 'correction.gone')}\n\n{before}"
    if occurrence.cancelled:
        return f"{guide.texts.say(language, 'correction.cancelled')}\n\n{before}"
    now = describe(guide, occurrence, language)
    told_before = guide.texts.say(language, "correction.before", told=before)
    return f"{guide.texts.say(language, 'correction.changed')}\n\n{now}\n\n{told_before}"
