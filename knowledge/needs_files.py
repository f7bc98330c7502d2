"""Reads what the rules of guided paths ask of a person: aspects and the needs written in terms of them.

Figures are held by the entries: a bound written as entry.fact is that fact's amount, and ends when the fact ends.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Self

from knowledge.conditions import POINTS, Alternative, Aspect, Needs, Test
from knowledge.formats import Count, Duration, Money
from knowledge.loader_folder import Folder
from knowledge.loader_problems import Key, nearest
from knowledge.model import Fact, KnowledgeBase
from knowledge.permit_schema import AspectFile, Bound, NeedsFile, TestFile

_MONTHS = {"month": 1, "year": 12}
_LARGEST = Decimal(10**7)


class NeedsReader:
    """Turns aspects and needs of files into values and notes what does not fit together.

    aspects: what can be asked, by id. `path` is the file that the aspects come from.
    """

    def __init__(self, folder: Folder, path: Path, base: KnowledgeBase, files: Mapping[str, AspectFile]) -> None:
        self._folder = folder
        self._base = base
        self.aspects = {name: _aspect(name, file) for name, file in files.items()}
        for name, file in files.items():
            if (file.values is None) == (file.low is None or file.high is None):
                folder.refuse(path, "a question has either values, or low and high", ("aspects", name), name)
            if file.only_if is not None:
                only_if = self.needs(path, ("aspects", name, "only_if"), [dict(file.only_if)])
                self.aspects[name] = replace(self.aspects[name], only_if=only_if)

    @classmethod
    def of(cls, folder: Folder, path: Path, base: KnowledgeBase, aspects: Iterable[Aspect]) -> Self:
        """A reader of needs in terms of aspects that were read before."""
        reader = cls(folder, path, base, {})
        reader.aspects = {aspect.id: aspect for aspect in aspects}
        return reader

    def check_names(self, path: Path, key: Key, names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
        """The names, each refused that is not known."""
        for name in (names := tuple(names)):
            if name not in known:
                self._folder.refuse(path, f"there is no {name}{nearest(name, known)}", key)
        return names

    def check_entries(self, path: Path, entries: Mapping[str, Mapping[str, str]]) -> None:
        """The path is offered under entries that exist, and what is known there can be an answer."""
        for entry, known in entries.items():
            self.check_names(path, ("entries", entry), [entry], self._base.entries)
            self.check_answers(path, ("entries", entry), known)

    def check_answers(self, path: Path, key: Key, answers: Mapping[str, str]) -> None:
        """The answers name aspects that exist and can be given."""
        self.check_names(path, key, answers, self.aspects)
        for name, answer in answers.items():
            self.check_names(path, (*key, name), [answer], self.aspects[name].values if name in self.aspects else ())

    def needs(self, path: Path, key: Key, file: NeedsFile) -> Needs:
        """The alternatives with every test checked against its aspect."""
        alternatives: list[Alternative] = []
        for number, each in enumerate(file):
            tests = []
            for name, test in each.items():
                place = (*key, str(number), name)
                if name == POINTS:
                    tests.append(Test(POINTS, at_least=self._bound(path, place, None, _only(test).at_least)))
                elif name in self.aspects:
                    tests.append(self._test(path, place, self.aspects[name], test))
                else:
                    hint = nearest(name, self.aspects)
                    self._folder.refuse(path, f"there is no aspect {name} in aspects.yaml{hint}", place)
            alternatives.append(tuple(tests))
        return tuple(alternatives)

    def _test(self, path: Path, key: Key, aspect: Aspect, file: list[str] | TestFile) -> Test:
        if isinstance(file, list):
            return Test(aspect.id, among=frozenset(self.check_names(path, key, file, aspect.values)))
        if file.none_of is not None:
            return Test(aspect.id, outside=frozenset(self.check_names(path, key, file.none_of, aspect.values)))
        if aspect.ordered and isinstance(level := file.at_least or file.at_most, str):
            self.check_names(path, key, [level], aspect.values)
            place = aspect.values.index(level) if level in aspect.values else 0
            among = aspect.values[place:] if file.at_least else aspect.values[: place + 1]
            return Test(aspect.id, among=frozenset(among))
        least, most, below = (
            self._bound(path, key, aspect, bound) for bound in (file.at_least, file.at_most, file.below)
        )
        if (least is None and most is None and below is None) or aspect.values:
            self._folder.refuse(path, "write a list of answers, none_of, at_least, at_most or below", key)
        return Test(aspect.id, at_least=least, at_most=most if below is None else below - 1)

    def _bound(self, path: Path, key: Key, aspect: Aspect | None, bound: Bound | None) -> Decimal | None:
        if bound is None or isinstance(bound, (int, Decimal)):
            return None if bound is None else Decimal(bound)
        fact = self.fact(bound)
        if fact is None:
            self._folder.refuse(path, f"there is no fact {bound}; write entry.fact", key)
            return Decimal(0)
        match fact.value:
            case Money(low=amount) | Count(low=amount):
                return amount
            case Duration(unit=unit, low=amount) if aspect is not None and unit in _MONTHS:
                wanted = aspect.unit or unit
                return Decimal(amount * _MONTHS[unit]) / _MONTHS[wanted]
        self._folder.refuse(path, f"the fact {bound} is no amount", key)
        return Decimal(0)

    def named_facts(self, path: Path, key: Key, references: Mapping[str, str]) -> dict[str, Fact]:
        """The facts by the names that a text uses for them; each reference is refused that leads nowhere."""
        facts: dict[str, Fact] = {}
        for name, reference in references.items():
            if (fact := self.fact(reference)) is None:
                self._folder.refuse(path, f"there is no fact {reference}; write entry.fact", (*key, name))
            else:
                facts[name] = fact
        return facts

    def fact(self, reference: str) -> Fact | None:
        """The fact written as entry.fact, if there is one."""
        entry, _, fact = reference.partition(".")
        return self._base.entries[entry].facts.get(fact) if entry in self._base.entries else None

    def facts(self, needs: NeedsFile) -> Iterable[tuple[str, Fact]]:
        """The facts that the bounds name, each with its entry."""
        for each in needs:
            for test in each.values():
                for bound in (test.at_least, test.at_most, test.below) if isinstance(test, TestFile) else ():
                    fact = self.fact(bound) if isinstance(bound, str) else None
                    if fact is not None:
                        yield str(bound).partition(".")[0], fact


def _aspect(name: str, file: AspectFile) -> Aspect:
    low, high = Decimal(file.low or 0), Decimal(file.high) if file.high is not None else _LARGEST
    return Aspect(name, tuple(file.values or ()), file.ordered, low, high, file.open, unit=file.unit)


def _only(test: list[str] | TestFile) -> TestFile:
    return test if isinstance(test, TestFile) else TestFile()
