"""Calendars as feeds write them, in few words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scheduler.agenda import Occurrence, Topic, occurrences
from scheduler.ical_reading import Calendars, Defaults, read_calendar

AACHEN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
LONG_AGO, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
BERLIN = "TZID=Europe/Berlin"


def meaning(category: str) -> Topic | None:
    """Two categories that mean topics."""
    known: dict[str, Topic] = {"deutsch": "german", "familie": "family"}
    return known.get(category.casefold())


def a_calendar(*events: str, head: str = "") -> bytes:
    """A calendar of VEVENTs, each given as its properties, with blanks between them."""
    blocks = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events]
    return "\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", head, *blocks, "END:VCALENDAR", ""]
    ).encode()


def read(*events: str, now: datetime = NOW, head: str = "", defaults: Defaults | None = None) -> Calendars:
    content = a_calendar(*(event.replace(" ", "\n") for event in events), head=head)
    return read_calendar(content, "city.ics", AACHEN, now, meaning, defaults or Defaults())


def dates(calendars: Calendars) -> list[Occurrence]:
    assert calendars.problems == ()
    return list(occurrences(calendars.events, LONG_AGO, FAR))


def shown(calendars: Calendars) -> list[tuple[str, str]]:
    """Local and UTC start of every date, cancelled ones with a cross."""
    return [
        (
            one.start_local.isoformat(sep=" ", timespec="minutes") + (" x" if one.cancelled else ""),
            f"{one.start:%m-%d %H:%M}",
        )
        for one in dates(calendars)
    ]


WEEKLY = f"UID:a SUMMARY:Cafe DTSTART;{BERLIN}:20261018T180000 DTEND;{BERLIN}:20261018T200000 RRULE:FREQ=WEEKLY;COUNT=3"
SPRING = f"UID:a SUMMARY:Cafe DTSTART;{BERLIN}:20270321T180000 DTEND;{BERLIN}:20270321T200000 RRULE:FREQ=WEEKLY;COUNT=3"
NIGHT = "UID:a SUMMARY:Night RRULE:FREQ=DAILY;COUNT=3 DTSTART;TZID={zone}:{start} DURATION:PT30M"


def night(start: str, zone: str = "Europe/Berlin") -> str:
    return NIGHT.format(start=start, zone=zone)
