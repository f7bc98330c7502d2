"""Reads the words with which people ask for events: one file events.yaml per language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from scheduler import document
from scheduler.agenda import TOPICS, Topic
from scheduler.calendar import CalendarError
from scheduler.days import MONTHS, WEEKDAYS, DayWords, Relative
from scheduler.document import DocumentError
from scheduler.finding import EventWords
from scheduler.ical_properties import TopicOf
from scheduler.phrases import Phrases, fold
from scheduler.problems import Problem

FILE = "events.yaml"


def _flat(written: object) -> object:
    """A list of phrases may hold lists, to be short."""
    if not isinstance(written, list):
        return written
    return [phrase for part in written for phrase in (part if isinstance(part, list) else [part])]


def _read(phrases: list[str]) -> list[str]:
    if not all(Phrases.of([phrase]).patterns for phrase in phrases):
        raise ValueError("an empty phrase")
    return phrases


Written = Annotated[list[str], BeforeValidator(_flat), AfterValidator(_read)]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Days(_Block):
    soon: Written
    today: Written
    tomorrow: Written
    after_tomorrow: Written
    weekend: Written
    next_weekend: Written
    this_week: Written
    next_week: Written
    this_month: Written
    next_month: Written
    weekdays: list[Written]
    months: list[Written]
    in_month: Written


class _File(_Block):
    days: _Days
    events: Written
    asking: Written
    alone: dict[Topic, Written]
    topics: dict[Topic, Written]
    languages: dict[str, Written]
    my_language: Written
    free: Written
    children: Written
    fillers: Written


def load_event_words(locales: Path) -> dict[str, EventWords]:
    """The words of every language whose folder has the file. Raises CalendarError naming what is wrong."""
    return {path.parent.name: _load(path) for path in sorted(locales.glob(f"*/{FILE}"))}


def topic_of(spoken: Mapping[str, EventWords]) -> TopicOf:
    """What a feed's category means, by the topics' words of all languages."""

    def find(category: str) -> Topic | None:
        words = fold(category)
        return next(
            (t for t in TOPICS if any(t in each.topics and each.topics[t].find(words) for each in all_of)), None
        )

    all_of = tuple(spoken.values())
    return find


def _load(path: Path) -> EventWords:
    file = f"{path.parent.name}/{path.name}"
    try:
        written = document.read(path.read_text("utf-8"))
        read = _File.model_validate(written.value)
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError([Problem(file, 1, "", "", f"cannot be read ({type(error).__name__})")]) from None
    except DocumentError as error:
        raise CalendarError([Problem(file, fault.line, "", "", fault.message) for fault in error.faults]) from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems = [
            Problem(file, written.lines.get(each["loc"][:1], 1), "", ".".join(map(str, each["loc"])), each["msg"])
            for each in found
        ]
        raise CalendarError(problems) from None
    if len(read.days.weekdays) != WEEKDAYS or len(read.days.months) != MONTHS:
        message = "must have seven weekdays, from Monday, and twelve months, from January"
        raise CalendarError([Problem(file, written.lines.get(("days",), 1), "", "days", message)])
    return _words(read)


def _words(read: _File) -> EventWords:
    relative: dict[Relative, Phrases] = {
        "soon": Phrases.of(read.days.soon),
        "today": Phrases.of(read.days.today),
        "tomorrow": Phrases.of(read.days.tomorrow),
        "after_tomorrow": Phrases.of(read.days.after_tomorrow),
        "weekend": Phrases.of(read.days.weekend),
        "next_weekend": Phrases.of(read.days.next_weekend),
        "this_week": Phrases.of(read.days.this_week),
        "next_week": Phrases.of(read.days.next_week),
        "this_month": Phrases.of(read.days.this_month),
        "next_month": Phrases.of(read.days.next_month),
    }
    days = DayWords(
        relative=relative,
        weekdays=tuple(map(Phrases.of, read.days.weekdays)),
        months=tuple(map(Phrases.of, read.days.months)),
        in_month=Phrases.of(read.days.in_month),
    )
    return EventWords(
        days=days,
        events=Phrases.of(read.events),
        asking=Phrases.of(read.asking),
        topics={topic: Phrases.of(phrases) for topic, phrases in read.topics.items()},
        alone={topic: Phrases.of(phrases) for topic, phrases in read.alone.items()},
        languages={code: Phrases.of(phrases) for code, phrases in read.languages.items()},
        my_language=Phrases.of(read.my_language),
        free=Phrases.of(read.free),
        children=Phrases.of(read.children),
        fillers=Phrases.of(read.fillers),
    )
