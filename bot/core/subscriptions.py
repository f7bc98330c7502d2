"""What a newcomer wants to be told about events, and what is coming up."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Conversation, Decision, Effect, Guide, Reply, Turn
from bot.core.replying import button, flowing, language_of, literal, reply_with, say
from knowledge.formats import format_moment, pick
from scheduler.agenda import Occurrence, next_occurrences

LISTED_EVENTS = 5


def list_events(turn: Turn, guide: Guide) -> Decision:
    """The next events, and a button to be reminded or to be left alone."""
    upcoming = next_occurrences(guide.events, turn.now, LISTED_EVENTS)
    if not upcoming:
        text = say(turn, guide, "events.none")
    else:
        language = language_of(turn.conversation)
        listed = [describe(guide, occurrence, language) for occurrence in upcoming]
        parts = [say(turn, guide, "events.coming"), *listed]
        if any(occurrence.event.sample for occurrence in upcoming):
            parts.insert(1, say(turn, guide, "events.samples"))
        text = "\n\n".join(parts)
    if turn.conversation.subscribed:
        offered = button(turn, guide, "button.unsubscribe", "unsubscribe")
    else:
        offered = button(turn, guide, "button.subscribe", "subscribe")
    return reply_with(turn, turn.conversation, Reply(text, (offered,)), outcome="events")


def describe(guide: Guide, occurrence: Occurrence, language: str) -> str:
    """One event in a few lines: title, when, where, what, registration."""
    event, place = occurrence.event, occurrence.place
    lines = [
        f"**{literal(pick(event.title, language))}**",
        format_moment(occurrence.start, guide.zone, language),
        literal(", ".join(part for part in (pick(place.name, language), place.address) if part)),
        literal(flowing(pick(event.text, language))),
    ]
    if event.registration:
        lines.append(f"[{guide.texts.say(language, 'events.register')}]({event.registration})")
    return "\n".join(line for line in lines if line)


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
