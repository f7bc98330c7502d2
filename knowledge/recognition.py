"""What the path to the right authority adds to an occupation: German, duration, cost, starting, advice. Pure.

The rules are data (`knowledge.recognition_files`). Of each topic the first remark whose needs hold is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.conditions import Needs, Profile, holds
from knowledge.folding import words
from knowledge.model import Fact
from knowledge.occupations import Occupation, Occupations

NOBODY = "nobody"
"""The authority of an occupation on which no body decides."""
EU, OTHER, GERMANY = "eu", "other", "germany"
"""The classes of the country of training."""
CLASSES = (EU, OTHER)
"""The classes that stand for a country that is not named."""
PLACES = ("here", "abroad")
"""Where a person is now."""


@dataclass(frozen=True, slots=True)
class Addition:
    """One remark on a topic, with the figures in its text by the name that the text uses."""

    id: str
    needs: Needs
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognition:
    """The remarks by topic in the order they are said, and what else the path needs to know.

    pairs: occupations that are two in law by the country of training. entries: under which the path is offered.
    answers: the entries about a topic in general, each with the topic.
    former, before_cities: names of states that are no more, and words before a city (see `Countries`). places: words
    that tell where a person is now.
    """

    topics: Mapping[str, tuple[Addition, ...]]
    pairs: tuple[Mapping[str, str], ...] = ()
    entries: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    former: tuple[str, ...] = ()
    before_cities: tuple[str, ...] = ()
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place_in(self, text: str) -> str | None:
        """Where a text says that the person is; None where it names no place or several."""
        said = set(words(text))
        named = [place for place, known in self.places.items() if said & set(known)]
        return named[0] if len(named) == 1 else None

    def is_paired(self, occupation: str) -> bool:
        """Whether the law knows the occupation by two names, by the country of training."""
        return any(occupation in pair.values() for pair in self.pairs)

    def fitting(self, occupation: Occupation, occupations: Occupations, trained: str) -> Occupation:
        """The occupation as the law sees it after training in a country of the class."""
        for pair in self.pairs:
            if occupation.id in pair.values() and trained in pair:
                return occupations[pair[trained]]
        return occupation

    def additions(self, occupation: Occupation, country: str | None, trained: str, place: str) -> dict[str, Addition]:
        """What is said on each topic."""
        authority = occupation.authority_for(country) if country else None
        if authority is None and not occupation.kind.nobody and occupation.authorities:
            authority = occupation.authorities[0]
        profile: Profile = {
            "occupation": occupation.id,
            "kind": occupation.kind.id,
            "regulated": occupation.regulated,
            "authority": NOBODY if authority is None or occupation.kind.nobody else authority.id,
            "trained": trained,
            "place": place,
        }
        return {topic: next(each for each in rows if holds(each.needs, profile)) for topic, rows in self.topics.items()}
