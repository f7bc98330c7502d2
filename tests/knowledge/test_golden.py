"""The golden questions hold the line: understanding may only get better. Figures may be raised, never lowered.

The questions were written apart from the phrasings and are never used as phrasings.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.core.model import Guide
from bot.evaluating import GoldenError, Verdict, ask_each, percent, read_golden, recognised, report
from tests.knowledge.misspelling import misspelt

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def verdicts(guide: Guide) -> list[Verdict]:
    """What becomes of every golden question."""
    return ask_each(read_golden(GOLDEN, guide), guide)


# language -> at least so many answered right at once, right among three; at most so many answered wrong (percent)
@pytest.mark.parametrize(
    ("language", "at_once", "among_three", "wrong"),
    [
        ("de", 78, 95.5, 3),
        ("en", 76.5, 95.5, 2.7),
        ("fr", 56, 92, 6),
        ("es", 67, 86, 11),
        ("ru", 51, 81, 16),
        ("ar", 46, 81, 7),
        ("tr", 33, 73, 12),
        ("uk", 14, 41, 6),
        ("fa", 9, 24, 4),
    ],
)
def test_questions_are_answered_right(
    verdicts: list[Verdict], language: str, at_once: float, among_three: float, wrong: float
) -> None:
    asked = [verdict for verdict in verdicts if verdict.set == language]
    figures = (
        percent(verdict.right for verdict in asked),
        percent(verdict.among for verdict in asked),
        percent(verdict.answered and not verdict.right for verdict in asked),
    )
    assert figures[0] >= at_once and figures[1] >= among_three and figures[2] <= wrong, figures


@pytest.mark.parametrize(("language", "at_once", "wrong"), [("de", 72, 3.7), ("en", 72, 3.2)])
def test_misspelt_questions_are_answered_nearly_as_well(
    guide: Guide, language: str, at_once: float, wrong: float
) -> None:
    chance = random.Random(0)  # nothing secret
    misspelt_questions = tuple(
        question.model_copy(update={"text": misspelt(question.text, chance)})
        for question in read_golden(GOLDEN, guide)[language]
        if question.style != "typo"
    )
    asked = ask_each({language: misspelt_questions}, guide)
    figures = (
        percent(verdict.right for verdict in asked),
        percent(verdict.answered and not verdict.right for verdict in asked),
    )
    assert figures[0] >= at_once and figures[1] <= wrong, figures


@pytest.mark.parametrize(
    ("name", "least"), [("outside", 97.5), ("nearby", 96), ("person", 92), ("smalltalk", 95), ("crisis", 97)]
)
def test_other_messages_are_dealt_with_as_they_should_be(
    verdicts: list[Verdict], guide: Guide, name: str, least: float
) -> None:
    figure = percent(recognised(verdict, guide) for verdict in verdicts if verdict.set == name)
    assert figure >= least, figure


def test_the_report_has_every_set_and_the_worst_questions(verdicts: list[Verdict], guide: Guide) -> None:
    printed = report(verdicts, guide, worst=3)
    assert "| de | 456 |" in printed
    assert "| outside | 190 |" in printed
    assert printed.count("; found: ") == 3


def test_golden_questions_that_cannot_be_read_are_named(tmp_path: Path, guide: Guide) -> None:
    (tmp_path / "de.yaml").write_text(
        "- {text: Wo, expect: registration}\n- {text: Wann, expect: nothing}\n- {txt: x}\n"
    )
    with pytest.raises(GoldenError) as refused:
        read_golden(tmp_path, guide)
    assert "de.yaml, question 3, text: Field required" in str(refused.value)
    (tmp_path / "de.yaml").write_text("- {text: Wo, expect: registration}\n- {text: Wann, expect: nothing}\n")
    with pytest.raises(GoldenError, match=r"de\.yaml, question 2: there is no entry nothing"):
        read_golden(tmp_path, guide)
    (tmp_path / "de.yaml").unlink()
    with pytest.raises(GoldenError, match=r"no \.yaml file"):
        read_golden(tmp_path, guide)
