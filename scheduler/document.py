"""YAML text -> plain values, and the line that each stands on.

Stricter than YAML 1.1, so that a text means what an editor reads: `18:00`, `2026-12-04`, `no` and the key
`on` are text, not a number, a date and two booleans. Anchors, aliases and tags are refused, and so are a key
given twice and text that is not Unicode.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""Where a value stands, as keys and indexes from the top."""

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a YAML text, and on which line (from 1)."""

    line: int
    message: str


class DocumentError(ValueError):
    """The text is not the kind of YAML that is read here; `faults` lists why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"line {fault.line}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML text as dicts, lists, str, int, float, bool and None, with the line (from 1) of every value."""

    value: object
    lines: Mapping[Path, int]


def read(text: str) -> Document:
    """Reads one YAML document; an empty one is None. Raises DocumentError and nothing else."""
    try:
        node = _Composer(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError((Fault(mark.line + 1 if mark else 1, error.problem or str(error)),)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError((Fault(line, f"the character U+{ord(text[error.position]):04X} is not allowed"),)) from None
    except (ValueError, OverflowError):
        raise DocumentError((Fault(1, "a number or an escaped character is out of range"),)) from None
    if node is None:
        return Document(None, {})
    plain = _Plain()
    value = plain.convert(node, ())
    if plain.faults:
        raise DocumentError(tuple(plain.faults))
    return Document(value, plain.lines)


class _Composer(yaml.SafeLoader):
    """PyYAML's composer with the few scalar types of YAML 1.2, and without what is refused here."""

    def __init__(self, text: str) -> None:
        self._depth = 0
        super().__init__(text)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        named = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None
        if named or getattr(event, "tag", None) is not None:
            raise yaml.composer.ComposerError(
                None, None, "anchors (&), aliases (*) and tags (!) are not used here", event.start_mark
            )
        if self._depth > _DEEPEST:
            raise yaml.composer.ComposerError(None, None, "nested too deeply", event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


_Composer.yaml_implicit_resolvers = {}
_Composer.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])
_Composer.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]{1,18}$"), [*"-+0123456789"])
_Composer.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), [*"-+0123456789"])
_Composer.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:~|null|)$"), ["~", "n", ""])


class _Plain:
    """Turns nodes into values; gathers the lines, and the faults of what is not accepted."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []

    def convert(self, node: yaml.Node, path: Path) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self._fault(key_node, "this key is not text")
            elif key in found:
                self._fault(key_node, f"the key {key!r} is given twice")
            else:
                self.lines[(*path, key)] = key_node.start_mark.line + 1
                found[key] = self.convert(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> object:
        text: str = node.value
        match node.tag.rpartition(":")[2]:
            case "bool":
                return text == "true"
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "null":
                return None
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._fault(node, "half of a character (surrogate escape)")
            return ""
        return text

    def _fault(self, node: yaml.Node, message: str) -> None:
        self.faults.append(Fault(node.start_mark.line + 1, message))
