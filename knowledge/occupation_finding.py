"""Finds what a question names by any of its names: inflected, compound, with a slip of the keyboard.

Names are folded (see `folding`) and kept with the forms that German and English give them, so finding is a
look-up of the longest run of words. Only words that are known nowhere are mended, and
only to words with the same first letter: one slip from six letters on, two from ten. Common words are too
near to many a name ("schlechte" to Schlachter), so this is stricter than with the matcher.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from knowledge.folding import fold
from knowledge.repair import Lexicon

Thing = TypeVar("Thing")
Ids = tuple[str, ...]

MOST_CHOICES = 5
_LONGEST_TEXT = 2000
_LONGEST_NAME = 9
_LOOKED_AT = 20
_ALIKE = 78
"""Percent of the letters; less alike names are guesses that only confuse."""
_SHORTEST_HEAD = 6
_SHORTEST_REST = 3
_SHORTEST_SLIP = 6
_TWO_SLIPS_FROM = 10
_WORD = re.compile(r"([^\W_]+(?:['’‘ʼ][^\W_]+)*)(?:[/*:_]-?(?:r|n|e|er|in|innen|frau|mann)\b)?")
"""A word, with the other gender's ending where one is written behind it: Medizinische/r, Elektriker:innen."""
_LINKS = ("", "s", "n", "en", "innen", "in")


@dataclass(frozen=True, slots=True)
class Naming(Generic[Thing]):
    """What a text names: one thing, or choices where it may be several, or neither. `mention` is the words in
    the text, as they are written there.
    """

    one: Thing | None
    choices: tuple[Thing, ...]
    mention: str


@dataclass(frozen=True, slots=True)
class FindingWords:
    """Phrases that name nothing, words before a family name, endings of compounds, words that are no slips."""

    never: tuple[str, ...]
    names: tuple[str, ...]
    compounds: tuple[str, ...]
    ordinary: tuple[str, ...]


class NamingIndex:
    """All names with their forms. Built once; an instance can be pickled."""

    def __init__(
        self,
        german: Mapping[str, Ids],
        english: Mapping[str, Ids],
        finding: FindingWords,
        ordinary: Iterable[str] = (),
    ) -> None:
        """`german` and `english` say for each name which ids it may mean; `ordinary` are folded words that a
        text may well hold and that are no slips of a name.
        """
        self._runs: dict[Ids, Ids] = {}
        self._heads: dict[str, Ids] = {}
        for name, ids in german.items():
            for form in german_forms(folded(name)):
                self._add(form, ids)
                if len(form) == 1 and len(form[0]) >= _SHORTEST_HEAD:
                    self._heads.setdefault(form[0], ids)
        for name, ids in english.items():
            for form in english_forms(folded(name)):
                self._add(form, ids)
        for name in finding.never:
            self._runs[folded(name)] = ()
        self._before_names = frozenset(word for name in finding.names for word in folded(name))
        self._endings = tuple(word for ending in finding.compounds for word in folded(ending))
        self._words = frozenset(word for run in self._runs for word in run)
        known = {*ordinary, *(word for phrase in finding.ordinary for word in folded(phrase))}
        self._ordinary = frozenset(known - self._words)
        by_letter: dict[str, list[str]] = {}
        for word in sorted(self._words):
            by_letter.setdefault(word[0], []).append(word)
        self._mending = {letter: Lexicon([words]) for letter, words in by_letter.items()}

    def find(self, text: str) -> tuple[Ids, str]:
        """The ids that the text names, at most five, in the order of naming, and the words that do."""
        written = [found for found in _WORD.finditer(text[:_LONGEST_TEXT]) if fold(found[1])]
        words = [fold(found[1]) for found in written]
        named: list[tuple[Ids, int, int]] = []
        at = 0
        while at < len(words):
            end, ids = self._longest(words, at)
            if ids and not (at and words[at - 1] in self._before_names and written[at][0][0].isupper()):
                named.append((ids, written[at].start(), written[end - 1].end()))
            at = end
        ids = _together([ids for ids, _, _ in named])
        chosen = [(first, last) for each, first, last in named if set(each) & set(ids)]
        mention = text[chosen[0][0] : chosen[0][1]] if chosen else ""
        return ids[:MOST_CHOICES], mention

    def near(self, text: str) -> Ids:
        """The ids whose names are most like the text, at most five; for an answer that names nothing as it stands."""
        said = " ".join(folded(text[:_LONGEST_TEXT]))
        named = {" ".join(run): ids for run, ids in self._runs.items() if ids}
        found = process.extract(said, named.keys(), scorer=fuzz.ratio, limit=_LOOKED_AT, score_cutoff=_ALIKE)
        return tuple(dict.fromkeys(each for name, _, _ in found for each in named[name]))[:MOST_CHOICES]

    def _add(self, form: Ids, ids: Ids) -> None:
        known = self._runs.get(form)
        self._runs[form] = ids if known is None else tuple(dict.fromkeys((*known, *ids)))[:MOST_CHOICES]

    def _longest(self, words: list[str], at: int) -> tuple[int, Ids]:
        for end in range(min(len(words), at + _LONGEST_NAME), at, -1):
            if (ids := self._runs.get(tuple(words[at:end]))) is not None:
                return end, ids
        mended = [self._mend(word) for word in words[at : at + _LONGEST_NAME]]
        for end in range(at + len(mended), at, -1):
            if (ids := self._runs.get(tuple(mended[: end - at]))) is not None:
                return end, ids
        return at + 1, self._compound(words[at]) or self._compound(mended[0])

    def _mend(self, word: str) -> str:
        if word in self._words or word in self._ordinary or word[0] not in self._mending or self._compound(word):
            return word
        near = self._mending[word[0]].mend(word) if len(word) >= _SHORTEST_SLIP else word
        return near if len(word) >= _TWO_SLIPS_FROM or OSA.distance(word, near) <= 1 else word

    def _compound(self, word: str) -> Ids:
        """What a German compound names: Elektrikerausbildung, Industrieelektriker."""
        if word in self._ordinary:
            return ()
        for ending in self._endings:
            if word.endswith(ending):
                rest = word.removesuffix(ending)
                for link in _LINKS:
                    if rest.endswith(link) and (ids := self._runs.get((rest.removesuffix(link),))):
                        return ids
        for start in range(_SHORTEST_REST, len(word) - _SHORTEST_HEAD + 1):
            if ids := self._heads.get(word[start:]):
                return ids
        return ()


def folded(name: str) -> Ids:
    """The name's words in one spelling."""
    return tuple(word for word in (fold(found[1]) for found in _WORD.finditer(name)) if word)


def german_forms(name: Ids) -> Iterator[Ids]:
    """The name with the endings of its cases, numbers and genders, also written as one word."""
    if not name:
        return
    *before, last = name
    inner = [tuple(before)]
    if before and any(word.endswith(("er", "e")) for word in before):
        inner = [tuple(_declined(word, ending) for word in before) for ending in ("e", "er", "en")]
    for form in _noun_forms(last):
        for each in inner:
            yield (*each, form)
        if len(before) == 1 and len(last) > _SHORTEST_REST:
            yield ("".join((*before, form)),)


def english_forms(name: Ids) -> Iterator[Ids]:
    """The name and its plural, two words also written as one."""
    if not name:
        return
    *before, last = name
    forms = {last, f"{last}s"}
    if last.endswith("y"):
        forms.add(f"{last[:-1]}ies")
    if last.endswith("man"):
        forms.add(f"{last[:-3]}men")
    if last.endswith(("s", "ch")):
        forms.add(f"{last}es")
    for form in sorted(forms):
        yield (*before, form)
        if len(before) == 1 and len(before[0]) >= _SHORTEST_REST:
            yield (before[0] + form,)


def _declined(word: str, ending: str) -> str:
    stem = word.removesuffix("er") if word.endswith("er") else word.removesuffix("e")
    return f"{stem}{ending}" if stem != word else word


def _noun_forms(word: str) -> Iterator[str]:
    yield word
    if word.endswith("mann"):
        stem = word.removesuffix("mann")
        yield from (f"{stem}{ending}" for ending in ("mannes", "manner", "mannern", "frau", "frauen", "leute"))
    elif word.endswith("frau"):
        yield f"{word}en"
    elif word.endswith("in"):
        yield f"{word}nen"
    elif word.endswith("e"):
        yield from (f"{word}{ending}" for ending in ("n", "r", "s"))
        yield from (f"{word[:-1]}{ending}" for ending in ("in", "innen"))
    elif len(word) > _SHORTEST_REST:
        yield from (f"{word}{ending}" for ending in ("s", "e", "n", "en", "in", "innen"))
        if len(word) >= _SHORTEST_HEAD:
            yield f"{word}es"


def _together(named: list[Ids]) -> Ids:
    """What several mentions mean together: a clear one settles an unclear one that has it among its choices."""
    clear = list(dict.fromkeys(ids[0] for ids in named if len(ids) == 1))
    unclear = [ids for ids in named if len(ids) > 1 and not set(ids) & set(clear)]
    return tuple(dict.fromkeys((*clear, *(each for ids in unclear for each in ids))))
