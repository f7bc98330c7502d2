"""One question from the command line: the same decisions as in a chat, without storing anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.assistant import respond, wants_person
from bot.core.model import Address, Conversation, Guide, Incoming, Send, Sender, Turn, Utterance
from bot.markup import parse, plain_text
from knowledge.deciding import Found, Missed, PersonWanted, SmallTalk, Unsure
from knowledge.language import detect

OUTCOMES = {Found: "found", Unsure: "unsure", Missed: "missed", PersonWanted: "human", SmallTalk: "smalltalk"}
MOST_ENTRIES = 5
_TERMINAL = Address("console", "question")


class BatchError(Exception):
    """Lines of a batch that cannot be read; names each."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a batch."""

    id: object
    text: str
    language: str | None


def understand(guide: Guide, text: str, language: str | None = None) -> dict[str, object]:
    """How a question is understood: outcome, the best entries with their scores, the language it is in."""
    spoken = language or detect(text).language
    resolution = guide.understanding.resolve(text, spoken)
    entries = [{"id": c.id, "score": round(c.score, 4)} for c in resolution.candidates[:MOST_ENTRIES]]
    outcome = "human" if wants_person(resolution) else OUTCOMES[type(resolution)]
    return {"outcome": outcome, "entries": entries, "lang": spoken}


def answer(guide: Guide, text: str, language: str | None = None, now: datetime | None = None) -> str:
    """What the assistant says to a first question, as plain text with numbered buttons."""
    conversation = Conversation(_TERMINAL, language=language, chosen=language is not None)
    incoming = Incoming("ask", _TERMINAL, Sender("", ""), Utterance(text))
    decision = respond(Turn(incoming, now or datetime.now(UTC), conversation), guide)
    replies = [effect.reply for effect in decision.effects if isinstance(effect, Send)]
    lines = [plain_text(parse(reply.text)) for reply in replies]
    lines += [f"[{n}] {button.label}" for reply in replies for n, button in enumerate(reply.buttons, 1)]
    return "\n\n".join(lines[: len(replies)]) + "\n\n" + "\n".join(lines[len(replies) :])


def read_batch(lines: Iterable[str]) -> Iterator[Question]:
    """The questions of a JSONL file. Raises BatchError naming every line that is wrong, before the first is given."""
    questions, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            questions.append(_question(json.loads(line)))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise BatchError("\n".join(problems))
    yield from questions


def _question(fields: object) -> Question:
    if not isinstance(fields, dict) or "id" not in fields or not isinstance(fields.get("text"), str):
        raise ValueError('write an object with "id" and "text", and "lang" if you like')
    language = fields.get("lang")
    if language is not None and not isinstance(language, str):
        raise ValueError('"lang" must be a language code such as "de"')
    return Question(fields["id"], fields["text"], language)
