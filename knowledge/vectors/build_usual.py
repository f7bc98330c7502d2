"""Makes `usual.npz`, by which `knowledge.spelling` tells a usual word from a slip, from word frequencies.

Not part of the program: run by hand with the package `wordfreq` installed, see docs/vectors.md.
What is kept of each language are hashes of its commonest words without marks, and how common they are.

    python knowledge/vectors/build_usual.py
"""

import math
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from knowledge.folding import plain
from knowledge.usual import SCALE, number_of

WORDS = {"de": 25_000, "en": 25_000, "fr": 10_000, "es": 10_000, "tr": 10_000} | dict.fromkeys(
    ("ru", "uk", "ar", "fa"), 10_000
)


def main() -> None:
    """Write the table beside this file."""
    wordfreq = import_module("wordfreq")
    table: dict[str, Any] = {}
    for language, most in WORDS.items():
        found = wordfreq.get_frequency_dict(language, wordlist="best")
        shares: Counter[str] = Counter()
        for word in sorted(found, key=lambda word: (-found[word], word))[:most]:
            if word.isalpha() and (spelt := plain(word)):
                shares[spelt] += found[word]
        numbers = {number_of(word): share for word, share in shares.items()}
        keys = sorted(numbers)
        table[f"{language}_keys"] = np.array(keys, np.uint32)
        table[f"{language}_values"] = np.array([round(-math.log(numbers[key]) * SCALE) for key in keys], np.uint8)
    place = Path(__file__).with_name("usual.npz")
    np.savez_compressed(place, **table)
    sys.stdout.write(f"{sum(map(len, table.values())) // 2} words, {place.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
