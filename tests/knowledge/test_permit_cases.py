"""Worked cases of residence titles, each with its reason in the statute."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Settings
from knowledge.conditions import Answer
from knowledge.loader import load_knowledge
from knowledge.permit_files import load_permits
from knowledge.permits import Fit, Permits

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("permit_cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def permits() -> Permits:
    folder = Settings().knowledge_dir
    return load_permits(folder, load_knowledge(folder))


def answers(person: dict[str, Any]) -> dict[str, Answer]:
    return {
        key: value if value is None or isinstance(value, str) else Decimal(str(value)) for key, value in person.items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_worked_case_comes_out_as_the_statute_says(case: dict[str, Any], permits: Permits) -> None:
    person = answers(case["person"])
    known: dict[str, Answer] = {}
    while (asked := permits.next_aspect(known)) is not None:
        assert asked in person, f"asked for {asked} after {list(known)}"
        assert permits.aspect(asked).allows(person[asked])
        known[asked] = person[asked]
    assert known.keys() == person.keys(), "a case has no answer that decides nothing"
    result = permits.result(known)
    fits = [match.title.id for match in result.fitting]
    near = [match.title.id for match in result.matches if match.fit is Fit.NEAR]
    dead_end = result.dead_end.id if result.dead_end else None
    assert (fits, near, dead_end) == (case.get("fits", []), case.get("near", []), case.get("dead_end"))
    if "points" in case:
        assert sum(row.points for row in result.points) == case["points"]


def test_every_title_has_a_case_in_which_it_fits(permits: Permits) -> None:
    fitting = {name for case in CASES for name in case.get("fits", ())}
    assert {title.id for title in permits.titles} - fitting == set()


def test_every_aspect_is_asked_for_in_a_case(permits: Permits) -> None:
    asked = {key for case in CASES for key in case["person"]}
    assert {aspect.id for aspect in permits.aspects} == asked


def test_there_are_at_least_sixty_cases_each_with_its_section() -> None:
    assert len(CASES) >= 60
    assert all(case["law"].startswith("§") and case["reason"] for case in CASES)
