"""Kernel ridge regression solved exactly once, and what it would say without some of its rows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RIDGE = 0.5
_INVERTED_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Study:
    """One exact solution over some rows (in ascending order), with what is needed to take rows out of it again."""

    rows: Ints
    truth: Floats
    inverse: Floats
    solution: Floats

    @classmethod
    def of(cls, similar: Floats, rows: Ints, owner: Ints, weights: Floats, mean: Floats) -> Self:
        """Solve for the rows, given how alike they are (used up), whose label each is, what they weigh and the mean."""
        truth = np.zeros((len(rows), len(mean)), np.float32)
        truth[np.arange(len(rows)), owner] = 1
        truth -= mean
        similar[np.diag_indices_from(similar)] += RIDGE / weights
        inverse = _inverse(similar)
        return cls(rows, truth, inverse, inverse @ truth)

    def alone(self, rows: Ints, similar: Floats) -> Floats:
        """The scores (less the mean) of rows, given by their similarity to all, each had it alone not been.

        For a row of this solution that is its truth less A / diag(G): exact (leave-one-out in closed form).
        """
        scores: Floats = similar[:, self.rows] @ self.solution
        place = np.searchsorted(self.rows, rows) % len(self.rows)
        mine = np.flatnonzero(self.rows[place] == rows)
        own = place[mine]
        scores[mine] = self.truth[own] - self.solution[own] / self.inverse[own, own][:, None]
        return scores

    def without(self, block: Ints, similar: Floats) -> Floats:
        """The scores (less the mean) of texts, given by their similarity to all rows, had the block not been.

        Without the rows B the solution is A - G_B (G_BB)^-1 A_B: exact, and no new inverse.
        """
        kernel = similar[:, self.rows]
        at = np.flatnonzero(np.isin(self.rows, block))
        scores: Floats = kernel @ self.solution
        if len(at):
            columns = self.inverse[:, at]
            scores -= (kernel @ columns) @ np.linalg.solve(columns[at], self.solution[at])
        return scores


def _inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric positive matrix, exact to the last digits of single precision.

    It is computed in double: in single, the halves of a matrix of some thousand rows lose half a percent of it, and a
    vector that differs in its last bit would change what is answered.
    """
    exact = matrix.astype(np.float64)
    _invert(exact)
    return exact.astype(np.float32)


def _invert(matrix: Numbers) -> None:
    """Invert in place, by halves, which is mostly multiplication and so fast."""
    size = len(matrix)
    if size <= _INVERTED_AT_ONCE:
        matrix[:] = np.linalg.inv(matrix)
        return
    half = size // 2
    first, last = matrix[:half, :half], matrix[half:, half:]
    _invert(first)
    across = matrix[half:, :half] @ first
    last -= across @ matrix[:half, half:]
    _invert(last)
    corner = last @ across
    first += across.T @ corner
    np.negative(corner, out=corner)
    matrix[half:, :half], matrix[:half, half:] = corner, corner.T
