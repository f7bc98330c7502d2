"""What a newcomer wants to be told about events."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Conversation, Decision, Effect, Guide, Reply, Turn
from bot.core.replying import button, reply_with, say


def subscribe(turn: Turn, guide: Guide) -> Decision:
    """From now on remind this chat of events."""
    conversation = replace(turn.conversation, subscribed=True, paused=False)
    reply = Reply(say(turn, guide, "events.subscribed"), (button(turn, guide, "button.unsubscribe", "unsubscribe"),))
    return reply_with(turn, conversation, reply, outcome="subscribed")


def unsubscribe(turn: Turn, guide: Guide) -> Decision:
    """End all reminders at once."""
    key = "events.unsubscribed" if turn.conversation.subscribed else "events.was_not_subscribed"
    conversation = replace(turn.conversation, subscribed=False, paused=False)
    reply = Reply(say(turn, guide, key), (button(turn, guide, "button.subscribe", "subscribe"),))
    return reply_with(turn, conversation, reply, outcome="unsubscribed")


def pause(conversation: Conversation) -> Conversation:
    """The chat cannot be reached: keep the subscription, send nothing."""
    return replace(conversation, paused=True)


def resumed(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """A person who had blocked the bot and writes again is told that reminders go on."""
    kept = decision.state.conversation
    if not turn.conversation.paused or kept is None or not kept.paused:
        return decision
    effects: tuple[Effect, ...] = decision.effects
    state = replace(decision.state, conversation=replace(kept, paused=False))
    if kept.subscribed:
        note = reply_with(turn, kept, Reply(say(turn, guide, "events.resumed")), outcome="resumed")
        effects = (*effects, *note.effects)
    return replace(decision, state=state, effects=effects)
