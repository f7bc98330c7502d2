"""What all tests share: the shipped content, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.core.model import Guide
from bot.guide import load_guide


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the transcripts in tests/dialogues")


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The shipped content."""
    return load_guide(Settings())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of the test's own."""
    return Settings(data_dir=tmp_path)
