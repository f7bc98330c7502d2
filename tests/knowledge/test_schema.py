"""The JSON Schema for editors' programs is current and agrees with the loader."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

import knowledge
from knowledge.loader_yaml import Plain, parse, read_text
from knowledge.schema.__main__ import SCHEMA_FILE, entry_schema
from knowledge.schema.files import FACT_KINDS, EntryFile

ENTRIES = sorted((Path(knowledge.__file__).parent / "entries").glob("*/*.yaml"))
SCHEMA = json.loads(entry_schema())


def as_json(value: Plain) -> Any:
    match value:
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list():
            return [as_json(inner) for inner in value]
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
    return value


def test_the_stored_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == entry_schema(), "run: python -m knowledge.schema"


def test_it_knows_every_kind_of_fact() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    required = {key for model in SCHEMA["$defs"].values() for key in model.get("required", [])}
    assert set(FACT_KINDS) <= required


@pytest.mark.parametrize("path", ENTRIES[::10], ids=lambda path: path.stem)
def test_a_shipped_entry_fits_it(path: Path) -> None:
    jsonschema.validate(as_json(parse(read_text(path))), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [{"legall": True}, {"legal": "yes"}, {"facts": {"x": {"money": "1 €"}}}, {"related": "x"}, {"id": "A b"}],
)
def test_it_refuses_what_the_loader_refuses(change: dict[str, Any]) -> None:
    entry = parse(read_text(ENTRIES[0]))
    assert isinstance(entry, dict)
    with pytest.raises(ValidationError):
        EntryFile.model_validate({**entry, **change})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**as_json(entry), **change}, SCHEMA)
