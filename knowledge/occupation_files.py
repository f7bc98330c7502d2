"""Reads the occupations from their folder, all or nothing: `Occupations`, or `ContentError` with every problem.

professions/occupations/<section>.yaml   the occupations
professions/authorities.yaml             the bodies that decide; each is used by an occupation
professions/kinds.yaml, training.yaml    kinds of recognition; who decides by country of training
professions/sources.yaml                 where all that was read; each is used
professions/ambiguous.yaml, finding.yaml words that mean several occupations; how occupations are found
professions/wording.yaml                 the sentences around an occupation
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from knowledge.folding import words as fold_words
from knowledge.loader_folder import Folder
from knowledge.loader_problems import nearest
from knowledge.model import KnowledgeBase, Source
from knowledge.occupation_finding import MOST_CHOICES, FindingWords, NamingIndex, folded
from knowledge.occupation_schema import (
    LONGEST_LABEL,
    AuthorityFile,
    Choices,
    FindingFile,
    KindFile,
    OccupationFile,
    TrainingFile,
    WordingFile,
)
from knowledge.occupations import Authority, CountryRule, Kind, Occupation, Occupations, OccupationWords, Texts
from knowledge.schema.fields import Id
from knowledge.schema.files import SourceFile

__all__ = ["load_occupations"]

Item = TypeVar("Item")

_OFTEN = 4
"""A word is ordinary where phrasings have it so many times; a typo is not."""


@dataclass(slots=True)
class _Shelf:
    """What has been read so far, and which of it was used."""

    sources: Mapping[str, Source]
    authorities: Mapping[str, Authority]
    kinds: Mapping[str, Kind]
    rules: Mapping[str, tuple[CountryRule, ...]]
    used: set[tuple[str, str]]

    def take(self, among: str, items: Mapping[str, Item], name: str) -> Item | None:
        """The item, marked as used; None where there is none."""
        self.used.add((among, name))
        return items.get(name)


def load_occupations(knowledge_dir: Path, base: KnowledgeBase) -> Occupations:
    """The occupations in the folder `professions` of the knowledge base, checked as a whole.

    Raises ContentError naming file, line, occupation and key of every problem. `base` has the entries that
    occupations lead to; its words are ordinary ones when typos are mended.
    """
    folder = Folder(knowledge_dir.resolve())
    place = folder.root / "professions"
    shelf = _read_shelf(folder, place)
    files = _read_occupations(folder, place / "occupations")
    ambiguous = folder.read(place / "ambiguous.yaml", dict[str, Choices]) or {}
    finding = folder.read(place / "finding.yaml", FindingFile)
    wording = folder.read(place / "wording.yaml", WordingFile)
    occupations = {name: _occupation(folder, path, name, file, shelf, base) for name, (path, file) in files.items()}
    _check_used(folder, place, shelf)
    _check_ambiguous(folder, place / "ambiguous.yaml", ambiguous, files)
    _check_names(folder, files, {folded(word) for word in ambiguous})
    folder.finish()
    assert finding is not None and wording is not None, "a file that cannot be read is a problem"
    german, english = _names(files, ambiguous)
    index = NamingIndex(german, english, FindingWords(**finding.model_dump()), _ordinary(base))
    kept = [occupation for occupation in occupations.values() if occupation is not None]
    return Occupations(kept, shelf.authorities.values(), _sentences(wording), index)


def _read_shelf(folder: Folder, place: Path) -> _Shelf:
    source_files = folder.read(place / "sources.yaml", dict[Id, SourceFile]) or {}
    sources = {name: Source(name, file.title, file.url, file.read) for name, file in source_files.items()}
    shelf = _Shelf(sources, {}, {}, {}, set())
    path = place / "authorities.yaml"
    authorities = folder.read(path, dict[Id, AuthorityFile]) or {}
    shelf.authorities = {
        name: Authority(
            id=name,
            name=file.name.model_dump(),
            place=None if file.place is None else file.place.model_dump(),
            website=file.website,
            decides=file.decides.model_dump(),
            confidence=file.confidence,
            sources=_sources(folder, path, name, file.sources, shelf),
            checked=file.checked,
        )
        for name, file in authorities.items()
    }
    kinds = folder.read(place / "kinds.yaml", dict[Id, KindFile]) or {}
    shelf.kinds = {
        name: Kind(
            id=name,
            what=file.what.model_dump(),
            steps={"de": tuple(file.steps.de), "en": tuple(file.steps.en)},
            nobody=None if file.nobody is None else file.nobody.model_dump(),
        )
        for name, file in kinds.items()
    }
    training = folder.read(place / "training.yaml", TrainingFile)
    if training is not None:
        shelf.rules = dict(_rules(folder, place / "training.yaml", training, shelf))
    return shelf


def _sources(folder: Folder, path: Path, name: str, references: Collection[str], shelf: _Shelf) -> tuple[Source, ...]:
    found = []
    for number, reference in enumerate(references):
        source = shelf.take("sources", shelf.sources, reference)
        if source is None:
            message = f"there is no source {reference} in sources.yaml{nearest(reference, shelf.sources)}"
            folder.refuse(path, message, (name, "sources", str(number)), name)
        else:
            found.append(source)
    return tuple(found)


def _rules(
    folder: Folder, path: Path, file: TrainingFile, shelf: _Shelf
) -> Iterator[tuple[str, tuple[CountryRule, ...]]]:
    for group, each in file.groups.items():
        outside = each.outside
        if (each.countries is None) == (outside is None) or (outside and outside not in file.groups):
            folder.refuse(path, "a group has either countries or outside: another group", ("groups", group), group)
    listed = {group: frozenset(each.countries or ()) for group, each in file.groups.items()}
    for name, rule in file.rules.items():
        found = []
        for number, line in enumerate(rule.authorities):
            key = ("rules", name, "authorities", str(number))
            authority = shelf.take("authorities", shelf.authorities, line.authority)
            if authority is None:
                message = f"there is no authority {line.authority}{nearest(line.authority, shelf.authorities)}"
                folder.refuse(path, message, (*key, "authority"), name)
                continue
            countries: set[str] = set()
            outside_of: frozenset[str] = frozenset()
            shown: list[str | Texts] = []
            for country in line.countries:
                group_file = file.groups.get(country)
                if group_file is None and not (len(country) == 2 and country.isupper()):
                    folder.refuse(path, f"{country} is neither a country's code nor a group", key, name)
                elif group_file is None:
                    countries.add(country)
                    shown.append(country)
                else:
                    countries |= listed[country]
                    outside_of |= listed.get(group_file.outside or "", frozenset())
                    shown.append(group_file.name.model_dump())
            found.append(CountryRule(frozenset(countries), outside_of, tuple(shown), authority))
        yield name, tuple(found)


def _read_occupations(folder: Folder, place: Path) -> dict[str, tuple[Path, OccupationFile]]:
    files: dict[str, tuple[Path, OccupationFile]] = {}
    for path in folder.yaml_files(place):
        for name, file in (folder.read(path, dict[Id, OccupationFile]) or {}).items():
            if name in files:
                message = f"the id is there twice, the other file is {folder.name(files[name][0])}; give one a new id"
                folder.refuse(path, message, (name,), name)
            files[name] = (path, file)
    return files


def _occupation(
    folder: Folder, path: Path, name: str, file: OccupationFile, shelf: _Shelf, base: KnowledgeBase
) -> Occupation | None:
    kind = shelf.take("kinds", shelf.kinds, file.kind)
    if kind is None:
        message = f"there is no kind {file.kind} in kinds.yaml{nearest(file.kind, shelf.kinds)}"
        folder.refuse(path, message, (name, "kind"), name)
    authorities = []
    for number, reference in enumerate(file.authorities):
        authority = shelf.take("authorities", shelf.authorities, reference)
        if authority is None:
            message = f"there is no authority {reference}{nearest(reference, shelf.authorities)}"
            folder.refuse(path, message, (name, "authorities", str(number)), name)
        else:
            authorities.append(authority)
    training: tuple[CountryRule, ...] = ()
    if file.training is not None:
        training = shelf.take("training", shelf.rules, file.training) or ()
        if not training:
            message = f"there is no rule {file.training} in training.yaml{nearest(file.training, shelf.rules)}"
            folder.refuse(path, message, (name, "training"), name)
    if file.training is not None and file.authorities:
        folder.refuse(path, "give either authorities or training, not both", (name, "training"), name)
    if kind is not None and kind.nobody is None and file.training is None and not file.authorities:
        folder.refuse(path, "nobody decides here; name the authorities or the training rule", (name,), name)
    if file.entry not in base.entries:
        message = f"there is no entry {file.entry}{nearest(file.entry, base.entries)}"
        folder.refuse(path, message, (name, "entry"), name)
    if not file.sources and file.confidence.rule != "unverified":
        folder.refuse(path, "without a source the rule is unverified; say so or name a source", (name, "sources"), name)
    names = {"de": file.de.name, "en": file.en}
    short = names if file.short is None else file.short.model_dump()
    for language, label in short.items():
        if len(label) > LONGEST_LABEL:
            message = f"the {language} label is longer than {LONGEST_LABEL} signs; give a short one under short"
            folder.refuse(path, message, (name, "short"), name)
    sources = _sources(folder, path, name, file.sources, shelf)
    if kind is None:
        return None
    return Occupation(
        id=name,
        name=names,
        female=file.de.female,
        male=file.de.male,
        short=short,
        regulated=file.regulated,
        kind=kind,
        authorities=tuple(authorities),
        training=training,
        entry=file.entry,
        rule=file.confidence.rule,
        assignment=file.confidence.assignment,
        sources=sources,
        note=None if file.note is None else file.note.model_dump(),
    )


def _check_used(folder: Folder, place: Path, shelf: _Shelf) -> None:
    for among, items in (("authorities", shelf.authorities), ("kinds", shelf.kinds), ("sources", shelf.sources)):
        for name in items:
            if (among, name) not in shelf.used:
                folder.refuse(place / f"{among}.yaml", "nothing refers to it; take it out or use it", (name,), name)
    for name in shelf.rules:
        if ("training", name) not in shelf.used:
            folder.refuse(place / "training.yaml", "no occupation refers to it; take it out", ("rules", name), name)


def _check_ambiguous(folder: Folder, path: Path, ambiguous: Mapping[str, Choices], files: Mapping[str, object]) -> None:
    for word, choices in ambiguous.items():
        for number, name in enumerate(choices):
            if name not in files:
                folder.refuse(path, f"there is no occupation {name}{nearest(name, files)}", (word, str(number)), word)
        if len(set(choices)) != len(choices):
            folder.refuse(path, "an occupation is there twice; take one out", (word,), word)


def _check_names(
    folder: Folder, files: Mapping[str, tuple[Path, OccupationFile]], ambiguous: Collection[tuple[str, ...]]
) -> None:
    owners: dict[tuple[str, ...], str] = {}
    for name, (path, file) in files.items():
        for called in (*file.german(), *file.english()):
            owner = owners.setdefault(folded(called), name)
            if owner != name and folded(called) not in ambiguous:
                message = f"“{called}” is a name of {owner} too; take it out of one or list it in ambiguous.yaml"
                folder.refuse(path, message, (name,), name)


def _names(
    files: Mapping[str, tuple[Path, OccupationFile]], ambiguous: Mapping[str, Choices]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    settled = {folded(word) for word in ambiguous}
    german: dict[str, tuple[str, ...]] = {}
    english: dict[str, tuple[str, ...]] = {}
    for name, (_, file) in files.items():
        german |= {called: (name,) for called in file.german() if folded(called) not in settled}
        english |= {called: (name,) for called in file.english() if folded(called) not in settled}
    for word, choices in ambiguous.items():
        (german if word[0].isupper() else english)[word] = tuple(choices[:MOST_CHOICES])
    return german, english


def _ordinary(base: KnowledgeBase) -> Iterator[str]:
    """The words of the answers, and those that people use often; a typo in a phrasing is not often."""
    asked: Counter[str] = Counter()
    for entry in base.entries.values():
        for wording in entry.wordings.values():
            for text in (wording.title, wording.answer, *wording.steps):
                yield from fold_words(text)
            asked.update(word for phrasing in (*wording.phrasings, *wording.keywords) for word in fold_words(phrasing))
    yield from (word for word, times in asked.items() if times >= _OFTEN)


def _sentences(file: WordingFile) -> OccupationWords:
    return OccupationWords(**file.model_dump())
