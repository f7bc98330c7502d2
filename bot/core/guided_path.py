"""What all guided paths share: the ways back, out and on."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Button, Decision, Guide, Send, Turn
from bot.core.replying import button


def ways(turn: Turn, guide: Guide, path: str, begun: bool) -> tuple[Button, ...]:
    """The buttons under a question: back and begin again once something was answered, and stop."""
    steps = ("back", "restart", "leave") if begun else ("leave",)
    return tuple(button(turn, guide, f"path.{step}", f"{path}:{step}") for step in steps)


def with_way_on(turn: Turn, guide: Guide, decision: Decision, path: str) -> Decision:
    """The answer to another question in between, with a button by which the path is gone on with."""
    *before, last = decision.effects
    if not isinstance(last, Send) or decision.state.conversation is None:
        return decision
    buttons = (button(turn, guide, "path.resume", f"{path}:resume"), *last.reply.buttons)
    conversation = replace(decision.state.conversation, buttons=buttons)
    shown = replace(last, reply=replace(last.reply, buttons=buttons))
    return replace(decision, state=replace(decision.state, conversation=conversation), effects=(*before, shown))
