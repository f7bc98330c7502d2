"""What a person wants to hear of, as short words that the store can search by."""

from __future__ import annotations

from bot.core.model import Conversation
from scheduler.agenda import Occurrence

EVERYTHING = "topic:*"
"""The wish to hear of all events."""


def wishes_of(conversation: Conversation) -> frozenset[str]:
    """`topic:*` for all events, `topic:german` for some of them, `event:<occurrence>` for one to go to."""
    topics = [f"topic:{topic}" for topic in conversation.topics] or [EVERYTHING]
    return frozenset((*(topics if conversation.subscribed else ()), *(f"event:{ref}" for ref in conversation.coming)))


def choices_of(conversation: Conversation) -> frozenset[str]:
    """How a person wants to hear of it: `lead:one-day`, `quiet:21-8`, `digest:german,work`; nothing without a wish."""
    if not wishes_of(conversation):
        return frozenset()
    about = ",".join(sorted(conversation.topics)) or "*"
    digest = [f"digest:{about}"] if conversation.digest and conversation.subscribed else []
    return frozenset((*(f"lead:{lead}" for lead in conversation.leads), f"quiet:{conversation.quiet}", *digest))


def wishes_met_by(occurrence: Occurrence) -> tuple[str, ...]:
    """The wishes of everybody who wants to hear of an occurrence."""
    return (EVERYTHING, *(f"topic:{topic}" for topic in occurrence.event.topics), f"event:{occurrence.ref}")
