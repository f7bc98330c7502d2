"""The files of the occupations as the loader validates them."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from knowledge.occupation_finding import MOST_CHOICES
from knowledge.occupations import Certainty, Regulation
from knowledge.schema.fields import Id, Strict, Text, Url
from knowledge.schema.files import BothLanguages

LONGEST_LABEL = 30
"""Signs on a button."""

Choices = Annotated[list[Id], Field(min_length=2, max_length=MOST_CHOICES)]


class _With:
    """Checks that both texts have each of the places once, perhaps the optional one, and nothing else in braces."""

    def __init__(self, *places: str, optional: str = "") -> None:
        self._places = sorted(places)
        self._optional = optional

    def __call__(self, texts: BothLanguages) -> BothLanguages:
        for text in (texts.de, texts.en):
            found = re.findall(r"\{([^{}]*)\}", text)
            needed = sorted(place for place in found if place != self._optional)
            if needed != self._places or not len(found) == text.count("{") == text.count("}"):
                wanted = ", ".join(f"{{{name}}}" for name in self._places) or "none"
                raise ValueError(f"each text needs these places in braces, each once: {wanted}")
        return texts


class GermanName(Strict):
    """The reference name as the law has it, and what a woman and a man in the occupation are called."""

    name: Text
    female: Text
    male: Text


class Aliases(Strict):
    """Other names that people use."""

    de: list[Text]
    en: list[Text]


class ConfidenceFile(Strict):
    """How sure the rule is, and how sure that this body decides for Aachen."""

    rule: Certainty
    assignment: Certainty


class OccupationFile(Strict):
    """One occupation."""

    de: GermanName
    en: Text
    short: BothLanguages | None = None
    aliases: Aliases
    regulated: Regulation
    kind: Id
    authorities: list[Id] = Field(default_factory=list)
    training: Id | None = None
    entry: Id
    confidence: ConfidenceFile
    sources: list[Id]
    note: BothLanguages | None = None

    def german(self) -> tuple[str, ...]:
        """What it is called in German, without the reference name with its slashes."""
        return tuple(dict.fromkeys((self.de.female, self.de.male, *self.aliases.de)))

    def english(self) -> tuple[str, ...]:
        """What it is called in English."""
        return tuple(dict.fromkeys((self.en, *self.aliases.en)))


class AuthorityFile(Strict):
    """A body that decides."""

    name: BothLanguages
    place: BothLanguages | None = None
    website: Url | None = None
    decides: BothLanguages
    confidence: Certainty
    sources: list[Id]
    checked: date


class StepsFile(Strict):
    """What to do, in order."""

    de: Annotated[list[Text], Field(min_length=1, max_length=5)]
    en: Annotated[list[Text], Field(min_length=1, max_length=5)]


class KindFile(Strict):
    """A kind of recognition."""

    nobody: BothLanguages | None = None
    what: BothLanguages
    steps: StepsFile


class GroupFile(Strict):
    """Countries that go together, or all outside another group."""

    name: BothLanguages
    countries: list[Text] | None = None
    outside: Id | None = None


class CountriesFile(Strict):
    """Countries and groups for which an authority decides."""

    countries: Annotated[list[Text], Field(min_length=1)]
    authority: Id


class RuleFile(Strict):
    """Who decides by country of training; the first line that fits counts."""

    authorities: Annotated[list[CountriesFile], Field(min_length=1)]


class TrainingFile(Strict):
    """Groups of countries and the rules that use them."""

    groups: dict[Id, GroupFile]
    rules: dict[Id, RuleFile]


class FindingFile(Strict):
    """How occupations are found, beside their names."""

    never: list[Text]
    names: list[Text]
    compounds: list[Text]
    ordinary: list[Text]


Plain = Annotated[BothLanguages, AfterValidator(_With())]
Named = Annotated[BothLanguages, AfterValidator(_With("name"))]
Need = Annotated[BothLanguages, AfterValidator(_With("name", optional="german"))]


class DecidesFile(Strict):
    """What stands above the bodies that decide, by how sure that is."""

    sure: Plain
    unsure: Plain
    disputed: Plain
    helps: Plain
    nobody: Annotated[BothLanguages, AfterValidator(_With("nobody"))]
    training: Plain
    one_country: Annotated[BothLanguages, AfterValidator(_With("country"))]


class NeedFile(Strict):
    """What one may do without recognition, by how the occupation is regulated."""

    required: Need
    title: Need
    business: Need
    oath: Need
    unclear: Need
    no: Need


class WordingFile(Strict):
    """The sentences around an occupation."""

    title: Named
    finder: Url
    need: NeedFile
    rule_unsure: Plain
    decides: DecidesFile
    authority: Annotated[BothLanguages, AfterValidator(_With("name", "decides"))]
    by_country: Annotated[BothLanguages, AfterValidator(_With("countries", "name"))]
    contact: Named
    check: Annotated[BothLanguages, AfterValidator(_With("finder"))]
