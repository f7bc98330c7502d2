"""The content's quality gate: what an editor has to put right before an answer may go out.

Pure, on loaded content; the loader has already refused what cannot be used at all (unknown keys, dead
references, facts without a source, addresses that are not https). Nothing here stops the assistant at run
time: an expired figure is still shown, with the note that it is out of date.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from knowledge.check_wording import Remark, Severity, wording_remarks
from knowledge.formats import Language, Words, format_day, show
from knowledge.glossary import Term
from knowledge.model import REFERENCE, Entry, KnowledgeBase

Ranking = Callable[[str, Language], Sequence[str]]
"""Entry ids for a text in a language, best first."""

LineFinder = Callable[[str, str], int]
"""The line of a key in a file, 0 where it is not known."""

PLACES = 2
"""A phrasing must find its own entry among so many."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An entry that must be there."""

    id: str
    group: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing for an editor: where (line 0: nowhere in particular), what is wrong, what to do."""

    severity: Severity
    file: str
    line: int
    entry: str
    key: str
    what: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{self.severity.upper()} {place} ({self.key or self.entry})\n  {self.what}\n  To do: {self.todo}"


def check(
    base: KnowledgeBase,
    on: date,
    topics: Iterable[Topic] = (),
    *,
    glossary: Sequence[Term] = (),
    rank: Ranking | None = None,
    line_of: LineFinder = lambda file, key: 0,
    strict: bool = False,
) -> list[Finding]:
    """Everything to put right as of a day, sorted by file and line.

    Errors must be put right; warnings are worth a look. `strict` makes errors of what is only due (expired
    facts, reviews, few phrasings). Without a ranking it is not checked that phrasings find their entries.
    """
    findings = [*_topic_findings(base, topics)]
    for entry in base.entries.values():
        remarks = [
            *_freshness(entry, on, strict),
            *_use(base, entry),
            *wording_remarks(entry, glossary, strict),
        ]
        findings += (_finding(entry, remark) for remark in remarks)
    findings += _twice(base)
    if rank is not None:
        findings += _lost_phrasings(base, rank)
    placed = (replace(each, line=line_of(each.file, each.key)) for each in findings)
    return sorted(placed, key=lambda each: (each.file, each.line, each.key, each.what))


def report(findings: Sequence[Finding]) -> str:
    """The findings as a text for an editor, errors and warnings counted at the end."""
    errors = sum(finding.severity == "error" for finding in findings)
    summary = f"{errors} errors, {len(findings) - errors} warnings." if findings else "Everything is in order."
    return "\n\n".join([*map(str, findings), summary])


def _finding(entry: Entry, remark: Remark) -> Finding:
    file = entry.file
    return Finding(remark.severity, file, 0, entry.id, remark.key, remark.what, remark.todo)


def _topic_findings(base: KnowledgeBase, topics: Iterable[Topic]) -> Iterator[Finding]:
    for topic in topics:
        file = f"knowledge/entries/{topic.group}/{topic.id}.yaml"
        entry = base.entries.get(topic.id)
        if entry is None:
            what, todo = (
                "this entry is missing",
                "write it, best from a copy of one like it; see docs/editing.md",
            )
            yield Finding("error", file, 0, topic.id, "", what, todo)
        elif entry.group != topic.group:
            what, todo = f"the entry belongs in the group {topic.group}", "move the file and change its group"
            yield Finding("error", entry.file, 0, topic.id, "group", what, todo)


def _freshness(entry: Entry, on: date, strict: bool) -> Iterator[Remark]:
    due: Literal["error", "warning"] = "error" if strict else "warning"
    for fact in entry.facts.values():
        if fact.valid_until is not None and fact.stale_on(on):
            value = show(fact.value, "en", Words())
            yield Remark(
                due,
                f"facts.{fact.id}.valid_until",
                f"{fact.id} ({value}) was valid until {format_day(fact.valid_until, 'en')} and is now out of date",
                f"look it up at {fact.source.url}; then change the value, checked, valid_until and the source's read",
            )
        if fact.checked > on:
            what = f"{fact.id} is said to be checked on {format_day(fact.checked, 'en')}, which is still to come"
            yield Remark("warning", f"facts.{fact.id}.checked", what, "write the day on which you checked it")
    if entry.review_by < on:
        what = f"the entry was to be looked at by {format_day(entry.review_by, 'en')}"
        todo = "read it against its sources, then set review_by to the next day on which somebody must look"
        yield Remark(due, "review_by", what, todo)


def _use(base: KnowledgeBase, entry: Entry) -> Iterator[Remark]:
    used: dict[str, set[Language]] = defaultdict(set)
    for other in base.entries.values():
        for wording in other.wordings.values():
            for _, template in wording.templates():
                for reference in REFERENCE.findall(template):
                    holder, fact = base.fact(other.id, reference)
                    if holder == entry.id:
                        used[fact.id].add(wording.language)
    for name in entry.facts:
        if not used[name]:
            what, todo = (
                f"the fact {name} is not used in any wording",
                f"put {{{name}}} into the answer, or take the fact out",
            )
            yield Remark("error", f"facts.{name}", what, todo)
        elif len(used[name] & {"de", "en"}) == 1:
            (language,) = used[name] & {"de", "en"}
            what = f"the fact {name} is used only in the wording {language}"
            yield Remark("warning", f"facts.{name}", what, "say the same in both languages")


def _twice(base: KnowledgeBase) -> Iterator[Finding]:
    asked: dict[str, tuple[Entry, str, Language]] = {}
    labels: dict[tuple[Language, str], Entry] = {}
    for entry in base.entries.values():
        for language, wording in entry.wordings.items():
            for place, phrasing in enumerate(wording.phrasings):
                key = f"wordings.{language}.phrasings.{place}"
                same = re.sub(r"[\W_]+", "", phrasing).casefold()
                first, first_key, first_language = asked.setdefault(same, (entry, key, language))
                if first is entry and (first_key == key or first_language != language):
                    continue  # itself, or a word that is the same in both languages (anabin)
                what = f"the phrasing {phrasing!r} is already in {first.id} ({first_key})"
                yield _finding(entry, Remark("error", key, what, "take one of them out, or say what tells them apart"))
            other = labels.setdefault((language, wording.short.casefold()), entry)
            if other is not entry:
                what = f"the button's label {wording.short!r} is also that of {other.id}"
                yield _finding(entry, Remark("error", f"wordings.{language}.short", what, "find another label for one"))


def _lost_phrasings(base: KnowledgeBase, rank: Ranking) -> Iterator[Finding]:
    for entry in base.entries.values():
        for language, wording in entry.wordings.items():
            for place, phrasing in enumerate(wording.phrasings):
                found = list(rank(phrasing, language))[:PLACES]
                if entry.id not in found:
                    what = f"the phrasing {phrasing!r} finds {' and '.join(found) or 'nothing'} instead of this entry"
                    todo = "say in it what tells this entry apart, or move it to the entry it finds"
                    yield _finding(entry, Remark("error", f"wordings.{language}.phrasings.{place}", what, todo))
