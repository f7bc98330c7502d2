"""/reminders: what a person is reminded of, how long before and in which hours not; every press changes the message."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Button, Conversation, Decision, Guide, Hush, Reply, Turn
from bot.core.replying import button, in_place, old_button, reply_with, say
from bot.core.wishes import wishes_of
from scheduler.agenda import LEADS, TOPICS
from scheduler.quiet import NEVER, QUIETS

ON, OFF = "☑", "☐"
WEEKLY = "weekly"
CHOICES = (*(quiet.name for quiet in QUIETS), NEVER)


def show(turn: Turn, guide: Guide) -> Decision:
    """The settings as they are."""
    return reply_with(turn, turn.conversation, _settings(turn, guide), outcome="reminders")


def change(turn: Turn, guide: Guide, rest: str) -> Decision:
    """A button of the settings was pressed."""
    kind, _, value = rest.partition(":")
    before = turn.conversation
    after = _changed(before, kind, value)
    if after is None:
        return old_button(turn, guide, before)
    turn = replace(turn, conversation=after)
    decision = reply_with(turn, after, _settings(turn, guide), outcome="reminders_changed")
    if before.subscribed and not after.subscribed:
        decision = replace(decision, effects=(Hush(before.address), *decision.effects))
    return in_place(turn, decision)


def _changed(kept: Conversation, kind: str, value: str) -> Conversation | None:
    """The settings after a press; None for a button that does not exist any more."""
    if kind == "topic" and value == "*":
        everything = kept.subscribed and not kept.topics
        return replace(kept, subscribed=not everything, topics=(), paused=False)
    if kind == "topic" and value in TOPICS:
        had = TOPICS if kept.subscribed and not kept.topics else kept.topics if kept.subscribed else ()
        topics = tuple(each for each in TOPICS if (each in had) != (each == value))
        return replace(kept, subscribed=bool(topics), topics=() if topics == TOPICS else topics, paused=False)
    if kind == "lead" and value in {lead.name for lead in LEADS}:
        leads = tuple(lead.name for lead in LEADS if (lead.name in kept.leads) != (lead.name == value))
        return replace(kept, leads=leads)
    if kind == "lead" and value == WEEKLY:
        return replace(kept, digest=not kept.digest)
    if kind == "quiet" and value in CHOICES:
        return replace(kept, quiet=value)
    return None


def _settings(turn: Turn, guide: Guide) -> Reply:
    kept = turn.conversation
    parts = [say(turn, guide, "reminders.heading")]
    if not wishes_of(kept):
        parts.append(say(turn, guide, "reminders.none"))
    else:
        parts += _described(turn, guide)
    parts.append(say(turn, guide, "reminders.help"))
    everything = kept.subscribed and not kept.topics
    topics = [
        _switch(say(turn, guide, f"events.topic.{topic}"), everything or topic in kept.topics, f"topic:{topic}")
        for topic in TOPICS
    ]
    leads = [_switch(_lead(turn, guide, lead.name), lead.name in kept.leads, f"lead:{lead.name}") for lead in LEADS]
    following = CHOICES[(CHOICES.index(kept.quiet) + 1) % len(CHOICES)] if kept.quiet in CHOICES else CHOICES[0]
    quiet = Button(_hours(turn, guide, kept.quiet), f"reminders:quiet:{following}")
    buttons = (
        _switch(say(turn, guide, "reminders.everything"), everything, "topic:*"),
        *topics,
        *leads,
        _switch(_lead(turn, guide, WEEKLY), kept.digest, f"lead:{WEEKLY}"),
        quiet,
        button(turn, guide, "button.all_events", "events:"),
    )
    return Reply("\n\n".join(parts), buttons)


def _described(turn: Turn, guide: Guide) -> list[str]:
    kept = turn.conversation
    lines = []
    if kept.subscribed:
        named = ", ".join(say(turn, guide, f"events.topic.{topic}") for topic in kept.topics)
        lines.append(say(turn, guide, "reminders.topics", topics=named or say(turn, guide, "reminders.all_topics")))
    if kept.coming:
        lines.append(say(turn, guide, "reminders.coming", count=len(kept.coming)))
    chosen = [*kept.leads, *([WEEKLY] if kept.digest else [])]
    leads = ", ".join(_lead(turn, guide, lead) for lead in chosen) or say(turn, guide, "reminders.never")
    lines.append(say(turn, guide, "reminders.when", leads=leads))
    if kept.quiet == NEVER:
        lines.append(say(turn, guide, "reminders.no_quiet"))
    else:
        begins, _, ends = kept.quiet.partition("-")
        lines.append(say(turn, guide, "reminders.quiet", begins=begins, ends=ends))
    return lines


def _switch(label: str, on: bool, what: str) -> Button:
    return Button(f"{ON if on else OFF} {label}", f"reminders:{what}")


def _lead(turn: Turn, guide: Guide, name: str) -> str:
    return say(turn, guide, f"reminders.lead.{name.replace('-', '_')}")


def _hours(turn: Turn, guide: Guide, quiet: str) -> str:
    if quiet == NEVER:
        return say(turn, guide, "reminders.quiet_never")
    return say(turn, guide, "reminders.quiet_button", hours=quiet.replace("-", "–"))
