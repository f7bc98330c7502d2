"""The life of a case: one transition table, and nothing else changes a case's status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.model import Case, Sender, Status


class Step(StrEnum):
    """What can be done with a case."""

    CLAIM = "claim"
    RELEASE = "release"
    CLOSE = "close"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not possible: the name of a reason that the texts explain."""

    reason: str


# (status, step) -> the status afterwards, or why it is refused
TRANSITIONS: dict[tuple[Status, Step], Status | Refusal] = {
    (Status.OPEN, Step.CLAIM): Status.CLAIMED,
    (Status.OPEN, Step.RELEASE): Refusal("not_claimed"),
    (Status.OPEN, Step.CLOSE): Status.CLOSED,
    (Status.OPEN, Step.WITHDRAW): Status.CLOSED,
    (Status.CLAIMED, Step.CLAIM): Refusal("already_claimed"),
    (Status.CLAIMED, Step.RELEASE): Status.OPEN,
    (Status.CLAIMED, Step.CLOSE): Status.CLOSED,
    (Status.CLAIMED, Step.WITHDRAW): Status.CLOSED,
    (Status.CLOSED, Step.CLAIM): Refusal("closed"),
    (Status.CLOSED, Step.RELEASE): Refusal("closed"),
    (Status.CLOSED, Step.CLOSE): Refusal("closed"),
    (Status.CLOSED, Step.WITHDRAW): Refusal("closed"),
}


def advance(case: Case, step: Step, by: Sender, now: datetime) -> Case | Refusal:
    """The case after the step, or why the step is refused.

    A claimed case can be released only by the adviser who claimed it; anybody in the advisers' room may close it.
    """
    outcome = TRANSITIONS[case.status, step]
    if isinstance(outcome, Refusal):
        return outcome
    if step is Step.RELEASE and case.adviser is not None and case.adviser.id != by.id:
        return Refusal("not_yours")
    adviser = {Step.CLAIM: by, Step.RELEASE: None}.get(step, case.adviser)
    return replace(case, status=outcome, adviser=adviser, changed=now)
