"""What is learned depends on what was written, not on the last bit of a vector or on the machine."""

from __future__ import annotations

import numpy as np

from knowledge.ridge import RIDGE, Floats, Study


def _alike(texts: int, noise: float = 0.0) -> Floats:
    """How alike as many texts are as a language has, most of them hardly told apart: a matrix hard to invert."""
    chance = np.random.default_rng(7)
    meanings = chance.standard_normal((texts, 60)) + 1.0
    meanings += noise * chance.standard_normal(meanings.shape)
    meanings /= np.linalg.norm(meanings, axis=1, keepdims=True)
    similar: Floats = (2 * (meanings @ meanings.T) ** 2).astype(np.float32)
    return similar


def _study(similar: Floats) -> Study:
    size = len(similar)
    owner = np.arange(size) % 40
    return Study.of(similar, np.arange(size), owner, np.ones(size, np.float32), np.full(40, 1 / 40, np.float32))


def test_the_inverse_is_exact_for_as_many_texts_as_a_language_has() -> None:
    similar = _alike(2500)
    ridged = similar + np.float32(RIDGE) * np.eye(len(similar), dtype=np.float32)
    product = _study(similar.copy()).inverse.astype(np.float64) @ ridged
    assert np.abs(product - np.eye(len(similar))).max() < 1e-3


def test_the_last_bit_of_a_meaning_changes_nothing_that_was_learned() -> None:
    one, other = _study(_alike(2500)), _study(_alike(2500, noise=1e-7))
    assert np.abs(one.solution - other.solution).max() < 1e-4
