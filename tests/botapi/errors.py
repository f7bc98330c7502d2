"""How the Bot API refuses a call, and the record of calls that break the published API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal as Telegram answers it: HTTP status, description, response parameters.

    `breach` says that the call breaks the published API (as opposed to meeting a state of the world
    that a correct bot may meet, such as a deleted message); breaches are kept in `server.violations`.
    """

    def __init__(self, status: int, description: str, *, parameters: Json | None = None, breach: bool = False) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters
        self.breach = breach


@dataclass(frozen=True, slots=True)
class Violation:
    """One call that broke the published API: which method, and what was wrong with it."""

    method: str
    description: str


def refused(description: str) -> ApiError:
    """A 400 for a state of the world that a correct bot may run into."""
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    """A 403: the bot may not write there (blocked, kicked, deactivated)."""
    return ApiError(403, f"Forbidden: {description}")


def breach(description: str) -> ApiError:
    """A 400 for a call that no correct bot makes."""
    return ApiError(400, f"Bad Request: {description}", breach=True)
