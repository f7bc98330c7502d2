"""Which residence titles fit a person, which come near, and which question decides next. Pure.

The rules are data (`knowledge.permit_files`). A title has conditions of two kinds: one that shuts the title for this
person (`shuts`), and one that can still be met (a job offer, a notice, a language level). With all of them met it fits;
with some not met it is near. What is shown: all that fit, or, if none fits, the few nearest.

What is asked next follows from the rules: the first aspect, in the order of the file, by which what is shown can still
change. Nothing is asked that decides nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from knowledge.conditions import (
    NO_POINTS,
    Answer,
    Aspect,
    Domain,
    Needs,
    PointsRow,
    PointsTable,
    Profile,
    Test,
    asked,
    domain_of,
    holds,
    tests_in,
    with_void,
)
from knowledge.model import Confidence, Fact, Source

MOST_NEAR = 3
LONGEST_SEARCH = 4000
"""Profiles that the search for a deciding question looks at before it gives up."""


class Fit(Enum):
    """How a title stands to a person."""

    FITS = "fits"
    NEAR = "near"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that the law asks for, with its section. `facts` are the figures in it, by entry and fact."""

    id: str
    law: str
    needs: Needs
    shuts: bool
    facts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """A residence title, or the right to stay without one.

    family: of the titles of one family that fit only the first is shown. unless: not shown where one of these fits.
    also: what else has to be shown, not asked here. entry: where one can read more. fast: the employer can use the
    fast-track procedure (section 81a AufenthG). routed: one has to apply for it, at a place that `routes` tell.
    """

    id: str
    family: str
    law: str
    entry: str
    source: Source
    checked: date
    valid_from: date
    valid_until: date | None
    confidence: Confidence
    fast: bool
    routed: bool
    unless: tuple[str, ...]
    also: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def stale_on(self, day: date) -> bool:
        """Whether a figure or the rule itself is out of date on the day."""
        facts = [fact for condition in self.conditions for _, fact in condition.facts]
        return (self.valid_until is not None and day > self.valid_until) or any(fact.stale_on(day) for fact in facts)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say, or where to apply, or a contradiction, when its needs hold.

    only: the titles that it belongs to, or for a contradiction the aspects to ask again.
    """

    id: str
    needs: Needs
    law: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A title that is shown, with what is met, what is missing, and what was not asked because it decides nothing."""

    title: Title
    fit: Fit
    met: tuple[Condition, ...]
    missing: tuple[Condition, ...]
    open: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for a profile. `dead_end` says why a person must be asked; `route` where to apply."""

    matches: tuple[Match, ...]
    route: str | None
    remarks: tuple[Remark, ...]
    points: tuple[PointsRow, ...]
    dead_end: Remark | None

    @property
    def fitting(self) -> tuple[Match, ...]:
        """The titles that fit."""
        return tuple(match for match in self.matches if match.fit is Fit.FITS)


Shown = tuple[tuple[tuple[str, Fit], ...], str | None]


@dataclass(frozen=True)
class Permits:
    """All rules: aspects in the order they are asked, titles in the order they are shown.

    classes: countries by class of nationality. country_names: further names of countries. entries: under which entries
    the path is offered, with what is then known.
    """

    aspects: tuple[Aspect, ...]
    titles: tuple[Title, ...]
    table: PointsTable = NO_POINTS
    routes: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    dead_ends: tuple[Remark, ...] = ()
    contradictions: tuple[Remark, ...] = ()
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    country_names: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    domain: Domain = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", domain_of(self.aspects, self._tests()))

    def _tests(self) -> Iterator[Test]:
        for title in self.titles:
            for condition in title.conditions:
                yield from tests_in(condition.needs)
        for row in self.table.rows:
            yield from tests_in(row.needs)
        for remark in (*self.routes, *self.remarks, *self.dead_ends, *self.contradictions):
            yield from tests_in(remark.needs)

    def aspect(self, aspect_id: str) -> Aspect:
        """The aspect. Raises KeyError if there is none."""
        return {aspect.id: aspect for aspect in self.aspects}[aspect_id]

    def class_of(self, country: str) -> str:
        """The class of nationality of a country (ISO 3166-1 alpha-2); the last class is for all others."""
        return next((name for name, countries in self.classes.items() if country in countries), "other")

    def next_aspect(self, profile: Profile) -> str | None:
        """What to ask next: the first aspect whose answer can change what is shown; None when nothing can."""
        open_aspects = self.open_aspects(profile)
        for aspect in self.aspects:
            if aspect.id in open_aspects and self.witness(aspect.id, profile) is not None:
                return aspect.id
        return None

    def witness(self, aspect_id: str, profile: Profile) -> tuple[Profile, Profile] | None:
        """Two ways to complete the profile that differ in the one answer and lead to different results, if any."""
        return _Search(self, aspect_id).witness(profile)

    def contradiction(self, profile: Profile) -> Remark | None:
        """The first contradiction in what is known."""
        return next((each for each in self.contradictions if holds(each.needs, profile)), None)

    def result(self, profile: Profile) -> Outcome:
        """The titles for what is known. What is not known counts as open, not as missing."""
        profile = with_void(self.aspects, profile)
        shown, route = self.shown(profile) or ((), None)
        matches = tuple(self._match(self._title(name), fit, profile) for name, fit in shown)
        titles = {name for name, _ in shown}
        dead_end = None
        if not matches and self.dead_ends:
            dead_end = next((each for each in self.dead_ends if holds(each.needs, profile)), self.dead_ends[-1])
        counts = any(test.aspect == "points" for match in matches for test in self._tests_of(match.title))
        return Outcome(
            matches,
            route,
            tuple(each for each in self.remarks if holds(each.needs, profile) and self._concerns(each, titles)),
            self.table.reached(profile) if counts else (),
            dead_end,
        )

    def shown(self, profile: Profile) -> Shown | None:
        """Which titles are shown, how they stand, and where to apply; None while that is not decided."""
        titles = self._titles_shown(profile)
        if titles is None or not any(self._title(name).routed for name, _ in titles):
            return None if titles is None else (titles, None)
        route = self._route(profile)
        return None if route is None else (titles, route)

    def _titles_shown(self, profile: Profile) -> tuple[tuple[str, Fit], ...] | None:
        profile = with_void(self.aspects, profile)
        could = {title.id: self._could(title, profile) for title in self.titles}
        fits: list[str] = []
        for title in self.titles:
            hidden = self._hidden(title, could)
            if hidden is False and could[title.id] == {Fit.FITS}:
                fits.append(title.id)
            elif hidden is not True and Fit.FITS in could[title.id]:
                return None
        if fits:
            return tuple((name, Fit.FITS) for name in fits)
        return self._nearest(could)

    def _nearest(self, could: Mapping[str, frozenset[Fit]]) -> tuple[tuple[str, Fit], ...] | None:
        near: list[Title] = []
        for title in self.titles:
            if len(near) == MOST_NEAR:
                break
            if Fit.NEAR not in could[title.id] or title.family in {each.family for each in near}:
                continue
            if could[title.id] != {Fit.NEAR}:
                return None
            near.append(title)
        return tuple((title.id, Fit.NEAR) for title in near)

    def _hidden(self, title: Title, could: Mapping[str, frozenset[Fit]]) -> bool | None:
        """Whether another title that fits takes this one's place; None while that is not known."""
        earlier = []
        for each in self.titles:
            if each.id == title.id:
                break
            if each.family == title.family:
                earlier.append(each.id)
        rivals = [could[name] for name in (*earlier, *title.unless)]
        if any(rival == {Fit.FITS} for rival in rivals):
            return True
        return None if any(Fit.FITS in rival for rival in rivals) else False

    def _could(self, title: Title, profile: Profile) -> frozenset[Fit]:
        """All the ways in which the title can still stand."""
        ways: set[Fit] = set()
        for condition in title.conditions:
            if condition.shuts and (verdict := holds(condition.needs, profile, self.table)) is not True:
                if verdict is False:
                    return frozenset({Fit.SHUT})
                ways.add(Fit.SHUT)
        rest = [holds(each.needs, profile, self.table) for each in title.conditions if not each.shuts]
        ways |= {Fit.NEAR} if False in rest else {Fit.FITS} | ({Fit.NEAR} if None in rest else set())
        return frozenset(ways)

    def open_aspects(self, profile: Profile) -> tuple[str, ...]:
        """The aspects not known yet on which what is shown may hang."""
        return tuple(dict.fromkeys(self._open(profile)))

    def _open(self, profile: Profile) -> Iterator[str]:
        profile = with_void(self.aspects, profile)
        could = {title.id: self._could(title, profile) for title in self.titles}
        any_fit = any(each == {Fit.FITS} for each in could.values())
        for title in self.titles:
            ways = could[title.id]
            if len(ways) == 1 or self._hidden(title, could) is True or (any_fit and Fit.FITS not in ways):
                continue
            for condition in title.conditions:
                if condition.shuts or Fit.FITS in ways:
                    yield from asked(condition.needs, profile, self.table)
        if any(title.routed and could[title.id] != {Fit.SHUT} for title in self.titles):
            for route in self.routes:
                yield from asked(route.needs, profile)

    def _match(self, title: Title, fit: Fit, profile: Profile) -> Match:
        by_verdict: dict[bool | None, list[Condition]] = {True: [], False: [], None: []}
        for condition in title.conditions:
            by_verdict[holds(condition.needs, profile, self.table)].append(condition)
        met, missing, unknown = (tuple(by_verdict[verdict]) for verdict in (True, False, None))
        return Match(title, fit, met, missing, unknown)

    def _route(self, profile: Profile) -> str | None:
        """The first route whose needs hold; None while an earlier one is not decided."""
        for route in self.routes:
            verdict = holds(route.needs, profile)
            if verdict is not False:
                return route.id if verdict else None
        return None

    def _title(self, title_id: str) -> Title:
        return next(title for title in self.titles if title.id == title_id)

    def _concerns(self, remark: Remark, titles: set[str]) -> bool:
        return not remark.only or bool(titles & set(remark.only))

    @staticmethod
    def _tests_of(title: Title) -> Iterator[Test]:
        for condition in title.conditions:
            yield from tests_in(condition.needs)


class _Search:
    """Looks for two ways to complete a profile that differ in one answer and in what is shown."""

    def __init__(self, permits: Permits, aspect: str) -> None:
        self._permits = permits
        self._aspect = aspect
        self._seen: set[frozenset[tuple[str, Answer]]] = set()

    def witness(self, profile: Profile) -> tuple[Profile, Profile] | None:
        """The two profiles, or None where there are none, or none was found in a reasonable time."""
        key = frozenset(profile.items())
        if key in self._seen or len(self._seen) >= LONGEST_SEARCH:
            return None
        self._seen.add(key)
        open_aspects = self._permits.open_aspects(profile)
        if self._aspect not in open_aspects or self._permits.shown(profile) is not None:
            return None
        answers = self._permits.domain.answers
        first: tuple[Profile, Shown] | None = None
        for answer in answers[self._aspect]:
            completed = {**profile, self._aspect: answer}
            shown = self._permits.shown(completed)
            if shown is not None and first is not None and shown != first[1]:
                return first[0], completed
            first = first or (None if shown is None else (completed, shown))
        other = next((each for each in open_aspects if each != self._aspect), None)
        if other is None:
            return None
        found = (self.witness({**profile, other: answer}) for answer in answers[other])
        return next((each for each in found if each is not None), None)
