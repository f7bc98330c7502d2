"""Which of many labels a text means, learned at load time from texts whose label is known.

Kernel ridge regression over sparse features in closed form, for each language by itself: `K` holds the
cosines of the language's phrasings, `A = G (Y - mean)` with `G = (K + ridge / weight)^-1` is solved once,
and a question scores `k A` for every label. The same `G` gives, without fitting again, what the matcher
would have said of its own phrasings had they, or their whole label, not been there: that is where
confidence comes from (see `deciding`). A language with more than `MOST_AT_ONCE` phrasings is solved in
several equal parts whose scores are averaged.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from knowledge.features import Keys, Weights, features, word_key
from knowledge.folding import words
from knowledge.repair import Lexicon
from knowledge.ridge import Study
from knowledge.vocabulary import Vocabulary

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

MOST_AT_ONCE = 6000
NEAREST_SHARE = 0.5
"""How much the most similar single phrasing counts beside what was learned from all of them."""
MENDED_SHARE = 0.75
PART_SHARE = 0.5
_OWN_LANGUAGE = 0.8
"""The language said to be the text's is believed if it is at least this near, compared with the nearest."""
MEANING_SHARE = 2.0
"""How much the likeness in meaning, squared, counts beside the likeness in letters and words."""
MEANING_SIZE = 128
"""Meanings are kept in so many dimensions, those in which the phrasings differ most."""


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
class Withheld:
    """What the matcher says of a phrasing of its own that it was not shown.

    `label` is the right one, or None where all of the label's phrasings were withheld too.
    """

    label: int | None
    own: int
    scores: Scores


class Matcher:
    """A ranking of labels for any text; made by `fit`, unchanging afterwards, safe to pickle."""

    def __init__(self, vectors: Vectors | None = None) -> None:
        self._vectors = vectors
        self._axes: Floats = np.empty((0, 0), np.float32)
        self._meanings: Floats = np.empty((0, 0), np.float32)
        self.labels: tuple[str, ...] = ()
        self.languages: tuple[str, ...] = ()
        self._lexicon = Lexicon(())
        self._owned = Vocabulary(())
        self._keys: Keys = np.empty(0, np.uint64)
        self._idf: Weights = np.empty(0, np.float32)
        self._rarest = np.float32(1)
        self._starts: Ints = np.empty(0, np.int64)
        self._rows: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self._values: Weights = np.empty(0, np.float32)
        self._of_language: tuple[Ints, ...] = ()
        self._present: tuple[tuple[Ints, Ints], ...] = ()
        self._solutions: tuple[Floats, ...] = ()
        self._mean: Floats = np.empty(0, np.float32)
        self._count = 0

    @classmethod
    def fit(cls, phrasings: Iterable[Phrasing], vectors: Vectors | None = None) -> Self:
        """Learn from texts whose label is known.

        Raises ValueError if there is none with a word in it.
        """
        return cls.fit_and_examine(phrasings, vectors, most=0)[0]

    @classmethod
    def fit_and_examine(
        cls, phrasings: Iterable[Phrasing], vectors: Vectors | None = None, most: int = 4000
    ) -> tuple[Self, list[Withheld]]:
        """Learn, and tell what would have been said of up to `most` phrasings had they been withheld.

        Each is given twice: withheld alone, and withheld with its whole label in its language; and, with
        vectors, twice more as if its language were foreign. Raises ValueError if no phrasing has a word in it.
        """
        self = cls(vectors)
        told = sorted((p for p in phrasings if words(p.text)), key=lambda phrasing: phrasing.label)
        known = [phrasing for phrasing in told if phrasing.weight]
        if not known:
            raise ValueError("no phrasing has a word in it")
        tokens = [words(phrasing.text) for phrasing in known]
        self.labels = tuple(sorted({phrasing.label for phrasing in known}))
        self.languages = tuple(sorted({phrasing.language for phrasing in known}))
        number = {label: at for at, label in enumerate(self.labels)}
        owner = np.array([number[phrasing.label] for phrasing in known])
        weights = np.array([phrasing.weight for phrasing in known], dtype=np.float32)
        language = np.array([self.languages.index(phrasing.language) for phrasing in known])
        self._count = len(known)
        self._mean = (np.bincount(owner, weights) / weights.sum()).astype(np.float32)
        self._lexicon = Lexicon(tokens)
        self._owned = Vocabulary((words(p.text), number[p.label]) for p in told if p.label in number)
        rows = [self._features(line) for line in tokens]
        self._index(rows)
        if vectors is not None:
            meanings = vectors.encode([phrasing.text for phrasing in known])
            self._axes = np.linalg.eigh(meanings.T @ meanings)[1][:, -MEANING_SIZE:]
            self._meanings = _of_length_one(meanings @ self._axes)
        self._of_language = tuple(np.flatnonzero(language == at) for at in range(len(self.languages)))
        self._present = tuple(np.unique(owner[each], return_index=True) for each in self._of_language)
        studies = [self._study(of_language, rows, owner, weights) for of_language in self._of_language]
        self._solutions = tuple(_solution(each) for each in studies)
        if not most:
            return self, []
        chosen = [of_language[weights[of_language] == 1] for of_language in self._of_language]
        step = -(-sum(map(len, chosen)) // most)
        withheld: list[Withheld] = []
        for home, questions in enumerate(chosen):
            withheld += self._examine(studies[home], home, questions[::step], owner, weights, rows, tokens)
            if vectors is not None and len(studies) > 1:
                away = (home + 1) % len(studies)
                withheld += self._examine_abroad(studies[away], away, questions[:: 2 * step], owner, tokens)
        return self, withheld

    def _study(
        self, of_language: Ints, rows: Sequence[tuple[Keys, Weights]], owner: Ints, weights: Floats
    ) -> list[Study]:
        parts = -(-len(of_language) // MOST_AT_ONCE)
        studies = []
        for first in range(parts):
            part = of_language[first::parts]
            similar = np.stack([self._similar(*rows[at])[part] for at in part]) + self._alike(part)[:, part]
            studies.append(Study.of(similar, part, owner[part], weights[part], self._mean))
        return studies

    def rank(self, text: str, language: str | None = None) -> list[tuple[str, float]]:
        """All labels with their scores (about 0..1, not a probability), best first.

        `language` is what the text is said to be written in; it need not be true.
        """
        combined = self.score(text, language).combined
        return [(self.labels[at], float(combined[at])) for at in np.argsort(-combined, kind="stable")]

    def score(self, text: str, language: str | None = None) -> Scores:
        """The scores of every label, and how much of the text is known at all."""
        return self.score_each([text], language)[0]

    def score_each(self, texts: Sequence[str], language: str | None = None) -> list[Scores]:
        """The scores of several texts, which is quicker than one by one."""
        if self._vectors is None:
            return [self._score(text, language, np.zeros(self._count, np.float32)) for text in texts]
        meanings = _of_length_one(self._vectors.encode(texts) @ self._axes)
        return [self._score(text, language, self._like(row)) for text, row in zip(texts, meanings, strict=True)]

    def _score(self, text: str, language: str | None, meant: Floats) -> Scores:
        tokens = words(text)
        mended = [self._lexicon.mend(token) for token in tokens]
        similar = self._similar(*self._features(tokens))
        kernel = similar + meant
        near = np.array([kernel[rows].max() for rows in self._of_language])
        at = int(near.argmax())
        if language in self.languages:
            said = self.languages.index(language)
            at = said if near[said] >= _OWN_LANGUAGE * near[at] else at
        learned = (kernel[self._of_language[at]] @ self._solutions[at] + self._mean).astype(np.float32)
        if self._vectors is not None and language is not None and language not in self.languages:
            return self._foreign(learned, self._nearest(at, meant), len(tokens))
        return Scores(
            learned=learned,
            nearest=self._nearest(at, similar),
            meant=self._nearest(at, meant),
            covered=self._owned.share(mended),
            known=self._known_share(tokens),
            words=len(tokens),
        )

    def _features(self, tokens: list[str]) -> tuple[Keys, Weights]:
        mended = [self._lexicon.mend(token) for token in tokens]
        parts = {word_key(part) for word in mended for part in self._lexicon.split(word)}
        keys, weights = features(mended)
        if not parts:
            return keys, weights
        keys = np.concatenate([keys, np.fromiter(parts, np.uint64, len(parts))])
        weights = np.concatenate([weights, np.full(len(parts), PART_SHARE, np.float32)])
        keys, first = np.unique(keys, return_index=True)
        return keys, weights[first]

    def _known_share(self, tokens: list[str], strangers: Collection[str] = ()) -> float:
        known = total = 0.0
        for token in tokens:
            word = self._lexicon.mend(token)
            weight = self._word_weight(word)
            total += weight
            if word in strangers:
                continue
            if word in self._lexicon:
                known += weight if word == token else weight * MENDED_SHARE
            elif self._lexicon.split(word):
                known += weight * MENDED_SHARE
        return known / total if total else 0.0

    def _word_weight(self, word: str) -> float:
        key = np.uint64(word_key(word))
        at = int(np.searchsorted(self._keys, key))
        return float(self._idf[at] if at < len(self._keys) and self._keys[at] == key else self._rarest)

    def _index(self, rows: Sequence[tuple[Keys, Weights]]) -> None:
        lengths = np.array([len(keys) for keys, _ in rows])
        keys = np.concatenate([keys for keys, _ in rows])
        self._keys, column, df = np.unique(keys, return_inverse=True, return_counts=True)
        self._idf = np.log1p(self._count / df).astype(np.float32)
        self._rarest = np.float32(np.log1p(self._count))
        row = np.repeat(np.arange(self._count), lengths)
        values = np.concatenate([weights for _, weights in rows]) * self._idf[column]
        norms = np.sqrt(np.bincount(row, values.astype(np.float64) ** 2, self._count)).astype(np.float32)
        order = np.argsort(column, kind="stable")
        self._rows = row[order].astype(np.int32)
        self._values = (values / norms[row])[order]
        self._starts = np.concatenate([[0], np.cumsum(df)])

    def _similar(self, keys: Keys, weights: Weights) -> Floats:
        """The cosine of a text to every phrasing; features nobody has used count in its length."""
        if not len(keys):
            return np.zeros(self._count, np.float32)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[at] == keys
        strangers = float(np.sum((weights[~known] * self._rarest) ** 2))
        at = at[known]
        values = weights[known] * self._idf[at]
        norm = np.sqrt(strangers + float(values @ values))
        starts, lengths = self._starts[at], self._starts[at + 1] - self._starts[at]
        ends = np.cumsum(lengths)
        where = np.arange(int(lengths.sum())) + np.repeat(starts - (ends - lengths), lengths)
        product = np.repeat(values / norm, lengths) * self._values[where]
        return np.bincount(self._rows[where], product, self._count).astype(np.float32)

    def _like(self, meaning: Floats) -> Floats:
        """The likeness in meaning to every phrasing, squared so that only what is really alike counts."""
        liked: Floats = np.square(np.maximum(self._meanings @ meaning, 0)) * np.float32(MEANING_SHARE)
        return liked

    def _alike(self, rows: Ints) -> Floats:
        if not self._meanings.size:
            return np.zeros((len(rows), self._count), np.float32)
        return self._like(self._meanings[rows].T).T

    def _examine(
        self,
        studies: list[Study],
        at_language: int,
        chosen: Ints,
        owner: Ints,
        weights: Floats,
        rows: Sequence[tuple[Keys, Weights]],
        tokens: list[list[str]],
    ) -> Iterator[Withheld]:
        """Ask the chosen rows again with themselves gone, and with their label gone."""
        of_language = self._of_language[at_language]
        for label in map(int, np.unique(owner[chosen])):
            asked = chosen[owner[chosen] == label]
            here = of_language[owner[of_language] == label]
            questions = here[weights[here] == 1]
            similar = np.stack([self._similar(*rows[at]) for at in asked])
            alike = self._alike(asked)
            for block in [*questions[:, None], here]:
                mine = np.flatnonzero(np.isin(asked, block))
                if not len(mine):
                    continue
                learned = sum((study.without(block, similar[mine] + alike[mine]) for study in studies), np.float32(0))
                nearest, meant = (self._nearest(at_language, each[mine], block) for each in (similar, alike))
                lost = Counter(word for at in block for word in tokens[at])
                strangers = {word for word, count in lost.items() if count == self._lexicon.counts[word]}
                said = learned / len(studies) + self._mean
                for place, at in enumerate(asked[mine]):
                    scores = Scores(
                        learned=said[place],
                        nearest=nearest[place],
                        meant=meant[place],
                        covered=self._owned.share(tokens[at], label, None if block is here else lost),
                        known=self._known_share(tokens[at], strangers),
                        words=len(tokens[at]),
                    )
                    yield Withheld(label=None if block is here else label, own=label, scores=scores)

    def _examine_abroad(
        self, studies: list[Study], away: int, chosen: Ints, owner: Ints, tokens: list[list[str]]
    ) -> Iterator[Withheld]:
        """Ask the chosen rows of one language again by their meaning alone, answered from another language."""
        there = self._of_language[away]
        for label in map(int, np.unique(owner[chosen])):
            asked = chosen[owner[chosen] == label]
            alike = self._alike(asked)
            for gone in (there[:0], there[owner[there] == label]):
                learned: Floats = np.mean([study.without(gone, alike) for study in studies], axis=0)
                meant = self._nearest(away, alike, gone)
                for place, at in enumerate(asked):
                    scores = self._foreign(learned[place] + self._mean, meant[place], len(tokens[at]))
                    yield Withheld(label=None if len(gone) else label, own=label, scores=scores)

    def _foreign(self, learned: Floats, meant: Floats, length: int) -> Scores:
        nothing = np.zeros(len(self.labels), np.float32)
        return Scores(learned, nothing, meant, nothing, known=0.0, words=length, foreign=True)

    def _nearest(self, at_language: int, similar: Floats, gone: Ints | None = None) -> Floats:
        """For every label its best phrasing of one language, for one text or for one in each row."""
        kept = similar[..., self._of_language[at_language]]
        if gone is not None:
            kept[..., np.isin(self._of_language[at_language], gone)] = 0
        present, starts = self._present[at_language]
        nearest = np.zeros((*similar.shape[:-1], len(self.labels)), np.float32)
        nearest[..., present] = np.maximum.reduceat(kept, starts, axis=-1)
        return nearest


def _solution(studies: list[Study]) -> Floats:
    """The parts of a language put together again, in the order of its rows."""
    order = np.argsort(np.concatenate([study.rows for study in studies]), kind="stable")
    solution: Floats = np.concatenate([study.solution for study in studies])[order]
    return solution / np.float32(len(studies))


def _of_length_one(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = rows / np.maximum(lengths, np.float32(1e-6))
    return unit
