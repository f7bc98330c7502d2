"""What an adviser means by a few letters of a title."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge.loader import load_knowledge
from knowledge.model import KnowledgeBase
from knowledge.titles import MOST_TITLES, find, find_entries


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge(Path(knowledge.__file__).parent)


@pytest.mark.parametrize(
    ("words", "language", "entry"),
    [
        ("blue-card", "de", "blue-card"),
        ("wohnung anmelden", "de", "registration"),
        ("DEUTSCHKURS", "de", "german-courses"),
        ("chanchenkarte", "de", "opportunity-card"),
        ("kindergeld", "de", "child-benefit"),
        ("child benefit", "en", "child-benefit"),
        ("blaue karte gehalt", "de", "blue-card-salary"),
    ],
)
def test_one_entry_is_clearly_meant(base: KnowledgeBase, words: str, language: str, entry: str) -> None:
    assert find_entries(base, words, language) == (entry,)


def test_several_may_be_meant(base: KnowledgeBase) -> None:
    found = find_entries(base, "blaue karte", "de")
    assert found[0] == "blue-card"
    assert 1 < len(found) <= MOST_TITLES


@pytest.mark.parametrize("words", ["", " ", "xyzzyx", "?!", "🙂"])
def test_nothing_is_meant(base: KnowledgeBase, words: str) -> None:
    assert find_entries(base, words, "de") == ()


@given(st.text(max_size=60))
def test_any_words_are_taken(words: str) -> None:
    assert set(find({"a": ("Blaue Karte",), "b": ("Kindergeld",)}, words)) <= {"a", "b"}
