"""What is on in the city: lists that can be narrowed down, one event with all that helps to go there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.answering import EVENTS_ENTRY, LONGEST_QUESTION, Resolution
from bot.core.model import Button, Decision, File, Guide, Place, Reply, Turn
from bot.core.replying import button, flowing, language_of, literal, reply_with, say
from knowledge.deciding import Found, Missed, PersonWanted
from knowledge.formats import format_days, format_short_day, format_span, language_name
from scheduler.agenda import TOPICS, Occurrence, find_occurrence, in_words, next_occurrences
from scheduler.days import Span, month_of, week_of
from scheduler.finding import Certainty, Recognised, Wish, find_page, recognise
from scheduler.ical_writing import write_calendar

CRISIS = "crisis"  # the group of entries that come before everything else
PAGE = 5  # events on one page of a list: a phone shows about that
LONGEST_LABEL = 40
FURTHER_DATES = 3  # of an event that repeats, as buttons


def list_events(turn: Turn, guide: Guide) -> Decision:
    """The next events of all kinds."""
    return _show_list(turn, guide, Wish())


def show_list(turn: Turn, guide: Guide, code: str) -> Decision:
    """The list that a button names."""
    return _show_list(turn, guide, Wish.decode(code))


def look_for(turn: Turn, guide: Guide, text: str, resolution: Resolution) -> Decision | None:
    """The events that a text asks for; None when an entry answers it, or it is about something else."""
    found = _recognised(turn, guide, text)
    if found is None or not _is_meant(guide, found, resolution):
        return None
    asked = replace(turn.conversation, question=text[:LONGEST_QUESTION], shown=(), misses=0, asking=None)
    return _show_list(replace(turn, conversation=asked), guide, found.wish)


def _recognised(turn: Turn, guide: Guide, text: str) -> Recognised | None:
    """The clearest wish among all languages, the reader's own first."""
    language = language_of(turn.conversation)
    today = turn.now.astimezone(guide.zone).date()
    spoken = sorted(guide.event_words, key=lambda code: code != language)
    found = [recognise(text, guide.event_words[code], today, language) for code in spoken]
    return max((each for each in found if each is not None), key=lambda each: each.certainty, default=None)


def _is_meant(guide: Guide, found: Recognised, resolution: Resolution) -> bool:
    """Whether the list helps more than what the question was resolved to."""
    if isinstance(resolution, PersonWanted):
        return False
    if isinstance(resolution, Found):
        entry = guide.knowledge.entries.get(resolution.entry)
        if entry is not None and entry.group == CRISIS:
            return False
        about_events = resolution.entry == EVENTS_ENTRY
        return found.certainty is Certainty.SURE or (about_events and found.wish.narrow)
    least = Certainty.MAYBE if isinstance(resolution, Missed) else Certainty.LIKELY
    return found.certainty >= least


def _show_list(turn: Turn, guide: Guide, wish: Wish) -> Decision:
    page = find_page(guide.events, wish, turn.now, guide.zone, PAGE)
    parts = [_heading(turn, guide, wish)]
    if not page.occurrences and wish.narrow:
        parts = [say(turn, guide, "events.nothing", wish=_described(turn, guide, wish))]
        wish = replace(wish, span=None, page=0)
        page = find_page(guide.events, wish, turn.now, guide.zone, PAGE)
        if not page.occurrences:
            wish = Wish()
            page = find_page(guide.events, wish, turn.now, guide.zone, PAGE)
        parts += [say(turn, guide, "events.instead")] if page.occurrences else []
    if not page.occurrences:
        parts.append(say(turn, guide, "events.none"))
    all_samples = all(occurrence.event.sample for occurrence in page.occurrences)
    if all_samples and page.occurrences:
        parts.append(say(turn, guide, "events.samples"))
    parts += [_line(turn, guide, occurrence, mark=not all_samples) for occurrence in page.occurrences]
    buttons = [_event_button(turn, guide, occurrence) for occurrence in page.occurrences]
    if page.more:
        buttons.append(
            button(turn, guide, "button.more_events", f"events:{replace(wish, page=wish.page + 1).encode()}")
        )
    if wish.page:
        buttons.append(
            button(turn, guide, "button.fewer_events", f"events:{replace(wish, page=wish.page - 1).encode()}")
        )
    buttons.append(button(turn, guide, "button.filter_events", f"filter:{replace(wish, page=0).encode()}"))
    if turn.conversation.subscribed:
        buttons.append(button(turn, guide, "button.unsubscribe", "unsubscribe"))
    else:
        buttons.append(button(turn, guide, "button.subscribe", "subscribe"))
    return reply_with(turn, turn.conversation, Reply("\n\n".join(parts), tuple(buttons)), outcome="events")


def _heading(turn: Turn, guide: Guide, wish: Wish) -> str:
    if not wish.narrow:
        return say(turn, guide, "events.coming")
    return say(turn, guide, "events.found", wish=_described(turn, guide, wish))


def _described(turn: Turn, guide: Guide, wish: Wish) -> str:
    """The wish in words, its parts side by side."""
    language = language_of(turn.conversation)
    parts = [_days(wish.span, language)] if wish.span else []
    parts += [say(turn, guide, f"events.topic.{wish.topic}")] if wish.topic else []
    if wish.language:
        parts.append(say(turn, guide, "events.spoken", spoken=language_name(wish.language, language)))
    parts += [say(turn, guide, "events.free")] if wish.free else []
    parts += [say(turn, guide, "events.with_children")] if wish.with_children else []
    return literal(" · ".join(parts))


def _days(span: Span, language: str) -> str:
    if span.first == span.last:
        return format_days(span.first, span.last, language)
    return f"{format_short_day(span.first, language)} – {format_short_day(span.last, language)}"


def _line(turn: Turn, guide: Guide, occurrence: Occurrence, *, mark: bool) -> str:
    """One event of a list: title, when, where and what it costs; `mark` a sample among real events as such."""
    language = language_of(turn.conversation)
    facts = [where(occurrence, language), _price(turn, guide, occurrence)]
    lines = [
        f"**{titled(guide, occurrence, language)}**",
        when(guide, occurrence, language),
        " · ".join(fact for fact in facts if fact),
        say(turn, guide, "events.sample") if mark and occurrence.event.sample else "",
    ]
    return "\n".join(line for line in lines if line)


def _event_button(turn: Turn, guide: Guide, occurrence: Occurrence) -> Button:
    language = language_of(turn.conversation)
    label = f"{_day(guide, occurrence, language)}: {in_words(occurrence.event.title, language)[0]}"
    cut = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"
    return Button(cut, f"event:{occurrence.ref}")


def _day(guide: Guide, occurrence: Occurrence, language: str) -> str:
    return format_short_day(occurrence.start.astimezone(guide.zone).date(), language)


def offer_filters(turn: Turn, guide: Guide, code: str) -> Decision:
    """Ways to narrow the list down; what is chosen already is marked and can be taken back."""
    wish = replace(Wish.decode(code), page=0)
    language = language_of(turn.conversation)
    today = turn.now.astimezone(guide.zone).date()
    there = {topic for event in guide.events if next_occurrences([event], turn.now, 1) for topic in event.topics}
    week, month = week_of(today), month_of(today)
    choices: list[tuple[str, bool, Wish]] = [
        (say(turn, guide, f"events.{name}"), wish.span == span, replace(wish, span=None if wish.span == span else span))
        for name, span in (("this_week", week), ("this_month", month))
    ]
    choices += [
        (
            say(turn, guide, f"events.topic.{topic}"),
            wish.topic == topic,
            replace(wish, topic=None if wish.topic == topic else topic),
        )
        for topic in TOPICS
        if topic in there
    ]
    spoken = say(turn, guide, "events.spoken", spoken=language_name(language, language))
    mine = wish.language == language
    choices += [
        (spoken, mine, replace(wish, language=None if mine else language)),
        (say(turn, guide, "events.free"), wish.free, replace(wish, free=not wish.free)),
        (
            say(turn, guide, "events.with_children"),
            wish.with_children,
            replace(wish, with_children=not wish.with_children),
        ),
    ]
    buttons = [Button(f"✓ {label}" if on else label, f"events:{then.encode()}") for label, on, then in choices]
    buttons.append(button(turn, guide, "button.all_events", "events:"))
    text = say(turn, guide, "events.filter")
    return reply_with(turn, turn.conversation, Reply(text, tuple(buttons)), outcome="event_filters")


def show_event(turn: Turn, guide: Guide, ref: str) -> Decision:
    """One event with all that helps to go there; one that is gone is admitted as such."""
    occurrence = find_occurrence(guide.events, ref)
    if occurrence is None:
        return _gone(turn, guide)
    language = language_of(turn.conversation)
    event, place = occurrence.event, occurrence.place
    over = occurrence.end <= turn.now
    coming = ref in turn.conversation.coming
    facts = [
        say(turn, guide, "events.when", when=when(guide, occurrence, language)),
        _said(turn, guide, "events.where", where(occurrence, language)),
        _said(turn, guide, "events.price", _price(turn, guide, occurrence)),
        _said(turn, guide, "events.languages", ", ".join(language_name(code, language) for code in event.languages)),
        say(turn, guide, "events.children_welcome") if event.with_children else "",
        _said(turn, guide, "events.organiser", literal(event.organiser or "")),
    ]
    links = [
        f"[{say(turn, guide, key)}]({url})"
        for key, url in (("events.register", event.registration), ("events.read_more", event.page))
        if url
    ]
    parts = [
        f"**{titled(guide, occurrence, language)}**",
        say(turn, guide, "events.samples") if event.sample else "",
        say(turn, guide, "events.over") if over else "",
        say(turn, guide, "events.you_come") if coming and not over else "",
        "\n".join(fact for fact in facts if fact),
        marked(guide, event.text, language) if event.text else "",
        " · ".join(links),
    ]
    pin = None
    if place.latitude is not None and place.longitude is not None:
        name = in_words(place.name, language)[0] or in_words(event.title, language)[0]
        pin = Place(name, place.address or name, place.latitude, place.longitude)
    buttons = [] if over or occurrence.cancelled else _invitation(turn, guide, ref, coming)
    buttons += [
        Button(say(turn, guide, "button.other_date", day=_day(guide, other, language)), f"event:{other.ref}")
        for other in next_occurrences([event], turn.now, FURTHER_DATES + 1)
        if other.ref != ref
    ][:FURTHER_DATES]
    followed = turn.conversation.topics if turn.conversation.subscribed else ()
    hears_of_all = turn.conversation.subscribed and not followed
    if not hears_of_all and not set(event.topics).issubset(followed):
        buttons.append(button(turn, guide, "button.follow", f"follow:{','.join(event.topics)}"))
    buttons.append(button(turn, guide, "button.all_events", "events:"))
    reply = Reply("\n\n".join(part for part in parts if part), tuple(buttons), place=pin)
    return reply_with(turn, turn.conversation, reply, outcome="event")


def _invitation(turn: Turn, guide: Guide, ref: str, coming: bool) -> list[Button]:
    come = ("button.not_coming", f"notcoming:{ref}") if coming else ("button.coming", f"coming:{ref}")
    return [button(turn, guide, *come), button(turn, guide, "button.add_to_calendar", f"calendar:{ref}")]


def hand_over_calendar(turn: Turn, guide: Guide, ref: str) -> Decision:
    """One event as a file that a phone's calendar opens."""
    occurrence = find_occurrence(guide.events, ref)
    if occurrence is None:
        return _gone(turn, guide)
    content = write_calendar(occurrence, language_of(turn.conversation), turn.now)
    file = File(f"lotse-{occurrence.on.isoformat()}.ics", content)
    buttons = (button(turn, guide, "button.all_events", "events:"),)
    reply = Reply(say(turn, guide, "events.calendar_file"), buttons, file=file)
    return reply_with(turn, turn.conversation, reply, outcome="event_calendar")


def _gone(turn: Turn, guide: Guide) -> Decision:
    reply = Reply(say(turn, guide, "events.gone"), (button(turn, guide, "button.all_events", "events:"),))
    return reply_with(turn, turn.conversation, reply, outcome="event_gone")


def _said(turn: Turn, guide: Guide, key: str, value: str) -> str:
    return say(turn, guide, key, value=value) if value else ""


def _price(turn: Turn, guide: Guide, occurrence: Occurrence) -> str:
    price = occurrence.event.price
    if price is None:
        return ""
    return say(turn, guide, "events.free") if price == "free" else marked(guide, price, language_of(turn.conversation))


def describe(guide: Guide, occurrence: Occurrence, language: str) -> str:
    """One event in a few lines: title, when, where, what, registration."""
    event = occurrence.event
    lines = [
        f"**{titled(guide, occurrence, language)}**",
        when(guide, occurrence, language),
        where(occurrence, language),
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
        return format_days(occurrence.start_local.date(), occurrence.last_day, language)
    return format_span(occurrence.start, occurrence.end, guide.zone, language)


def where(occurrence: Occurrence, language: str) -> str:
    """Name and address of the place as markup; empty where nothing is known of it."""
    place = occurrence.place
    return literal(", ".join(part for part in (in_words(place.name, language)[0], place.address) if part))
