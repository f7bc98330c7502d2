"""Buttons in the advisers' room that can also be pressed by typing their number, where a messenger has no buttons."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Case, Choice, Content, Conversation, Decision, Lane, Reply, Send, State, Turn, Utterance

OFFER = "offer:"  # how the key of a message with such buttons begins


def posted(turn: Turn, reply: Reply, case: Case | None, outcome: str) -> Decision:
    """Say something in the room and remember its buttons, for who types their number."""
    key = f"{OFFER}{turn.incoming.uid}" if reply.buttons else None
    sent = Send(turn.incoming.origin, reply, key=key, lane=Lane.CASE, case=case.number if case else None)
    conversation = turn.conversation
    if key is not None:
        conversation = replace(conversation, asking=key, buttons=reply.buttons)
    return Decision(State(conversation), (sent,), outcome)


def chosen(content: Content, replied_key: str | None, room: Conversation) -> str | None:
    """The action that is pressed, also by typing its number as the answer to the room's last offer."""
    match content:
        case Choice(action=action):
            return action
        case Utterance(text=text) if replied_key is not None and replied_key == room.asking:
            number = _number(text)
            return room.buttons[number - 1].action if 0 < number <= len(room.buttons) else None
    return None


def is_outdated(turn: Turn, text: str) -> bool:
    """Whether a number answers an offer that a later one has replaced: it means a button, and is no word to pass on."""
    key = turn.replied_key
    return key is not None and key.startswith(OFFER) and key != turn.conversation.asking and _number(text) > 0


def _number(text: str) -> int:
    """A number of one or two digits; 0 for everything else."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 3 else 0
