"""Writes the JSON Schema of an entry for editors' programs: python -m knowledge.schema."""

import json
from pathlib import Path

from knowledge.schema.files import EntryFile

SCHEMA_FILE = Path(__file__).with_name("entry.schema.json")


def entry_schema() -> str:
    """The JSON Schema of an entry file, as it is stored."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **EntryFile.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(entry_schema(), encoding="utf-8")
