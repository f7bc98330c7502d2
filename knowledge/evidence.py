"""All that tells what an entry is about, as phrasings: how people ask, and, weighing less, its own texts."""

from collections.abc import Iterator

from knowledge.model import REFERENCE, Entry, Wording
from knowledge.phrasebook import Phrasing

TITLE, SHORT, KEYWORD = 0.5, 0.5, 0.5
"""What an entry's own texts weigh against a phrasing (1.0); answers and steps only tell which words it uses."""


def phrasings_of(entry: Entry) -> Iterator[Phrasing]:
    """The entry's phrasings and other evidence in all its languages."""
    for wording in entry.wordings.values():
        for text, weight in _texts(wording):
            yield Phrasing(text, entry.id, wording.language, weight)


def _texts(wording: Wording) -> Iterator[tuple[str, float]]:
    yield from ((phrasing, 1.0) for phrasing in wording.phrasings)
    yield wording.title, TITLE
    yield wording.short, SHORT
    yield from ((keyword, KEYWORD) for keyword in wording.keywords)
    yield REFERENCE.sub("", wording.answer), 0.0
    yield from ((REFERENCE.sub("", step), 0.0) for step in wording.steps)
