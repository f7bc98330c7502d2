"""Occupations: who decides on their recognition for people in Aachen, and the answer a reader gets about one.

Pure: nothing here reads files. How an occupation is found in a question is in `occupation_finding`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.formats import DEFAULT_LANGUAGES, Language, country_name, escape, pick
from knowledge.model import Answer, KnowledgeBase, Source
from knowledge.occupation_finding import Naming, NamingIndex

Certainty = Literal["statute", "official", "secondary", "inferred", "unverified", "disputed"]
Regulation = Literal["required", "title", "business", "oath", "unclear", "no"]
Texts = Mapping[Language, str]

_SURE = ("statute", "official", "secondary")


@dataclass(frozen=True, slots=True)
class Authority:
    """A body that decides: what it is called, where it is, its website where one was read, what it decides."""

    id: str
    name: Texts
    place: Texts | None
    website: str | None
    decides: Texts
    confidence: Certainty
    sources: tuple[Source, ...]
    checked: date


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of recognition: what happens and what to do first; `nobody` where no authority decides."""

    id: str
    what: Texts
    steps: Mapping[Language, tuple[str, ...]]
    nobody: Texts | None


@dataclass(frozen=True, slots=True)
class CountryRule:
    """The countries of training (ISO 3166, XK for Kosovo) for which an authority decides.

    `shown` are the names of groups and the codes of single countries, in the order of the file.
    """

    countries: frozenset[str]
    outside: frozenset[str]
    shown: tuple[str | Texts, ...]
    authority: Authority

    def covers(self, country: str) -> bool:
        """Whether the rule is about training in the country."""
        return country in self.countries or bool(self.outside and country not in self.outside)


@dataclass(frozen=True, slots=True)
class Occupation:
    """A German reference occupation. `authorities` is empty where the country of training decides (`training`)
    or nobody does; the first one is where to apply. `female` and `male` are German; `entry` is the entry that says
    more.
    """

    id: str
    name: Texts
    female: str
    male: str
    short: Texts
    regulated: Regulation
    kind: Kind
    authorities: tuple[Authority, ...]
    training: tuple[CountryRule, ...]
    entry: str
    rule: Certainty
    assignment: Certainty
    sources: tuple[Source, ...]
    note: Texts | None

    def label(self, language: Language) -> str:
        """What stands on a button, plain text of at most 30 signs."""
        return _begun(pick(self.short, language))

    @property
    def decides_for_all(self) -> bool:
        """Whether the same authority decides whatever the country of training is."""
        return bool(self.authorities) and not self.training and not self.kind.nobody

    def authority_for(self, country: str) -> Authority | None:
        """The authority for training in the country (ISO 3166), None where no rule names one."""
        if self.training:
            return next((rule.authority for rule in self.training if rule.covers(country)), None)
        return self.authorities[0] if self.authorities else None


@dataclass(frozen=True, slots=True)
class OccupationWords:
    """The sentences around an occupation; names in braces are filled in. `finder` is the state's own search."""

    title: Texts
    finder: str
    need: Mapping[str, Texts]
    rule_unsure: Texts
    decides: Mapping[str, Texts]
    authority: Texts
    by_country: Texts
    contact: Texts
    check: Texts


class Occupations:
    """All occupations, found by what people call them, described in the reader's language."""

    def __init__(
        self,
        occupations: Iterable[Occupation],
        authorities: Iterable[Authority],
        words: OccupationWords,
        index: NamingIndex,
    ) -> None:
        self.by_id: Mapping[str, Occupation] = {each.id: each for each in occupations}
        self.authorities: Mapping[str, Authority] = {each.id: each for each in authorities}
        self._words = words
        self._index = index

    @property
    def finder(self) -> str:
        """The address of the state's own search for the authority of an occupation."""
        return self._words.finder

    def __getitem__(self, occupation_id: str) -> Occupation:
        """The occupation. Raises KeyError for an unknown id."""
        return self.by_id[occupation_id]

    def __len__(self) -> int:
        return len(self.by_id)

    def find(self, text: str) -> Naming[Occupation]:
        """The occupation that the text names: one, or choices (at most five) where several are meant, or none."""
        ids, mention = self._index.find(text)
        found = tuple(self.by_id[each] for each in ids)
        if len(found) == 1:
            return Naming(found[0], (), mention)
        return Naming(None, found, mention)

    def near(self, text: str) -> tuple[Occupation, ...]:
        """The occupations whose names are most like the text, at most five."""
        return tuple(self.by_id[each] for each in self._index.near(text))

    def describe(
        self, occupation: Occupation, language: Language, base: KnowledgeBase, country: str | None = None
    ) -> Answer:
        """The answer about an occupation; with a country of training (ISO 3166) only what holds for it.

        `base` gives the label of the entry that says more. A language without sentences gets the first
        default language.
        """
        language = language if language in self._words.title else DEFAULT_LANGUAGES[0]
        say = _Sayer(self._words, occupation, language, country)
        shown = say.authorities()
        sources = {each.url: each for each in occupation.sources}
        for authority in shown:
            sources |= {each.url: each for each in authority.sources if each.url not in sources}
        return Answer(
            entry_id=f"occupation:{occupation.id}",
            language=language,
            title=say.fill(self._words.title, name=_begun(pick(occupation.name, language))),
            short=occupation.label(language),
            text="\n\n".join(say.paragraphs()),
            steps=occupation.kind.steps[language],
            contact="\n".join(say.contact()),
            sources=tuple(sources.values()),
            checked=min((each.checked for each in shown), default=None),
            stale=(),
            legal=True,
            urgent=False,
            related=((occupation.entry, base.short(occupation.entry, language)),),
            videos=(),
        )


class _Sayer:
    """One occupation put into sentences of one language."""

    def __init__(self, words: OccupationWords, occupation: Occupation, language: Language, country: str | None) -> None:
        self._words = words
        self._occupation = occupation
        self._language = language
        self._country = country
        self._of_country = occupation.authority_for(country) if country and occupation.training else None

    def fill(self, texts: Texts, **values: str) -> str:
        return pick(texts, self._language).format(**values)

    def authorities(self) -> tuple[Authority, ...]:
        if self._of_country:
            return (self._of_country,)
        rules = tuple(dict.fromkeys(rule.authority.id for rule in self._occupation.training))
        by_id = {rule.authority.id: rule.authority for rule in self._occupation.training}
        return self._occupation.authorities or tuple(by_id[each] for each in rules)

    def paragraphs(self) -> Iterator[str]:
        occupation, words = self._occupation, self._words
        name, german = _begun(pick(occupation.name, self._language)), occupation.name["de"]
        yield self.fill(words.need[occupation.regulated], name=escape(name), german=escape(german))
        yield pick(occupation.kind.what, self._language)
        if occupation.kind.nobody:
            yield self.fill(words.decides["nobody"], nobody=pick(occupation.kind.nobody, self._language))
        listed = "\n".join(f"- {line}" for line in self._lines())
        if listed:
            yield f"{self._heading()}\n\n{listed}"
        if occupation.note:
            yield pick(occupation.note, self._language)
        if occupation.rule not in _SURE:
            yield pick(words.rule_unsure, self._language)

    def contact(self) -> Iterator[str]:
        if self._of_country or not self._occupation.training:
            for authority in self.authorities()[:1]:
                yield self.fill(self._words.contact, name=self._linked(authority))
        yield self.fill(self._words.check, finder=self._words.finder)

    def _heading(self) -> str:
        decides, occupation = self._words.decides, self._occupation
        if occupation.kind.nobody:
            return self.fill(decides["helps"])
        if self._of_country and self._country:
            return self.fill(decides["one_country"], country=self._territory(self._country))
        if occupation.training:
            return self.fill(decides["training"])
        if occupation.assignment == "disputed":
            return self.fill(decides["disputed"])
        return self.fill(decides["sure" if occupation.assignment in _SURE else "unsure"])

    def _lines(self) -> Iterator[str]:
        if self._occupation.training and not self._of_country:
            for rule in self._occupation.training:
                names = (
                    self._territory(each) if isinstance(each, str) else pick(each, self._language)
                    for each in rule.shown
                )
                yield self.fill(self._words.by_country, countries=", ".join(names), name=self._linked(rule.authority))
            return
        for authority in self.authorities():
            decides = pick(authority.decides, self._language)
            yield self.fill(self._words.authority, name=self._linked(authority), decides=decides)

    def _linked(self, authority: Authority) -> str:
        name = escape(pick(authority.name, self._language))
        shown = f"[{name}]({authority.website})" if authority.website else name
        place = pick(authority.place, self._language) if authority.place else ""
        return f"{shown}, {place}" if place and place not in name else shown

    def _territory(self, code: str) -> str:
        return country_name(code, self._language)


def _begun(name: str) -> str:
    """The name as it stands at the beginning of a line."""
    return name[:1].upper() + name[1:]
