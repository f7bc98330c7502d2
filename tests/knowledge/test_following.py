"""Questions that go on from the answer before, measured; the figures hold the line and may only rise."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from bot.core.model import Guide
from bot.evaluating import percent, read_golden
from knowledge.deciding import Found, Outcome
from knowledge.following import Follower, Form, before
from knowledge.language import detect
from knowledge.speech import Speech, load_speech

HERE = Path(__file__).parent
CHANCE = 4  # any number; the same every time


def followed(guide: Guide, text: str, entry: str) -> Outcome:
    spoken = detect(text).language
    name_in = spoken if spoken and spoken in guide.languages else "en"
    return guide.understanding.resolve_after(text, spoken, before(guide.knowledge, entry, name_in))


# language -> at least so many answered right at once, right among three; at most so many answered wrong (percent)
@pytest.mark.parametrize(("language", "at_once", "among_three", "wrong"), [("de", 50, 84, 14.5), ("en", 60, 82, 11.5)])
def test_what_goes_on_is_understood(
    guide: Guide, language: str, at_once: float, among_three: float, wrong: float
) -> None:
    asked = [
        each
        for each in yaml.safe_load((HERE / "golden_followups.yaml").read_text(encoding="utf-8"))
        if each["lang"] == language
    ]
    assert len(asked) >= 60
    right, among, harm = [], [], []
    for each in asked:
        expected = [each["expect"]] if isinstance(each["expect"], str) else each["expect"]
        assert {*expected, each["after"]} <= guide.knowledge.entries.keys(), each
        name = before(guide.knowledge, each["after"], language)
        outcome = guide.understanding.resolve_after(each["text"], language, name)
        right.append(isinstance(outcome, Found) and outcome.entry in expected)
        harm.append(isinstance(outcome, Found) and outcome.entry not in expected)
        among.append(any(candidate.id in expected for candidate in outcome.candidates[:3]))
    figures = percent(right), percent(among), percent(harm)
    assert figures[0] >= at_once and figures[1] >= among_three and figures[2] <= wrong, figures


@pytest.mark.parametrize("name", ["de", "en", "person", "smalltalk", "crisis", "nearby", "outside"])
def test_what_stands_for_itself_is_not_taken_to_go_on(guide: Guide, name: str) -> None:
    """A golden question after an answer to something else means the same as without it."""
    chance = random.Random(CHANCE)  # no secret
    entries = sorted(guide.knowledge.entries)
    questions = read_golden(HERE / "golden", guide)[name]
    changed = []
    for question in questions:
        alone = guide.understanding.resolve(question.text, detect(question.text).language)
        after = followed(guide, question.text, chance.choice(entries))
        if type(after) is not type(alone) or (isinstance(after, Found) and after.candidates[0] != alone.candidates[0]):
            changed.append(question.text)
    assert len(changed) <= 0.01 * len(questions), changed


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("wie lange dauert das?", Form.PLAIN),
        ("where?", Form.PLAIN),
        ("und für Ärzte?", Form.OPENED),
        ("what about my wife?", Form.OPENED),
        ("Do they have to be translated?", Form.POINTING),
        ("How do I register my address?", None),
        ("", None),
    ],
)
def test_the_form_of_what_goes_on(text: str, form: Form | None) -> None:
    assert Follower(load_speech()).form(text) is form


def test_without_words_to_go_on_by_everything_stands_for_itself() -> None:
    assert Follower(Speech(())).form("und wo?") is None


def test_danger_is_heard_after_any_answer(guide: Guide) -> None:
    for entry in ("blue-card", "registration", "recognition-cost"):
        outcome = followed(guide, "und was ist wenn ich mich umbringen will?", entry)
        assert isinstance(outcome, Found) and outcome.entry in guide.understanding.urgent
