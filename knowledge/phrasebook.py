"""The phrasings a matcher knows, and how near a text comes to each of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.features import Keys, Weights, features, word_key
from knowledge.postings import Postings
from knowledge.repair import Lexicon
from knowledge.vocabulary import Vocabulary

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NEAREST_SHARE = 0.5
"""How much the most similar single phrasing counts beside what was learned from all of them."""
COMPOUND_SHARE = 0.75
"""How much a compound of known words is known itself."""
PART_SHARE = 0.5
MEANING_SHARE = 2.0
"""How much the likeness in meaning, squared, counts beside the likeness in letters and words."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A text that means `label`; `weight` below 1 for evidence that nobody would type as a question.

    Weight 0 only tells which words belong to the label.
    """

    text: str
    label: str
    language: str
    weight: float = 1.0


class Vectors(Protocol):
    """Meanings as vectors, where there are any."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row of length 1 for each text; of length 0 if nothing is known of its meaning."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the matcher makes of one text, for every label in the matcher's order.

    `learned`, `nearest` (in letters and words) and `meant` (in meaning) are about 0..1; `covered` is the share
    of the text's words that belong to the label; `known` is the share of the text's words, by how much they tell
    apart, that the phrasings know; `words` is their number. A text said to be in a language without
    phrasings is `foreign`: only its meaning counts.
    """

    learned: Floats
    nearest: Floats
    meant: Floats
    covered: Floats
    known: float
    words: int
    foreign: bool = False

    @property
    def combined(self) -> Floats:
        """The order of the labels: what was learned, and a share of the nearest phrasing."""
        return self.learned + np.float32(NEAREST_SHARE) * (self.nearest + self.meant)


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The phrasings of all languages, in the order of their rows, and the words and labels they are made of.

    `of_language` has the rows of each language, `present` the labels among them and where each begins;
    `mean` is how often each label occurs, `meanings` has a vector of length 1 for each row, or nothing at all.
    """

    labels: tuple[str, ...]
    languages: tuple[str, ...]
    lexicon: Lexicon
    owned: Vocabulary
    postings: Postings
    of_language: tuple[Ints, ...]
    present: tuple[tuple[Ints, Ints], ...]
    mean: Floats
    meanings: Floats

    def known_share(self, tokens: Sequence[str], strangers: Collection[str] = ()) -> float:
        """The share of a text's words, by how much they tell apart, that are known and not among the strangers."""
        known = total = 0.0
        for word in tokens:
            weight = self.postings.weight(word_key(word))
            total += weight
            if word in strangers:
                continue
            if word in self.lexicon:
                known += weight
            elif self.lexicon.split(word):
                known += weight * COMPOUND_SHARE
        return known / total if total else 0.0

    def nearest(self, language: int, similar: Floats) -> Floats:
        """For every label its best phrasing of one language, for one text or for one in each row.

        `similar` has a column for each of the language's phrasings.
        """
        present, starts = self.present[language]
        nearest = np.zeros((*similar.shape[:-1], len(self.labels)), np.float32)
        nearest[..., present] = np.maximum.reduceat(similar, starts, axis=-1)
        return nearest

    def foreign(self, learned: Floats, meant: Floats, length: int) -> Scores:
        """The scores of a text of so many words in a language without phrasings: only its meaning counts."""
        nothing = np.zeros(len(self.labels), np.float32)
        return Scores(learned, nothing, meant, nothing, known=0.0, words=length, foreign=True)


def features_of(tokens: list[str], lexicon: Lexicon) -> tuple[Keys, Weights]:
    """The features of a text given as folded words, and the parts that its compounds are made of."""
    parts = {word_key(part) for word in tokens for part in lexicon.split(word)}
    keys, weights = features(tokens)
    if not parts:
        return keys, weights
    keys = np.concatenate([keys, np.fromiter(parts, np.uint64, len(parts))])
    weights = np.concatenate([weights, np.full(len(parts), PART_SHARE, np.float32)])
    keys, first = np.unique(keys, return_index=True)
    return keys, weights[first]


def liking(cosines: Floats) -> Floats:
    """Likeness in meaning, squared so that only what is really alike counts; the cosines are used up."""
    np.maximum(cosines, 0, out=cosines)
    np.square(cosines, out=cosines)
    cosines *= np.float32(MEANING_SHARE)
    return cosines
