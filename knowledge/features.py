"""A text as sparse features: words, neighbouring words, pairs of near words, letter triples.

A feature is a 64-bit number computed from the letters, so no table of strings is kept. Two words in a
row count as the word they would make if the blank were lost ("blue card" = "bluecard").
"""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Weights = npt.NDArray[np.float32]

PAIR_WINDOW = 6
"""Two words count as a pair when at most this many places apart."""
_MOST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Blend:
    """How much each kind of feature counts against a single word (1.0)."""

    joined: float = 0.7
    pair: float = 0.6
    triple: float = 0.45
    stem: float = 0.6


BLEND = Blend()
_MIX = np.uint64(0x9E3779B97F4A7C15)
_PAIR, _TRIPLE, _STEM = np.uint64(1 << 40), np.uint64(1 << 41), np.uint64(1 << 42)


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[int, Keys]:
    """The number of a word, and the numbers of its letter triples."""
    padded = f"_{word}_".encode("utf-32-le")
    triples = {crc32(padded[at : at + 12]) for at in range(0, max(len(padded) - 8, 1), 4)}
    return crc32(word.encode()), np.fromiter(triples, dtype=np.uint64, count=len(triples)) | _TRIPLE


def stem(word: str) -> str:
    """A word without its likely ending; short words stay."""
    return word[: max(5, len(word) - 3)]


def word_key(word: str) -> int:
    """The feature number of a single word."""
    return _parts(word)[0]


def features(tokens: list[str], blend: Blend = BLEND) -> tuple[Keys, Weights]:
    """The features of a text given as folded words, each once with its weight, ordered by number."""
    tokens = tokens[:_MOST_WORDS]
    if not tokens:
        return np.empty(0, np.uint64), np.empty(0, np.float32)
    parts = [_parts(token) for token in tokens]
    singles = np.fromiter((number for number, _ in parts), dtype=np.uint64, count=len(parts))
    joined = [crc32(second.encode(), number) for (number, _), second in zip(parts, tokens[1:], strict=False)]
    stems = [crc32(stem(token).encode()) for token in tokens if len(token) >= 5]
    lists: list[tuple[Keys, float]] = [
        (singles, 1.0),
        (np.array(joined, dtype=np.uint64), blend.joined),
        (np.array(stems, dtype=np.uint64) | _STEM, blend.stem),
        (np.concatenate([triples for _, triples in parts]), blend.triple),
    ]
    for apart in range(1, min(PAIR_WINDOW, len(tokens))):
        left, right = singles[:-apart], singles[apart:]
        low, high = np.minimum(left, right), np.maximum(left, right)
        lists.append(((((low << np.uint64(32)) | high) * _MIX) | _PAIR, blend.pair))
    keys = np.concatenate([keys for keys, _ in lists])
    weights = np.concatenate([np.full(len(keys), weight, np.float32) for keys, weight in lists])
    unique, first = np.unique(keys, return_index=True)
    return unique, weights[first]
