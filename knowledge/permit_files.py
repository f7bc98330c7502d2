"""Reads the permit rules from their folder, all or nothing: `Permits`, or `ContentError` with every problem.

paths/permits/aspects.yaml        what is asked, in order, and the classes of nationality
paths/permits/titles/*.yaml       the titles with their conditions, files and titles in the order they are shown
paths/permits/points.yaml         the points of the opportunity card
paths/permits/remarks.yaml        where to apply, remarks, dead ends, contradictions

Figures are held by the entries: a bound written as entry.fact is that fact's amount, and ends when the fact ends.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from knowledge.conditions import PointsRow, PointsTable
from knowledge.loader_folder import Folder
from knowledge.model import KnowledgeBase, Source
from knowledge.needs_files import NeedsReader
from knowledge.permit_schema import AspectsFile, RemarksFile, RowFile, TitleFile, TitlesFile
from knowledge.permits import Condition, Permits, Remark, Title
from knowledge.schema.fields import Id
from knowledge.schema.files import SourceFile

__all__ = ["load_permits"]

NATIONALITY = "nationality"


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
    reader = _Reader(folder, place / "aspects.yaml", base, asked.aspects)
    reader.check_classes(place / "aspects.yaml", asked.nationality)
    reader.check_entries(place / "aspects.yaml", asked.entries)
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


class _Reader(NeedsReader):
    """Turns the files of the permit path into rules."""

    def check_classes(self, path: Path, classes: Mapping[str, Collection[str]]) -> None:
        """Each country is in one class, and each class is an answer about the nationality."""
        values = self.aspects[NATIONALITY].values if NATIONALITY in self.aspects else ()
        seen: set[str] = set()
        for name, countries in classes.items():
            self.check_names(path, ("nationality", name), [name], values)
            if doubled := sorted(seen & set(countries)):
                self._folder.refuse(path, f"{', '.join(doubled)} is in two classes", ("nationality", name))
            seen |= set(countries)

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
                tuple(self.facts(condition.needs)),
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
