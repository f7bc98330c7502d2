"""Every text that the code asks for exists in every language, and none lies about unused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.config import Settings
from knowledge.speech import load_speech
from knowledge.texts import Texts, load_texts

CODE = Path(bot.__file__).parent
KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")
ANYTHING = "[a-z_]+"
ASKING = ("say", "said", "button", "_to_room", "_tell_newcomer")


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load_texts(Settings().knowledge_dir / "locales")


def pattern(node: ast.AST) -> re.Pattern[str] | None:
    """A string of the code as a pattern: `room.card.{status}` is any word after `room.card.`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.compile(re.escape(node.value))
    if isinstance(node, ast.JoinedStr):
        parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else ANYTHING for v in node.values)
        return re.compile("".join(parts))
    return None


def nodes(folder: Path = CODE) -> Iterator[tuple[str, ast.AST]]:
    """Everything that is written in the code, with the file's name."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path.name, node


def asked_for() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The keys that stand where a text is asked for: among the first arguments of say() and its like."""
    for file, node in nodes():
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for argument in node.args[:3] if name in ASKING else ():
                found = pattern(argument)
                if found and ":" not in found.pattern and found.pattern not in ("de", "en"):
                    yield file, found


def test_every_text_that_is_asked_for_exists_in_every_language(texts: Texts) -> None:
    asked = list(asked_for())
    assert len(asked) > 50
    for language in texts.languages:
        keys = texts.sayings[language]
        missing = [(file, p.pattern) for file, p in asked if not any(p.fullmatch(key) for key in keys)]
        assert missing == [], language


def test_every_key_written_in_the_core_exists(texts: Texts) -> None:
    roots = {key.partition(".")[0] for key in texts.sayings["de"]}
    written = {node.value for _, node in nodes(CODE / "core") if isinstance(node, ast.Constant)}
    keys = {text for text in written if isinstance(text, str) and KEY.fullmatch(text)}
    assert {key for key in keys if key.partition(".")[0] in roots} - texts.sayings["de"].keys() == set()


def test_no_text_is_unused(texts: Texts) -> None:
    patterns = [found for _, node in nodes() if (found := pattern(node))]
    unused = [key for key in texts.sayings["de"] if not any(found.fullmatch(key) for found in patterns)]
    assert unused == []


def test_small_talk_of_every_kind_has_its_answer_and_none_is_left_over(texts: Texts) -> None:
    kinds = {kind for tongue in load_speech().tongues for kind in tongue.smalltalk}
    for language in texts.languages:
        answered = {key.partition(".")[2] for key in texts.sayings[language] if key.startswith("smalltalk.")}
        assert answered == kinds


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("room.card.{}", ("open", "claimed", "closed")),
        ("case.listed.{}", ("open", "claimed", "own")),
        (
            "case.was.{}",
            (
                "opened",
                "claimed",
                "released",
                "transferred",
                "closed",
                "withdrawn",
                "reopened",
                "reopened_by",
                "idle",
                "note",
            ),
        ),
        ("room.refused.{}", ("not_claimed", "already_claimed", "closed", "not_yours", "not_closed", "too_old")),
        ("room.button.{}", ("claim", "release", "transfer", "close", "reopen")),
        ("handoff.{}", ("claim", "release", "close")),
        ("reached.reason.{}", ("blocked", "left", "deleted", "too_long", "too_large", "away", "refused")),
        ("room.doubt.{}", ("outside", "anonymous", "unknown")),
        ("attachment.{}", ("voice", "photo", "sticker", "document", "location", "other")),
    ],
)
def test_every_value_that_a_key_is_made_of_has_a_text(texts: Texts, key: str, values: tuple[str, ...]) -> None:
    for language in texts.languages:
        assert {key.format(value) for value in values} <= texts.sayings[language].keys()
