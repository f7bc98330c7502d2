"""Checks one file of events for its editor, YAML or iCalendar: what is wrong, what to think of, what is on when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.agenda import FALLBACKS, Event, Occurrence, next_occurrences
from scheduler.calendar import read_file
from scheduler.ical_properties import TopicOf
from scheduler.ical_reading import NoCalendarError, read_calendar
from scheduler.problems import Problem

SHOWN_DATES = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What must be put right, what is worth a thought, and the events that can be used with their next dates."""

    problems: tuple[Problem, ...]
    thoughts: tuple[Problem, ...]
    events: tuple[Event, ...]
    dates: tuple[Occurrence, ...]


def check_file(path: Path, zone: ZoneInfo, now: datetime, topic_of: TopicOf) -> Checked:
    """Reads a file as the program would; times without a zone are those of `zone`, `now` is aware.

    Raises OSError when there is no such file.
    """
    if path.suffix == ".ics":
        try:
            read = read_calendar(path.read_bytes(), path.name, zone, now, topic_of)
        except NoCalendarError as error:
            problem = Problem(path.name, error.line, "", "", f"{error}; write it anew with a calendar program")
            return Checked((problem,), (), (), ())
        events, problems, lines = read.events, read.problems, read.lines
    else:
        path.open("rb").close()
        events, problems, lines = read_file(path)
    known = {event.uid or event.id: event for event in reversed(events)}  # one of several with the same UID
    thoughts = tuple(thought for name, event in known.items() for thought in _thoughts(event, name, path, lines, now))
    thoughts = tuple(sorted(thoughts, key=lambda thought: thought.line))
    return Checked(problems, thoughts, events, next_occurrences(events, now, SHOWN_DATES))


def _thoughts(event: Event, name: str, path: Path, lines: Mapping[str, int], now: datetime) -> Iterator[Problem]:
    """What is allowed and yet seldom meant; `name` is the id or UID that the editor knows."""

    def thought(key: str, message: str) -> Problem:
        return Problem(path.name, lines.get(name, 1), name[:60], key, message)

    if not next_occurrences([event], now, 1):
        yield thought("", "no date lies ahead; remove the event, or add dates")
    for key, texts in (("title", event.title), ("text", event.text)):
        missing = [language for language in FALLBACKS if texts and language not in texts]
        for language in missing:
            yield thought(key, f"there is none in {language}; its readers see the one in {next(iter(texts))}")
    if not event.text:
        yield thought("text", "there is none; say in two sentences what happens there and for whom it is")
    if not event.place.name:
        yield thought("place", "there is none; say where it is")
    if not event.topics:
        yield thought("topics", "it has none, so nobody who follows a topic hears of it; give it a category")
    if not event.languages:
        yield thought("languages", "say which languages are spoken there: newcomers look for theirs")
    if event.sample:
        yield thought("sample", "people are told that it is an invented sample")
