"""Who wants to verify the bot is told its keys, and where to compare them."""

from __future__ import annotations

from bot.core.advising import to_room
from bot.core.model import Decision, Guide, Reply, Turn, Verification
from bot.core.replying import literal, reply_with, say


def tell_keys(turn: Turn, guide: Guide, keys: Verification) -> Decision:
    """Say that emoji do not work here, and what can be compared instead."""
    named = {
        "device": literal(keys.device),
        "fingerprint": literal(keys.fingerprint),
        "identity": literal(keys.identity),
    }
    if turn.in_advisers_room:
        return to_room(turn, guide, "matrix.keys", **named)
    return reply_with(turn, turn.conversation, Reply(say(turn, guide, "matrix.keys", **named)), outcome="keys")
