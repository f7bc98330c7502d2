"""The rules for one entry's wordings: lengths, plain sentences, facts as facts, terms explained."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.check_language import sentences, typed_figures, words
from knowledge.glossary import Term, unexplained
from knowledge.model import Entry, Wording

Severity = Literal["error", "warning"]

CHECKED_LANGUAGES = ("de", "en")
TITLE_SIGNS = 60
SHORT_SIGNS = 30
ANSWER_WORDS = range(60, 141)
SENTENCE_WORDS = 25
AVERAGE_WORDS = 14
STEPS = range(2, 6)
STEP_WORDS = 30
CONTACT_WORDS = 60
RELATED = range(2, 6)
KEYWORDS = range(5, 16)
PHRASINGS_ENOUGH = 20
PHRASINGS_FEWEST = 8

_FOREIGN_MARKUP = {
    "a web address": re.compile(r"https?://|\bwww\.\w"),
    "HTML": re.compile(r"</?[a-zA-Z]"),
    "a heading": re.compile(r"^ {0,3}#", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to put right at a key of one entry."""

    severity: Severity
    key: str
    what: str
    todo: str


def wording_remarks(entry: Entry, glossary: Sequence[Term], strict: bool) -> Iterator[Remark]:
    """All remarks on an entry's German and English wordings; `strict` makes an error of fewer than 20
    phrasings.
    """
    if len(entry.related) not in RELATED:
        what = f"there are {len(entry.related)} related entries"
        yield Remark("error", "related", what, f"name {_span(RELATED)} entries that a reader of this one needs next")
    for language in CHECKED_LANGUAGES:
        wording = entry.wordings[language]
        key = f"wordings.{language}"
        yield from _lengths(wording, key)
        yield from _sentences(wording, key)
        yield from _lists(wording, key, strict)
        for place, text in wording.templates():
            yield from _texts(text, f"{key}.{place}")
        for term in unexplained(wording.answer, glossary):
            meaning = term.de if language == "de" else term.en
            todo = f"explain it where it is first used, in brackets behind it; for example: ({meaning})"
            yield Remark("warning", f"{key}.answer", f"the term {term.name} is not explained", todo)


def _lengths(wording: Wording, key: str) -> Iterator[Remark]:
    for name, text, most in (("title", wording.title, TITLE_SIGNS), ("short", wording.short, SHORT_SIGNS)):
        if len(text) > most:
            what = f"the {name} has {len(text)} signs"
            yield Remark("error", f"{key}.{name}", what, f"shorten it to {most} or fewer")
    count = len(words(wording.answer))
    if count not in ANSWER_WORDS:
        what = f"the answer has {count} words"
        yield Remark(
            "error",
            f"{key}.answer",
            what,
            f"write {_span(ANSWER_WORDS)} words; the most important thing first",
        )
    for place, step in enumerate(wording.steps):
        if (count := len(words(step))) > STEP_WORDS:
            what = f"the step has {count} words"
            yield Remark("error", f"{key}.steps.{place}", what, f"shorten it to {STEP_WORDS} or fewer, or make it two")
    if (count := len(words(wording.contact))) > CONTACT_WORDS:
        yield Remark("error", f"{key}.contact", f"the contact has {count} words", f"shorten it to {CONTACT_WORDS}")


def _sentences(wording: Wording, key: str) -> Iterator[Remark]:
    found = sentences(wording.answer)
    for sentence in found:
        if len(sentence) > SENTENCE_WORDS:
            what = f"the sentence that begins '{' '.join(sentence[:6])}' has {len(sentence)} words"
            yield Remark("error", f"{key}.answer", what, "make two of it; about 12 words read well, 20 are the most")
    if found and (average := sum(map(len, found)) / len(found)) > AVERAGE_WORDS:
        what = f"the answer's sentences have {average:.1f} words on average"
        yield Remark("error", f"{key}.answer", what, f"shorten them to {AVERAGE_WORDS} or fewer on average")


def _lists(wording: Wording, key: str, strict: bool) -> Iterator[Remark]:
    if len(wording.steps) not in STEPS:
        what = f"there are {len(wording.steps)} steps"
        yield Remark("error", f"{key}.steps", what, f"write {_span(STEPS)}: what to do, where, with what")
    if len(wording.keywords) not in KEYWORDS:
        what = f"there are {len(wording.keywords)} keywords"
        yield Remark("warning", f"{key}.keywords", what, f"write {_span(KEYWORDS)}: official and everyday terms")
    count = len(wording.phrasings)
    if count < PHRASINGS_ENOUGH:
        severity: Severity = "error" if strict or count < PHRASINGS_FEWEST else "warning"
        todo = f"add ways in which people ask, until there are {PHRASINGS_ENOUGH}"
        yield Remark(severity, f"{key}.phrasings", f"there are only {count} phrasings", todo)


def _texts(text: str, key: str) -> Iterator[Remark]:
    for what, typed in typed_figures(text):
        todo = "make it a fact with its source, and write the fact's name in braces here"
        yield Remark("warning", key, f"{what} is typed into the text: '{typed}'", todo)
    for what, pattern in _FOREIGN_MARKUP.items():
        if pattern.search(text):
            todo = (
                "make it a link fact" if what == "a web address" else "use only paragraphs, - lists, **bold**, *italic*"
            )
            yield Remark("error", key, f"{what} is in the text", todo)


def _span(allowed: range) -> str:
    return f"{allowed.start} to {allowed.stop - 1}"
