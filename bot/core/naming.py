"""Who talks: newcomers read the name that an adviser has chosen, or that it is a person."""

from __future__ import annotations

from bot.core.model import Decision, Guide, Lane, Rename, Reply, Send, Sender, State, Turn, Utterance
from bot.core.replying import literal

LONGEST_NAME = 40  # letters


def shown_name(adviser: Sender | None, guide: Guide, language: str) -> str:
    """What a newcomer calls the adviser, safe inside the markup."""
    if adviser is None or not adviser.shown:
        return guide.texts.say(language, "advice.a_person")
    return literal(adviser.shown)


def choose_name(turn: Turn, guide: Guide) -> Decision:
    """`/name Anna`: newcomers read Anna from now on; `/name -`: no name; `/name`: what they read now."""
    content = turn.incoming.content
    words = content.text.split()[1:] if isinstance(content, Utterance) else []
    name = " ".join(words)[:LONGEST_NAME]
    sender = turn.incoming.sender
    chosen = "" if name == "-" else name or sender.shown
    key = "advice.named" if chosen else "advice.nameless"
    text = guide.texts.say(turn.room_language, key, name=literal(chosen))
    sent = Send(turn.incoming.origin, Reply(text), lane=Lane.CASE)
    renamed = (Rename(sender, chosen),) if name else ()
    return Decision(State(turn.conversation), (*renamed, sent), "named")
