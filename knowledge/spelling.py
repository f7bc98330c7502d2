"""Slips of the thumb mended as a reader does: by the words one knows and by those that stand beside them.

An unknown word is taken for the known one that is likeliest by how often it is used, how often beside its
neighbours, and how easily the slip happens. Two words are put together where a blank slipped in, one is
taken apart where a blank was lost. A word that is known, or usual in the languages one knows, stays.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np

from knowledge.folding import Piece, fold, pieces, plain
from knowledge.repair import Lexicon
from knowledge.usual import share_of

_REMEMBERED = 20_000
_SHORTEST = 2
_TWO_SLIPS_FROM = 8
_SHORTEST_RUN, _SHORTEST_OF_RUN = 6, 2
_UNHEARD = 0.5
_BELIEF = 10.0
"""So many uses of a neighbour weigh as much as how often a word is used at all."""
_OWN = 0.6
"""How much the texts say about how usual a word is, beside the language at large."""
# how likely each slip is, as logarithms
_SWAPPED, _DOUBLED, _LOST, _BESIDE, _ADDED, _OTHER = -5.5, -5.5, -6.5, -6.5, -8.0, -8.5
_FIRST, _TWO, _BLANK = -2.0, -13.0, -6.5
_STRANGE, _STRANGE_LETTER, _STRANGE_UPTO = -17.0, -1.0, 9
"""How likely a word that nobody knows is meant as it stands, as a logarithm: the less so the longer it is."""
_KEYBOARDS = (("qwertzuiop", "asdfghjkl", "yxcvbnm"), ("qwertyuiop", "asdfghjkl", "zxcvbnm"))
_VOWELS = frozenset("aeiouy")


def _neighbours() -> frozenset[tuple[str, str]]:
    beside = {pair for keyboard in _KEYBOARDS for row in keyboard for pair in pairwise(row)}
    for keyboard in _KEYBOARDS:
        beside |= {pair for rows in pairwise(keyboard) for pair in zip(*rows, strict=False)}
    return frozenset(beside | {(second, first) for first, second in beside})


_BESIDE_EACH_OTHER = _neighbours()


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was probably meant: its folded words, and the text itself for a sentence encoder.

    It is `foreign` in a language that the words known are not of.
    """

    words: tuple[str, ...]
    text: str
    foreign: bool = False


class Speller:
    """Knows the words of texts, and which stand beside each other."""

    def __init__(self, texts: Iterable[str], languages: Collection[str]) -> None:
        shapes: dict[str, Counter[str]] = {}
        pairs: Counter[int] = Counter()
        lines: list[list[str]] = []
        for text in texts:
            found = pieces(text)
            line = [plain(piece.shape) for piece in found]
            lines.append(line)
            for word, piece in zip(line, found, strict=True):
                shapes.setdefault(word, Counter())[piece.shape] += 1
            pairs.update(_pair(one, other) for one, other in pairwise(line))
        self._languages = tuple(languages)
        self._lexicon = Lexicon(lines)
        self._total = max(self._lexicon.counts.total(), 1)
        self._shapes = {word: written.most_common(1)[0][0] for word, written in shapes.items()}
        self._folded = {fold(shape): word for word, shape in self._shapes.items()}
        self._pairs = np.array(sorted(pairs), np.uint32)
        self._times = np.array([pairs[int(pair)] for pair in self._pairs], np.uint32)
        self._near: dict[str, tuple[tuple[str, float], ...]] = {}

    def read(self, text: str) -> Reading:
        """A text as it was probably meant."""
        found = pieces(text)
        read: list[str] = []
        written: list[str] = []
        upto = at = 0
        before: str | None = None
        while at < len(found):
            piece = found[at]
            after = found[at + 1] if at + 1 < len(found) else None
            meant, taken = self._meant(piece, before, after)
            before = meant[-1] if meant else plain(piece.shape)
            shapes = [self._shapes[word] for word in meant]
            read += [fold(shape) for shape in shapes] or [piece.word]
            if meant:
                written += [text[upto : piece.start], " ".join(shapes)]
                upto = found[at + taken - 1].end
            at += taken
        return Reading(tuple(read), "".join(written) + text[upto:])

    def _stands(self, piece: Piece) -> bool:
        """Whether a word is to be left as it is."""
        if len(piece.shape) < _SHORTEST or not piece.shape.isalpha():
            return True
        return plain(piece.shape) in self._lexicon

    def _meant(self, piece: Piece, before: str | None, after: Piece | None) -> tuple[tuple[str, ...], int]:
        """The words that were meant by a word, none if it stands; and how many words of the text they are."""
        word, following = plain(piece.shape), plain(after.shape) if after is not None else None
        if after is not None and following and not (self._stands(piece) and self._stands(after)):
            joined = word + following
            if len(joined) >= _SHORTEST_RUN and joined in self._lexicon:
                return (joined,), 2
        if self._stands(piece):
            return (), 1
        if piece.word in self._folded:
            return (self._folded[piece.word],), 1
        best: tuple[str, ...] = ()
        best_score = self._as_it_stands(word, before, following)
        for known, slip in () if self._lexicon.split(word) else self._candidates(word):
            score = slip + self._likely(before, known) + self._fits(known, following)
            if score > best_score:
                best, best_score = (known,), score
        for first, second in self._runs(word):
            score = _BLANK + self._likely(before, first) + self._likely(first, second) + self._fits(second, following)
            if score > best_score:
                best, best_score = (first, second), score
        return best, 1

    def _as_it_stands(self, word: str, before: str | None, after: str | None) -> float:
        if self._usual(word):
            return self._likely(before, word) + self._fits(word, after)
        return _STRANGE + _STRANGE_LETTER * min(len(word), _STRANGE_UPTO)

    def _usual(self, word: str) -> float:
        return max((share_of(word, each) for each in self._languages), default=0.0)

    def _share(self, word: str) -> float:
        own = (self._lexicon.counts[word] + _UNHEARD) / self._total
        return _OWN * own + (1 - _OWN) * self._usual(word)

    def _likely(self, before: str | None, word: str) -> float:
        """How likely a word is behind another, as a logarithm."""
        share = self._share(word)
        if before is None:
            return math.log(share)
        seen = self._lexicon.counts[before]
        return math.log((self._times_of(before, word) + _BELIEF * share) / (seen + _BELIEF))

    def _fits(self, word: str, after: str | None) -> float:
        """How much likelier than anywhere the next word is behind this one, as a logarithm."""
        if after is None or after not in self._lexicon:
            return 0.0
        return self._likely(word, after) - self._likely(None, after)

    def _times_of(self, one: str, other: str) -> int:
        pair = np.uint32(_pair(one, other))
        at = int(np.searchsorted(self._pairs, pair))
        return int(self._times[at]) if at < len(self._pairs) and self._pairs[at] == pair else 0

    def _candidates(self, word: str) -> tuple[tuple[str, float], ...]:
        if word not in self._near:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
            near = self._lexicon.near(word, slips)
            self._near[word] = tuple((known, _slip(known, word, far)) for known, far in near)
        return self._near[word]

    def _runs(self, word: str) -> Iterator[tuple[str, str]]:
        """Two known words that stand beside each other in some text, without the blank."""
        if len(word) < _SHORTEST_RUN:
            return
        for at in range(_SHORTEST_OF_RUN, len(word) - _SHORTEST_OF_RUN + 1):
            first, second = word[:at], word[at:]
            if first in self._lexicon and second in self._lexicon and self._times_of(first, second):
                yield first, second

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_near": {}}


def _slip(meant: str, written: str, far: int) -> float:
    """How easily a slip happens, as a logarithm."""
    if far > 1:
        return _TWO
    at = next((at for at, (one, other) in enumerate(zip(meant, written, strict=False)) if one != other), None)
    if at is None:
        at = min(len(meant), len(written))
    cost = _FIRST if at == 0 else 0.0
    if len(meant) == len(written):
        if meant[at + 1 :] != written[at + 1 :]:
            return cost + _SWAPPED
        one, other = meant[at], written[at]
        near = (one, other) in _BESIDE_EACH_OTHER or (one in _VOWELS and other in _VOWELS)
        return cost + (_BESIDE if near else _OTHER)
    longer = meant if len(meant) > len(written) else written
    if at and longer[at : at + 1] == longer[at - 1]:
        return cost + _DOUBLED
    return cost + (_LOST if longer is meant else _ADDED)


def _pair(one: str, other: str) -> int:
    return crc32(other.encode(), crc32(one.encode()))
