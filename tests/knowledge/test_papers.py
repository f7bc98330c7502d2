"""The papers of the checklist: every way through the questions, what the permit path tells, broken files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.config import Settings
from knowledge.conditions import Answer
from knowledge.loader import load_knowledge
from knowledge.loader_yaml import ContentError
from knowledge.model import KnowledgeBase
from knowledge.paper_files import load_papers
from knowledge.papers import Answers, Papers
from knowledge.permit_files import load_permits
from knowledge.permits import Permits

FOLDER = Settings().knowledge_dir
MOST_QUESTIONS = 7
MOST_PAPERS = 12  # what one still reads on a phone


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(FOLDER)


@pytest.fixture(scope="module")
def permits(base: KnowledgeBase) -> Permits:
    return load_permits(FOLDER, base)


@pytest.fixture(scope="module")
def papers(base: KnowledgeBase, permits: Permits) -> Papers:
    return load_papers(FOLDER, base, permits)


def everybody(papers: Papers, answers: Answers) -> Iterator[Answers]:
    """Every way through the questions to its end."""
    aspect = papers.next_aspect(answers)
    if aspect is None:
        yield answers
        return
    for value in aspect.values:
        yield from everybody(papers, {**answers, aspect.id: value})


def test_every_way_through_the_questions_ends_with_a_list(papers: Papers) -> None:
    ways = list(everybody(papers, {}))
    assert {way["occasion"] for way in ways} == {"recognition", "visa", "card", "registration"}
    for way in ways:
        assert len(way) <= MOST_QUESTIONS, way
        assert 2 <= len(papers.listed(way)) <= MOST_PAPERS, way


def test_every_paper_is_wanted_from_somebody(papers: Papers) -> None:
    wanted = {paper.id for way in everybody(papers, {}) for paper in papers.listed(way)}
    assert wanted == {paper.id for paper in papers.papers}


def test_every_question_decides_about_a_paper(papers: Papers) -> None:
    def lists(answers: Answers) -> set[tuple[str, ...]]:
        return {tuple(paper.id for paper in papers.listed(way)) for way in everybody(papers, answers)}

    for way in everybody(papers, {}):
        known: dict[str, str] = {}
        while (aspect := papers.next_aspect(known)) is not None:
            assert len({frozenset(lists({**known, aspect.id: value})) for value in aspect.values}) > 1, (known, aspect)
            known[aspect.id] = way[aspect.id]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"nationality": "other", "place": "abroad", "purpose": "work", "qualification": "foreign-degree"},
            {"europe": None, "occasion": "visa", "qualification": "degree"},
        ),
        ({"nationality": "privileged", "place": "abroad"}, {"occasion": "card"}),
        ({"nationality": "other", "place": "permit"}, {"occasion": "card"}),
        ({"purpose": "work", "job": "none"}, {"purpose": "search"}),
        ({"purpose": "work", "job": "health-teaching"}, {"purpose": "work", "regulated": "yes"}),
        ({"age": Decimal(45)}, {"older": "yes"}),
        ({"age": Decimal(44)}, {"older": "no"}),
        ({"nationality": "eu"}, {"europe": "yes"}),
    ],
)
def test_the_permit_path_tells_what_it_asked_already(
    said: dict[str, Answer], told: dict[str, str | None], papers: Papers
) -> None:
    carried = papers.carry(said)
    assert {name: carried.get(name) for name in told} == told


def test_nothing_is_told_that_was_not_asked(papers: Papers) -> None:
    assert papers.carry({}) == {}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("occasion: [recognition]}]", "occasion: [recogniton]}]", "there is no recogniton"),
        ("entry: registration\n", "entry: registrations\n", "there is no registrations"),
        ("registration.landlord-law", "registration.landlord", "there is no fact registration.landlord"),
        ("form: [filled]", "form: [signed]", "form"),
        ("then: {occasion: visa}", "then: {occasion: visum}", "there is no visum"),
        ("when: {place: [permit]}", "when: {places: [permit]}", "there is no aspect places"),
    ],
)
def test_a_broken_file_is_refused_with_its_key(
    old: str, new: str, complaint: str, base: KnowledgeBase, permits: Permits, tmp_path: Path
) -> None:
    file = tmp_path / "paths" / "documents" / "papers.yaml"
    file.parent.mkdir(parents=True)
    shutil.copy(FOLDER / "paths" / "documents" / "papers.yaml", file)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_papers(tmp_path, base, permits)
    assert "papers.yaml" in str(refused.value)
    assert complaint in str(refused.value)
