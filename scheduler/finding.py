"""What somebody looks for among the events: as filters, as a button's action, as words. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from scheduler.agenda import TOPICS, Event, Occurrence, Topic, next_occurrences, occurrences, to_utc
from scheduler.days import DayWords, Span, find_days
from scheduler.phrases import Phrases

FARTHEST = timedelta(days=400)
"""How far ahead is looked."""

_DATES_LOOKED_AT = 3  # of an event, to find one that is not cancelled
_FEW_LEFT, _MANY = 4, 5  # of so many words one may be left over, in a text of at least so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which events somebody wants to see; what is None or False does not matter to them.

    `language` is one spoken there. `page` counts from 0.
    """

    span: Span | None = None
    topic: Topic | None = None
    language: str | None = None
    free: bool = False
    with_children: bool = False
    page: int = 0

    @property
    def narrow(self) -> bool:
        """Whether it is less than all events."""
        return self != Wish(page=self.page)

    def encode(self) -> str:
        """As a button's action, at most 45 bytes: `d261205-261206,tgerman,len,f,c,p2`."""
        parts = [f"d{self.span.first:%y%m%d}-{self.span.last:%y%m%d}"] if self.span else []
        parts += [f"t{self.topic}"] if self.topic else []
        parts += [f"l{self.language}"] if self.language else []
        parts += ["f"] * self.free + ["c"] * self.with_children
        parts += [f"p{self.page}"] if self.page else []
        return ",".join(parts)

    @classmethod
    def decode(cls, text: str) -> "Wish":
        """The other way round; what cannot be read does not matter."""
        wish = cls()
        for part in text.split(","):
            name, value = part[:1], part[1:]
            if name == "d" and (span := _span(value)):
                wish = replace(wish, span=span)
            elif name == "t" and value in TOPICS:
                wish = replace(wish, topic=next(topic for topic in TOPICS if topic == value))
            elif name == "l" and re.fullmatch("[a-z]{2,3}", value):
                wish = replace(wish, language=value)
            elif name == "p" and re.fullmatch("[0-9]{1,3}", value):
                wish = replace(wish, page=int(value))
            elif part in ("f", "c"):
                wish = replace(wish, free=wish.free or part == "f", with_children=wish.with_children or part == "c")
        return wish

    def fits(self, event: Event) -> bool:
        """Whether an event is what is looked for, its dates apart."""
        return (
            (self.topic is None or self.topic in event.topics)
            and (self.language is None or self.language in event.languages)
            and (not self.free or event.price == "free")
            and (not self.with_children or event.with_children)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found, by start, and whether more follow."""

    occurrences: tuple[Occurrence, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class EventWords:
    """How events are asked for in one language.

    `events` are words for events, `asking` ways to ask what is on, `alone` phrases that ask for events of a
    topic by themselves, `topics` and the rest narrow them down, `fillers` are words that say nothing.
    """

    days: DayWords
    events: Phrases
    asking: Phrases
    topics: Mapping[Topic, Phrases]
    alone: Mapping[Topic, Phrases]
    languages: Mapping[str, Phrases]
    my_language: Phrases
    free: Phrases
    children: Phrases
    fillers: Phrases


class Certainty(IntEnum):
    """How clearly a text asks for events."""

    MAYBE = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Recognised:
    """A wish that a text expresses.

    It is sure when the text is about events and every word of it is accounted for, likely when it is about a
    day, and else it may as well be a question about something else.
    """

    wish: Wish
    certainty: Certainty


def find_page(events: Iterable[Event], wish: Wish, now: datetime, zone: ZoneInfo, size: int) -> Page:
    """The page of the wish: every event once, with its next date that is not over at `now` (aware), soonest first.

    With a span, what happens on one of its days in `zone`, be it begun before. A cancelled date is shown where
    there is no other.
    """
    fitting = [event for event in events if wish.fits(event)]
    if wish.span is None:
        found = [date for event in fitting for date in next_occurrences([event], now, _DATES_LOOKED_AT)]
    else:
        begin, end = (to_utc(datetime.combine(day, datetime.min.time()), zone) for day in _edges(wish.span))
        found = list(_within(fitting, max(begin, now), end))
    first: dict[str, Occurrence] = {}
    for occurrence in sorted(found, key=lambda each: (each.cancelled, each.start, each.key)):
        first.setdefault(occurrence.event.id, occurrence)
    listed = sorted(first.values(), key=lambda each: (each.start, each.key))
    shown = listed[wish.page * size : (wish.page + 1) * size]
    return Page(tuple(shown), len(listed) > (wish.page + 1) * size)


def recognise(text: str, spoken: EventWords, today: date, language: str) -> Recognised | None:
    """The events that a text asks for, in words of one language; None when it is about something else.

    `language` is the reader's, for whoever asks for events in their own language.
    """
    named = find_days(text, spoken.days, today)
    words, accounted = named.words, set(named.places)

    def said(phrases: Phrases) -> bool:
        places = phrases.find(words)
        accounted.update(places or ())
        return places is not None

    def spoken_of(topics: Mapping[Topic, Phrases]) -> Topic | None:
        topic = next((topic for topic in TOPICS if topic in topics and said(topics[topic])), None)
        accounted.update(topics[topic].find_all(words) if topic else ())
        return topic

    alone = spoken_of(spoken.alone)
    events, asking = said(spoken.events), said(spoken.asking)
    named_topic = spoken_of(spoken.topics)
    topic = alone or named_topic
    free, children = said(spoken.free), said(spoken.children)
    if said(spoken.my_language):
        spoken_there: str | None = language
    else:
        spoken_there = next((code for code, phrases in spoken.languages.items() if said(phrases)), None)
    dated = named.span is not None
    narrowed = topic is not None or free or children
    if not (alone or events or (asking and (dated or narrowed)) or (dated and topic is not None)):
        return None
    left = set(range(len(words))) - accounted - spoken.fillers.find_all(words)
    if left and (not events or len(words) < _MANY or len(left) * _FEW_LEFT > len(words)):
        return None
    if children and topic == "family":
        topic = None  # families come with children: one filter is enough
    wish = Wish(span=named.span, topic=topic, language=spoken_there, free=free, with_children=children)
    if not left and (alone or events or (asking and dated and topic is None)):
        return Recognised(wish, Certainty.SURE)
    return Recognised(wish, Certainty.LIKELY if dated or events else Certainty.MAYBE)


def _span(text: str) -> Span | None:
    try:
        first, last = (datetime.strptime(day, "%y%m%d").date() for day in text.split("-"))  # noqa: DTZ007  # dates
    except ValueError:
        return None
    return Span(first, last) if first <= last <= first + FARTHEST else None


def _edges(span: Span) -> tuple[date, date]:
    return span.first, span.last + timedelta(days=1)


def _within(events: Iterable[Event], begin: datetime, end: datetime) -> Iterator[Occurrence]:
    """What starts within, or goes on at `begin`."""
    events = list(events)
    longest = max((event.end - event.start for event in events), default=timedelta())
    for occurrence in occurrences(events, begin - max(longest, timedelta(days=1)), end):
        if occurrence.end > begin:
            yield occurrence
