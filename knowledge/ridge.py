"""Kernel ridge regression solved exactly once, and what it would say without some of its rows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

RIDGE = 0.5
_INVERTED_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Study:
    """One exact solution over some rows, with what is needed to take rows out of it again."""

    rows: Ints
    inverse: Floats
    solution: Floats

    @classmethod
    def of(cls, similar: Floats, rows: Ints, owner: Ints, weights: Floats, mean: Floats) -> Self:
        """Solve for the rows, given how alike they are, which label owns each, what they weigh and the mean."""
        truth = np.zeros((len(rows), len(mean)), np.float32)
        truth[np.arange(len(rows)), owner] = 1
        matrix = similar.copy()
        matrix[np.diag_indices_from(matrix)] += RIDGE / weights
        inverse = _invert(matrix)
        return cls(rows, inverse, inverse @ (truth - mean))

    def without(self, block: Ints, similar: Floats) -> Floats:
        """The scores (less the mean) of texts, given by their similarity to every row, had the block not been.

        Without the rows B the solution is A - G_B (G_BB)^-1 A_B: exact, and no new inverse.
        """
        kernel = similar[:, self.rows]
        at = np.flatnonzero(np.isin(self.rows, block))
        scores: Floats = kernel @ self.solution
        if len(at):
            columns = self.inverse[:, at]
            scores -= (kernel @ columns) @ np.linalg.solve(columns[at], self.solution[at])
        return scores


def _invert(matrix: Floats) -> Floats:
    """The inverse of a symmetric positive matrix by halves, which is mostly multiplication and so fast."""
    size = len(matrix)
    if size <= _INVERTED_AT_ONCE:
        return np.linalg.inv(matrix)
    half = size // 2
    first = _invert(matrix[:half, :half])
    across = matrix[half:, :half] @ first
    rest: Floats = np.asarray(matrix[half:, half:] - across @ matrix[:half, half:], np.float32)
    last = _invert(rest)
    corner = -last @ across
    inverse = np.empty_like(matrix)
    inverse[:half, :half] = first - across.T @ corner
    inverse[:half, half:] = corner.T
    inverse[half:, :half] = corner
    inverse[half:, half:] = last
    return inverse
