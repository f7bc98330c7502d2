"""What an editor may write in an event's block, checked key by key; unknown keys are refused."""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime
from functools import cache
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from scheduler.agenda import FALLBACKS, Event, Move, Place, Topic
from scheduler.repeats import FIRST_YEAR, LAST_YEAR, Repeat, begins_with, parse_repeat, planned_dates

AACHEN = "Europe/Berlin"
"""The zone of events that name none."""

Item = TypeVar("Item")


def _text(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in value):
        raise ValueError("contains a control character")
    return value


def _line(value: str) -> str:
    if "\n" in value:
        raise ValueError("must be one line")
    return value


def _each_once(values: list[Item]) -> list[Item]:
    twice = [value for value, times in Counter(values).items() if times > 1]
    if twice:
        raise ValueError(f"{twice[0]} is given twice")
    return values


def _wall_time(value: object) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9-]{10}[ T][0-9]{2}:[0-9]{2}", value):
        raise ValueError("must be a local time such as 2026-12-04 18:00")
    return _plausible(value)


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9-]{10}", value):
        raise ValueError("must be a date such as 2026-12-04")
    return _plausible(value).date()


def _plausible(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} does not exist") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: object) -> ZoneInfo:
    if not isinstance(value, str) or value not in _zones():
        raise ValueError("is not a time zone such as Europe/Berlin")
    return ZoneInfo(value)


def _rule(value: object) -> Repeat:
    if isinstance(value, str):
        return parse_repeat(value)
    raise ValueError("must be a rule such as FREQ=WEEKLY;BYDAY=FR")


def _https(value: str) -> str:
    if not re.fullmatch(r"https://[^\s<>\"@]+", value) or "." not in (urlsplit(value).hostname or ""):
        raise ValueError("must be a link that begins with https://")
    return value


def _either(shape: type, tag: str, otherwise: str) -> Discriminator:
    """Chooses between two ways to write a value, so that only the chosen one is complained about."""

    def choose(value: object) -> str:
        return tag if isinstance(value, shape) else otherwise

    return Discriminator(choose)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_text)]
Line = Annotated[Text, AfterValidator(_line)]
Wall = Annotated[
    datetime,
    PlainValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}$"}),
]
Day = Annotated[
    date,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
]
Zone = Annotated[ZoneInfo, PlainValidator(_zone), WithJsonSchema({"type": "string", "default": AACHEN})]
Rule = Annotated[Repeat, PlainValidator(_rule), WithJsonSchema({"type": "string", "pattern": "^FREQ=|;FREQ="})]
Link = Annotated[str, AfterValidator(_https), Field(json_schema_extra={"pattern": "^https://"})]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Block(BaseModel):
    """A mapping in which every key is known and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _one_at_least(texts: dict[str, str]) -> dict[str, str]:
    if not texts:
        raise ValueError("must have a text in one language at least")
    return texts


Texts = Annotated[dict[Language, Text], AfterValidator(_one_at_least)]
"""The same text per language, several lines allowed; a reader of another language is told which one it is in."""
Lines = Annotated[dict[Language, Line], AfterValidator(_one_at_least)]
"""The same line per language."""
Name = Annotated[Annotated[Lines, Tag("each")] | Annotated[Line, Tag("one")], _either(dict, "each", "one")]
Price = Annotated[Annotated[Lines, Tag("each")] | Annotated[Literal["free"], Tag("one")], _either(dict, "each", "one")]
Cancelled = Annotated[
    Annotated[list[Day], AfterValidator(_each_once), Tag("days")] | Annotated[bool, Tag("all")],
    _either(list, "days", "all"),
]


class PlaceBlock(Block):
    """Where: a name (one for all languages, or one for each), an address, coordinates."""

    name: Name
    address: Line | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _both_coordinates(self) -> "PlaceBlock":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    def place(self) -> Place:
        """The place as a value."""
        name = dict.fromkeys(FALLBACKS, self.name) if isinstance(self.name, str) else self.name
        return Place(name=name, address=self.address, latitude=self.latitude, longitude=self.longitude)


def _after_start(end: datetime | None, info: ValidationInfo) -> datetime | None:
    start = info.data.get("start")
    if start is not None and end is not None and end <= start:
        raise ValueError(f"must be later than the start, {start:%Y-%m-%d %H:%M}")
    return end


class MoveBlock(Block):
    """One date held at another time or place; without an end it lasts as long as planned."""

    on: Day
    start: Wall
    end: Annotated[Wall | None, AfterValidator(_after_start)] = None
    place: PlaceBlock | None = None
    title: Lines | None = None
    text: Texts | None = None


class EventBlock(Block):
    """One event. The order of the fields matters: a check sees the fields above its own."""

    id: EventId
    zone: Zone = Field(default_factory=lambda: ZoneInfo(AACHEN))
    start: Wall = Field(description="Local time of the (first) start")
    end: Annotated[Wall, AfterValidator(_after_start)] = Field(description="Local time of the (first) end")
    title: Lines
    text: Texts
    place: PlaceBlock
    topics: Annotated[list[Topic], Field(min_length=1), AfterValidator(_each_once)]
    price: Price | None = Field(default=None, description="free, or words in each language")
    languages: list[Language] = Field(default=[], description="Languages spoken there")
    with_children: bool = Field(default=False, description="Whether children are welcome")
    organiser: Line | None = None
    registration: Link | None = None
    page: Link | None = Field(default=None, description="A web page about it")
    repeat: Rule | None = Field(default=None, description="FREQ=WEEKLY;BYDAY=FR, FREQ=MONTHLY;BYDAY=2TU, ...")
    excluded: Annotated[list[Day], AfterValidator(_each_once)] = Field(
        default=[], alias="except", description="Dates of the rule on which there is nothing"
    )
    moved: list[MoveBlock] = []
    cancelled: Cancelled = Field(default=False, description="true, or a list of dates")
    sample: bool = Field(default=False, description="An invented event; people are told that it is one")

    @field_validator("repeat")
    @classmethod
    def _begins_at_start(cls, repeat: Repeat | None, info: ValidationInfo) -> Repeat | None:
        if repeat and {"start", "zone"} <= info.data.keys():
            start: datetime = info.data["start"]
            if not begins_with(repeat, start, info.data["zone"]):
                raise ValueError(f"the start, {start:%a %Y-%m-%d}, is not a date of this rule")
        return repeat

    @field_validator("excluded")
    @classmethod
    def _excluded_are_planned(cls, days: list[date], info: ValidationInfo) -> list[date]:
        _refuse_unplanned(days, info)
        return days

    @field_validator("moved")
    @classmethod
    def _moved_are_planned(cls, moved: list[MoveBlock], info: ValidationInfo) -> list[MoveBlock]:
        days = _each_once([move.on for move in moved])
        _refuse_unplanned(days, info)
        _refuse_excluded(days, info)
        return moved

    @field_validator("cancelled")
    @classmethod
    def _cancelled_are_planned(cls, cancelled: bool | list[date], info: ValidationInfo) -> bool | list[date]:
        if isinstance(cancelled, list):
            _refuse_unplanned(cancelled, info)
            _refuse_excluded(cancelled, info)
        return cancelled

    def event(self) -> Event:
        """The event as a value."""
        return Event(
            id=self.id,
            zone=self.zone,
            start=self.start,
            end=self.end,
            title=self.title,
            text=self.text,
            place=self.place.place(),
            topics=tuple(self.topics),
            price="free" if self.price == "free" else self.price,
            languages=tuple(self.languages),
            with_children=self.with_children,
            organiser=self.organiser,
            registration=self.registration,
            page=self.page,
            repeat=self.repeat,
            excluded=tuple(self.excluded),
            moved=tuple(self._move(move) for move in self.moved),
            cancelled=self.cancelled is True,
            cancelled_on=tuple(self.cancelled) if isinstance(self.cancelled, list) else (),
            sample=self.sample,
        )

    def _move(self, move: MoveBlock) -> Move:
        return Move(
            on=move.on,
            start=move.start,
            end=move.end or move.start + (self.end - self.start),
            place=move.place.place() if move.place else None,
            title=move.title,
            text=move.text,
        )


class CalendarFile(Block):
    """A whole file: a list of events under the key `events`."""

    events: list[EventBlock]


def _refuse_unplanned(days: list[date], info: ValidationInfo) -> None:
    if days and {"start", "zone", "repeat"} <= info.data.keys():
        planned = planned_dates(info.data["repeat"], info.data["start"], info.data["zone"], max(days))
        for day in days:
            if day not in planned:
                raise ValueError(f"{day:%a %Y-%m-%d} is not a date of this event")


def _refuse_excluded(days: list[date], info: ValidationInfo) -> None:
    for day in days:
        if day in info.data.get("excluded", ()):
            raise ValueError(f"{day} is a date on which there is nothing (except)")
