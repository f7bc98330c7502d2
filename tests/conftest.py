"""What all tests share: the shipped content, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from bot.config import Settings
from bot.core.model import Guide
from bot.guide import load_guide

pytest_plugins = ["tests.homeserver.fixtures"]

LEARNED = Path(__file__).parent.parent / ".pytest_cache" / "lotse"
"""Where the tests keep what was learned from the content, so that only a changed content costs the time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the transcripts in tests/dialogues")


hypothesis_settings.register_profile("lotse", deadline=None)  # a busy machine is no failure
hypothesis_settings.load_profile("lotse")


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The shipped content."""
    return load_guide(Settings(data_dir=LEARNED))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of the test's own."""
    return Settings(data_dir=tmp_path)
