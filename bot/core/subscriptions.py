"""What a newcomer wants to be told about events."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Conversation, Decision, Guide, Hush, Reply, Status, Turn
from bot.core.replying import button, old_button, reply_with, say
from bot.core.wishes import wishes_of
from scheduler.agenda import TOPICS, find_occurrence

MOST_COMING = 50  # occurrences that are remembered of a person, the last ones


def subscribe(turn: Turn, guide: Guide) -> Decision:
    """From now on remind this chat of events."""
    conversation = replace(turn.conversation, subscribed=True, topics=(), paused=False)
    settings = button(turn, guide, "reminders.settings", "reminders:show")
    stop = button(turn, guide, "button.unsubscribe", "unsubscribe")
    reply = Reply(say(turn, guide, "events.subscribed"), (settings, stop))
    return reply_with(turn, conversation, reply, outcome="subscribed")


def unsubscribe(turn: Turn, guide: Guide) -> Decision:
    """End all reminders at once."""
    key = "events.unsubscribed" if wishes_of(turn.conversation) else "events.was_not_subscribed"
    conversation = replace(turn.conversation, subscribed=False, topics=(), coming=(), paused=False)
    reply = Reply(say(turn, guide, key), (button(turn, guide, "button.subscribe", "subscribe"),))
    return reply_with(turn, conversation, reply, outcome="unsubscribed", effects=(Hush(conversation.address),))


def follow(turn: Turn, guide: Guide, codes: str) -> Decision:
    """From now on remind this chat of events about one of these topics (with commas), beside those it follows.

    Who hears of all already goes on hearing of all.
    """
    before = turn.conversation
    wanted = set(codes.split(",")) & set(TOPICS)
    if not wanted:
        return old_button(turn, guide, before)
    stop = button(turn, guide, "button.unsubscribe", "unsubscribe")
    if before.subscribed and not before.topics:
        return reply_with(turn, before, Reply(say(turn, guide, "events.follows_all"), (stop,)), outcome="subscribed")
    topics = tuple(known for known in TOPICS if known in wanted or known in before.topics)
    named = ", ".join(say(turn, guide, f"events.topic.{known}") for known in topics)
    everything = button(turn, guide, "button.subscribe_all", "subscribe")
    settings = button(turn, guide, "reminders.settings", "reminders:show")
    reply = Reply(say(turn, guide, "events.following", topics=named), (everything, settings, stop))
    conversation = replace(before, subscribed=True, topics=topics, paused=False)
    return reply_with(turn, conversation, reply, outcome="subscribed")


def come(turn: Turn, guide: Guide, ref: str) -> Decision:
    """The person wants to go to an occurrence and is reminded of it, be they subscribed or not."""
    occurrence = find_occurrence(guide.events, ref)
    all_events = button(turn, guide, "button.all_events", "events:")
    if occurrence is None or occurrence.cancelled or occurrence.start <= turn.now:
        return reply_with(
            turn, turn.conversation, Reply(say(turn, guide, "events.too_late"), (all_events,)), outcome="event_gone"
        )
    before = [other for other in turn.conversation.coming if other != ref]
    conversation = replace(turn.conversation, coming=(*before, ref)[-MOST_COMING:], paused=False)
    calendar = button(turn, guide, "button.add_to_calendar", f"calendar:{ref}")
    not_coming = button(turn, guide, "button.not_coming", f"notcoming:{ref}")
    reply = Reply(say(turn, guide, "events.coming_noted"), (calendar, not_coming, all_events))
    return reply_with(turn, conversation, reply, outcome="coming")


def stay_away(turn: Turn, guide: Guide, ref: str) -> Decision:
    """The person does not want to go there after all."""
    conversation = replace(turn.conversation, coming=tuple(other for other in turn.conversation.coming if other != ref))
    reply = Reply(say(turn, guide, "events.not_coming_noted"), (button(turn, guide, "button.all_events", "events:"),))
    return reply_with(turn, conversation, reply, outcome="not_coming")


def pause(conversation: Conversation) -> Conversation:
    """The chat cannot be reached: keep the subscription, send nothing."""
    return replace(conversation, paused=True, offered_to_resume=False)


def resumed(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """A person who had blocked the bot and writes again is asked whether reminders shall come again.

    Not while they talk to an adviser or were just asked something else; then it waits for another message.
    """
    kept = decision.state.conversation
    if (
        not turn.conversation.paused
        or kept is None
        or not kept.paused
        or decision.outcome in ("resumed", "unsubscribed")
    ):
        return decision
    if not wishes_of(kept):
        return replace(decision, state=replace(decision.state, conversation=replace(kept, paused=False)))
    busy = kept.asking is not None or (turn.case is not None and turn.case.status is Status.CLAIMED)
    if kept.offered_to_resume or busy:
        return decision
    buttons = (
        button(turn, guide, "reminders.resume", "resume"),
        button(turn, guide, "reminders.stay_paused", "unsubscribe"),
    )
    asked = reply_with(turn, kept, Reply(say(turn, guide, "reminders.paused"), buttons), outcome="asked")
    further = (*kept.buttons, *buttons)
    state = replace(decision.state, conversation=replace(kept, offered_to_resume=True, buttons=further))
    return replace(decision, state=state, effects=(*decision.effects, *asked.effects))


def resume(turn: Turn, guide: Guide) -> Decision:
    """Reminders come again."""
    conversation = replace(turn.conversation, paused=False, offered_to_resume=False)
    settings = button(turn, guide, "reminders.settings", "reminders:show")
    return reply_with(turn, conversation, Reply(say(turn, guide, "events.resumed"), (settings,)), outcome="resumed")
