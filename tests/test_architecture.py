"""What holds of the code as a whole: sizes, names, who may import whom, no sentence in code, one home per library."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "knowledge", "scheduler")
CODE = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE = 400  # lines
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "manager",
    "service",
    "handler",
    "data",
    "info",
    "misc",
}

# a library that more than one file could use -> the only files or folders that may
HOMES = {
    "telegram": ("bot/channels",),
    "nio": ("bot/channels/matrix",),
    "sqlalchemy": ("bot/store", "bot/engine.py", "bot/case_clock.py", "bot/announcement_clock.py"),
    "aiosqlite": ("bot/store",),
    "alembic": ("bot/store",),
    "apscheduler": ("scheduler/clock.py",),
    "rapidfuzz": ("knowledge",),
    "yaml": (
        "knowledge/loader",
        "knowledge/speech/__init__.py",
        "scheduler/document.py",
        "bot/evaluating.py",
        "bot/announce_command.py",
    ),
    "pydantic_settings": ("bot/config.py",),
    "dotenv": ("bot/config.py",),
    "markdown_it": ("bot/markup.py",),
    "aiolimiter": ("bot/pacing.py",),
    "click": ("bot/__main__.py",),
    "babel": ("knowledge/formats.py", "knowledge/countries.py"),
    "holidays": ("knowledge/office_hours.py",),
    "dateutil": ("scheduler/repeats.py",),
    "httpx": ("bot/channels", "scheduler/fetching.py"),
    "icalendar": ("scheduler/ical_",),
    "recurring_ical_events": ("scheduler/ical_",),
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> Iterator[str]:
    """The packages that a file imports, at its top or anywhere within."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- sizes and names ---


@pytest.mark.parametrize("path", [*CODE, *TESTS], ids=name_of)
def test_a_file_fits_into_the_head(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE


def test_modules_say_what_they_are_about() -> None:
    words = {word: name_of(path) for path in CODE for word in [*path.stem.split("_"), path.parent.name]}
    assert {word: file for word, file in words.items() if word in VAGUE} == {}


# --- libraries ---


def test_every_library_has_its_home() -> None:
    strangers = [
        (library, name_of(path))
        for path in CODE
        for library in set(imported(parsed(path))) & HOMES.keys()
        if not name_of(path).startswith(HOMES[library])
    ]
    assert strangers == []


# --- no sentence in code ---


def sentences(tree: ast.Module) -> Iterator[str]:
    """String literals of more than two words that are no docstrings and are not raised for developers."""
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.Assert) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            silent.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            words = [word for word in node.value.split() if word[0].isalpha()]
            yield from [node.value] if len(words) > 2 else []


@pytest.mark.parametrize("path", [path for path in CODE if name_of(path).startswith("bot/core/")], ids=name_of)
def test_the_core_holds_keys_and_no_sentences(path: Path) -> None:
    assert list(sentences(parsed(path))) == []


def test_a_sentence_would_be_found() -> None:
    code = """
def greet(number):
    'A docstring of many words.'
    if number < 0:
        raise ValueError('said to developers only, not people')
    return f'Sie haben noch {number} Fragen', 'Guten Tag liebe Leute', 'room.card.title', 'de en'
"""
    assert sorted(sentences(ast.parse(code))) == ["Guten Tag liebe Leute", "Sie haben noch "]


# --- import contracts: kept as they are, and each noticed when it is broken ---

BREACHES = {
    "Inside the bot, arrows point down": ("bot/store/breach.py", "import bot.engine"),
    "knowledge and scheduler know neither the bot nor each other": ("knowledge/breach.py", "import scheduler.agenda"),
    "knowledge and scheduler know nothing of bots": ("scheduler/breach.py", "import bot.core.model"),
    "Channels do not know one another": ("bot/channels/console.py", "import bot.channels.telegram"),
    "What decides does no I/O": ("bot/core/breach.py", "import asyncio"),
    "python-telegram-bot lives in its channel": ("bot/outbox.py", "import telegram"),
    "matrix-nio lives in its channel": ("bot/outbox.py", "import nio"),
    "SQL lives in the store": ("bot/markup.py", "import sqlalchemy"),
}


def lint(folder: Path) -> str:
    """What import-linter says about the packages in a folder."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == (1 if "BROKEN" in run.stdout else 0), run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages, to be broken."""
    folder = tmp_path_factory.mktemp("packages")
    for package in PACKAGES:
        only_code = shutil.ignore_patterns("__pycache__", "*.yaml", "*.npz")
        shutil.copytree(ROOT / package, folder / package, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_all_contracts_are_kept(copy: Path) -> None:
    said = lint(copy)
    assert "BROKEN" not in said
    assert all(f"{contract} KEPT" in said for contract in BREACHES)
    assert said.count(" KEPT") == len(BREACHES), "every contract has its breach below"


@pytest.mark.parametrize("contract", list(BREACHES))
def test_a_broken_contract_is_noticed(copy: Path, contract: str) -> None:
    file, line = BREACHES[contract]
    before = (copy / file).read_text(encoding="utf-8") if (copy / file).exists() else None
    (copy / file).write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        assert f"{contract} BROKEN" in lint(copy)
    finally:
        if before is None:
            (copy / file).unlink()
        else:
            (copy / file).write_text(before, encoding="utf-8")
