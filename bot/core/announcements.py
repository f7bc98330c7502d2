"""Announcements of the staff: written in the advisers' room, looked at as newcomers will read them, then sent.

/announce german work @en
de: Der Sprachtreff zieht um.
en: The language meeting moves.

The first line says for whom: topics (nobody named: all who want to hear of events) and, after @, only readers of a
language. Text without a language before it is in the room's language. `/announce event Sprachcafé` announces an event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.advising import to_room
from bot.core.model import (
    Address,
    Announce,
    Announcement,
    Audience,
    Broadcast,
    Button,
    Choice,
    Counted,
    Decision,
    Guide,
    Lane,
    Reply,
    Send,
    State,
    Turn,
    Utterance,
)
from bot.core.programme import describe, marked
from bot.core.replying import literal
from bot.core.wishes import EVERYTHING
from knowledge.formats import language_name
from knowledge.titles import find
from scheduler.agenda import TOPICS, Event, Topic, next_occurrences
from scheduler.quiet import NEVER, QUIETS

USEFUL = timedelta(days=7)  # so long an announcement is worth sending
EVENT = "event"
LONGEST = 3000  # letters of a text
PROGRESS_STEPS = 20
SHORTEST = 4  # letters of a word that can name a topic
_SECTION = re.compile(r"(?m)^(?P<language>[a-z]{2}):[ \t]*")


class Stage(StrEnum):
    """Where an announcement is."""

    DRAFT = "draft"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why what was written is no announcement: a text's key, and what it names."""

    key: str
    named: str = ""


def key_of(number: int) -> str:
    """The key of an announcement's deliveries; no other key begins like it."""
    return f"announcement:{number}/text"


def board_key(number: int) -> str:
    """The key of the message in the room that shows how far it is."""
    return f"announcement:{number}:board"


def progress_key(kept: Announcement, counted: Counted) -> str:
    """The key of the change that shows how far it is: one for each twentieth, so that the room is not filled by it."""
    settled = counted.people - counted.waiting
    step = settled * PROGRESS_STEPS // max(counted.people, 1)
    return f"announcement:{kept.number}/{kept.stage}:{step}"


def read(text: str, guide: Guide, language: str) -> tuple[Audience, Mapping[str, str]] | Mistake:
    """For whom and in which words, by language; or what is wrong with what was written."""
    head, _, body = text.strip().partition("\n")
    words = head.split()[1:]
    languages = tuple(word.strip("@,").lower() for word in words if word.startswith("@"))
    topics = tuple(word.strip(",").casefold() for word in words if not word.startswith("@"))
    for each in languages:
        if each not in guide.languages:
            return Mistake("announce.no_such_language", each)
    chosen = {each: _topic(guide, each) for each in topics}
    for each, topic in chosen.items():
        if topic is None:
            return Mistake("announce.no_such_topic", each)
    texts = sections(body, language)
    for each in texts:
        if each not in guide.languages:
            return Mistake("announce.no_such_language", each)
    if not texts:
        return Mistake("announce.how")
    if any(len(words) > LONGEST for words in texts.values()):
        return Mistake("announce.too_long", str(LONGEST))
    return Audience(tuple(topic for topic in TOPICS if topic in chosen.values()), languages), texts


def _topic(guide: Guide, word: str) -> Topic | None:
    """The topic that a word names, by its id or by a word of what the assistant calls it in any language."""
    for topic in TOPICS:
        names = [guide.texts.say(code, f"events.topic.{topic}").casefold().split() for code in guide.languages]
        known = {part for name in names for part in name if len(part) >= SHORTEST}
        if word == topic or word in known:
            return topic
    return None


def sections(body: str, language: str) -> dict[str, str]:
    """The texts by language; what stands before the first `xx:` is in the given one."""
    marks = list(_SECTION.finditer(body))
    texts = {language: body[: marks[0].start() if marks else len(body)].strip()}
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    for mark, end in zip(marks, ends, strict=False):
        texts[mark["language"]] = body[mark.end() : end].strip()
    return {code: words for code, words in texts.items() if words}


def propose(turn: Turn, guide: Guide) -> Decision:
    """`/announce`: a draft, which the store counts recipients for and shows."""
    content = turn.incoming.content
    written = content.text if isinstance(content, Utterance) else ""
    words = written.split(maxsplit=2)
    event: Event | None = None
    if len(words) > 1 and words[1].lower() == EVENT:
        event = _event(guide, words[2] if len(words) > 2 else "")
        if event is None:
            return to_room(turn, guide, "announce.no_such_event", named=literal(" ".join(words[2:])))
        audience, texts = Audience(event.topics, ()), _of_event(guide, event, turn.now)
    else:
        understood = read(written, guide, turn.room_language)
        if isinstance(understood, Mistake):
            return to_room(turn, guide, understood.key, named=literal(understood.named), topics=_topics(guide, turn))
        audience, texts = understood[0], {code: literal(text) for code, text in understood[1].items()}
    draft = Announcement(0, Stage.DRAFT, turn.incoming.sender.id, turn.incoming.sender.name, audience, texts, turn.now)
    return Decision(State(turn.conversation), (Announce(draft, turn.incoming.origin),), "announcement_drafted")


def pressed(turn: Turn, guide: Guide) -> Decision | None:
    """What a button of an announcement does; None for any other button."""
    content = turn.incoming.content
    words = content.action.split(":") if isinstance(content, Choice) else []
    if len(words) != 3 or words[0] != "announcement":
        return None
    kept, step = turn.announcement, words[2]
    wanted = {"send": Stage.DRAFT, "discard": Stage.DRAFT, "stop": Stage.SENDING}.get(step)
    if kept is None or wanted is None or kept.stage != wanted:
        return to_room(turn, guide, "announce.not_any_more")
    if step == "send" and turn.two_announce and kept.by == turn.incoming.sender.id:
        return to_room(turn, guide, "announce.second_person")
    after = {"send": Stage.SENDING, "discard": Stage.DISCARDED, "stop": Stage.STOPPED}[step]
    moved = replace(kept, stage=after, confirmed=turn.incoming.sender.name if step == "send" else kept.confirmed)
    return Decision(State(turn.conversation), (Announce(moved, turn.incoming.origin),), f"announcement_{after}")


def broadcasts(kept: Announcement, guide: Guide, now: datetime) -> tuple[Broadcast, ...]:
    """The deliveries of an announcement, those in quiet hours after them; once for each person."""
    replies = {language: Reply(body_of(kept, guide, language)) for language in guide.languages}
    wishes = tuple(f"topic:{topic}" for topic in kept.audience.topics or TOPICS)
    groups: dict[datetime, list[str]] = {now: [f"quiet:{NEVER}"]}
    for quiet in QUIETS:
        hours = quiet.around(now, guide.zone)
        groups.setdefault(now if hours is None else hours[1].astimezone(now.tzinfo), []).append(f"quiet:{quiet.name}")
    return tuple(
        Broadcast(
            key_of(kept.number),
            replies,
            kept.made + USEFUL,
            (EVERYTHING, *wishes),
            among=(tuple(hours),),
            due=due,
            languages=kept.audience.languages,
        )
        for due, hours in groups.items()
    )


def body_of(kept: Announcement, guide: Guide, language: str) -> str:
    """What a reader of the language gets: their own text, or another with an honest mark; and how it ends."""
    own = language in kept.texts
    text = kept.texts[language] if own else _marked(kept.texts, language, guide)
    return f"{guide.texts.say(language, 'announce.heading')}\n\n{text}\n\n{guide.texts.say(language, 'announce.end')}"


def _marked(texts: Mapping[str, str], language: str, guide: Guide) -> str:
    code = next(each for each in ("de", "en", *texts) if each in texts)
    spoken = language_name(code, language)
    return guide.texts.say(language, "announce.in_language", text=texts[code], spoken=spoken)


def board(kept: Announcement, counted: Counted, guide: Guide, language: str) -> Reply:
    """The message in the room: the draft as newcomers will read it, or how far it is, or what came of it."""

    def said(key: str, **values: object) -> str:
        return guide.texts.say(language, key, **values)

    topics = ", ".join(said(f"events.topic.{topic}") for topic in kept.audience.topics) or said("announce.all_topics")
    spoken = ", ".join(language_name(code, language) for code in kept.audience.languages) or said("announce.all_spoken")
    parts = [
        said(
            f"announce.board.{kept.stage}",
            number=kept.number,
            by=literal(kept.author),
            confirmed=literal(kept.confirmed),
        ),
        said("announce.audience", topics=topics, spoken=spoken),
    ]
    if kept.stage == Stage.DRAFT:
        minutes = max(1, round(counted.seconds / 60))
        parts.append(said("announce.recipients", count=counted.people, minutes=minutes))
        shown = [code for code in guide.languages if not kept.audience.languages or code in kept.audience.languages]
        for code in shown:
            parts.append(
                f"*{said('announce.as_read', spoken=language_name(code, language))}*\n\n{body_of(kept, guide, code)}"
            )
        return Reply("\n\n".join(parts), _buttons(kept, guide, language, ("send", "discard")))
    if kept.stage != Stage.DISCARDED:
        parts.append(
            said(
                "announce.progress",
                sent=counted.sent,
                waiting=counted.waiting,
                failed=counted.failed,
                expired=counted.expired,
                stopped=counted.dropped,
            )
        )
        parts += [f"- {literal(reason)}: {count}" for reason, count in counted.reasons]
    return Reply("\n\n".join(parts), _buttons(kept, guide, language, ("stop",) if kept.stage == Stage.SENDING else ()))


def _buttons(kept: Announcement, guide: Guide, language: str, steps: tuple[str, ...]) -> tuple[Button, ...]:
    return tuple(
        Button(guide.texts.say(language, f"announce.button.{step}"), f"announcement:{kept.number}:{step}")
        for step in steps
    )


def shown(kept: Announcement, counted: Counted, guide: Guide, room: Address, language: str) -> Send:
    """The board's message: the first one for a draft, a change of it for all that follows."""
    reply = board(kept, counted, guide, language)
    key = board_key(kept.number)
    if kept.stage == Stage.DRAFT:
        return Send(room, reply, key=key, lane=Lane.CASE)
    return Send(room, reply, lane=Lane.CASE, replaces=key)


def _event(guide: Guide, words: str) -> Event | None:
    by_id = {event.id: event for event in guide.events}
    if words in by_id:
        return by_id[words]
    titles = {event.id: tuple(event.title.values()) for event in guide.events}
    found = find({event: (each[0], each[-1]) for event, each in titles.items()}, words) if words else ()
    return by_id[found[0]] if len(found) == 1 else None


def _of_event(guide: Guide, event: Event, now: datetime) -> dict[str, str]:
    coming = next_occurrences((event,), now, 1)
    texts = {}
    for language in guide.languages:
        texts[language] = describe(guide, coming[0], language) if coming else marked(guide, event.title, language)
    return texts


def _topics(guide: Guide, turn: Turn) -> str:
    return ", ".join(f"{topic} ({guide.texts.say(turn.room_language, f'events.topic.{topic}')})" for topic in TOPICS)
