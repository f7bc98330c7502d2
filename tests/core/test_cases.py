"""The life of a case: every status with every step, by the adviser who has it and by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cases import TRANSITIONS, Refusal, Step, advance
from bot.core.model import Case, Guide, Sender, Status
from tests.core.scenes import EARLIER, JONAS, MARIA, NOW, a_case

OPEN, CLAIMED, CLOSED = Status.OPEN, Status.CLAIMED, Status.CLOSED

# a case that is not open is Maria's; the outcome is the new status and adviser, or why it is refused
EXPECTED: dict[tuple[Status, Step, Sender], tuple[Status, Sender | None] | str] = {
    (OPEN, Step.CLAIM, MARIA): (CLAIMED, MARIA),
    (OPEN, Step.CLAIM, JONAS): (CLAIMED, JONAS),
    (OPEN, Step.RELEASE, MARIA): "not_claimed",
    (OPEN, Step.RELEASE, JONAS): "not_claimed",
    (OPEN, Step.TRANSFER, MARIA): (CLAIMED, MARIA),
    (OPEN, Step.TRANSFER, JONAS): (CLAIMED, JONAS),
    (OPEN, Step.REOPEN, MARIA): "not_closed",
    (OPEN, Step.REOPEN, JONAS): "not_closed",
    (OPEN, Step.CLOSE, MARIA): (CLOSED, None),
    (OPEN, Step.CLOSE, JONAS): (CLOSED, None),
    (OPEN, Step.WITHDRAW, MARIA): (CLOSED, None),
    (OPEN, Step.WITHDRAW, JONAS): (CLOSED, None),
    (CLAIMED, Step.CLAIM, MARIA): "already_claimed",
    (CLAIMED, Step.CLAIM, JONAS): "already_claimed",
    (CLAIMED, Step.RELEASE, MARIA): (OPEN, None),
    (CLAIMED, Step.RELEASE, JONAS): "not_yours",
    (CLAIMED, Step.TRANSFER, MARIA): "has_it_already",
    (CLAIMED, Step.TRANSFER, JONAS): (CLAIMED, JONAS),
    (CLAIMED, Step.REOPEN, MARIA): "not_closed",
    (CLAIMED, Step.REOPEN, JONAS): "not_closed",
    (CLAIMED, Step.CLOSE, MARIA): (CLOSED, MARIA),
    (CLAIMED, Step.CLOSE, JONAS): (CLOSED, MARIA),
    (CLAIMED, Step.WITHDRAW, MARIA): (CLOSED, MARIA),
    (CLAIMED, Step.WITHDRAW, JONAS): (CLOSED, MARIA),
    (CLOSED, Step.CLAIM, MARIA): "closed",
    (CLOSED, Step.CLAIM, JONAS): "closed",
    (CLOSED, Step.RELEASE, MARIA): "closed",
    (CLOSED, Step.RELEASE, JONAS): "closed",
    (CLOSED, Step.TRANSFER, MARIA): "closed",
    (CLOSED, Step.TRANSFER, JONAS): "closed",
    (CLOSED, Step.REOPEN, MARIA): (OPEN, None),
    (CLOSED, Step.REOPEN, JONAS): (OPEN, None),
    (CLOSED, Step.CLOSE, MARIA): "closed",
    (CLOSED, Step.CLOSE, JONAS): "closed",
    (CLOSED, Step.WITHDRAW, MARIA): "closed",
    (CLOSED, Step.WITHDRAW, JONAS): "closed",
}


@pytest.mark.parametrize(("status", "step", "by"), list(EXPECTED))
def test_every_step_in_every_status(status: Status, step: Step, by: Sender) -> None:
    case = a_case(status)
    expected = EXPECTED[status, step, by]
    moved = advance(case, step, by, NOW)
    if isinstance(expected, str):
        assert moved == Refusal(expected)
    else:
        opened = NOW if step is Step.REOPEN else case.opened
        assert moved == replace(case, status=expected[0], adviser=expected[1], opened=opened, changed=NOW)


def test_a_case_is_reopened_for_14_days_and_no_longer() -> None:
    closed = a_case(CLOSED)
    assert isinstance(advance(closed, Step.REOPEN, MARIA, closed.changed + timedelta(days=14)), Case)
    late = closed.changed + timedelta(days=14, seconds=1)
    assert advance(closed, Step.REOPEN, MARIA, late) == Refusal("too_old")


def test_who_reopens_has_waited_since_then_and_who_is_released_all_along() -> None:
    closed, claimed = a_case(CLOSED), a_case(CLAIMED)
    reopened, released = advance(closed, Step.REOPEN, MARIA, NOW), advance(claimed, Step.RELEASE, MARIA, NOW)
    assert isinstance(reopened, Case) and isinstance(released, Case)
    assert (reopened.opened, released.opened) == (NOW, EARLIER)


def test_the_table_says_something_about_every_status_and_step() -> None:
    assert set(TRANSITIONS) == set(product(Status, Step))


def test_every_refusal_has_its_words(guide: Guide) -> None:
    reasons = {each.reason for each in TRANSITIONS.values() if isinstance(each, Refusal)}
    for reason in {*reasons, "not_yours", "has_it_already", "too_old"}:
        assert f"room.refused.{reason}" in guide.texts.sayings["de"]


@given(st.lists(st.tuples(st.sampled_from(list(Step)), st.sampled_from([MARIA, JONAS]))))
def test_whatever_is_tried_a_case_has_an_adviser_while_claimed_and_is_only_reopened(
    tried: list[tuple[Step, Sender]],
) -> None:
    case = a_case(OPEN)
    for step, by in tried:
        moved = advance(case, step, by, NOW)
        if isinstance(moved, Case):
            assert case.status is not CLOSED or step is Step.REOPEN
            case = moved
        assert (case.number, case.newcomer) == (7, a_case().newcomer)
        assert case.status is not CLAIMED or case.adviser is not None
        assert case.status is not OPEN or case.adviser is None
