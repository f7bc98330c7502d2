"""What all guided paths share: the ways back, out and on, and where it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.core.model import Button, Decision, Guide, Send, Turn
from bot.core.replying import button, language_of, say
from knowledge.formats import escape, format_day
from knowledge.model import Source


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


def read_in(turn: Turn, guide: Guide, sources: Iterable[Source], checked: Iterable[date], most: int) -> str:
    """Where a result was read, each page once and `most` of them, and the oldest day on which a part was checked."""
    links = ", ".join(
        f"[{escape(each.title)}]({each.url})" for each in list({s.url: s for s in sources}.values())[:most]
    )
    oldest = min(checked, default=None)
    day = "–" if oldest is None else format_day(oldest, language_of(turn.conversation))
    return say(turn, guide, "path.sources", sources=links, day=day)
