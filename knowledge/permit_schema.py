"""The files of the permit rules as the loader validates them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from knowledge.model import Confidence
from knowledge.schema.fields import Citation, Id, Strict, Text
from knowledge.schema.files import SourceFile

Reference = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
Level = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
Bound = Decimal | int | Reference | Level


class TestFile(Strict):
    """What one aspect must be, where a plain list of answers is not enough.

    A bound is a number, a level of an ordered aspect, or a fact as entry.fact.
    """

    none_of: list[Id] | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    below: Bound | None = None


Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
NeedsFile = Annotated[list[dict[Id, list[Id] | TestFile]], Field(min_length=1)]


class AspectFile(Strict):
    """A question: a choice among `values`, or a number from `low` to `high`."""

    values: Annotated[list[Id], Field(min_length=2)] | None = None
    ordered: bool = False
    low: int | None = None
    high: int | None = None
    unit: Annotated[str, Field(pattern="^(month|year)$")] | None = None
    open: bool = False
    only_if: dict[Id, list[Id]] | None = None


class AspectsFile(Strict):
    """aspects.yaml: the aspects in the order in which they are asked, the classes of nationality, further names of
    countries, and the entries under which the path is offered with what is then known.
    """

    aspects: dict[Id, AspectFile]
    nationality: dict[Id, list[Country]]
    country_names: dict[Text, Country]
    entries: dict[Id, dict[Id, Id]]


class ConditionFile(Strict):
    """One thing that the law asks for. `shuts`: whoever does not meet it is not told that it is only missing."""

    law: Citation
    needs: NeedsFile
    shuts: bool = False


class TitleFile(Strict):
    """One residence title."""

    law: Citation
    family: Id | None = None
    entry: Id
    source: Id
    checked: date
    valid_from: date
    valid_until: date | None = None
    confidence: Confidence = "statute"
    fast: bool = False
    routed: bool = True
    unless: list[Id] = Field(default_factory=list)
    also: list[Id] = Field(default_factory=list)
    conditions: dict[Id, ConditionFile]


class TitlesFile(Strict):
    """titles/<number>-<purpose>.yaml: titles in the order in which they are shown, and where they were read."""

    sources: dict[Id, SourceFile]
    titles: dict[Id, TitleFile]


class RowFile(Strict):
    """Points for one trait."""

    group: Id
    points: Annotated[int, Field(ge=1, le=10)]
    law: Citation
    needs: NeedsFile


class RemarkFile(Strict):
    """Something said when its needs hold; with `titles` only where one of these is shown."""

    needs: NeedsFile
    law: Text | None = None
    titles: list[Id] = Field(default_factory=list)


class ContradictionFile(Strict):
    """Answers that cannot both be right; `ask` are the aspects to ask again."""

    needs: NeedsFile
    ask: Annotated[list[Id], Field(min_length=1)]


class RemarksFile(Strict):
    """remarks.yaml: where to apply, what to add, when only a person can help, and what cannot be."""

    routes: dict[Id, RemarkFile]
    remarks: dict[Id, RemarkFile]
    dead_ends: dict[Id, RemarkFile]
    contradictions: dict[Id, ContradictionFile]
