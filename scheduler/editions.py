"""Counts how often the time, place or status of an event from a file was changed: its SEQUENCE (RFC 5545, 3.8.7.4).

Editors do not count; the program remembers what an event was like when it was loaded last. Feeds count themselves.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from scheduler.agenda import Event

log = logging.getLogger("scheduler.editions")

MOST_KEPT = 20_000
"""Events that are remembered, those loaded last; gone ones among them, because they may come back."""


def count_editions(events: Iterable[Event], path: Path) -> tuple[Event, ...]:
    """The events with their sequence; what is remembered lies at `path`, and is begun anew where it is broken."""
    known = _read(path)
    counted: list[Event] = []
    kept = dict(known)
    for event in events:
        digest, sequence = known.get(event.id, ("", -1))
        if digest != _digest(event):
            sequence += 1
        kept.pop(event.id, None)
        kept[event.id] = (_digest(event), sequence)
        counted.append(replace(event, sequence=sequence))
    if kept != known:
        _write(path, dict(list(kept.items())[-MOST_KEPT:]))
    return tuple(counted)


def _digest(event: Event) -> str:
    """What people who have the event in their calendar must hear of."""
    place = (sorted(event.place.name.items()), event.place.address)
    moved = [(move.on, move.start, move.end, repr(move.place)) for move in event.moved]
    said = (
        *(event.zone.key, event.start, event.end, event.repeat and event.repeat.text, event.all_day, place),
        *(event.excluded, moved, event.cancelled, event.cancelled_on, sorted(event.title.items())),
    )
    return sha256(repr(said).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, tuple[str, int]]:
    try:
        written = json.loads(path.read_text("utf-8"))
        return {str(key): (str(digest), int(sequence)) for key, (digest, sequence) in written.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("the editions of events are counted anew: %s", type(error).__name__)
        return {}


def _write(path: Path, kept: dict[str, tuple[str, int]]) -> None:
    """A full disk must not stop the start: then the count is remembered the next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(kept), "utf-8")
        unfinished.replace(path)
    except OSError as error:
        log.warning("the editions of events are not remembered: %s", error.strerror)
