"""What the clock causes: reminders become one broadcast each, and the advisers hear which figures have expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.model import Address, Broadcast, Guide, Lane, Reply, Send
from bot.core.programme import describe
from bot.core.wishes import wishes_met_by
from knowledge.formats import escape, format_day
from scheduler.agenda import Occurrence, Reminder, reminders_due
from scheduler.quiet import NEVER, QUIETS, USEFUL, Quiet

LATE = timedelta(minutes=10)  # a reminder planned later than that is made up after an outage


def reminders_between(guide: Guide, since: datetime, now: datetime) -> tuple[tuple[Broadcast, Occurrence], ...]:
    """The broadcasts for all reminders due after `since` and up to `now`, each with what it is about.

    What was missed while the program was down is made up once, and never after the start of the event.
    """
    hours: dict[tuple[Reminder, datetime], list[str]] = {}
    for quiet in (None, *QUIETS):
        for reminder in reminders_due(guide.events, since, now, quiet):
            if (due := _moment(guide, reminder, quiet, now)) is not None:
                alike = replace(reminder, due=due)
                hours.setdefault((alike, due), []).append(NEVER if quiet is None else quiet.name)
    return tuple((_broadcast(guide, each, due, names), each.occurrence) for (each, due), names in hours.items())


def _moment(guide: Guide, reminder: Reminder, quiet: Quiet | None, now: datetime) -> datetime | None:
    """When a reminder goes out that is planned now: what is made up in quiet hours comes after them, or not at all."""
    hours = quiet.around(now, guide.zone) if quiet is not None else None
    if hours is None or reminder.due + LATE > now:
        return now
    end = hours[1].astimezone(UTC)
    return end if end + USEFUL <= reminder.occurrence.start else None


def report_expired(guide: Guide, room: Address, language: str, since: datetime, now: datetime) -> Send | None:
    """Tell the advisers' room which figures were valid until a day that has ended between `since` and `now`."""
    last, today = (moment.astimezone(guide.zone).date() for moment in (since, now))
    expired = [
        (entry, fact)
        for entry in guide.knowledge.entries.values()
        for fact in entry.facts.values()
        if fact.valid_until is not None and last <= fact.valid_until < today
    ]
    if not expired:
        return None
    lines = [
        guide.texts.say(
            language,
            "room.expired.line",
            entry=guide.knowledge.short(entry.id, language),
            fact=fact.id,
            day=format_day(fact.valid_until, language),
            source=f"[{escape(fact.source.title)}]({fact.source.url})",
        )
        for entry, fact in expired
        if fact.valid_until is not None
    ]
    text = "\n".join([guide.texts.say(language, "room.expired.heading"), "", *(f"- {line}" for line in lines)])
    return Send(room, Reply(text), key=f"expired:{today.isoformat()}", lane=Lane.CASE)


def report_feed(guide: Guide, room: Address, language: str, feed: str, now: datetime) -> Send:
    """Tell the advisers' room that the events of a feed may be out of date; once a day and feed."""
    today = now.astimezone(guide.zone).date()
    text = guide.texts.say(language, "room.feed_in_trouble", feed=escape(feed))
    return Send(room, Reply(text), key=f"feed:{feed}:{today.isoformat()}", lane=Lane.CASE)


def _broadcast(guide: Guide, reminder: Reminder, due: datetime, hours: list[str]) -> Broadcast:
    days = (reminder.occurrence.start_local.date() - due.astimezone(reminder.occurrence.event.zone).date()).days
    heading = {0: "reminder.today", 1: "reminder.tomorrow"}.get(days, "reminder.soon")
    replies = {language: Reply(_text(guide, reminder, heading, language)) for language in guide.languages}
    return Broadcast(
        f"reminder:{reminder.key}",
        replies,
        reminder.expires,
        wishes_met_by(reminder.occurrence),
        among=((f"lead:{reminder.lead.name}",), tuple(f"quiet:{each}" for each in hours)),
        without=tuple(f"lead:{lead.name}" for lead in reminder.nearer),
        due=due,
        variant=heading.partition(".")[2],
    )


def _text(guide: Guide, reminder: Reminder, heading: str, language: str) -> str:
    parts = [
        guide.texts.say(language, heading),
        describe(guide, reminder.occurrence, language),
        guide.texts.say(language, "reminder.stop"),
    ]
    if reminder.occurrence.event.sample:
        parts.insert(1, guide.texts.say(language, "events.samples"))
    return "\n\n".join(parts)
