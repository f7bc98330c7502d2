"""What Telegram's refusals mean for a delivery, refusal by refusal."""

from __future__ import annotations

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram_wire import failure
from bot.core.model import Address


def meaning(error: TelegramError) -> set[str]:
    refused = failure(error)
    return {name for name in ("temporary", "gone", "thread_gone", "missing") if getattr(refused, name)}


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (NetworkError("Bad Gateway"), {"temporary"}),
        (TimedOut(), {"temporary"}),
        (InvalidToken("Unauthorized"), {"temporary"}),
        (TelegramError("Invalid server response"), {"temporary"}),
        (Forbidden("Forbidden: bot was blocked by the user"), {"gone"}),
        (BadRequest("Chat not found"), {"gone"}),
        (BadRequest("Not enough rights to send text messages to the chat"), {"gone"}),
        (BadRequest("Message thread not found"), {"thread_gone"}),
        (BadRequest("Topic_closed"), {"thread_gone"}),
        (BadRequest("Message to edit not found"), {"missing"}),
        (BadRequest("Message can't be edited"), {"missing"}),
        (BadRequest("Can't parse entities: unexpected end tag"), set()),
        (BadRequest("Message is too long"), set()),
    ],
    ids=lambda value: value.message if isinstance(value, TelegramError) else "",
)
def test_a_refusal_is_understood(error: TelegramError, means: set[str]) -> None:
    assert meaning(error) == means


def test_a_refusal_may_name_a_time_or_a_new_address() -> None:
    assert failure(RetryAfter(7)).retry_after == 7.0
    assert failure(ChatMigrated(-1001234)).moved_to == Address("telegram", "-1001234")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (Forbidden("Forbidden: user is deactivated"), "deleted"),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), "left"),
        (BadRequest("Chat not found"), "left"),
        (BadRequest("Message is too long"), "too_long"),
        (BadRequest("File is too big"), "too_large"),
        (BadRequest("Can't parse entities"), "refused"),
    ],
    ids=lambda value: value.message if isinstance(value, TelegramError) else "",
)
def test_a_refusal_says_why_to_advisers(error: TelegramError, why: str) -> None:
    assert failure(error).why == why
