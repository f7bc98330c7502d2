"""Which of many labels a text means, learned at load time from texts whose label is known.

Kernel ridge regression over sparse features in closed form, for each language by itself: `K` holds the
cosines of the language's phrasings, `A = G (Y - mean)` with `G = (K + ridge / weight)^-1` is solved once,
and a question scores `k A` for every label. The same `G` gives, without fitting again, what the matcher
would have said of its own phrasings had they, or their whole label, not been there: that is where
confidence comes from (see `deciding`). A language with more than `MOST_AT_ONCE` phrasings is solved in
several equal parts whose scores are averaged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from knowledge.examining import Examination, Withheld
from knowledge.features import Keys, Weights
from knowledge.folding import pieces, words
from knowledge.phrasebook import Floats, Ints, Phrasebook, Phrasing, Scores, Vectors, features_of, liking
from knowledge.postings import Postings
from knowledge.repair import Lexicon
from knowledge.ridge import Study
from knowledge.spelling import Reading, Speller
from knowledge.vocabulary import Vocabulary

MOST_AT_ONCE = 6000
HOME_SHARE = 0.85
"""A text of which so many words are known is not foreign, whatever language it is said to be in."""
_OWN_LANGUAGE = 0.8
"""The language said to be the text's is believed if it is at least this near, compared with the nearest."""
_FIRST_GREEK = "\u0370"
"""What comes before is Latin: slips are not looked for in words of another alphabet."""
MEANING_SIZE = 128
"""Meanings are kept in so many dimensions, those in which the phrasings differ most."""


class Matcher:
    """A ranking of labels for any text; made by `fit`, unchanging afterwards, safe to pickle."""

    def __init__(
        self, book: Phrasebook, speller: Speller, solutions: Sequence[Floats], meaning: tuple[Vectors, Floats] | None
    ) -> None:
        """`meaning` is what encodes texts, and the axes that are kept of it."""
        self._book = book
        self._speller = speller
        self._solutions = tuple(solutions)
        self._meaning = meaning

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in the order of their scores."""
        return self._book.labels

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
        told = sorted((p for p in phrasings if words(p.text)), key=lambda phrasing: phrasing.label)
        known = [phrasing for phrasing in told if phrasing.weight]
        if not known:
            raise ValueError("no phrasing has a word in it")
        tokens = [words(phrasing.text) for phrasing in known]
        labels = tuple(sorted({phrasing.label for phrasing in known}))
        languages = tuple(sorted({phrasing.language for phrasing in known}))
        number = {label: at for at, label in enumerate(labels)}
        owner = np.array([number[phrasing.label] for phrasing in known])
        weights = np.array([phrasing.weight for phrasing in known], dtype=np.float32)
        language = np.array([languages.index(phrasing.language) for phrasing in known])
        lexicon = Lexicon(tokens)
        rows = [features_of(line, lexicon) for line in tokens]
        meaning, meanings = _meanings(known, vectors)
        of_language = tuple(np.flatnonzero(language == at) for at in range(len(languages)))
        book = Phrasebook(
            labels=labels,
            languages=languages,
            lexicon=lexicon,
            owned=Vocabulary((words(p.text), number[p.label]) for p in told if p.label in number),
            postings=Postings.of(rows),
            of_language=of_language,
            present=tuple(np.unique(owner[each], return_index=True) for each in of_language),
            mean=(np.bincount(owner, weights) / weights.sum()).astype(np.float32),
            meanings=meanings,
        )
        step = -(-int((weights == 1).sum()) // most) if most else 0
        solutions: list[Floats] = []
        withheld: list[Withheld] = []
        for home in range(len(languages)):
            solution, examined = _learn_language(book, home, rows, owner, weights, tokens, step)
            solutions.append(solution)
            withheld += examined
        speller = Speller((phrasing.text for phrasing in told), languages)
        return cls(book, speller, solutions, meaning), withheld

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
        book, read = self._book, [self._read(text, language) for text in texts]
        if self._meaning is None:
            return [self._score(each, language, np.zeros(book.postings.count, np.float32)) for each in read]
        vectors, axes = self._meaning
        meanings = _of_length_one(vectors.encode([each.text for each in read]) @ axes)
        return [
            self._score(each, language, liking(book.meanings @ row)) for each, row in zip(read, meanings, strict=True)
        ]

    def _read(self, text: str, language: str | None) -> Reading:
        """A text with its slips mended; one in a language without phrasings as it stands, unless it is not in that.

        Words that no phrasing uses become the nearest that one does, such as the singular.
        """
        lexicon, read = self._book.lexicon, self._speller.read(text)
        if language not in (None, *self._book.languages):
            known = sum(word in lexicon for word in read.words)
            if known < HOME_SHARE * len(read.words):
                found = pieces(text)
                near = [lexicon.mend(each.word) if each.shape < _FIRST_GREEK else each.word for each in found]
                return Reading(tuple(near), text, foreign=True)
        return replace(read, words=tuple(map(lexicon.mend, read.words)))

    def _score(self, reading: Reading, language: str | None, meant: Floats) -> Scores:
        book = self._book
        tokens = list(reading.words)
        similar = book.postings.similar(*features_of(tokens, book.lexicon))
        kernel = similar + meant
        near = np.array([kernel[rows].max() for rows in book.of_language])
        at = int(near.argmax())
        if language in book.languages:
            said = book.languages.index(language)
            at = said if near[said] >= _OWN_LANGUAGE * near[at] else at
        here = book.of_language[at]
        learned = (kernel[here] @ self._solutions[at] + book.mean).astype(np.float32)
        if self._meaning is not None and reading.foreign:
            return book.foreign(learned, book.nearest(at, meant[here]), len(tokens))
        return Scores(
            learned=learned,
            nearest=book.nearest(at, similar[here]),
            meant=book.nearest(at, meant[here]),
            covered=book.owned.share(tokens),
            known=book.known_share(tokens),
            words=len(tokens),
        )


def _meanings(known: Sequence[Phrasing], vectors: Vectors | None) -> tuple[tuple[Vectors, Floats] | None, Floats]:
    """What encodes texts with the axes to keep of it, and what the phrasings mean; nothing without vectors."""
    if vectors is None:
        return None, np.empty((0, 0), np.float32)
    meanings = vectors.encode([phrasing.text for phrasing in known])
    axes: Floats = np.linalg.eigh(meanings.T @ meanings)[1][:, -MEANING_SIZE:]
    return (vectors, axes), _of_length_one(meanings @ axes)


def _learn_language(
    book: Phrasebook,
    home: int,
    rows: Sequence[tuple[Keys, Weights]],
    owner: Ints,
    weights: Floats,
    tokens: Sequence[list[str]],
    step: int,
) -> tuple[Floats, list[Withheld]]:
    """The solution of a language, and what it says of every `step`-th phrasing withheld (of none if 0).

    By itself, so that the large tables of one language are gone before those of the next are made.
    """
    of_language = book.of_language[home]
    letters, meant = _likeness(book, home, rows)
    studies = _study(letters + meant, owner[of_language], weights[of_language], book.mean)
    withheld: list[Withheld] = []
    if step:
        examination = Examination(book, studies, home, owner, tokens)
        asked = np.flatnonzero(weights[of_language] == 1)[::step]
        withheld += examination.withhold(asked, letters, meant)
        if book.meanings.size and len(book.languages) > 1:
            abroad = book.of_language[(home - 1) % len(book.languages)]
            withheld += examination.withhold_abroad(abroad[weights[abroad] == 1][:: 2 * step])
    return _solution(studies), withheld


def _likeness(book: Phrasebook, home: int, rows: Sequence[tuple[Keys, Weights]]) -> tuple[Floats, Floats]:
    """How alike the phrasings of a language are to one another, in letters and words, and in meaning."""
    of_language = book.of_language[home]
    postings = book.postings.within(of_language)
    letters = np.empty((len(of_language), len(of_language)), np.float32)
    for place, at in enumerate(of_language):
        letters[place] = postings.similar(*rows[at])
    if not book.meanings.size:
        return letters, np.zeros_like(letters)
    return letters, liking(book.meanings[of_language] @ book.meanings[of_language].T)


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


def _of_length_one(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = rows / np.maximum(lengths, np.float32(1e-6))
    return unit
