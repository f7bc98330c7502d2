"""Finds what an adviser means by a few letters of a title: entries by id, title or short name, misspelt or not."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, utils

from knowledge.folding import fold
from knowledge.formats import Language
from knowledge.model import KnowledgeBase

MOST_TITLES = 5
LEAST_SCORE = 70.0  # of 100; below, two titles share little more than letters
CLEAR_SCORE, CLEAR_LEAD = 92.0, 6.0  # so good, and so far before the next one: nothing else can be meant


def find_entries(base: KnowledgeBase, words: str, language: Language) -> tuple[str, ...]:
    """The ids of the entries whose title is meant, the likeliest first; one alone if it is clear which."""
    if words in base.entries:
        return (words,)
    names = {
        entry: (entry.replace("-", " "), base.title(entry, language), base.short(entry, language))
        for entry in base.entries
    }
    return find(names, words)


def find(names: Mapping[str, tuple[str, ...]], words: str) -> tuple[str, ...]:
    """The keys one of whose names is meant, the likeliest first; one alone if it is clear which."""
    wanted = _plain(words)
    if not wanted:
        return ()
    scores = {key: max(_score(wanted, _plain(name)) for name in known) for key, known in names.items()}
    best = sorted((key for key in scores if scores[key] >= LEAST_SCORE), key=lambda key: (-scores[key], key))
    if best and scores[best[0]] >= CLEAR_SCORE:
        behind = scores[best[1]] if len(best) > 1 else 0.0
        if scores[best[0]] - behind >= CLEAR_LEAD:
            return (best[0],)
    return tuple(best[:MOST_TITLES])


def _plain(text: str) -> str:
    return " ".join(fold(word) for word in utils.default_process(text).split())


def _score(wanted: str, name: str) -> float:
    """How alike they are, 0 to 100: all words there count much, but the whole name being typed counts more."""
    return 0.7 * fuzz.token_set_ratio(wanted, name) + 0.3 * fuzz.token_sort_ratio(wanted, name)
