"""Reads what the gate needs beside the entries: required topics, the glossary, and where a key stands in a
file.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.check import Topic
from knowledge.glossary import Term
from knowledge.loader_folder import Folder
from knowledge.loader_yaml import UnreadableError, compose, line_of, read_text
from knowledge.schema.fields import Id
from knowledge.schema.files import TermFile


def load_topics(knowledge_dir: Path) -> tuple[Topic, ...]:
    """The topics of topics.yaml, in order. Raises ContentError."""
    folder = Folder(knowledge_dir.resolve())
    groups = folder.read(folder.root / "topics.yaml", dict[Id, list[Id]])
    folder.finish()
    return tuple(Topic(topic, group) for group, topics in (groups or {}).items() for topic in topics)


def load_glossary(knowledge_dir: Path) -> tuple[Term, ...]:
    """The terms of glossary.yaml, in order. Raises ContentError."""
    folder = Folder(knowledge_dir.resolve())
    file = folder.read(folder.root / "glossary.yaml", dict[str, TermFile])
    folder.finish()
    return tuple(Term(name, term.de, term.en, tuple(term.forms)) for name, term in (file or {}).items())


def lines_in(knowledge_dir: Path) -> Callable[[str, str], int]:
    """A function that finds a key's line ("facts.fee") in a file as findings name it; 0 where there is none."""
    home = knowledge_dir.resolve().parent

    @lru_cache(maxsize=512)
    def tree(file: str) -> yaml.Node | None:
        try:
            return compose(read_text(home / file))
        except UnreadableError:
            return None

    def find(file: str, key: str) -> int:
        node = tree(file)
        return 0 if node is None else line_of(node, key.split(".") if key else ())

    return find
