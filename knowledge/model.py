"""What the assistant knows: entries with facts, sources and wordings, and the answer that a reader gets on a
given day.

Pure: nothing here reads files or the clock. A fact is held once and put into the wordings by name, so a
figure changes in one place for every language.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge.formats import DEFAULT_LANGUAGES, Language, Law, Value, Words, act_of, show

Audience = Literal["newcomer", "employer", "student", "jobseeker"]
Confidence = Literal["statute", "official", "secondary", "unverified"]

REFERENCE = re.compile(r"\{([^{}]*)\}")
"""A fact's place in a wording: {fact} of the entry itself, or {other-entry.fact}."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read, and on which day it was read (or the state of the text that was read)."""

    id: str
    title: str
    url: str
    read: date


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, price, deadline, address, link or section of law, held once.

    `checked` is the day on which a person last compared it with the source; after `valid_until` it is out of
    date. `note` is for editors and is not shown to readers.
    """

    id: str
    kind: str
    value: Value
    source: Source
    checked: date
    confidence: Confidence
    valid_until: date | None = None
    note: Mapping[Language, str] | None = None

    def stale_on(self, day: date) -> bool:
        """Whether the fact is out of date on the day; the last valid day itself is still good."""
        return self.valid_until is not None and day > self.valid_until


@dataclass(frozen=True, slots=True)
class Wording:
    """An entry in one language, facts still by name."""

    language: Language
    title: str
    short: str
    answer: str
    steps: tuple[str, ...]
    contact: str
    phrasings: tuple[str, ...]
    keywords: tuple[str, ...]

    def templates(self) -> Iterator[tuple[str, str]]:
        """The texts that may hold facts, each with its key: answer, steps.0, steps.1, ..., contact."""
        yield "answer", self.answer
        yield from ((f"steps.{number}", step) for number, step in enumerate(self.steps))
        yield "contact", self.contact


@dataclass(frozen=True, slots=True)
class Video:
    """A video that explains the entry; `minutes` is its length."""

    language: Language
    title: str
    minutes: int
    url: str
    source: Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing known. `file` is where an editor finds it; `review_by` the day on which a person must look
    again.
    """

    id: str
    group: str
    file: str
    audience: tuple[Audience, ...]
    legal: bool
    urgent: bool
    review_by: date
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    related: tuple[str, ...]
    videos: tuple[Video, ...]
    wordings: Mapping[Language, Wording]


@dataclass(frozen=True, slots=True)
class StaleFact:
    """A fact in an answer that is out of date: as it is shown, its last valid day, and where the current one
    stands.
    """

    entry_id: str
    fact_id: str
    value: str
    valid_until: date
    source: Source


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader gets: texts in the small markup with the facts put in.

    `language` is the one it is written in (the reader's, or the first default language there is). `checked`
    is the oldest day on which one of the facts shown was checked, None without facts.
    """

    entry_id: str
    language: Language
    title: str
    short: str
    text: str
    steps: tuple[str, ...]
    contact: str
    sources: tuple[Source, ...]
    checked: date | None
    stale: tuple[StaleFact, ...]
    legal: bool
    urgent: bool
    related: tuple[tuple[str, str], ...]
    videos: tuple[Video, ...]


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """All entries by id, and the words with which facts are written by language."""

    entries: Mapping[str, Entry]
    words: Mapping[Language, Words] = field(default_factory=dict)

    def answer(self, entry_id: str, language: Language, on: date) -> Answer:
        """The entry as a reader of the language gets it on the day. Raises KeyError for an unknown id."""
        entry = self.entries[entry_id]
        wording = self.wording(entry_id, language)
        filling = _Filling(self, entry, wording.language)
        text = filling.fill(wording.answer).strip()
        steps = tuple(filling.fill(step) for step in wording.steps)
        contact = filling.fill(wording.contact)
        facts = filling.used
        own = tuple(entry.sources.values())
        others = {fact.source.url: fact.source for fact in facts.values() if fact.source not in own}
        return Answer(
            entry_id=entry_id,
            language=wording.language,
            title=wording.title,
            short=wording.short,
            text=text,
            steps=steps,
            contact=contact,
            sources=own + tuple(others.values()),
            checked=min((fact.checked for fact in facts.values()), default=None),
            stale=tuple(
                StaleFact(holder, fact.id, filling.show(fact), fact.valid_until, fact.source)
                for (holder, _), fact in facts.items()
                if fact.valid_until is not None and fact.stale_on(on)
            ),
            legal=entry.legal,
            urgent=entry.urgent,
            related=tuple((other, self.short(other, language)) for other in entry.related),
            videos=tuple(video for video in entry.videos if video.language == wording.language) or entry.videos,
        )

    def wording(self, entry_id: str, language: Language) -> Wording:
        """The entry's wording in the language, or in the first default language there is. Raises KeyError if
        unknown.
        """
        wordings = self.entries[entry_id].wordings
        return next(wordings[each] for each in (language, *DEFAULT_LANGUAGES) if each in wordings)

    def title(self, entry_id: str, language: Language) -> str:
        """The entry's title, plain text. Raises KeyError for an unknown id."""
        return self.wording(entry_id, language).title

    def short(self, entry_id: str, language: Language) -> str:
        """The entry's label for a button, plain text. Raises KeyError for an unknown id."""
        return self.wording(entry_id, language).short

    def fact(self, entry_id: str, reference: str) -> tuple[str, Fact]:
        """The fact that a reference in the entry's wordings names, and the id of the entry that holds it.

        Raises KeyError for a dead reference.
        """
        holder, _, fact_id = reference.rpartition(".")
        holder = holder or entry_id
        return holder, self.entries[holder].facts[fact_id]


class _Filling:
    """Puts facts into the texts of one answer and remembers which; an act of law is named in full only once."""

    def __init__(self, base: KnowledgeBase, entry: Entry, language: Language) -> None:
        self._base = base
        self._entry = entry
        self._language = language
        self._words = base.words.get(language, Words())
        self._acts: set[str | None] = set()
        self.used: dict[tuple[str, str], Fact] = {}

    def fill(self, template: str) -> str:
        return REFERENCE.sub(self._insert, template)

    def show(self, fact: Fact, *, in_brackets: bool = False) -> str:
        form = self._words.act_inside if in_brackets else self._words.act
        if isinstance(fact.value, Law):
            act = act_of(fact.value.citation, self._words)
            if act in self._acts:
                form = ""
            self._acts.add(act)
        return show(fact.value, self._language, self._words, form)

    def _insert(self, found: re.Match[str]) -> str:
        holder, fact = self._base.fact(self._entry.id, found[1])
        self.used[holder, fact.id] = fact
        before = found.string[: found.start()]
        return self.show(fact, in_brackets=before.count("(") > before.count(")"))
