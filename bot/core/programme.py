"""What is on in the city: the events as newcomers read them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import Decision, Guide, Reply, Turn
from bot.core.replying import button, flowing, language_of, literal, reply_with, say
from knowledge.formats import format_days, format_span, language_name
from scheduler.agenda import Occurrence, in_words, next_occurrences

LISTED_EVENTS = 5


def list_events(turn: Turn, guide: Guide) -> Decision:
    """The next events, and a button to be reminded or to be left alone."""
    upcoming = next_occurrences(guide.events, turn.now, LISTED_EVENTS)
    if not upcoming:
        text = say(turn, guide, "events.none")
    else:
        language = language_of(turn.conversation)
        listed = [describe(guide, occurrence, language) for occurrence in upcoming]
        parts = [say(turn, guide, "events.coming"), *listed]
        if any(occurrence.event.sample for occurrence in upcoming):
            parts.insert(1, say(turn, guide, "events.samples"))
        text = "\n\n".join(parts)
    if turn.conversation.subscribed:
        offered = button(turn, guide, "button.unsubscribe", "unsubscribe")
    else:
        offered = button(turn, guide, "button.subscribe", "subscribe")
    return reply_with(turn, turn.conversation, Reply(text, (offered,)), outcome="events")


def describe(guide: Guide, occurrence: Occurrence, language: str) -> str:
    """One event in a few lines: title, when, where, what, registration."""
    event, place = occurrence.event, occurrence.place
    lines = [
        f"**{titled(guide, occurrence, language)}**",
        when(guide, occurrence, language),
        literal(", ".join(part for part in (in_words(place.name, language)[0], place.address) if part)),
        literal(flowing(in_words(event.text, language)[0])),
    ]
    if event.registration:
        lines.append(f"[{guide.texts.say(language, 'events.register')}]({event.registration})")
    return "\n".join(line for line in lines if line)


def titled(guide: Guide, occurrence: Occurrence, language: str) -> str:
    """The title as markup; in another language than the reader's it says which, and a cancelled event that it is."""
    title = marked(guide, occurrence.event.title, language)
    return guide.texts.say(language, "events.cancelled", title=title) if occurrence.cancelled else title


def marked(guide: Guide, texts: Mapping[str, str], language: str) -> str:
    """A text of an event as markup, with an honest mark where it is not in the reader's language."""
    text, written_in = in_words(texts, language)
    if written_in == language:
        return literal(flowing(text))
    spoken = language_name(written_in, language)
    return guide.texts.say(language, "events.in_language", text=literal(flowing(text)), spoken=spoken)


def when(guide: Guide, occurrence: Occurrence, language: str) -> str:
    """The date in the reader's language and the time in the city; for whole days the days alone."""
    if occurrence.event.all_day:
        last = occurrence.last_day
        return format_days(occurrence.start_local.date(), last, language)
    return format_span(occurrence.start, occurrence.end, guide.zone, language)
