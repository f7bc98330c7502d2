"""Understands what goes on from the answer before: "and how much is it?", "und für Ärzte?", "where?".

A message goes on if it holds only words that name no subject ("how long does it take"), begins like a second
thought ("what about ..."), or is short and points back ("do they have to be translated?"). What it means is
then mixed from the message by itself and the message behind the name of the entry that was shown: the entries
near that one count in full, the others little, and so does that one itself, as it was just read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from knowledge.folding import words
from knowledge.model import KnowledgeBase
from knowledge.phrasebook import Floats
from knowledge.speech import Speech

RECOGNITION = frozenset({"recognition", "professions"})
"""The groups of entries about the recognition of occupations."""
FAMILIES = (RECOGNITION, frozenset({"permits"}))
"""Groups whose entries answer the same kind of question for one another: what it costs, how long it takes."""
_MOST_WORDS = {"plain": 8, "opened": 12, "pointing": 6}
_FAR_ALONE, _FAR_JOINT = 0.1, 0.3
_SAME = {"plain": 0.2, "opened": 0.05, "pointing": 0.05}


class Form(StrEnum):
    """By what a message shows that it goes on from the answer before."""

    PLAIN = "plain"
    OPENED = "opened"
    POINTING = "pointing"


@dataclass(frozen=True, slots=True)
class Before:
    """The entry that was shown last, its name in the message's language, and the entries near it."""

    entry: str
    name: str
    near: frozenset[str]


def before(base: KnowledgeBase, entry: str, language: str) -> Before:
    """What goes before a message once `entry` was shown. Raises KeyError for an unknown id."""
    shown = base.entries[entry]
    family = next((family for family in FAMILIES if shown.group in family), frozenset())
    kin = {other.id for other in base.entries.values() if other.group in family}
    return Before(entry, base.short(entry, language), frozenset({*kin, *shown.related, entry}))


class Follower:
    """Knows the words by which messages go on, in all languages."""

    def __init__(self, speech: Speech) -> None:
        self._openings = _runs(text for tongue in speech.tongues for text in tongue.openings)
        self._pointing = frozenset(
            word for tongue in speech.tongues for text in tongue.pointing for word in words(text)
        )
        self._plain = frozenset(word for tongue in speech.tongues for text in tongue.plain for word in words(text))
        self._longest = max(map(len, self._openings), default=0)

    def form(self, message: str) -> Form | None:
        """How a message goes on, None if it stands for itself."""
        said = words(message)
        if not said:
            return None
        if len(said) <= _MOST_WORDS[Form.PLAIN] and self._plain.issuperset(said):
            return Form.PLAIN
        opened = any(tuple(said[:size]) in self._openings for size in range(1, self._longest + 1))
        if opened and len(said) <= _MOST_WORDS[Form.OPENED]:
            return Form.OPENED
        if len(said) <= _MOST_WORDS[Form.POINTING] and not self._pointing.isdisjoint(said):
            return Form.POINTING
        return None


def mixed(alone: Floats, joint: Floats, form: Form, before: Before, labels: Sequence[str]) -> Floats:
    """How likely each label is meant, from the message alone and the one behind the name of the entry before.

    Together they are as likely as the surer of the two says.
    """
    near = np.array([label in before.near for label in labels])
    far_alone = 0.0 if form is Form.PLAIN else _FAR_ALONE
    mix = np.where(near, alone + joint, far_alone * alone + _FAR_JOINT * joint)
    same = np.array([label == before.entry for label in labels])
    mix = np.where(same, _SAME[form] * joint, mix)
    together: Floats = (mix / max(float(mix.sum()), 1e-9)).astype(np.float32)
    return together * np.float32(min(1.0, max(float(alone.sum()), float(joint.sum()))))


def _runs(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(text)) for text in texts) - {()}
