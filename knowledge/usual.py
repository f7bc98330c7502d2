"""How usual a word is in a language, apart from anything Lotse knows: the commonest words only, by hash."""

from functools import lru_cache
from math import exp
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

SCALE = 12.0
"""What a stored step is worth: one twelfth of a nat."""
_TABLE = Path(__file__).parent / "vectors" / "usual.npz"


def share_of(word: str, language: str) -> float:
    """Which share of a language's words a plain one (see `folding`) is; 0 if it is not among the commonest."""
    keys, values = _table().get(language, (np.empty(0, np.uint32), np.empty(0, np.uint8)))
    number = number_of(word)
    at = int(np.searchsorted(keys, np.uint32(number)))
    return exp(-float(values[at]) / SCALE) if at < len(keys) and int(keys[at]) == number else 0.0


def number_of(word: str) -> int:
    """The number of a word in the table."""
    return crc32(word.encode())


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]]:
    with np.load(_TABLE) as stored:
        languages = [name.removesuffix("_keys") for name in stored if name.endswith("_keys")]
        return {each: (stored[f"{each}_keys"], stored[f"{each}_values"]) for each in languages}
