"""Reads the knowledge base from its folder, all or nothing: a valid `KnowledgeBase`, or `ContentError` with
every problem.

entries/<group>/<id>.yaml                     facts and the wordings in German and English
locales/<language>/entries/<group>/<id>.yaml  the wording in another language
locales/<language>/formats.yaml               words around amounts and laws in that language
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from knowledge.formats import Language, Words
from knowledge.loader_folder import Folder
from knowledge.loader_problems import nearest
from knowledge.loader_yaml import ContentError, Problem
from knowledge.model import REFERENCE, Entry, Fact, KnowledgeBase, Source, Video, Wording
from knowledge.schema.files import EntryFile, FormatWordsFile, WordingFile

__all__ = ["ContentError", "Problem", "load_knowledge"]

_REFERENCE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)?")
_PLAIN_KEYS = ("title", "short", "phrasings", "keywords")


def load_knowledge(knowledge_dir: Path) -> KnowledgeBase:
    """The knowledge base in the folder, checked as a whole.

    Raises ContentError naming file, line, entry and key of every problem. 130 entries take about a fifth of
    a second, so nothing is cached.
    """
    knowledge_dir = knowledge_dir.resolve()
    folder = Folder(knowledge_dir)
    paths = _entry_paths(folder, knowledge_dir / "entries")
    read = {path.stem: _read_entry(folder, path) for path in paths.values()}
    entries = {entry.id: entry for entry in read.values() if entry is not None}
    words: dict[Language, Words] = {}
    for language, place in _languages(knowledge_dir):
        if (place / "formats.yaml").exists():
            words[language] = _read_words(folder, place / "formats.yaml")
        if (place / "entries").exists():
            _add_wordings(folder, language, place / "entries", entries, paths)
    for entry in entries.values():
        _check_references(folder, paths, entry, entries)
    folder.finish()
    return KnowledgeBase(entries, words)


def _languages(knowledge_dir: Path) -> Iterator[tuple[Language, Path]]:
    locales = knowledge_dir / "locales"
    if locales.is_dir():
        yield from ((place.name, place) for place in sorted(locales.iterdir()) if place.is_dir())


def _entry_paths(folder: Folder, place: Path) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    if not place.is_dir():
        folder.refuse(place, "there is no such folder")
        return paths
    for group in folder.subfolders(place):
        for path in folder.yaml_files(group):
            if path.stem in paths:
                message = f"the id is there twice, the other file is {folder.name(paths[path.stem])}; give one a new id"
                folder.refuse(path, message, ("id",), path.stem)
            else:
                paths[path.stem] = path
    if not paths:
        folder.refuse(place, "there is no entry in it")
    return paths


def _read_entry(folder: Folder, path: Path) -> Entry | None:
    file = folder.read(path, EntryFile, path.stem)
    if file is None:
        return None
    if file.id != path.stem:
        folder.refuse(
            path,
            f"the id is {file.id}, but the file is called {path.name}; make them the same",
            ("id",),
            path.stem,
        )
    if file.group != path.parent.name:
        message = f"the group is {file.group}, but the file is in the folder {path.parent.name}; make them the same"
        folder.refuse(path, message, ("group",), path.stem)
    sources = {name: Source(name, source.title, source.url, source.read) for name, source in file.sources.items()}

    def source(name: str, *key: str) -> Source | None:
        if name not in sources:
            folder.refuse(path, f"there is no source {name} under sources{nearest(name, sources)}", key, path.stem)
        return sources.get(name)

    facts: dict[str, Fact] = {}
    for name, fact in file.facts.items():
        if origin := source(fact.source, "facts", name, "source"):
            note = None if fact.note is None else fact.note.model_dump()
            value, kind = fact.value(), fact.kind
            facts[name] = Fact(name, kind, value, origin, fact.checked, fact.confidence, fact.valid_until, note)
    videos: list[Video] = []
    for place, video in enumerate(file.videos):
        if origin := source(video.source, "videos", str(place), "source"):
            videos.append(Video(video.language, video.title, video.minutes, video.url, origin))
    return Entry(
        id=path.stem,
        group=file.group,
        file=folder.name(path),
        audience=tuple(file.audience),
        legal=file.legal,
        urgent=file.urgent,
        review_by=file.review_by,
        sources=sources,
        facts=facts,
        related=tuple(file.related),
        videos=tuple(videos),
        wordings={"de": _wording("de", file.wordings.de), "en": _wording("en", file.wordings.en)},
    )


def _wording(language: Language, file: WordingFile) -> Wording:
    return Wording(
        language,
        file.title,
        file.short,
        file.answer,
        tuple(file.steps),
        file.contact,
        tuple(file.phrasings),
        tuple(file.keywords),
    )


def _read_words(folder: Folder, path: Path) -> Words:
    file = folder.read(path, FormatWordsFile)
    return Words() if file is None else Words(**file.model_dump())


def _add_wordings(
    folder: Folder, language: Language, place: Path, entries: dict[str, Entry], paths: Mapping[str, Path]
) -> None:
    if language in ("de", "en"):
        folder.refuse(place, "German and English wordings belong in the entries themselves")
        return
    for group in folder.subfolders(place):
        for path in folder.yaml_files(group):
            file = folder.read(path, WordingFile, path.stem)
            if path.stem not in paths:
                folder.refuse(path, f"there is no entry {path.stem}{nearest(path.stem, paths)}", (), path.stem)
            elif file is not None and path.stem in entries:
                entry = entries[path.stem]
                wordings = {**entry.wordings, language: _wording(language, file)}
                entries[path.stem] = replace(entry, wordings=wordings)


def _check_references(folder: Folder, paths: Mapping[str, Path], entry: Entry, entries: Mapping[str, Entry]) -> None:
    path = paths[entry.id]
    for place, other in enumerate(entry.related):
        key = ("related", str(place))
        if other not in paths:
            folder.refuse(path, f"there is no entry {other}{nearest(other, paths)}", key, entry.id)
        elif other == entry.id or other in entry.related[:place]:
            folder.refuse(path, f"{other} is the entry itself or listed twice; take it out", key, entry.id)
    for wording in entry.wordings.values():
        own = wording.language in ("de", "en")
        file = path if own else folder.root / "locales" / wording.language / path.relative_to(folder.root)
        stem = ("wordings", wording.language) if own else ()
        for place_key, message in _reference_problems(entry, wording, entries, paths):
            folder.refuse(file, message, (*stem, *place_key.split(".")), entry.id)


def _reference_problems(
    entry: Entry, wording: Wording, entries: Mapping[str, Entry], paths: Mapping[str, Path]
) -> Iterator[tuple[str, str]]:
    for key in _PLAIN_KEYS:
        value: str | tuple[str, ...] = getattr(wording, key)
        for place, text in enumerate((value,) if isinstance(value, str) else value):
            if "{" in text or "}" in text:
                yield (
                    key if isinstance(value, str) else f"{key}.{place}",
                    "facts {} are not possible here; write plain text",
                )
    for key, template in wording.templates():
        if "{" in (rest := REFERENCE.sub("", template)) or "}" in rest:
            yield key, "a brace { or } has no partner; a fact is written {like-this}"
        for reference in REFERENCE.findall(template):
            if message := _dead(reference, entry, entries, paths):
                yield key, message


def _dead(reference: str, entry: Entry, entries: Mapping[str, Entry], paths: Mapping[str, Path]) -> str:
    if not _REFERENCE_NAME.fullmatch(reference):
        return f"{{{reference}}} is no name of a fact; write {{fact}} or {{other-entry.fact}} in small letters"
    holder_id, _, fact_id = reference.rpartition(".")
    holder = entries.get(holder_id) if holder_id else entry
    if holder is None:  # an entry that is there but cannot be read has its own problem already
        return "" if holder_id in paths else f"there is no entry {holder_id}{nearest(holder_id, paths)}"
    if fact_id in holder.facts:
        return ""
    return f"there is no fact {fact_id} in {holder.id}{nearest(fact_id, holder.facts)}"
