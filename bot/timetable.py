"""The events on the command line: what comes, and what an editor has to put right in a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from knowledge.formats import format_days, format_moment
from scheduler.agenda import Occurrence, in_words, next_occurrences
from scheduler.calendar import load_events
from scheduler.checking import Checked, check_file
from scheduler.feeds import Feeds
from scheduler.fetching import Fetcher
from scheduler.wording import load_event_words, topic_of

LISTED = 20


def list_events(settings: Settings, language: str, begin: datetime) -> str:
    """The next occurrences of all events of the files, and of the feeds as the program read them last.

    Raises CalendarError.
    """
    topics = topic_of(load_event_words(settings.knowledge_dir / "locales"))
    feeds = Feeds(settings.feeds or (), settings.data_dir / "feeds", settings.timezone, topics, Fetcher())
    events = (*load_events(settings.events_dir), *feeds.recall(datetime.now(UTC)))
    upcoming = next_occurrences(events, begin, LISTED)
    return "\n".join(_lines(upcoming, settings, language)) if upcoming else "no events"


def check_events(settings: Settings, path: Path, language: str) -> tuple[str, bool]:
    """What is wrong with a file and what is worth a thought, then what the program makes of it; whether all is well.

    Raises CalendarError when the program's own words cannot be read, OSError when there is no such file.
    """
    topics = topic_of(load_event_words(settings.knowledge_dir / "locales"))
    checked = check_file(path, settings.timezone, datetime.now(UTC), topics)
    parts = [f"error: {problem}" for problem in checked.problems]
    parts += [f"think of: {thought}" for thought in checked.thoughts]
    parts.append(_verdict(checked, calendar=path.suffix == ".ics"))
    parts += _lines(checked.dates, settings, language)
    return "\n".join(parts), not checked.problems


def _verdict(checked: Checked, *, calendar: bool) -> str:
    parts = [f"errors: {len(checked.problems)}", f"events without an error: {len(checked.events)}"]
    if checked.problems:
        parts.insert(1, "the others are used" if calendar else "nothing of the file is used until they are put right")
    return "; ".join(parts) + ("; the next dates:" if checked.dates else "")


def _lines(occurrences: Iterable[Occurrence], settings: Settings, language: str) -> list[str]:
    return [_line(occurrence, settings, language) for occurrence in occurrences]


def _line(occurrence: Occurrence, settings: Settings, language: str) -> str:
    when = format_moment(occurrence.start, settings.timezone, language)
    if occurrence.event.all_day:
        when = format_days(occurrence.start_local.date(), occurrence.last_day, language)
    mark = " (cancelled)" if occurrence.cancelled else ""
    return f"{when}  {in_words(occurrence.event.title, language)[0]}  [{occurrence.key}]{mark}"
