"""What a matcher would have said of its own phrasings had they not been there: where confidence comes from.

All of it follows in closed form from the solutions that were learned (see `ridge`), without fitting again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.phrasebook import Floats, Ints, Phrasebook, Scores, liking
from knowledge.ridge import Study


@dataclass(frozen=True, slots=True)
class Withheld:
    """What the matcher says of a phrasing of its own that it was not shown.

    `label` is the right one, or None where all of the label's phrasings were withheld too.
    """

    label: int | None
    own: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class Examination:
    """One language's solutions, to be asked about phrasings; `owner` and `tokens` are those of all rows of the book."""

    book: Phrasebook
    studies: Sequence[Study]
    home: int
    owner: Ints
    tokens: Sequence[list[str]]

    def withhold(self, asked: Ints, letters: Floats, meant: Floats) -> Iterator[Withheld]:
        """Ask the language's phrasings at `asked` again with themselves gone, and with their label gone.

        `letters` and `meant` say how alike all of the language's phrasings are to one another.
        """
        of_language = self.book.of_language[self.home]
        labels = self.owner[of_language]
        for label in map(int, np.unique(labels[asked])):
            block = np.flatnonzero(labels == label)
            mine = asked[labels[asked] == label]
            kernel = letters[mine] + meant[mine]
            words_of = Counter(word for at in of_language[block] for word in self.tokens[at])
            whole = self._lost_words(words_of)
            alone, gone = self._learned(mine, block, kernel)
            near_alone, near_gone = self._nearest_without(letters[mine], mine, block)
            meant_alone, meant_gone = self._nearest_without(meant[mine], mine, block)
            for place, at in enumerate(of_language[mine]):
                line = self.tokens[at]
                lost = Counter(line)
                yield Withheld(
                    label=label,
                    own=label,
                    scores=Scores(
                        learned=alone[place] + self.book.mean,
                        nearest=near_alone[place],
                        meant=meant_alone[place],
                        covered=self.book.owned.share(line, label, lost),
                        known=self.book.known_share(line, self._lost_words(lost)),
                        words=len(line),
                    ),
                )
                yield Withheld(
                    label=None,
                    own=label,
                    scores=Scores(
                        learned=gone[place] + self.book.mean,
                        nearest=near_gone[place],
                        meant=meant_gone[place],
                        covered=self.book.owned.share(line, label),
                        known=self.book.known_share(line, whole),
                        words=len(line),
                    ),
                )

    def _lost_words(self, lost: Counter[str]) -> set[str]:
        """The words that nobody would know any more."""
        return {word for word, count in lost.items() if count == self.book.lexicon.counts[word]}

    def _learned(self, mine: Ints, block: Ints, kernel: Floats) -> tuple[Floats, Floats]:
        """What is learned of phrasings without themselves, and without their label; less the mean."""
        alone = np.mean([study.alone(mine, kernel) for study in self.studies], axis=0)
        return alone, np.mean([study.without(block, kernel) for study in self.studies], axis=0)

    def _nearest_without(self, similar: Floats, mine: Ints, block: Ints) -> tuple[Floats, Floats]:
        kept = similar.copy()
        kept[np.arange(len(mine)), mine] = 0
        alone = self.book.nearest(self.home, kept)
        kept[:, block] = 0
        return alone, self.book.nearest(self.home, kept)

    def withhold_abroad(self, asked: Ints) -> Iterator[Withheld]:
        """Ask the rows of another language by their meaning alone, with their label there and with it gone."""
        here = self.book.of_language[self.home]
        for label in map(int, np.unique(self.owner[asked])):
            mine = asked[self.owner[asked] == label]
            alike = liking(self.book.meanings[mine] @ self.book.meanings[here].T)
            block = np.flatnonzero(self.owner[here] == label)
            for gone in (block[:0], block):
                learned: Floats = np.mean([study.without(gone, alike) for study in self.studies], axis=0)
                kept = alike.copy()
                kept[:, gone] = 0
                meant = self.book.nearest(self.home, kept)
                for place, at in enumerate(mine):
                    scores = self.book.foreign(learned[place] + self.book.mean, meant[place], len(self.tokens[at]))
                    yield Withheld(label=None if len(gone) else label, own=label, scores=scores)
