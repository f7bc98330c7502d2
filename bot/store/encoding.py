"""Values to JSON columns and back, and how columns of text are searched by their beginning."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_

from bot.core.model import Case, Conversation, File, Reply

_conversations = TypeAdapter(Conversation)
_cases = TypeAdapter(Case)
_replies = TypeAdapter(Reply)


def pack_conversation(conversation: Conversation) -> str:
    """A conversation as JSON."""
    return _conversations.dump_json(conversation).decode()


def unpack_conversation(text: str) -> Conversation:
    """The conversation that was packed."""
    return _conversations.validate_json(text)


def pack_case(case: Case) -> str:
    """A case as JSON."""
    return _cases.dump_json(case).decode()


def unpack_case(text: str) -> Case:
    """The case that was packed."""
    return _cases.validate_json(text)


def pack_reply(reply: Reply) -> tuple[str, bytes | None]:
    """A reply as JSON, and the content of its file apart."""
    if reply.file is None:
        return _replies.dump_json(reply).decode(), None
    bare = replace(reply, file=File(reply.file.name, b""))
    return _replies.dump_json(bare).decode(), reply.file.content


def unpack_reply(text: str, file: bytes | None) -> Reply:
    """The reply that was packed."""
    reply = _replies.validate_json(text)
    if reply.file is None or file is None:
        return reply
    return replace(reply, file=File(reply.file.name, file))


def begins_with(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Whether a column begins with a text, letter for letter; a range, as no index serves LIKE."""
    return and_(column >= text, column < f"{text}\U0010ffff")
