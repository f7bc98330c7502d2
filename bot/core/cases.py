"""The life of a case: one transition table, and nothing else changes a case's status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.model import Case, Sender, Status

REOPEN_WITHIN = timedelta(days=14)  # after that a new case is opened instead


class Step(StrEnum):
    """What can be done with a case."""

    CLAIM = "claim"
    RELEASE = "release"
    TRANSFER = "transfer"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not possible: the name of a reason that the texts explain."""

    reason: str


# (status, step) -> the status afterwards, or why it is refused
TRANSITIONS: dict[tuple[Status, Step], Status | Refusal] = {
    (Status.OPEN, Step.CLAIM): Status.CLAIMED,
    (Status.OPEN, Step.RELEASE): Refusal("not_claimed"),
    (Status.OPEN, Step.TRANSFER): Status.CLAIMED,
    (Status.OPEN, Step.CLOSE): Status.CLOSED,
    (Status.OPEN, Step.WITHDRAW): Status.CLOSED,
    (Status.OPEN, Step.REOPEN): Refusal("not_closed"),
    (Status.CLAIMED, Step.CLAIM): Refusal("already_claimed"),
    (Status.CLAIMED, Step.RELEASE): Status.OPEN,
    (Status.CLAIMED, Step.TRANSFER): Status.CLAIMED,
    (Status.CLAIMED, Step.CLOSE): Status.CLOSED,
    (Status.CLAIMED, Step.WITHDRAW): Status.CLOSED,
    (Status.CLAIMED, Step.REOPEN): Refusal("not_closed"),
    (Status.CLOSED, Step.CLAIM): Refusal("closed"),
    (Status.CLOSED, Step.RELEASE): Refusal("closed"),
    (Status.CLOSED, Step.TRANSFER): Refusal("closed"),
    (Status.CLOSED, Step.CLOSE): Refusal("closed"),
    (Status.CLOSED, Step.WITHDRAW): Refusal("closed"),
    (Status.CLOSED, Step.REOPEN): Status.OPEN,
}


def advance(case: Case, step: Step, by: Sender, now: datetime) -> Case | Refusal:
    """The case after the step, or why the step is refused.

    `by` is who has the case afterwards when it is claimed or transferred. A claimed case can be released only by the
    adviser who claimed it; anybody in the advisers' room may transfer or close it. A closed case can be reopened for
    14 days, and its newcomer waits from then on.
    """
    outcome = TRANSITIONS[case.status, step]
    if isinstance(outcome, Refusal):
        return outcome
    has = case.adviser.id if case.adviser is not None else None
    if step is Step.RELEASE and has not in (None, by.id):
        return Refusal("not_yours")
    if step is Step.TRANSFER and has == by.id:
        return Refusal("has_it_already")
    if step is Step.REOPEN and now - case.changed > REOPEN_WITHIN:
        return Refusal("too_old")
    adviser = by if step in (Step.CLAIM, Step.TRANSFER) else None
    if step in (Step.CLOSE, Step.WITHDRAW):
        adviser = case.adviser
    promise = None if outcome is Status.OPEN else case.promise
    said = () if outcome is Status.CLOSED else case.said
    opened = now if step is Step.REOPEN else case.opened
    return replace(
        case, status=outcome, adviser=adviser, opened=opened, changed=now, silence=None, promise=promise, said=said
    )
