"""YAML files as plain values, read strictly, with line numbers for the editor where something is wrong.

Strict means: one document, no anchors, no tags, no key twice, keys are texts. And plain: only decimal
numbers, true/false, empty and ISO days are more than text, so `no`, `12:30` and `0241` stay what the editor
typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

LARGEST_FILE = 256 * 1024
"""Bytes; an entry has about 10,000."""

DEEPEST = 20
"""Levels of nesting; an entry has five."""

Plain = None | bool | int | Decimal | date | str | list["Plain"] | dict[str, "Plain"]

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,9}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong in the content: file (as an editor names it), line (0: the file as a whole), entry, key,
    message.
    """

    file: str
    line: int
    entry: str
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = ", ".join(
            part for part in (self.entry and f"entry {self.entry}", self.key and f"key {self.key}") if part
        )
        line = f"{place}: {where}: {self.message}" if where else f"{place}: {self.message}"
        return " ".join(line.split())


class ContentError(Exception):
    """The content cannot be used. Carries every problem found, not only the first; str() is one line per
    problem.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Flaw:
    """One reason why a file holds no plain value: what is wrong, in which line (0: the whole file) and key."""

    message: str
    line: int = 0
    key: str = ""


class UnreadableError(Exception):
    """A file that holds no plain value, with every reason found."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__("; ".join(flaw.message for flaw in flaws))
        self.flaws = flaws


def read_text(path: Path) -> str:
    """The file's text. Raises UnreadableError where it is empty, too large, not UTF-8 or cannot be opened."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableError(Flaw(f"the file is larger than {LARGEST_FILE // 1024} kB; split it"))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_at(path, error.start)
        raise UnreadableError(Flaw("the file is not UTF-8 text; save it with the encoding UTF-8", line)) from error
    except OSError as error:
        raise UnreadableError(Flaw(f"the file cannot be opened ({error.strerror})")) from error
    if not text.strip():
        raise UnreadableError(Flaw("the file is empty"))
    return text


def parse(text: str) -> Plain:
    """The one value that the text holds. Raises UnreadableError."""
    reader = _Reader()
    value = reader.plain(compose(text), ())
    if reader.flaws:
        raise UnreadableError(*reader.flaws)
    return value


def compose(text: str) -> yaml.Node:
    """The text's YAML as a tree of nodes with their places. Raises UnreadableError."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = "check the indentation, and put texts with ': ' or a special first character in quotes"
        line = mark.line + 1 if mark else 0
        raise UnreadableError(Flaw(f"this is not YAML: {error.problem or error.context}; {hint}", line)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableError(Flaw("this is not YAML: a character or a nesting that is not allowed")) from error
    if node is None:
        raise UnreadableError(Flaw("the file holds only comments"))
    return node


def line_of(node: yaml.Node, key: Sequence[str]) -> int:
    """The line of a key given part by part, or of the innermost part of it that exists.

    A key with dots in it (`case.claimed: ...`) is found too, though its parts come one by one.
    """
    line = node.start_mark.line + 1
    start = 0
    while start < len(key):
        ends = range(start + 1, len(key) + 1)
        found = next(((child, end) for end in ends if (child := _child(node, ".".join(key[start:end])))), None)
        if found is None:
            break
        (line, node), start = found
    return line


def _child(node: yaml.Node, name: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
        item = node.value[int(name)]
        return item.start_mark.line + 1, item
    return None


class _Reader:
    """Turns nodes into plain values and collects what it does not take."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self._seen: set[int] = set()

    def plain(self, node: yaml.Node, key: tuple[str, ...]) -> Plain:
        if id(node) in self._seen:
            return self._refuse(
                "anchors and aliases (& and *) are not allowed; put a text with them in quotes", node, key
            )
        self._seen.add(id(node))
        if len(key) > DEEPEST:
            return self._refuse("this is nested too deeply", node, key[:3])
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*key, str(place))) for place, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if node.tag not in _KNOWN_TAGS:
            return self._refuse("tags (texts that begin with !) are not allowed; put the text in quotes", node, key)
        return self._scalar(node, key)

    def _mapping(self, node: yaml.MappingNode, key: tuple[str, ...]) -> Plain:
        values: dict[str, Plain] = {}
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode):
                self._refuse("a key must be a simple text; put texts with { or [ in quotes", name, key)
            elif name.value in values:
                self._refuse("the key is there twice; keep one of them", name, (*key, name.value))
            else:
                values[name.value] = self.plain(value, (*key, name.value))
        return values

    def _scalar(self, node: yaml.Node, key: tuple[str, ...]) -> Plain:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "int" if _INT.fullmatch(text):
                return int(text)
            case "float" if _DECIMAL.fullmatch(text):
                return Decimal(text)
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "null":
                return None
            case "timestamp" if _DAY.fullmatch(text):
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    return self._refuse(f"there is no day {text}", node, key)
        return text

    def _refuse(self, message: str, node: yaml.Node, key: tuple[str, ...]) -> Plain:
        self.flaws.append(Flaw(message, node.start_mark.line + 1, ".".join(key)))
        return None


def _line_at(path: Path, position: int) -> int:
    return path.read_bytes()[:position].count(b"\n") + 1
