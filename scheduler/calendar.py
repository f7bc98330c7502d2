"""The events that editors write down in YAML files -> checked values, or a list of all that is wrong."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scheduler import document
from scheduler.agenda import Event
from scheduler.blocks import CalendarFile, EventBlock, MoveBlock, PlaceBlock
from scheduler.document import Document, DocumentError
from scheduler.problems import Problem

# pydantic's error type -> what is wrong and what to write
_WORDS = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
    "string_type": "must be text; put it in quotes",
    "string_too_short": "is empty; write something, or leave the key out",
    "string_pattern_mismatch": "may have small letters, digits and hyphens only, such as german-cafe, de",
    "string_too_long": "is too long",
    "bool_type": "must be true or false",
    "float_type": "must be a number such as 50.776",
    "list_type": "must be a list such as [a, b]",
    "dict_type": "must have a text per language such as {de: ..., en: ...}",
    "model_type": "must be a block of keys",
    "too_short": "is empty; write something, or leave the key out",
}


class CalendarError(Exception):
    """The calendar cannot be used; `problems` lists everything that is wrong, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def load_events(folder: Path) -> tuple[Event, ...]:
    """All events of the *.yaml files in the folder, by file name and then as written there.

    All or nothing: raises CalendarError when anything is wrong in any file, or the folder cannot be read.
    """
    reading = _Reading()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        raise CalendarError([Problem(str(folder), 1, "", "", error.strerror or "cannot be read")]) from None
    for path in paths:
        reading.file(path)
    if reading.problems:
        raise CalendarError(reading.problems)
    return tuple(reading.events)


def read_file(path: Path) -> tuple[tuple[Event, ...], tuple[Problem, ...], dict[str, int]]:
    """The events of one file that can be used, what is wrong with others, and the line of every id."""
    reading = _Reading()
    reading.file(path)
    return tuple(reading.events), tuple(reading.problems), reading.lines


def event_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of an events file, for editors that check and complete while typing."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **CalendarFile.model_json_schema(by_alias=True),
    }


class _Reading:
    """One pass over all files: gathers the events and the problems."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        self._first_use: dict[str, str] = {}

    def file(self, path: Path) -> None:
        """Reads one file."""
        if path.suffix == ".yml":
            self._note(path.name, 1, "", "", "the name must end in .yaml, or nobody reads the file")
            return
        try:
            written = document.read(path.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self._note(path.name, 1, "", "", error.strerror or "cannot be read")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self._note(path.name, line, "", "", "is not UTF-8 text")
        except DocumentError as error:
            for fault in error.faults:
                self._note(path.name, fault.line, "", "", fault.message)
        else:
            self._blocks(path.name, written)

    def _blocks(self, file: str, written: Document) -> None:
        top = written.value
        if not isinstance(top, dict) or not isinstance(top.get("events"), list):
            self._note(file, 1, "", "events", "the file must have the key events with a list of events")
            return
        for key in top.keys() - {"events"}:
            self._note(file, written.lines[key,], "", _key((key,)), _WORDS["extra_forbidden"])
        for index, block in enumerate(top["events"]):
            line = written.lines["events", index]
            name = _name_of(block, index)
            self._refuse_second_use(file, line, name)
            try:
                self.events.append(EventBlock.model_validate(block).event())
            except ValidationError as error:
                for found in error.errors(include_url=False, include_input=False):
                    place, key = _place_in(block, found["loc"])
                    at = written.lines.get(("events", index, *place), line)
                    self._note(file, at, name, _key(key), _message(found))

    def _refuse_second_use(self, file: str, line: int, name: str) -> None:
        if name in self._first_use:
            self._note(file, line, name, "id", f"is used already, at {self._first_use[name]}")
        elif not name.startswith("#"):
            self._first_use[name] = f"{file}:{line}"
            self.lines[name] = line

    def _note(self, file: str, line: int, event: str, key: str, message: str) -> None:
        self.problems.append(Problem(file, line, event, key, message))


def _name_of(block: object, index: int) -> str:
    """The block's id where it has a readable one, else its number in the file."""
    name = block.get("id") if isinstance(block, dict) else None
    return name if isinstance(name, str) and re.fullmatch(r"[\w-]{1,60}", name) else f"#{index + 1}"


def _place_in(block: object, loc: document.Path) -> tuple[document.Path, document.Path]:
    """Where the written value is that pydantic complains about, and the key to name, be it missing.

    pydantic's location also holds the tags of alternatives, which nobody has written: they are left out.
    """
    place: list[str | int] = []
    value = block
    for part in loc:
        inside = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
        if part in inside:
            value = inside[part]
            place.append(part)
        elif isinstance(value, dict) and part == loc[-1]:
            return tuple(place), (*place, part)
    return tuple(place), tuple(place)


def _key(path: document.Path) -> str:
    return ".".join(str(part) if re.fullmatch(r"[\w-]+", str(part)) else repr(part) for part in path)


def _message(found: ErrorDetails) -> str:
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    if found["type"] == "extra_forbidden":
        near = get_close_matches(str(found["loc"][-1]), _keys(), n=1)
        return f"{_WORDS['extra_forbidden']}; did you mean {near[0]}?" if near else _WORDS["extra_forbidden"]
    if found["type"] == "literal_error":
        return f"must be one of {found['ctx']['expected']}"
    return _WORDS.get(found["type"], found["msg"])


@cache
def _keys() -> tuple[str, ...]:
    """Every key that may be written in an event."""
    blocks = (EventBlock, PlaceBlock, MoveBlock)
    return tuple(field.alias or name for block in blocks for name, field in block.model_fields.items())
