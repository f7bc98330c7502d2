"""Text as folded words, and phrases that are found in it. Pure.

A phrase is words with blanks between them. `kind*` is every word that begins so, `*fest` every one that ends
so, `…` stands for up to five words that do not matter.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_GAP, _LONGEST_GAP = "…", 5
_MOST_WORDS = 60  # of a message; what comes later is not looked at
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’`´]")


def fold(text: str) -> tuple[str, ...]:
    """The words in small letters, without accents and apostrophes: `What's on?` becomes whats, on."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return tuple(_WORD.findall(bare)[:_MOST_WORDS])


@dataclass(frozen=True, slots=True)
class Phrases:
    """Several phrases of one meaning, the longest first."""

    patterns: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, written: Iterable[str]) -> "Phrases":
        """Phrases as people write them."""
        patterns = {tuple(_pattern(word) for word in phrase.split()) for phrase in written}
        return cls(tuple(sorted(filter(None, patterns), key=lambda pattern: (-len(pattern), pattern))))

    def find(self, words: tuple[str, ...]) -> frozenset[int] | None:
        """Where the words of a phrase stand, the first and longest one; None when there is none."""
        for pattern in self._possible(words):
            for begin in range(len(words)):
                places = _match(pattern, words, begin)
                if places is not None:
                    return frozenset(places)
        return None

    def find_all(self, words: tuple[str, ...]) -> frozenset[int]:
        """Where any word of any phrase stands."""
        found = (_match(pattern, words, begin) for pattern in self._possible(words) for begin in range(len(words)))
        return frozenset(place for places in found if places is not None for place in places)

    def _possible(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The patterns whose first word is there, or may be: most are not, and this is quick to see."""
        present = set(words)
        return (pattern for pattern in self.patterns if pattern[0] in present or "*" in pattern[0])


def _pattern(word: str) -> str:
    if word == _GAP:
        return word
    folded = "".join(fold(word.strip("*")))
    return f"{'*' if word.startswith('*') else ''}{folded}{'*' if word.endswith('*') else ''}"


def _match(pattern: tuple[str, ...], words: tuple[str, ...], begin: int) -> list[int] | None:
    """The places of the pattern's words from `begin` on; a gap itself takes none."""
    places: list[int] = []
    at = begin
    gap = False
    for part in pattern:
        if part == _GAP:
            gap = True
            continue
        reach = range(at, min(at + _LONGEST_GAP + 1, len(words))) if gap else range(at, min(at + 1, len(words)))
        found = next((place for place in reach if _fits(part, words[place])), None)
        if found is None:
            return None
        places.append(found)
        at, gap = found + 1, False
    return places


def _fits(part: str, word: str) -> bool:
    stem = part.strip("*")
    if part.startswith("*"):
        return stem in word if part.endswith("*") else word.endswith(stem)
    return word.startswith(stem) if part.endswith("*") else word == stem
