"""What the staff want to tell newcomers, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.agenda import Topic


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to read it: followers of topics (none: of all), only readers of languages (none: of all)."""

    topics: tuple[Topic, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A text for many, by language as markup; who wrote it (the id stays inside) and who confirmed it.

    number: 0 until the store has given one. stage: draft, sending, done, stopped or discarded. planned: everybody who
    gets it has a delivery.
    """

    number: int
    stage: str
    by: str
    author: str
    audience: Audience
    texts: Mapping[str, str]
    made: datetime
    confirmed: str = ""
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people it is for, how long that takes (seconds), and what has come of it."""

    people: int = 0
    seconds: float = 0.0
    sent: int = 0
    waiting: int = 0
    failed: int = 0
    expired: int = 0
    dropped: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
