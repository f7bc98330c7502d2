"""Reads the papers of the checklist from paths/documents/papers.yaml, all or nothing."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from knowledge.loader_folder import Folder
from knowledge.model import Confidence, KnowledgeBase
from knowledge.needs_files import NeedsReader
from knowledge.papers import Carried, Form, Paper, Papers
from knowledge.permit_schema import AspectFile, NeedsFile, Reference, TestFile
from knowledge.permits import Permits
from knowledge.schema.fields import Id, Strict

__all__ = ["load_papers"]


class _PaperFile(Strict):
    """One paper: for whom, in what form, and where it was read."""

    needs: NeedsFile
    form: Annotated[list[Literal["original", "copy", "translated", "filled", "listed"]], Field(min_length=1)]
    entry: Id
    facts: dict[Id, Reference] = Field(default_factory=dict)
    confidence: Confidence = "official"


class _CarriedFile(Strict):
    """What answers on the path to a permit tell here."""

    when: dict[Id, list[Id] | TestFile]
    then: dict[Id, Id]


class _PapersFile(Strict):
    """papers.yaml: what is asked, under which entries the list is offered, and the papers."""

    aspects: dict[Id, AspectFile]
    entries: dict[Id, dict[Id, Id]]
    permit: list[_CarriedFile]
    papers: dict[Id, _PaperFile]


def load_papers(knowledge_dir: Path, base: KnowledgeBase, permits: Permits) -> Papers:
    """The papers, checked against the entries and the questions of the path to a permit.

    Raises ContentError naming file, line and key of every problem.
    """
    folder = Folder(knowledge_dir.resolve())
    path = folder.root / "paths" / "documents" / "papers.yaml"
    file = folder.read(path, _PapersFile)
    if file is None:
        folder.finish()
        raise AssertionError("a file that cannot be read is a problem")
    reader = NeedsReader(folder, path, base, file.aspects)
    reader.check_entries(path, file.entries)
    for name, aspect in file.aspects.items():
        if aspect.values is None or aspect.open:
            folder.refuse(path, "here a question is a choice among values", ("aspects", name), name)
    of_permits = NeedsReader.of(folder, path, base, permits.aspects)
    carried = []
    for number, each in enumerate(file.permit):
        key = ("permit", str(number))
        reader.check_answers(path, (*key, "then"), each.then)
        carried.append(Carried(of_permits.needs(path, (*key, "when"), [each.when]), each.then))
    papers = []
    for name, paper in file.papers.items():
        key = ("papers", name)
        reader.check_names(path, (*key, "entry"), [paper.entry], base.entries)
        known = reader.named_facts(path, (*key, "facts"), paper.facts)
        needs = reader.needs(path, (*key, "needs"), paper.needs)
        papers.append(Paper(name, needs, tuple(map(Form, paper.form)), paper.entry, paper.confidence, known))
    folder.finish()
    return Papers(tuple(reader.aspects.values()), tuple(papers), tuple(carried), file.entries)
