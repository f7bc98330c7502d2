"""Reads the permit rules from their folder, all or nothing: `Permits`, or `ContentError` with every problem.

paths/permits/aspects.yaml        what is asked, in order, and the classes of nationality
paths/permits/titles/*.yaml       the titles with their conditions, files and titles in the order they are shown
paths/permits/points.yaml         the points of the opportunity card
paths/permits/remarks.yaml        where to apply, remarks, dead ends, contradictions

Figures are held by the entries: a bound written as entry.fact is that fact's amount, and ends when the fact ends.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from knowledge.formats import Count, Duration, Money
from knowledge.loader_folder import Folder
from knowledge.loader_problems import Key, nearest
from knowledge.model import Fact, KnowledgeBase, Source
from knowledge.permit_conditions import POINTS, Alternative, Aspect, Needs, PointsRow, PointsTable, Test
from knowledge.permit_schema import (
    AspectFile,
    AspectsFile,
    Bound,
    NeedsFile,
    RemarksFile,
    RowFile,
    TestFile,
    TitleFile,
    TitlesFile,
)
from knowledge.permits import Condition, Permits, Remark, Title
from knowledge.schema.fields import Id
from knowledge.schema.files import SourceFile

__all__ = ["load_permits"]

NATIONALITY = "nationality"
_MONTHS = {"month": 1, "year": 12}
_LARGEST = Decimal(10**7)


def load_permits(knowledge_dir: Path, base: KnowledgeBase) -> Permits:
    """The permit rules in the folder `paths/permits` of the knowledge base, checked as a whole.

    `base` holds the entries and facts that rules refer to. Raises ContentError naming file, line, title and key of
    every problem.
    """
    folder = Folder(knowledge_dir.resolve())
    place = folder.root / "paths" / "permits"
    asked = folder.read(place / "aspects.yaml", AspectsFile)
    remarks = folder.read(place / "remarks.yaml", RemarksFile)
    rows = folder.read(place / "points.yaml", dict[Id, RowFile]) or {}
    files = [(path, folder.read(path, TitlesFile)) for path in folder.yaml_files(place / "titles")]
    if asked is None or remarks is None or any(file is None for _, file in files):
        folder.finish()
        raise AssertionError("a file that cannot be read is a problem")
    reader = _Reader(folder, place / "aspects.yaml", base, asked)
    reader.check_classes(place / "aspects.yaml")
    reader.check_entries(place / "aspects.yaml")
    points = place / "points.yaml"
    table = PointsTable(
        tuple(
            PointsRow(name, row.group, row.points, reader.needs(points, (name, "needs"), row.needs), row.law)
            for name, row in rows.items()
        )
    )
    titles = [
        reader.title(path, name, title, file.sources)
        for path, file in files
        if file is not None
        for name, title in file.titles.items()
    ]
    known = [title.id for title in titles]
    for path, file in files:
        for name, title in file.titles.items() if file is not None else ():
            reader.check_names(path, ("titles", name, "unless"), title.unless, known)
        if file is not None:
            used = {title.source for title in file.titles.values()}
            for source in file.sources.keys() - used:
                folder.refuse(path, "no title uses this source; take it out", ("sources", source))
    for name in {name for name in known if known.count(name) > 1}:
        folder.refuse(place / "titles", f"the title {name} is there twice; give one a new id")
    path = place / "remarks.yaml"
    groups = {
        group: tuple(
            Remark(
                name,
                reader.needs(path, (group, name, "needs"), each.needs),
                each.law or "",
                reader.check_names(path, (group, name, "titles"), each.titles, known),
            )
            for name, each in files_of.items()
        )
        for group, files_of in (
            ("routes", remarks.routes),
            ("remarks", remarks.remarks),
            ("dead_ends", remarks.dead_ends),
        )
    }
    contradictions = tuple(
        Remark(
            name,
            reader.needs(path, ("contradictions", name, "needs"), each.needs),
            only=reader.check_names(path, ("contradictions", name, "ask"), each.ask, reader.aspects),
        )
        for name, each in remarks.contradictions.items()
    )
    folder.finish()
    return Permits(
        tuple(reader.aspects.values()),
        tuple(title for title in titles),
        table,
        groups["routes"],
        groups["remarks"],
        groups["dead_ends"],
        contradictions,
        {name: frozenset(countries) for name, countries in asked.nationality.items()},
        asked.country_names,
        asked.entries,
    )


class _Reader:
    """Turns files into rules and notes what does not fit together."""

    def __init__(self, folder: Folder, path: Path, base: KnowledgeBase, asked: AspectsFile) -> None:
        self._folder = folder
        self._base = base
        self._asked = asked
        self.aspects = {name: _aspect(name, file) for name, file in asked.aspects.items()}
        for name, file in asked.aspects.items():
            if file.only_if is not None:
                needs = self.needs(path, ("aspects", name, "only_if"), [dict(file.only_if)])
                self.aspects[name] = replace(self.aspects[name], only_if=needs)

    def check_classes(self, path: Path) -> None:
        """Each country is in one class, and each class is an answer about the nationality."""
        values = self.aspects[NATIONALITY].values if NATIONALITY in self.aspects else ()
        seen: set[str] = set()
        for name, countries in self._asked.nationality.items():
            self.check_names(path, ("nationality", name), [name], values)
            if doubled := sorted(seen & set(countries)):
                self._folder.refuse(path, f"{', '.join(doubled)} is in two classes", ("nationality", name))
            seen |= set(countries)
        for name, file in self._asked.aspects.items():
            if (file.values is None) == (file.low is None or file.high is None):
                self._folder.refuse(path, "a question has either values, or low and high", ("aspects", name), name)

    def check_entries(self, path: Path) -> None:
        """The path is offered under entries that exist, and what is known there can be an answer."""
        for entry, known in self._asked.entries.items():
            self.check_names(path, ("entries", entry), [entry], self._base.entries)
            self.check_names(path, ("entries", entry), known, self.aspects)
            for name, answer in known.items():
                values = self.aspects[name].values if name in self.aspects else ()
                self.check_names(path, ("entries", entry, name), [answer], values)

    def check_names(self, path: Path, key: Key, names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
        """The names, each refused that is not known."""
        for name in (names := tuple(names)):
            if name not in known:
                self._folder.refuse(path, f"there is no {name}{nearest(name, known)}", key)
        return names

    def title(self, path: Path, name: str, file: TitleFile, sources: Mapping[str, SourceFile]) -> Title:
        """The title with its figures put in."""
        key = ("titles", name)
        self.check_names(path, (*key, "entry"), [file.entry], self._base.entries)
        self.check_names(path, (*key, "source"), [file.source], sources)
        source = sources.get(file.source) or SourceFile(title=file.source, url="https://aachen.de", read=file.checked)
        conditions = tuple(
            Condition(
                each,
                condition.law,
                self.needs(path, (*key, "conditions", each, "needs"), condition.needs),
                condition.shuts,
                tuple(self._facts(condition.needs)),
            )
            for each, condition in file.conditions.items()
        )
        return Title(
            id=name,
            family=file.family or name,
            law=file.law,
            entry=file.entry,
            source=Source(file.source, source.title, source.url, source.read),
            checked=file.checked,
            valid_from=file.valid_from,
            valid_until=file.valid_until,
            confidence=file.confidence,
            fast=file.fast,
            routed=file.routed,
            unless=tuple(file.unless),
            also=tuple(file.also),
            conditions=conditions,
        )

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
        fact = self._fact(bound)
        if fact is None:
            self._folder.refuse(path, f"there is no fact {bound}; write entry.fact", key)
            return Decimal(0)
        match fact.value:
            case Money(low=amount) | Count(low=amount):
                return amount
            case Duration(unit=unit, low=amount) if aspect is not None and unit in _MONTHS:
                wanted = self._asked.aspects[aspect.id].unit or unit
                return Decimal(amount * _MONTHS[unit]) / _MONTHS[wanted]
        self._folder.refuse(path, f"the fact {bound} is no amount", key)
        return Decimal(0)

    def _fact(self, reference: str) -> Fact | None:
        entry, _, fact = reference.partition(".")
        return self._base.entries[entry].facts.get(fact) if entry in self._base.entries else None

    def _facts(self, needs: NeedsFile) -> Iterable[tuple[str, Fact]]:
        for each in needs:
            for test in each.values():
                for bound in (test.at_least, test.at_most, test.below) if isinstance(test, TestFile) else ():
                    fact = self._fact(bound) if isinstance(bound, str) else None
                    if fact is not None:
                        yield str(bound).partition(".")[0], fact


def _aspect(name: str, file: AspectFile) -> Aspect:
    low, high = Decimal(file.low or 0), Decimal(file.high) if file.high is not None else _LARGEST
    return Aspect(name, tuple(file.values or ()), file.ordered, low, high, file.open)


def _only(test: list[str] | TestFile) -> TestFile:
    return test if isinstance(test, TestFile) else TestFile()
