"""What a newcomer who waits was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """By when the newcomer was told that a person answers.

    broken: how many promises for this case were not kept. reminded: how often the advisers' room was reminded of
    this one.
    """

    by: datetime
    broken: int = 0
    reminded: int = 0
