"""What goes on from the answer before: "and how much is it?" is understood by the entry that was shown last."""

from __future__ import annotations

from datetime import timedelta

from bot.core.model import Decision, Guide, Reply, Turn
from bot.core.replying import button, language_of, reply_with, say
from knowledge.deciding import Found, Outcome
from knowledge.following import before

REMEMBERED = timedelta(minutes=30)  # later a question is taken to begin anew


def understand(turn: Turn, guide: Guide, text: str, spoken: str | None) -> Outcome:
    """What a newcomer's words mean in the language they are in, after what was shown to them last."""
    entry = _shown(turn, guide)
    if entry is None:
        return guide.understanding.resolve(text, spoken)
    language = spoken if spoken and spoken in guide.languages else language_of(turn.conversation)
    return guide.understanding.resolve_after(text, spoken, before(guide.knowledge, entry, language))


def say_no_more(turn: Turn, guide: Guide, text: str, resolution: Outcome) -> Decision | None:
    """What to say when a question goes on about what was just shown and no other entry tells more.

    The answer is not repeated, as it stands just above. None where there is something else to say.
    """
    entry = _shown(turn, guide)
    if entry is None or not isinstance(resolution, Found) or resolution.entry != entry:
        return None
    if guide.understanding.goes_on(text) is None:
        return None
    title = guide.knowledge.title(entry, language_of(turn.conversation))
    again = button(turn, guide, "following.again", f"show:{entry}")
    person = button(turn, guide, "button.person", "person")
    reply = Reply(say(turn, guide, "following.no_more", title=title), (again, person))
    return reply_with(turn, turn.conversation, reply, outcome="no_more")


def _shown(turn: Turn, guide: Guide) -> str | None:
    """The entry shown last, unless that was long ago or it is gone."""
    latest = turn.conversation.latest
    if latest is None or turn.now - latest.at > REMEMBERED or latest.entry not in guide.knowledge.entries:
        return None
    return latest.entry
