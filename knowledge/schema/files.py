"""The content files as the loader validates them and as editors' programs know them (JSON Schema)."""

from abc import abstractmethod
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from knowledge.formats import Count, Duration, Law, Link, Money, Percent, Phrase, Value
from knowledge.model import Audience, Confidence
from knowledge.schema.fields import (
    ActTemplate,
    Amount,
    AmountTemplate,
    Citation,
    Day,
    Email,
    Id,
    ParagraphTemplate,
    Phone,
    RangeTemplate,
    Strict,
    Text,
    TimeSpan,
    Url,
)

FACT_KINDS = (
    "money",
    "number",
    "percent",
    "duration",
    "date",
    "law",
    "link",
    "phone",
    "email",
    "address",
    "text",
)
"""What a fact can be; `link` comes with a `text` of its own."""


class BothLanguages(Strict):
    """A text in German and in English."""

    de: Text
    en: Text


class SourceFile(Strict):
    """Where facts were read."""

    title: Text
    url: Url
    read: Annotated[
        date, Field(description="The day on which the page was read, or the state of the law that was read.")
    ]


class FactFile(Strict):
    """What all facts have: where from, when checked, how sure, until when."""

    source: Annotated[Id, Field(description="One of the ids under sources.")]
    checked: Annotated[date, Field(description="The day on which you last compared the fact with its source.")]
    confidence: Confidence
    valid_until: Annotated[
        date | None,
        Field(description="The last day on which the fact holds; leave it out where no end is known."),
    ] = None
    note: Annotated[BothLanguages | None, Field(description="A remark for editors; readers do not see it.")] = None

    kind: ClassVar[str]

    @abstractmethod
    def value(self) -> Value:
        """The fact's value as the formats know it."""


class MoneyFact(FactFile):
    """An amount of money or a range: 50700 or [100, 600]."""

    kind: ClassVar[str] = "money"
    money: Amount
    per: Literal["year", "month", "week", "day", "hour", "person"] | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"

    def value(self) -> Value:
        """The amount in its currency."""
        return Money(*self.money, currency=self.currency, per=self.per)


class NumberFact(FactFile):
    """A plain number or a range."""

    kind: ClassVar[str] = "number"
    number: Amount

    def value(self) -> Value:
        """The count."""
        return Count(*self.number)


class PercentFact(FactFile):
    """A percentage or a range: 45.3."""

    kind: ClassVar[str] = "percent"
    percent: Amount

    def value(self) -> Value:
        """The percentage."""
        return Percent(*self.percent)


class DurationFact(FactFile):
    """A duration: 3 months, 1-2 weeks."""

    kind: ClassVar[str] = "duration"
    duration: TimeSpan

    def value(self) -> Value:
        """The duration."""
        return Duration(*self.duration)


class DateFact(FactFile):
    """A day: 2026-06-30."""

    kind: ClassVar[str] = "date"
    date: Day

    def value(self) -> Value:
        """The day."""
        return self.date


class LawFact(FactFile):
    """A section of law: § 81a Abs. 3 AufenthG."""

    kind: ClassVar[str] = "law"
    law: Citation

    def value(self) -> Value:
        """The citation."""
        return Law(self.law)


class LinkFact(FactFile):
    """A web address and the text of its link."""

    kind: ClassVar[str] = "link"
    link: Url
    text: BothLanguages

    def value(self) -> Value:
        """The link."""
        return Link(self.link, self.text.model_dump())


class PhoneFact(FactFile):
    """A phone number, shown as written."""

    kind: ClassVar[str] = "phone"
    phone: Phone

    def value(self) -> Value:
        """The number."""
        return self.phone


class EmailFact(FactFile):
    """An e-mail address."""

    kind: ClassVar[str] = "email"
    email: Email

    def value(self) -> Value:
        """The address."""
        return self.email


class AddressFact(FactFile):
    """A postal address, shown as written."""

    kind: ClassVar[str] = "address"
    address: Text

    def value(self) -> Value:
        """The address."""
        return self.address


class TextFact(FactFile):
    """A fact in words, in both languages."""

    kind: ClassVar[str] = "text"
    text: BothLanguages

    def value(self) -> Value:
        """The words."""
        return Phrase(self.text.model_dump())


def _kind(fact: Any) -> str | None:
    keys = fact if isinstance(fact, dict) else {}
    kinds = [kind for kind in FACT_KINDS if kind in keys and not (kind == "text" and "link" in keys)]
    return kinds[0] if len(kinds) == 1 else None


AnyFact = Annotated[
    Annotated[MoneyFact, Tag("money")]
    | Annotated[NumberFact, Tag("number")]
    | Annotated[PercentFact, Tag("percent")]
    | Annotated[DurationFact, Tag("duration")]
    | Annotated[DateFact, Tag("date")]
    | Annotated[LawFact, Tag("law")]
    | Annotated[LinkFact, Tag("link")]
    | Annotated[PhoneFact, Tag("phone")]
    | Annotated[EmailFact, Tag("email")]
    | Annotated[AddressFact, Tag("address")]
    | Annotated[TextFact, Tag("text")],
    Discriminator(
        _kind,
        custom_error_type="fact_kind",
        custom_error_message=f"a fact has exactly one of the keys {', '.join(FACT_KINDS)}",
    ),
]


class VideoFile(Strict):
    """A published video that explains the entry."""

    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    title: Text
    minutes: Annotated[int, Field(ge=1, le=180)]
    url: Url
    source: Id


class WordingFile(Strict):
    """An entry in one language."""

    title: Annotated[
        Text,
        Field(description="A phrase or question a newcomer understands.", json_schema_extra={"maxLength": 60}),
    ]
    short: Annotated[Text, Field(description="The label of a button.", json_schema_extra={"maxLength": 30})]
    answer: Annotated[Text, Field(description="60 to 140 words; facts as {fact}; the most important thing first.")]
    steps: Annotated[list[Text], Field(min_length=1, description="2 to 5 next steps.")]
    contact: Annotated[Text, Field(description="Whom to ask.")]
    phrasings: Annotated[list[Text], Field(min_length=1, description="How people ask: 20 or more, all different.")]
    keywords: Annotated[list[Text], Field(min_length=1, description="5 to 15 terms, abbreviations, everyday words.")]


class WordingsFile(Strict):
    """The entry in German and English; other languages live in the folder of the language."""

    de: WordingFile
    en: WordingFile


class EntryFile(Strict):
    """One thing that the assistant knows. The id is the file's name, the group is the folder's name."""

    id: Id
    group: Id
    audience: Annotated[list[Audience], Field(min_length=1, default_factory=lambda: ["newcomer"])]
    legal: Annotated[bool, Field(description="true: the answer says that it is no legal advice.")] = False
    urgent: Annotated[bool, Field(description="true: only for emergencies.")] = False
    review_by: Annotated[date, Field(description="The day on which a person must look at the entry again.")]
    sources: dict[Id, SourceFile] = Field(default_factory=dict)
    facts: dict[Id, AnyFact] = Field(default_factory=dict)
    related: Annotated[list[Id], Field(description="2 to 5 ids of other entries.")]
    videos: list[VideoFile] = Field(default_factory=list)
    wordings: WordingsFile


class FormatWordsFile(Strict):
    """locales/<language>/formats.yaml: words around facts that the Unicode tables lack."""

    range: RangeTemplate = "{low}–{high}"
    per: dict[Literal["year", "month", "week", "day", "hour", "person"], AmountTemplate] = Field(default_factory=dict)
    law: dict[str, Text] = Field(default_factory=dict)
    paragraph: ParagraphTemplate = "Abs. {n}"
    act: ActTemplate = "{law} ({act})"
    act_inside: ActTemplate = "{law}, {act}"
    acts: dict[str, Text] = Field(default_factory=dict)


class TermFile(Strict):
    """One term of glossary.yaml: what it means, and the plurals and cases that differ from its name."""

    de: Text
    en: Text
    forms: list[Text] = Field(default_factory=list)
