"""Questions that the shipped content is sure to understand, taken from the content itself."""

from __future__ import annotations

import pytest

from bot.core.model import Guide
from knowledge.deciding import PersonWanted


@pytest.fixture(scope="session")
def question(guide: Guide) -> str:
    """A question that has an answer: one of an entry's own phrasings."""
    return guide.knowledge.entries["registration"].wordings["en"].phrasings[0]


@pytest.fixture(scope="session")
def wish_for_person(guide: Guide) -> str:
    """How somebody asks for a person in free text."""
    wishes = next(t.person for t in guide.understanding.speech.tongues if t.language == "en")
    return next(wish for wish in wishes if isinstance(guide.understanding.resolve(wish, "en"), PersonWanted))


@pytest.fixture(scope="session")
def thanks(guide: Guide) -> str:
    """Small talk."""
    return next(t.smalltalk["thanks"][0] for t in guide.understanding.speech.tongues if t.language == "en")
