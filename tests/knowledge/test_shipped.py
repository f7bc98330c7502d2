"""The content that is shipped: it loads, fast, every answer can be given, and the gate finds no error in it."""

import re
import time
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import knowledge
from knowledge.check import check, report
from knowledge.loader import load_knowledge
from knowledge.loader_lists import lines_in, load_glossary, load_topics
from knowledge.model import KnowledgeBase
from knowledge.texts import load_texts

SHIPPED = Path(knowledge.__file__).parent
WRITTEN_ON = date(2026, 11, 25)
ENTRY_MARKUP = MarkdownIt("zero").enable(["emphasis", "link", "list", "escape", "newline"])


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(SHIPPED)


def test_loading_takes_a_fraction_of_a_second(base: KnowledgeBase) -> None:
    started = time.perf_counter()
    load_knowledge(SHIPPED)
    assert time.perf_counter() - started < 1.5, "a start may take two seconds in all"


def test_the_gate_finds_no_error(base: KnowledgeBase) -> None:
    topics, glossary = load_topics(SHIPPED), load_glossary(SHIPPED)
    findings = check(base, WRITTEN_ON, topics, glossary=glossary, line_of=lines_in(SHIPPED))
    errors = [finding for finding in findings if finding.severity == "error"]
    assert not errors, report(errors)


def test_the_assistant_speaks_german_and_english() -> None:
    assert set(load_texts(SHIPPED / "locales").languages) >= {"de", "en"}


@pytest.mark.parametrize("on", [WRITTEN_ON, date(2028, 1, 1)])
@pytest.mark.parametrize("language", ["de", "en", "uk"])
def test_every_answer_can_be_given_and_is_well_formed(base: KnowledgeBase, language: str, on: date) -> None:
    for name in base.entries:
        answer = base.answer(name, language, on)
        assert answer.language == ("en" if language == "uk" else language)
        for text in (answer.text, *answer.steps, answer.contact):
            assert not re.search(r"[{}]|\bNone\b", text), (name, text)
            kinds = {token.type for token in ENTRY_MARKUP.parse(text)}
            assert "ordered_list_open" not in kinds, (name, text)
        for other, label in answer.related:
            assert other in base.entries
            assert label
        assert all(stale.valid_until < on and stale.source.url.startswith("https://") for stale in answer.stale)


def test_figures_that_end_with_the_year_are_said_to_be_old_in_january(base: KnowledgeBase) -> None:
    salary = base.answer("blue-card-salary", "en", date(2027, 1, 4))
    assert {stale.fact_id for stale in salary.stale} >= {"threshold", "reduced"}
    assert "€50,700" in salary.text
    assert base.answer("blue-card-salary", "en", date(2026, 12, 31)).stale == ()
