"""What happened to a case and when: one line of its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One move of a case, or a note.

    what: opened, claimed, released, transferred, closed, withdrawn, reopened (by the newcomer), reopened_by, idle or
    note. by: the adviser's name; empty where the newcomer or the clock did it. note: an adviser's note, or to whom a
    case was transferred.
    """

    at: datetime
    what: str
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Keep a moment in the history of a case."""

    case: int
    moment: Moment


@dataclass(frozen=True, slots=True)
class Blocked:
    """A newcomer who reaches no adviser: the case after which it was decided, when, by whom and why."""

    case: int
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Said:
    """A newcomer's message that is gathered with others: in which message of the room, and its words.

    Without words it stands for a file in between, after which a new message begins.
    """

    group: int
    message: str
    words: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Who has to say something in a claimed case, since when, and how often they were reminded of it, last when."""

    waits_for: str  # adviser or newcomer
    since: datetime
    told: int = 0
    told_at: datetime | None = None
