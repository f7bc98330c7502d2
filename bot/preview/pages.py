"""What the pages show, gathered from the content: facts in use, figures for the index, texts to search."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.model import Guide
from knowledge.check import Finding
from knowledge.formats import Language, Words, show
from knowledge.model import REFERENCE, Answer, Entry, Fact, Wording

Occupation = tuple[str, Answer, Answer]
"""An occupation to show: its section (the id of an entry, or a title), then the answer in German and in English."""

_NO_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the preview; `name` is its place inside the folder."""

    name: str
    titles: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One page in the index. `groups` and `flags` are what it is filtered by; `lines` are what a search looks in."""

    page: Link
    id: str
    audience: tuple[str, ...]
    flags: tuple[str, ...]
    findings: int
    review_by: date | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the index; `key` is unique among them."""

    key: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class UsedFact:
    """A fact of an entry or one that its wordings use; `shown` is its value by language, in the small markup."""

    holder: str
    fact: Fact
    shown: Mapping[Language, str]
    stale: bool


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Everything on the page of one entry: what a newcomer gets in each language, and what a reviewer needs."""

    link: Link
    entry: Entry
    answers: tuple[Answer, ...]
    facts: tuple[UsedFact, ...]
    wordings: tuple[Wording, ...]
    findings: tuple[Finding, ...]
    review_due: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class OccupationPage:
    """The page of one occupation."""

    link: Link
    section: str
    answers: tuple[Answer, ...]
    stale: bool


def entry_page(guide: Guide, entry: Entry, on: date, findings: Sequence[Finding]) -> EntryPage:
    """The entry as it stands on the day, with those of the findings that are about it."""
    answers = tuple(guide.knowledge.answer(entry.id, language, on) for language in entry.wordings)
    facts = _facts(guide, entry, on)
    return EntryPage(
        link=Link(f"entries/{entry.id}.html", {each.language: each.title for each in answers}),
        entry=entry,
        answers=answers,
        facts=facts,
        wordings=tuple(entry.wordings.values()),
        findings=tuple(finding for finding in findings if finding.entry == entry.id),
        review_due=entry.review_by < on,
        stale=any(used.stale for used in facts),
    )


def occupation_page(guide: Guide, occupation: Occupation) -> OccupationPage:
    """The page of an occupation, called after the id of its answer (occupation:nurse)."""
    section, german, english = occupation
    if section in guide.knowledge.entries:
        section = guide.knowledge.short(section, "en")
    name = _NO_NAME.sub("-", german.entry_id.rpartition(":")[2].casefold()).strip("-")
    answers = (german, english)
    return OccupationPage(
        link=Link(f"occupations/{name}.html", {each.language: each.title for each in answers}),
        section=section,
        answers=answers,
        stale=any(answer.stale for answer in answers),
    )


def entry_row(page: EntryPage) -> Row:
    """The entry's place in the index."""
    entry = page.entry
    marks = {"urgent": entry.urgent, "stale": page.stale, "due": page.review_due, "findings": bool(page.findings)}
    lines = [
        text for wording in page.wordings for text in (wording.short, *wording.keywords, *wording.phrasings) if text
    ]
    return Row(
        page=page.link,
        id=entry.id,
        audience=entry.audience,
        flags=tuple(flag for flag, is_set in marks.items() if is_set),
        findings=len(page.findings),
        review_by=entry.review_by,
        lines=tuple(dict.fromkeys(lines)),
    )


def occupation_row(page: OccupationPage) -> Row:
    """The occupation's place in the index."""
    flags = ("stale",) if page.stale else ()
    lines = tuple(dict.fromkeys(answer.short for answer in page.answers))
    return Row(page.link, page.answers[0].entry_id, (), flags, 0, None, lines)


def _facts(guide: Guide, entry: Entry, on: date) -> tuple[UsedFact, ...]:
    """The entry's own facts, then those of other entries that its wordings use, each once."""
    facts = {(entry.id, fact.id): fact for fact in entry.facts.values()}
    for wording in entry.wordings.values():
        for _, template in wording.templates():
            for reference in REFERENCE.findall(template):
                holder, fact = guide.knowledge.fact(entry.id, reference)
                facts[holder, fact.id] = fact
    return tuple(
        UsedFact(
            holder,
            fact,
            {
                language: show(fact.value, language, guide.knowledge.words.get(language, Words()))
                for language in entry.wordings
            },
            fact.stale_on(on),
        )
        for (holder, _), fact in facts.items()
    )
