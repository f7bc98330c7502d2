"""Messages that ask two things at once, measured; strict, so that a long story is not taken for two questions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Guide
from bot.evaluating import read_golden
from knowledge.language import detect
from knowledge.questions import Listener

HERE = Path(__file__).parent


def test_two_questions_are_told_from_one(guide: Guide) -> None:
    asked = yaml.safe_load((HERE / "golden_two.yaml").read_text(encoding="utf-8"))
    assert len(asked) >= 40
    taken = {each["text"]: guide.understanding.resolve_two(each["text"], each["lang"]) for each in asked}
    both = {each["text"]: each["both"] for each in asked if "both" in each}
    right = [text for text in both if taken[text] and [found.id for found in taken[text] or ()] == both[text]]
    wrongly = [text for text, pair in taken.items() if pair and text not in right]
    assert len(right) >= 21 and not wrongly, (set(both) - set(right), wrongly)


@pytest.mark.parametrize("name", ["de", "en", "nearby", "outside", "crisis"])
def test_a_golden_question_is_one_question(guide: Guide, name: str) -> None:
    questions = read_golden(HERE / "golden", guide)[name]
    two = [each.text for each in questions if guide.understanding.resolve_two(each.text, detect(each.text).language)]
    assert len(two) <= 1, two


def test_where_two_questions_are() -> None:
    listener = Listener(["hello"], ["and"])
    assert listener.two("Hello, how does it work? And what is this here?") == (
        "how does it work?",
        "And what is this here?",
    )
    assert listener.two("How does it work and what is this here?") == ("How does it work", "what is this here?")
    assert listener.two("How does it work and what and why is this?") is None
    assert listener.two("It works and I know how it does.") is None
    assert listener.two("One two three four? One two three four? One two three four?") is None


@given(st.text(alphabet="ab? .\nand-", max_size=80))
def test_two_questions_are_never_made_of_fewer_words_than_were_written(text: str) -> None:
    two = Listener(["hello"], ["and"]).two(text)
    assert two is None or sum(len(part.split()) for part in two) <= len(text.split())
