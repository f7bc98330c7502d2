"""What the law asks of a person, as conditions that are true, false or not known yet. Pure.

A profile says what is known: the answer by aspect. An aspect that is missing is not known yet; an answer of None means
that the person cannot say (no salary agreed yet), and no condition holds by it. A condition lists alternatives, one of
which must hold; an alternative lists tests of aspects, all of which must hold. Three-valued after Kleene: what does not
hang on the unknown is known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Answer = str | Decimal | None
Profile = Mapping[str, Answer]

POINTS = "points"
"""What tests name instead of an aspect to speak of the points that were reached."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing about a person that rules ask for.

    A choice has `values`, from little to much where it is `ordered`; a number has `low` and `high` instead, and a
    `unit` (month or year) where it is a time. `open`: the person may say that it is not known. `only_if`: for whom the
    aspect exists at all (a present title only for those who have one); for others it is as if they could not say.
    """

    id: str
    values: tuple[str, ...] = ()
    ordered: bool = False
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    open: bool = False
    only_if: "Needs" = ()
    unit: str | None = None

    def allows(self, answer: Answer) -> bool:
        """Whether this can be the answer."""
        if answer is None:
            return self.open
        return answer in self.values if isinstance(answer, str) else not self.values and self.low <= answer <= self.high


@dataclass(frozen=True, slots=True)
class Test:
    """What one aspect must be: one of the answers or none of them, or at least or at most a bound."""

    aspect: str
    among: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def holds(self, answer: Answer) -> bool:
        """Whether a known answer passes; None (cannot say) never does."""
        if answer is None:
            return False
        if isinstance(answer, str):
            return answer not in self.outside and (not self.among or answer in self.among)
        return (self.at_least is None or answer >= self.at_least) and (self.at_most is None or answer <= self.at_most)


Alternative = tuple[Test, ...]
Needs = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class PointsRow:
    """Points for a trait. Of the rows of one group only the best counts."""

    id: str
    group: str
    points: int
    needs: Needs
    law: str


@dataclass(frozen=True, slots=True)
class PointsTable:
    """A list of traits that give points."""

    rows: tuple[PointsRow, ...] = ()

    def reached(self, profile: Profile) -> tuple[PointsRow, ...]:
        """The rows that count by what is known, the best of each group."""
        best: dict[str, PointsRow] = {}
        for row in self.rows:
            if holds(row.needs, profile) and row.points > (best[row.group].points if row.group in best else 0):
                best[row.group] = row
        return tuple(row for row in self.rows if best.get(row.group) is row)

    def possible(self, profile: Profile) -> tuple[int, int]:
        """The fewest and the most points that the profile can come to."""
        low: dict[str, int] = {}
        high: dict[str, int] = {}
        for row in self.rows:
            held = holds(row.needs, profile)
            if held:
                low[row.group] = max(low.get(row.group, 0), row.points)
            if held is not False:
                high[row.group] = max(high.get(row.group, 0), row.points)
        return sum(low.values()), sum(high.values())

    def undecided(self, profile: Profile) -> Iterator[Needs]:
        """What the rows need that are not decided and could still raise the sum."""
        low: dict[str, int] = {}
        for row in self.rows:
            if holds(row.needs, profile):
                low[row.group] = max(low.get(row.group, 0), row.points)
        yield from (
            row.needs for row in self.rows if row.points > low.get(row.group, 0) and holds(row.needs, profile) is None
        )


NO_POINTS = PointsTable()


def holds(needs: Needs, profile: Profile, table: PointsTable = NO_POINTS) -> bool | None:
    """Whether one of the alternatives holds; None while that is not known."""
    known = False
    for alternative in needs:
        verdict = _all_hold(alternative, profile, table)
        if verdict:
            return True
        known = known or verdict is None
    return None if known else False


def _all_hold(alternative: Alternative, profile: Profile, table: PointsTable) -> bool | None:
    open_ = False
    for test in alternative:
        verdict = _passes(test, profile, table)
        if verdict is False:
            return False
        open_ = open_ or verdict is None
    return None if open_ else True


def _passes(test: Test, profile: Profile, table: PointsTable) -> bool | None:
    if test.aspect == POINTS:
        low, high = table.possible(profile)
        return _within(test, low, high)
    if test.aspect not in profile:
        return None
    return test.holds(profile[test.aspect])


def _within(test: Test, low: int, high: int) -> bool | None:
    assert test.at_least is not None, "points are asked for as at_least"
    return True if low >= test.at_least else None if high >= test.at_least else False


def with_void(aspects: Iterable[Aspect], profile: Profile) -> Profile:
    """The profile with None for every aspect that does not exist for this person."""
    void = {aspect.id: None for aspect in aspects if aspect.only_if and holds(aspect.only_if, profile) is False}
    return {**profile, **void} if void else profile


def asked(needs: Needs, profile: Profile, table: PointsTable = NO_POINTS) -> Iterator[str]:
    """The aspects not known yet on which the needs may hang."""
    if holds(needs, profile, table) is not None:
        return
    for alternative in needs:
        if _all_hold(alternative, profile, table) is None:
            for test in alternative:
                if test.aspect == POINTS:
                    for row in table.undecided(profile):
                        yield from asked(row, profile)
                elif test.aspect not in profile:
                    yield test.aspect


def tests_in(needs: Iterable[Alternative]) -> Iterator[Test]:
    """All tests in the alternatives."""
    for alternative in needs:
        yield from alternative


@dataclass(frozen=True, slots=True)
class Domain:
    """The answers among which the rules tell apart, by aspect: each choice, and a number on each side of a bound."""

    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)


def domain_of(aspects: Iterable[Aspect], tests: Iterable[Test]) -> Domain:
    """Representative answers: every answer that a person can give is treated by the tests like one of these."""
    bounds: dict[str, set[Decimal]] = {}
    for test in tests:
        for bound in (test.at_least, test.at_most):
            if bound is not None:
                bounds.setdefault(test.aspect, set()).add(bound)
    answers: dict[str, tuple[Answer, ...]] = {}
    for aspect in aspects:
        found: list[Answer] = list(aspect.values)
        if not aspect.values:
            marks = {aspect.low, aspect.high}
            for bound in bounds.get(aspect.id, ()):
                marks |= {bound - 1, bound, bound + 1}
            found += sorted(mark for mark in marks if aspect.low <= mark <= aspect.high)
        answers[aspect.id] = (*found, None) if aspect.open else tuple(found)
    return Domain(answers)
