"""One occurrence of an event -> iCalendar text (RFC 5545) that phones open. Pure: the time comes in."""

import re
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar import Event as Component

from scheduler.agenda import Occurrence, in_words

_DAY, _YEAR = timedelta(days=1), timedelta(days=366)
_BREAK_IN_PARAGRAPH = re.compile(r"(?<!\n)\n(?!\n)")
PRODUCER = "-//Stadt Aachen//Lotse//DE"


def write_calendar(occurrence: Occurrence, language: str, now: datetime) -> bytes:
    """A calendar with this occurrence and its time zone, in the reader's language where it is written in it.

    Its UID stays when the event is moved or renamed, its SEQUENCE grows then: a second file changes what the
    first one has put into a calendar. `now` (aware) is when it is written.
    """
    event, place = occurrence.event, occurrence.place
    component = Component()
    component.add("UID", f"{occurrence.ref}@lotse.aachen")
    component.add("DTSTAMP", now)
    component.add("SEQUENCE", event.sequence)
    component.add("SUMMARY", in_words(event.title, language)[0])
    if event.all_day:
        component.add("DTSTART", occurrence.start_local.date())
        component.add("DTEND", occurrence.last_day + timedelta(days=1))
    else:
        component.add("DTSTART", occurrence.start_local)
        component.add("DTEND", occurrence.end_local)
    where = ", ".join(part for part in (in_words(place.name, language)[0], place.address) if part)
    if where:
        component.add("LOCATION", where)
    if place.latitude is not None and place.longitude is not None:
        component.add("GEO", (place.latitude, place.longitude))
    text = _BREAK_IN_PARAGRAPH.sub(" ", in_words(event.text, language)[0].strip())
    told = [text, *(link for link in (event.registration, event.page) if link)]
    if any(told):
        component.add("DESCRIPTION", "\n\n".join(part for part in told if part))
    if event.registration or event.page:
        component.add("URL", event.registration or event.page)
    if event.organiser:
        component.add("CONTACT", event.organiser)
    component.add("STATUS", "CANCELLED" if occurrence.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("PRODID", PRODUCER)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add_component(component)
    if not event.all_day:
        calendar.subcomponents.insert(0, _zone_around(occurrence))
    written: bytes = calendar.to_ical()
    return written


def _zone_around(occurrence: Occurrence) -> Timezone:
    """The occurrence's zone with its clock changes of a year before and after.

    RFC 5545, 3.6.5: a change is given in the wall time that held before it.
    """
    zone = occurrence.event.zone
    written = Timezone()
    written.add("TZID", zone.key)
    before = (occurrence.start - _YEAR).astimezone(zone)
    written.add_component(_observance(before, before.utcoffset() or timedelta()))
    while before < occurrence.end + _YEAR:
        after = (before.astimezone(UTC) + _DAY).astimezone(zone)
        if after.utcoffset() != before.utcoffset():
            written.add_component(_observance(_change(before, after), before.utcoffset() or timedelta()))
        before = after
    return written


def _change(before: datetime, after: datetime) -> datetime:
    """The moment between the two at which the offset changes, to the second."""
    while (middle := (after.astimezone(UTC) - before.astimezone(UTC)) // 2) >= timedelta(seconds=1):
        between = (before.astimezone(UTC) + middle).replace(microsecond=0).astimezone(before.tzinfo)
        if between in (before, after):
            break
        if between.utcoffset() == before.utcoffset():
            before = between
        else:
            after = between
    return after


def _observance(begin: datetime, offset_before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    """What holds from a moment on: summer time or standard time."""
    observance = TimezoneDaylight() if begin.dst() else TimezoneStandard()
    observance.add("DTSTART", (begin.astimezone(UTC) + offset_before).replace(tzinfo=None))
    observance.add("TZOFFSETFROM", offset_before)
    observance.add("TZOFFSETTO", begin.utcoffset())
    observance.add("TZNAME", begin.tzname())
    return observance
