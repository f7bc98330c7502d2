"""What the README says is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from bot.__main__ import cli
from bot.config import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(LOTSE_[A-Z_]+)` \| (.+?) \| (.*?) ?\|$", re.MULTILINE)


def test_the_table_names_every_setting_and_no_other() -> None:
    assert [name for name, _, _ in ROW.findall(README)] == [f"LOTSE_{name.upper()}" for name in Settings.model_fields]


@pytest.mark.parametrize(("name", "described", "default"), ROW.findall(README))
def test_the_table_says_what_the_code_says(name: str, described: str, default: str) -> None:
    field = Settings.model_fields[name.removeprefix("LOTSE_").lower()]
    said, _, _ = (field.description or "").partition("; by default")
    assert described.startswith(said), "the description in bot/config.py is the first part of the README's"
    assert field.default is not PydanticUndefined
    if default.startswith("`"):
        assert default.strip("`") == str(field.default)
    else:
        assert field.default is None or "shipped" in default


def test_every_command_that_is_mentioned_exists() -> None:
    mentioned = set(re.findall(r"(?:^|[`/])lotse ([a-z]+)\b", README, re.MULTILINE))
    assert mentioned
    assert mentioned <= set(cli.commands)


def test_every_setting_that_is_mentioned_exists() -> None:
    for file in ("README.md", ".env.example", "compose.yaml", "Dockerfile"):
        mentioned = set(re.findall(r"LOTSE_[A-Z_]+[A-Z]", (ROOT / file).read_text(encoding="utf-8")))
        assert mentioned <= {f"LOTSE_{name.upper()}" for name in Settings.model_fields}, file


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:)([^)#]+)", README))
def test_every_file_that_is_linked_is_there(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_make_target_that_is_mentioned_exists() -> None:
    mentioned = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {first or second for first, second in mentioned} <= targets
