"""Somebody else reads along in a person's own chat: it is said, and nothing is written there that is for one person."""

from __future__ import annotations

from bot.core import copies, subscriptions
from bot.core.model import Decision, Drop, Effect, Guide, Reply, Send, State, Turn
from bot.core.replying import say_in_all

REASON = "company"


def joined(turn: Turn, guide: Guide) -> Decision:
    """Say what follows from it, drop what waits, pause reminders, and let the advisers know.

    Until the person is alone again, the channel delivers nothing there that is not public.
    """
    chat, language = turn.incoming.origin.whole_chat, turn.conversation.language
    text = guide.texts.say(language, "matrix.company") if language else say_in_all(guide, "matrix.company")
    effects: list[Effect] = [Drop(chat), Send(chat, Reply(text, public=True))]
    if turn.case is not None and turn.advisers_room is not None:
        effects.append(copies.gone(guide, turn.advisers_room, turn.room_language, turn.case, REASON))
    kept = subscriptions.pause(turn.conversation) if language else None
    return Decision(State(kept), tuple(effects), "company")
