"""What pydantic finds wrong in a content file, in words for an editor."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.schema.files import FACT_KINDS, EntryFile, SourceFile, VideoFile, WordingFile

Key = tuple[str, ...]

_MESSAGES = {
    "missing": "this key is missing; add it",
    "bool_type": "write true or false",
    "int_type": "write a whole number",
    "date_type": "write a day as 2026-12-31, without quotes",
    "string_type": "this must be a text; put it in quotes",
    "string_too_short": "this is empty; write a text",
    "too_short": "this list is empty; write at least {min_length}",
    "too_long": "this list is too long; at most {max_length}",
    "list_type": "this must be a list: one item per line, each with '- ' in front",
    "tuple_type": "this must be a list, like [newcomer, student]",
    "dict_type": "this must be a block of keys with values",
    "model_type": "this must be a block of keys with values",
    "model_attributes_type": "this must be a block of keys with values",
    "literal_error": "this must be one of: {expected}",
    "greater_than_equal": "this must be {ge} or more",
    "less_than_equal": "this must be {le} or less",
}
_ID_RULE = "an id has small letters a-z, digits and single hyphens, like blue-card-salary"
_KEYS = sorted(
    {name for model in (EntryFile, SourceFile, VideoFile, WordingFile) for name in model.model_fields} | set(FACT_KINDS)
)


def describe(error: ValidationError) -> Iterator[tuple[Key, str]]:
    """Each thing wrong: the key, part by part as it stands in the file, and what to do."""
    for details in error.errors(include_url=False):
        yield _key(details), _message(details)


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint at the most similar of the words, empty where none is similar."""
    similar = get_close_matches(word, list(words), n=1, cutoff=0.8)
    return f"; did you mean {similar[0]}?" if similar else ""


def _key(details: ErrorDetails) -> Key:
    parts = [str(part) for part in details["loc"] if part != "[key]"]
    if parts[:1] == ["facts"] and len(parts) > 2 and parts[2] in FACT_KINDS:
        del parts[2]  # the kind that pydantic chose is no key of its own
    return tuple(parts)


def _message(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return "unknown key" + nearest(str(details["loc"][-1]), _KEYS)
    if kind == "string_pattern_mismatch":
        return _ID_RULE if context["pattern"].startswith("^[a-z0-9]") else f"this must match {context['pattern']}"
    if kind in _MESSAGES:
        return _MESSAGES[kind].format(**context)
    return details["msg"]
