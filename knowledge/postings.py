"""Which texts have which feature: an inverted index that gives the cosines of one text to all others at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.features import Keys, Weights

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Postings:
    """For feature `at`, `rows[starts[at]:starts[at + 1]]` are the texts that have it and `values` its part in them.

    Every text has length 1; `count` is the number of texts, `idf` how rare each feature is, `rarest` how rare a
    feature is that no text has.
    """

    keys: Keys
    idf: Weights
    rarest: np.float32
    starts: Ints
    rows: npt.NDArray[np.int32]
    values: Weights
    count: int

    @classmethod
    def of(cls, texts: Sequence[tuple[Keys, Weights]]) -> Self:
        """The index of texts given by their features."""
        lengths = np.array([len(keys) for keys, _ in texts])
        keys, column, df = np.unique(
            np.concatenate([keys for keys, _ in texts]), return_inverse=True, return_counts=True
        )
        idf = np.log1p(len(texts) / df).astype(np.float32)
        row = np.repeat(np.arange(len(texts)), lengths)
        values = np.concatenate([weights for _, weights in texts]) * idf[column]
        norms = np.sqrt(np.bincount(row, values.astype(np.float64) ** 2, len(texts))).astype(np.float32)
        order = np.argsort(column, kind="stable")
        return cls(
            keys=keys,
            idf=idf,
            rarest=np.float32(np.log1p(len(texts))),
            starts=np.concatenate([[0], np.cumsum(df)]),
            rows=row[order].astype(np.int32),
            values=(values / norms[row])[order],
            count=len(texts),
        )

    def within(self, texts: Ints) -> Self:
        """The same index of some of the texts only, which are counted anew in the order given."""
        place = np.full(self.count, -1, np.int32)
        place[texts] = np.arange(len(texts), dtype=np.int32)
        rows = place[self.rows]
        kept = rows >= 0
        before = np.concatenate([[0], np.cumsum(kept)])
        return type(self)(
            self.keys, self.idf, self.rarest, before[self.starts], rows[kept], self.values[kept], len(texts)
        )

    def weight(self, key: int) -> float:
        """How rare a feature is."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        return float(self.idf[at] if at < len(self.keys) and self.keys[at] == np.uint64(key) else self.rarest)

    def similar(self, keys: Keys, weights: Weights) -> Floats:
        """The cosine of a text to every text here; features nobody has used count in its length."""
        if not len(keys):
            return np.zeros(self.count, np.float32)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[at] == keys
        strangers = float(np.sum((weights[~known] * self.rarest) ** 2))
        at = at[known]
        values = weights[known] * self.idf[at]
        norm = np.sqrt(strangers + float(values @ values))
        starts, lengths = self.starts[at], self.starts[at + 1] - self.starts[at]
        ends = np.cumsum(lengths)
        where = np.arange(int(lengths.sum())) + np.repeat(starts - (ends - lengths), lengths)
        product = np.repeat(values / norm, lengths) * self.values[where]
        return np.bincount(self.rows[where], product, self.count).astype(np.float32)
