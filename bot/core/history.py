"""The history of a case: every move with its time and who made it, for those who work on it."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Case, Decision, Guide, Moment, Record, Status, Turn
from bot.core.replying import literal
from knowledge.formats import format_instant


def recorded(turn: Turn, decision: Decision) -> Decision:
    """The decision, with the move that it makes kept in the history of the case."""
    case = decision.state.case
    if case is None:
        return decision
    what = _what(turn.case or turn.last_case, case, decision)
    if what is None:
        return decision
    by = turn.incoming.sender.name if turn.in_advisers_room else ""
    note = case.adviser.name if what == "transferred" and case.adviser is not None else ""
    moment = Record(case.number, Moment(turn.now, what, by, note))
    return replace(decision, effects=(*decision.effects, moment))


def _what(before: Case | None, after: Case, decision: Decision) -> str | None:
    """What the move is called; None if nothing of it belongs into the history."""
    if before is None or before.number != after.number:
        return "opened"
    if before.status is after.status:
        moved = before.adviser is not None and after.adviser is not None and before.adviser.id != after.adviser.id
        return "transferred" if moved else None
    if before.status is Status.CLOSED:
        return "reopened" if after.status is Status.OPEN else "reopened_by"
    if after.status is Status.CLOSED:
        return "withdrawn" if decision.outcome == "withdrawn" else "closed"
    if after.status is Status.OPEN:
        return "released"
    return "transferred" if decision.outcome == "case_transfer" else "claimed"


def told(history: tuple[Moment, ...], guide: Guide, language: str) -> str:
    """The history as a list, the oldest move first."""
    lines = []
    for moment in history:
        time = format_instant(moment.at, guide.zone, language)
        said = guide.texts.say(language, f"case.was.{moment.what}", by=literal(moment.by), note=literal(moment.note))
        lines.append(f"- {time}: {said}")
    return "\n".join(lines)
