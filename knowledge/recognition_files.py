"""Reads what the path to the right authority adds from paths/recognition/remarks.yaml, all or nothing."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from knowledge.conditions import Aspect
from knowledge.folding import words
from knowledge.loader_folder import Folder
from knowledge.model import KnowledgeBase
from knowledge.needs_files import NeedsReader
from knowledge.occupations import Occupations
from knowledge.permit_schema import NeedsFile, Reference
from knowledge.recognition import CLASSES, NOBODY, PLACES, Addition, Recognition
from knowledge.schema.fields import Id, Strict, Text

__all__ = ["load_recognition"]

_ALWAYS = ((),)
_REGULATIONS = ("required", "title", "business", "oath", "unclear", "no")


class _AdditionFile(Strict):
    """One remark; without needs it is said where no other of its topic is."""

    needs: NeedsFile | None = None
    facts: dict[Id, Reference] = Field(default_factory=dict)


class _RemarksFile(Strict):
    """remarks.yaml."""

    pairs: list[dict[Id, Id]]
    entries: list[Id]
    answers: dict[Id, Id]
    former: list[Text]
    before_cities: list[Text]
    places: dict[Id, list[Text]]
    topics: dict[Id, Annotated[dict[Id, _AdditionFile], Field(min_length=1)]]


def load_recognition(knowledge_dir: Path, base: KnowledgeBase, occupations: Occupations) -> Recognition:
    """The remarks, checked against entries and occupations.

    Raises ContentError naming file, line and key of every problem.
    """
    folder = Folder(knowledge_dir.resolve())
    path = folder.root / "paths" / "recognition" / "remarks.yaml"
    file = folder.read(path, _RemarksFile)
    if file is None:
        folder.finish()
        raise AssertionError("a file that cannot be read is a problem")
    kinds = tuple(dict.fromkeys(each.kind.id for each in occupations.by_id.values()))
    aspects = {
        "occupation": tuple(occupations.by_id),
        "kind": kinds,
        "regulated": _REGULATIONS,
        "authority": (*occupations.authorities, NOBODY),
        "trained": CLASSES,
        "place": PLACES,
    }
    reader = NeedsReader.of(folder, path, base, (Aspect(name, values) for name, values in aspects.items()))
    reader.check_names(path, ("entries",), file.entries, base.entries)
    reader.check_names(path, ("answers",), file.answers, base.entries)
    reader.check_names(path, ("answers",), file.answers.values(), file.topics)
    reader.check_names(path, ("places",), file.places, PLACES)
    for number, pair in enumerate(file.pairs):
        reader.check_names(path, ("pairs", str(number)), pair, CLASSES)
        reader.check_names(path, ("pairs", str(number)), pair.values(), occupations.by_id)
    topics = {}
    for topic, rows in file.topics.items():
        *_, last = rows
        additions = []
        for name, row in rows.items():
            key = ("topics", topic, name)
            if (row.needs is None) != (name == last):
                folder.refuse(path, "the last remark of a topic, and only that, has no needs", key, name)
            needs = _ALWAYS if row.needs is None else reader.needs(path, (*key, "needs"), row.needs)
            additions.append(Addition(name, needs, reader.named_facts(path, (*key, "facts"), row.facts)))
        topics[topic] = tuple(additions)
    folder.finish()
    places = {place: tuple(word for text in known for word in words(text)) for place, known in file.places.items()}
    return Recognition(
        topics,
        tuple(file.pairs),
        tuple(file.entries),
        file.answers,
        tuple(file.former),
        tuple(file.before_cities),
        places,
    )
