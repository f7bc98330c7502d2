"""Which words belong to which label, to tell a question about a label from one that only sounds like it."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from knowledge.features import stem

Floats = npt.NDArray[np.float32]


class Vocabulary:
    """The words of every label, without their endings."""

    def __init__(self, texts: Iterable[tuple[list[str], int]]) -> None:
        counts: dict[str, Counter[int]] = {}
        labels = 0
        for words, label in texts:
            labels = max(labels, label + 1)
            for word in words:
                counts.setdefault(stem(word), Counter())[label] += 1
        self._at = {word: row for row, word in enumerate(counts)}
        self._counts = np.zeros((len(counts), labels), np.uint16)
        for row, owners in enumerate(counts.values()):
            for label, count in owners.items():
                self._counts[row, label] = min(count, np.iinfo(np.uint16).max)
        owned = (self._counts > 0).sum(axis=1) if labels else np.zeros(0)
        self._weights = np.log1p(labels / np.maximum(owned, 1)).astype(np.float32)
        self._strange = float(np.log1p(labels))

    def share(self, words: list[str], label: int | None = None, lost: Mapping[str, int] | None = None) -> Floats:
        """For every label, how much of a text its words make up; the rarer a word, the more it is.

        With `label`, as if that label had `lost` some words so many times, or with None all of its own.
        """
        shares = np.zeros(self._counts.shape[1], np.float32)
        total = 0.0
        lost_stems: Counter[str] = Counter()
        for word, count in (lost or {}).items():
            lost_stems[stem(word)] += count
        for word in words:
            row = self._at.get(stem(word))
            if row is None:
                total += self._strange
                continue
            weight = float(self._weights[row])
            total += weight
            owners = self._counts[row] > 0
            if label is not None:
                left = 0 if lost is None else int(self._counts[row, label]) - lost_stems[stem(word)]
                owners[label] = left > 0
            shares += np.float32(weight) * owners
        return shares / np.float32(total) if total else shares
