"""Which question decides next, and how the permit rules are read: properties, refusals, dates."""

from __future__ import annotations

import random
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.config import Settings
from knowledge.conditions import Answer, Profile
from knowledge.loader import load_knowledge
from knowledge.loader_yaml import ContentError
from knowledge.model import KnowledgeBase
from knowledge.permit_files import load_permits
from knowledge.permits import Permits

FOLDER = Settings().knowledge_dir


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(FOLDER)


@pytest.fixture(scope="module")
def permits(base: KnowledgeBase) -> Permits:
    return load_permits(FOLDER, base)


def somebody(permits: Permits, seed: int) -> dict[str, Answer]:
    """A person who can answer everything; every third looks for work, the others want anything."""
    dice = random.Random(seed)
    person = {aspect.id: dice.choice(permits.domain.answers[aspect.id]) for aspect in permits.aspects}
    if seed % 3 == 0:
        person |= {"purpose": "work", "nationality": "other", "place": "abroad"}
    return person


def interviewed(permits: Permits, person: Profile) -> dict[str, Answer]:
    """What is known after all questions that are asked."""
    known: dict[str, Answer] = {}
    while (asked := permits.next_aspect(known)) is not None:
        known[asked] = person[asked]
    return known


@pytest.mark.parametrize("seed", range(60))
def test_every_question_can_change_the_result_and_after_the_last_nothing_can(seed: int, permits: Permits) -> None:
    person = somebody(permits, seed)
    known: dict[str, Answer] = {}
    while (asked := permits.next_aspect(known)) is not None:
        witness = permits.witness(asked, known)
        assert witness is not None
        one, other = witness
        assert {key for key in one if one[key] != other.get(key, "")} == {asked}
        assert one.items() >= known.items() <= other.items()
        assert permits.shown(one) is not None
        assert permits.shown(one) != permits.shown(other)
        known[asked] = person[asked]
    shown = permits.shown(known)
    assert shown is not None
    for further in range(20):
        rest = somebody(permits, 1000 + seed * 20 + further)
        assert permits.shown({**rest, **known}) == shown


def test_nothing_is_asked_twice_and_paths_stay_short(permits: Permits) -> None:
    lengths = sorted(len(interviewed(permits, somebody(permits, seed))) for seed in range(100))
    assert lengths[len(lengths) // 2] <= 7
    assert lengths[-1] <= 14


TYPICAL: dict[str, dict[str, Answer]] = {
    "nurse": {"qualification": "foreign-training", "recognition": "full", "job": "skilled", "age": Decimal(31)},
    "engineer": {
        "qualification": "foreign-degree",
        "recognition": "full",
        "job": "engineering",
        "age": Decimal(30),
        "salary": Decimal(60000),
    },
    "job seeker": {"qualification": "foreign-degree", "recognition": "full", "job": "none"},
    "driver": {"qualification": "none", "job": "driver", "age": Decimal(35)},
}


@pytest.mark.parametrize("name", TYPICAL)
def test_a_typical_path_takes_at_most_seven_questions(name: str, permits: Permits) -> None:
    origin: dict[str, Answer] = {"nationality": permits.class_of("PH")}
    person = {**origin, "purpose": "work", "place": "abroad", **TYPICAL[name]}
    known = dict(origin)
    questions = 0
    while (asked := permits.next_aspect(known)) is not None:
        known[asked] = person[asked]
        questions += 1
    assert questions <= 7


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ({"age": Decimal(17), "experience": "five-of-seven"}, "experience-too-young"),
        ({"age": Decimal(16), "qualification": "foreign-degree"}, "degree-too-young"),
        ({"age": Decimal(12), "purpose": "work"}, "too-young-to-work"),
        ({"age": Decimal(30), "relation": "child"}, "child-grown-up"),
        ({"age": Decimal(31), "experience": "five-of-seven"}, None),
        ({}, None),
    ],
)
def test_what_cannot_be_right_is_noticed(person: dict[str, Answer], name: str | None, permits: Permits) -> None:
    found = permits.contradiction(person)
    assert (found.id if found else None) == name
    assert found is None or set(found.only) & person.keys()


@pytest.mark.parametrize(
    ("country", "nationality"),
    [("PL", "eu"), ("CH", "eu"), ("US", "privileged"), ("AD", "small-states"), ("RS", "balkans"), ("PH", "other")],
)
def test_a_country_has_its_class(country: str, nationality: str, permits: Permits) -> None:
    assert permits.class_of(country) == nationality


def test_rules_with_figures_of_a_year_end_with_it(permits: Permits) -> None:
    titles = {title.id: title for title in permits.titles}
    assert not titles["blue-card"].stale_on(date(2026, 12, 31))
    assert titles["blue-card"].stale_on(date(2027, 1, 1))
    assert titles["temporary-protection"].stale_on(date(2027, 3, 5))
    assert not titles["study"].stale_on(date(2027, 1, 1))
    for title in permits.titles:
        figures = [fact for condition in title.conditions for _, fact in condition.facts]
        ends = [fact.valid_until for fact in figures if fact.valid_until is not None]
        assert not ends or (title.valid_until is not None and title.valid_until <= min(ends)), title.id


# --- refusals ---


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(FOLDER / "paths", folder / "paths")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("titles/1-work.yaml", "blue-card-salary.threshold", "blue-card-salary.treshold", "there is no fact"),
        ("titles/1-work.yaml", "qualification: [german-degree]", "qualification: [degree]", "there is no degree"),
        ("titles/1-work.yaml", "          - salary: {", "          - pay: {", "there is no aspect pay"),
        ("titles/1-work.yaml", "unless: [blue-card,", "unless: [blue-kard,", "there is no blue-kard"),
        ("titles/1-work.yaml", "entry: blue-card\n", "entry: blue-cart\n", "there is no blue-cart"),
        ("titles/1-work.yaml", "source: beschv-24a", "source: beschv-24b", "there is no beschv-24b"),
        ("points.yaml", "points: 4", "points: many", "points"),
        ("aspects.yaml", "privileged: [AU", "privileged: [AT, AU", "AT is in two classes"),
        ("aspects.yaml", "    high: 110\n", "", "either values, or low and high"),
        ("remarks.yaml", "ask: [months, age]", "ask: [moons, age]", "there is no moons"),
        ("remarks.yaml", "titles: [western-balkans]", "titles: [eastern-balkans]", "there is no eastern-balkans"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    copy: Path, base: KnowledgeBase, file: str, old: str, new: str, message: str
) -> None:
    path = copy / "paths" / "permits" / file
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=message) as refused:
        load_permits(copy, base)
    assert all(problem.file.endswith(file) and problem.key for problem in refused.value.problems)
