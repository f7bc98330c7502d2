"""Checks a call against the published API: method and parameter names, types, what is required.

The published API is read off aiogram's method models (Bot API 10.3). A parameter that the models mark as
deprecated is no longer published and counts as unknown. Telegram itself ignores unknown parameters; here
they are refused, because they are always a mistake.
"""

from __future__ import annotations

import datetime
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiogram.methods
from aiogram.client.default import Default
from aiogram.methods.base import TelegramMethod
from aiogram.types import InputFile
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tests.botapi.errors import ApiError, Json, breach

_WHOLE = re.compile(r"-?\d{1,19}")
_ATTACHED = re.compile(r"attach://([^\"\\\s]+)")
_EMPTY = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "user_id": "invalid user_id specified",
    "callback_query_id": "invalid query ID specified",
    "file_id": "file_id not specified",
    "message_id": "message identifier is not specified",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent as a part of a multipart call."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameter:
    """One published parameter: how to read its raw form value. `read` raises ApiError."""

    name: str
    required: bool
    read: Callable[[object], Any]


def read_call(method: str, fields: Mapping[str, object]) -> Json:
    """The call's parameters, decoded; uploads stand where they belong. Raises ApiError (404, 400)."""
    published = published_methods().get(method)
    if published is None:
        raise ApiError(404, "Not Found: method not found", breach=True)
    values: Json = {}
    for name, raw in fields.items():
        parameter = published.get(name)
        if parameter is None:
            if isinstance(raw, Upload) and name in _attached(fields):
                continue
            raise breach(f'unknown parameter "{name}" of {method}')
        values[name] = parameter.read(raw)
    for name, parameter in published.items():
        if parameter.required and values.get(name) in (None, ""):
            raise breach(_EMPTY.get(name, f'parameter "{name}" of {method} is missing'))
    for name, value in values.items():
        if isinstance(value, str) and value.startswith("attach://"):
            upload = fields.get(value.removeprefix("attach://"))
            if not isinstance(upload, Upload):
                raise breach(f'file "{value}" is not attached')
            values[name] = upload
    return values


@lru_cache(maxsize=1)
def published_methods() -> dict[str, dict[str, Parameter]]:
    """Every published method by name, with its parameters by name."""
    methods = {}
    for name in aiogram.methods.__all__:
        model = getattr(aiogram.methods, name)
        if isinstance(model, type) and issubclass(model, TelegramMethod) and model is not TelegramMethod:
            methods[name[0].lower() + name[1:]] = _parameters(model)
    return methods


def _parameters(model: type[TelegramMethod[Any]]) -> dict[str, Parameter]:
    parameters = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("deprecated"):
            continue
        parameters[name] = Parameter(name, field.is_required(), _reader(name, field))
    return parameters


def _reader(name: str, field: FieldInfo) -> Callable[[object], Any]:
    kinds = _alternatives(field.annotation)
    if InputFile in kinds:
        return lambda raw: raw if isinstance(raw, Upload) else _text(name, raw)
    if kinds == {str}:
        return lambda raw: _text(name, raw)
    if kinds == {bool}:
        return lambda raw: _flag(name, raw)
    if kinds == {int, str}:
        return lambda raw: _chat(name, raw)
    if kinds == {int} or datetime.datetime in kinds:
        return lambda raw: _whole(name, raw)
    if kinds == {float}:
        return lambda raw: _decimal(name, raw)

    @lru_cache(maxsize=8)
    def adapter(kind: object) -> TypeAdapter[Any]:
        annotation: Any = kind or typing.Union[tuple(kinds)]  # noqa: UP007 - known only here
        return TypeAdapter(typing.Annotated[annotation, *field.metadata] if field.metadata else annotation)

    def checked(value: object) -> Any:
        return _structure(name, adapter(_closest(kinds, value)), value)

    @lru_cache(maxsize=2048)
    def decoded(raw: str) -> Any:
        return checked(_json(name, raw))

    return lambda raw: decoded(raw) if isinstance(raw, str) else checked(raw)


def _closest(kinds: set[object], value: object) -> object | None:
    """The one alternative that shares most fields with the value, for an error message about that one."""
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if not isinstance(value, dict) or len(models) < 2:
        return None
    shared = {model: len(value.keys() & model.model_fields.keys()) for model in models}
    most = [model for model in models if shared[model] == max(shared.values())]
    return most[0] if len(most) == 1 else None


def _alternatives(annotation: object) -> set[object]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        found: set[object] = set()
        for part in typing.get_args(annotation):
            found |= _alternatives(part)
        return found - {type(None), Default}
    return {annotation}


def _text(name: str, raw: object) -> str:
    if not isinstance(raw, str):
        raise breach(f'parameter "{name}" must be of type String')
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise breach("strings must be encoded in UTF-8") from None
    return raw


def _whole(name: str, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and _WHOLE.fullmatch(raw):
        return int(raw)
    raise breach(f'parameter "{name}" must be of type Integer')


def _decimal(name: str, raw: object) -> float:
    try:
        if isinstance(raw, str | int | float) and not isinstance(raw, bool):
            return float(raw)
    except ValueError:
        pass
    raise breach(f'parameter "{name}" must be of type Float')


def _flag(name: str, raw: object) -> bool:
    if raw in (True, "true", "True", "1"):
        return True
    if raw in (False, "false", "False", "0"):
        return False
    raise breach(f'parameter "{name}" must be of type Boolean')


def _chat(name: str, raw: object) -> int | str:
    if isinstance(raw, str) and not _WHOLE.fullmatch(raw):
        return raw
    return _whole(name, raw)


def _json(name: str, raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise breach(f'can\'t parse "{name}": it is not JSON') from None


def _structure(name: str, adapter: TypeAdapter[Any], value: Any) -> Any:
    """The decoded value itself, after the model has accepted it and left nothing over."""
    try:
        model = adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise breach(f'can\'t parse "{name}": {place}: {first["msg"]}') from None
    stranger = unknown_field(model)
    if stranger is not None:
        raise breach(f'can\'t parse "{name}": unknown field "{stranger}"')
    return value


def unknown_field(model: object) -> str | None:
    """The name of a field, at any depth of aiogram's models, that the published types do not have."""
    if isinstance(model, list | tuple):
        inner: list[object] = list(model)
    elif isinstance(model, BaseModel):
        if model.model_extra:
            return next(iter(model.model_extra))
        inner = [getattr(model, name) for name in model.model_fields_set]
    else:
        return None
    return next((found for found in map(unknown_field, inner) if found is not None), None)


def _attached(fields: Mapping[str, object]) -> set[str]:
    return {name for raw in fields.values() if isinstance(raw, str) for name in _ATTACHED.findall(raw)}
