"""German official terms that a newcomer cannot know, and whether a text explains those it uses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_INTRODUCED = re.compile(
    r"(?:called|named|heißt|heißen|nennt (?:sich|man)|genannt|namens|also|oder|or)\W+(?:\w+ ){0,2}[\"'“„»«]?$"
)
_FOLLOWED = re.compile(
    r"(?: [\w.-]+){0,3},? ?\("  # a bracket, at most three words on: der Bescheid der Behörde (...)
    r"|(?:,| [–-]|:) ?(?:also|das|die|der|den|dem|eine?|eine[nmr]|ihre?|d\. ?h\.|i\.e\.)\b"
    r"|(?:,| [–-]|:) ?(?:that|which|who|where|an?|the|your|known|called|meaning|or|oder)\b"
    r"| (?:ist|sind|bedeutet|heißt|zeigt|sagt|is|are|means?|shows|says)\b"
    r"|[^.\n]*\. (?:Das|Es|Sie|Er|Damit|Darin|Dort|That|This|It|They|With it)\b"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term, what it means in German and in English, and its plurals and cases that differ from the name."""

    name: str
    de: str
    en: str
    forms: tuple[str, ...] = ()


def unexplained(text: str, terms: Sequence[Term]) -> Iterator[Term]:
    """The terms that the text uses without an explanation in the first paragraph that has them.

    A rule of thumb: a bracket before or after the term, a clause that follows ("eine ...", "that is ..."),
    or a next sentence that says what it is.
    """
    for term in terms:
        pattern = _pattern(term)
        paragraphs = text.replace("*", "").split("\n\n")
        first = next((paragraph for paragraph in paragraphs if pattern.search(paragraph)), None)
        if first and not any(_explained(first, used) for used in pattern.finditer(first)):
            yield term


@lru_cache(maxsize=256)
def _pattern(term: Term) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(form) for form in (term.name, *term.forms))})\b")


def _explained(paragraph: str, used: re.Match[str]) -> bool:
    before, after = paragraph[: used.start()], paragraph[used.end() :].lstrip("\"'“”»«")
    in_brackets = before.count("(") > before.count(")")
    return bool(in_brackets or _FOLLOWED.match(after) or _INTRODUCED.search(before))
