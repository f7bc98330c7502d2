"""Meanings as vectors, and what need not be computed again."""

import pickle

import numpy as np

from knowledge.meaning import Encoder

TEXTS = ["Wo melde ich mich an?", "Where do I register?", "?!"]


def test_known_vectors_are_taken_as_they_are_and_the_others_computed() -> None:
    fresh = Encoder().encode(TEXTS)
    marked = np.full_like(fresh[0], 0.5)
    mixed = Encoder({TEXTS[1]: marked}).encode(TEXTS)
    assert np.array_equal(mixed[0], fresh[0])
    assert np.array_equal(mixed[1], marked)
    assert not mixed[2].any()


def test_an_encoder_that_is_kept_keeps_no_vectors() -> None:
    kept = pickle.loads(pickle.dumps(Encoder({TEXTS[0]: np.ones(4, np.float32)})))
    assert np.array_equal(kept.encode(TEXTS[:1]), Encoder().encode(TEXTS[:1]))
