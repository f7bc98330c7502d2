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
from knowledge.postings import Postings
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
        self._of_language: tuple[Ints, ...] = ()
        self._present: tuple[tuple[Ints, Ints], ...] = ()
        self._solutions: tuple[Floats, ...] = ()
        self._mean: Floats = np.empty(0, np.float32)
        self._postings: Postings

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
        self._mean = (np.bincount(owner, weights) / weights.sum()).astype(np.float32)
        self._lexicon = Lexicon(tokens)
        self._owned = Vocabulary((words(p.text), number[p.label]) for p in told if p.label in number)
        rows = [self._features(line) for line in tokens]
        self._postings = Postings.of(rows)
        if vectors is not None:
            meanings = vectors.encode([phrasing.text for phrasing in known])
            self._axes = np.linalg.eigh(meanings.T @ meanings)[1][:, -MEANING_SIZE:]
            self._meanings = _of_length_one(meanings @ self._axes)
        self._of_language = tuple(np.flatnonzero(language == at) for at in range(len(self.languages)))
        self._present = tuple(np.unique(owner[each], return_index=True) for each in self._of_language)
        step = -(-int((weights == 1).sum()) // most) if most else 0
        learned = [
            self._learn_language(home, rows, owner, weights, tokens, step) for home in range(len(self.languages))
        ]
        self._solutions = tuple(solution for solution, _ in learned)
        return self, [each for _, withheld in learned for each in withheld]

    def _learn_language(
        self,
        home: int,
        rows: Sequence[tuple[Keys, Weights]],
        owner: Ints,
        weights: Floats,
        tokens: Sequence[list[str]],
        step: int,
    ) -> tuple[Floats, list[Withheld]]:
        """The solution of a language, and what it says of every `step`-th phrasing withheld (of none if 0)."""
        of_language = self._of_language[home]
        letters, meant = self._likeness(of_language, rows)
        studies = _study(letters + meant, owner[of_language], weights[of_language], self._mean)
        withheld: list[Withheld] = []
        if step:
            asked = np.flatnonzero(weights[of_language] == 1)[::step]
            withheld += self._examine(studies, home, asked, letters, meant, owner, tokens)
        if step and self._meanings.size and len(self.languages) > 1:
            abroad = self._of_language[(home - 1) % len(self.languages)]
            strangers = abroad[weights[abroad] == 1][:: 2 * step]
            withheld += self._examine_abroad(studies, home, strangers, owner, tokens)
        return _solution(studies), withheld

    def _likeness(self, of_language: Ints, rows: Sequence[tuple[Keys, Weights]]) -> tuple[Floats, Floats]:
        """How alike the phrasings of a language are to one another, in letters and words, and in meaning."""
        postings = self._postings.within(of_language)
        letters = np.empty((len(of_language), len(of_language)), np.float32)
        for place, at in enumerate(of_language):
            letters[place] = postings.similar(*rows[at])
        if not self._meanings.size:
            return letters, np.zeros_like(letters)
        return letters, _liking(self._meanings[of_language] @ self._meanings[of_language].T)

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
            return [self._score(text, language, np.zeros(self._postings.count, np.float32)) for text in texts]
        meant = texts if language not in (None, *self.languages) else [*map(self._lexicon.mend_text, texts)]
        meanings = _of_length_one(self._vectors.encode(meant) @ self._axes)
        return [self._score(text, language, self._like(row)) for text, row in zip(texts, meanings, strict=True)]

    def _score(self, text: str, language: str | None, meant: Floats) -> Scores:
        tokens = words(text)
        mended = [self._lexicon.mend(token) for token in tokens]
        similar = self._postings.similar(*self._features(tokens))
        kernel = similar + meant
        near = np.array([kernel[rows].max() for rows in self._of_language])
        at = int(near.argmax())
        if language in self.languages:
            said = self.languages.index(language)
            at = said if near[said] >= _OWN_LANGUAGE * near[at] else at
        here = self._of_language[at]
        learned = (kernel[here] @ self._solutions[at] + self._mean).astype(np.float32)
        if self._vectors is not None and language is not None and language not in self.languages:
            return self._foreign(learned, self._nearest(at, meant[here]), len(tokens))
        return Scores(
            learned=learned,
            nearest=self._nearest(at, similar[here]),
            meant=self._nearest(at, meant[here]),
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
        return self._postings.weight(word_key(word))

    def _like(self, meaning: Floats) -> Floats:
        """The likeness in meaning to every phrasing."""
        return _liking(self._meanings @ meaning)

    def _examine(
        self,
        studies: Sequence[Study],
        home: int,
        asked: Ints,
        letters: Floats,
        meant: Floats,
        owner: Ints,
        tokens: Sequence[list[str]],
    ) -> Iterator[Withheld]:
        """Ask a language's phrasings at `asked` again with themselves gone, and with their label gone."""
        of_language = self._of_language[home]
        labels = owner[of_language]
        for label in map(int, np.unique(labels[asked])):
            block = np.flatnonzero(labels == label)
            mine = asked[labels[asked] == label]
            kernel = letters[mine] + meant[mine]
            words_of = Counter(word for at in of_language[block] for word in tokens[at])
            whole = self._lost_words(words_of)
            alone, gone = self._learned(studies, mine, block, kernel)
            near_alone, near_gone = self._nearest_without(home, letters[mine], mine, block)
            meant_alone, meant_gone = self._nearest_without(home, meant[mine], mine, block)
            for place, at in enumerate(of_language[mine]):
                line = tokens[at]
                lost = Counter(line)
                yield Withheld(
                    label=label,
                    own=label,
                    scores=Scores(
                        learned=alone[place] + self._mean,
                        nearest=near_alone[place],
                        meant=meant_alone[place],
                        covered=self._owned.share(line, label, lost),
                        known=self._known_share(line, self._lost_words(lost)),
                        words=len(line),
                    ),
                )
                yield Withheld(
                    label=None,
                    own=label,
                    scores=Scores(
                        learned=gone[place] + self._mean,
                        nearest=near_gone[place],
                        meant=meant_gone[place],
                        covered=self._owned.share(line, label),
                        known=self._known_share(line, whole),
                        words=len(line),
                    ),
                )

    def _lost_words(self, lost: Counter[str]) -> set[str]:
        """The words that nobody would know any more."""
        return {word for word, count in lost.items() if count == self._lexicon.counts[word]}

    @staticmethod
    def _learned(studies: Sequence[Study], mine: Ints, block: Ints, kernel: Floats) -> tuple[Floats, Floats]:
        """What is learned of phrasings without themselves, and without their label; less the mean."""
        alone = np.mean([study.alone(mine, kernel) for study in studies], axis=0)
        return alone, np.mean([study.without(block, kernel) for study in studies], axis=0)

    def _nearest_without(self, home: int, similar: Floats, mine: Ints, block: Ints) -> tuple[Floats, Floats]:
        kept = similar.copy()
        kept[np.arange(len(mine)), mine] = 0
        alone = self._nearest(home, kept)
        kept[:, block] = 0
        return alone, self._nearest(home, kept)

    def _examine_abroad(
        self, studies: Sequence[Study], home: int, asked: Ints, owner: Ints, tokens: Sequence[list[str]]
    ) -> Iterator[Withheld]:
        """Ask phrasings of another language by their meaning alone."""
        here = self._of_language[home]
        for label in map(int, np.unique(owner[asked])):
            mine = asked[owner[asked] == label]
            alike = _liking(self._meanings[mine] @ self._meanings[here].T)
            block = np.flatnonzero(owner[here] == label)
            for gone in (block[:0], block):
                learned: Floats = np.mean([study.without(gone, alike) for study in studies], axis=0)
                kept = alike.copy()
                kept[:, gone] = 0
                meant = self._nearest(home, kept)
                for place, at in enumerate(mine):
                    scores = self._foreign(learned[place] + self._mean, meant[place], len(tokens[at]))
                    yield Withheld(label=None if len(gone) else label, own=label, scores=scores)

    def _foreign(self, learned: Floats, meant: Floats, length: int) -> Scores:
        nothing = np.zeros(len(self.labels), np.float32)
        return Scores(learned, nothing, meant, nothing, known=0.0, words=length, foreign=True)

    def _nearest(self, at_language: int, similar: Floats) -> Floats:
        """For every label its best phrasing of one language, for one text or for one in each row.

        `similar` has a column for each of the language's phrasings.
        """
        present, starts = self._present[at_language]
        nearest = np.zeros((*similar.shape[:-1], len(self.labels)), np.float32)
        nearest[..., present] = np.maximum.reduceat(similar, starts, axis=-1)
        return nearest


def _study(similar: Floats, owner: Ints, weights: Floats, mean: Floats) -> list[Study]:
    """The solutions of one language, given how alike its phrasings are: one, or one for each part of them.

    `similar` is used up.
    """
    parts = -(-len(similar) // MOST_AT_ONCE)
    if parts == 1:
        return [Study.of(similar, np.arange(len(similar)), owner, weights, mean)]
    places = [np.arange(first, len(similar), parts) for first in range(parts)]
    return [Study.of(similar[np.ix_(at, at)], at, owner[at], weights[at], mean) for at in places]


def _solution(studies: Sequence[Study]) -> Floats:
    """The parts of a language put together again, in the order of its rows."""
    order = np.argsort(np.concatenate([study.rows for study in studies]), kind="stable")
    solution: Floats = np.concatenate([study.solution for study in studies])[order]
    return solution / np.float32(len(studies))


def _liking(cosines: Floats) -> Floats:
    """Likeness in meaning, squared so that only what is really alike counts; the cosines are used up."""
    np.maximum(cosines, 0, out=cosines)
    np.square(cosines, out=cosines)
    cosines *= np.float32(MEANING_SHARE)
    return cosines


def _of_length_one(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = rows / np.maximum(lengths, np.float32(1e-6))
    return unit
