"""Two questions in one message: both are offered, so that neither is lost."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering import LONGEST_QUESTION
from bot.core.model import Button, Decision, Guide, Reply, Turn
from bot.core.replying import language_of, reply_with, say
from knowledge.deciding import Found, Missed, Outcome, Unsure


def offer_both(turn: Turn, guide: Guide, text: str, spoken: str | None, resolution: Outcome) -> Decision | None:
    """Ask which of two things to begin with, where a message clearly asks both; None for any other message.

    Whoever may be in danger, or only chats, is not asked.
    """
    if not isinstance(resolution, Found | Unsure | Missed):
        return None
    if isinstance(resolution, Found) and resolution.entry in guide.understanding.urgent:
        return None
    both = guide.understanding.resolve_two(text, spoken)
    if both is None:
        return None
    language = language_of(turn.conversation)
    buttons = tuple(Button(guide.knowledge.short(each.id, language), f"show:{each.id}") for each in both)
    conversation = replace(turn.conversation, question=text[:LONGEST_QUESTION], shown=both, asking=None, misses=0)
    return reply_with(turn, conversation, Reply(say(turn, guide, "two_questions"), buttons), outcome="two_questions")
