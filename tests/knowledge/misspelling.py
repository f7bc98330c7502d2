"""Slips of the thumb, made on purpose: the same for the golden test and the benchmark."""

from __future__ import annotations

import random
import re
import string

_WORD = re.compile(r"[^\W\d_]{4,}")
_KEYBOARD = ("qwertzuiop", "asdfghjkl", "yxcvbnm")


def misspelt(text: str, chance: random.Random) -> str:
    """One slip of the thumb in every third longer word, in one at least."""
    found = list(_WORD.finditer(text))
    hit = sorted(chance.sample(found, -(-len(found) // 3)), key=lambda each: -each.start()) if found else []
    for each in hit:
        at = chance.randrange(each.start() + 1, each.end() - 1)
        before, two, after = text[:at], text[at : at + 2], text[at + 2 :]
        slip = chance.choice(("lost", "double", "swapped", "neighbour"))
        wrong = {"lost": two[1:], "double": two[0] + two, "swapped": two[::-1], "neighbour": _beside(two[0]) + two[1:]}
        text = before + wrong[slip] + after
    return text


def _beside(letter: str) -> str:
    for row in _KEYBOARD:
        at = row.find(letter.lower())
        if at >= 0:
            return row[at - 1] if at else row[1]
    return string.ascii_lowercase[0]
