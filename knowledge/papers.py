"""Which papers a person has to bring, for what: the checklist, and what has to be asked for it. Pure.

The rules are data (`knowledge.paper_files`). A paper is on the list where its needs hold; what is asked next is the
first aspect on which a paper still hangs, so nothing is asked that changes no list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.conditions import Aspect, Needs, Profile, asked, holds
from knowledge.model import Confidence, Fact

Answers = Mapping[str, str]


class Form(StrEnum):
    """In what form a paper is wanted. LISTED: the office's own list says whether original or copy."""

    ORIGINAL = "original"
    COPY = "copy"
    TRANSLATED = "translated"
    FILLED = "filled"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. entry: where one can read more; facts: the figures in its text, by the name that the text uses.

    confidence: unverified where it is usual but no page of the office names it.
    """

    id: str
    needs: Needs
    form: tuple[Form, ...]
    entry: str
    confidence: Confidence
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def stale_on(self, day: date) -> Fact | None:
        """A figure of the text that is out of date on the day."""
        return next((fact for fact in self.facts.values() if fact.stale_on(day)), None)


@dataclass(frozen=True, slots=True)
class Carried:
    """What answers on the path to a permit tell about the list: where the needs hold, these answers."""

    needs: Needs
    answers: Answers


@dataclass(frozen=True)
class Papers:
    """All papers in the order of the list, and the aspects in the order they are asked.

    entries: under which entries the list is offered, with what is then known.
    """

    aspects: tuple[Aspect, ...]
    papers: tuple[Paper, ...]
    carried: tuple[Carried, ...] = ()
    entries: Mapping[str, Answers] = field(default_factory=dict)

    def aspect(self, aspect_id: str) -> Aspect | None:
        """The aspect, if there is one of that name."""
        return next((aspect for aspect in self.aspects if aspect.id == aspect_id), None)

    def paper(self, paper_id: str) -> Paper | None:
        """The paper, if there is one of that name."""
        return next((paper for paper in self.papers if paper.id == paper_id), None)

    def next_aspect(self, answers: Answers) -> Aspect | None:
        """What to ask next: the first aspect on which a paper hangs; None when the list is settled."""
        open_aspects = set(self._open(answers))
        return next((aspect for aspect in self.aspects if aspect.id in open_aspects), None)

    def listed(self, answers: Answers) -> tuple[Paper, ...]:
        """The papers that are wanted by what is known."""
        return tuple(paper for paper in self.papers if holds(paper.needs, answers))

    def carry(self, profile: Profile) -> Answers:
        """What the answers on the path to a permit tell about the list; of several lines the first counts."""
        known: dict[str, str] = {}
        for each in self.carried:
            if holds(each.needs, profile):
                known = {**each.answers, **known}
        return known

    def _open(self, answers: Answers) -> Iterator[str]:
        for paper in self.papers:
            yield from asked(paper.needs, answers)
