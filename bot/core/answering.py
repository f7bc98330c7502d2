"""A question becomes an answer, a did-you-mean, or an honest fallback."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.core import checklist, permit_path, recognition_path
from bot.core.model import Button, Decision, Feedback, Guide, Reply, Shown, Turn
from bot.core.recognition_result import AUTHORITY_ENTRY
from bot.core.remembering import named_in, told
from bot.core.replying import begun_with, button, flowing, language_of, reply_with, say
from knowledge.deciding import MOST_OFFERED, Candidate, Found, Missed, PersonWanted, SmallTalk, Unsure
from knowledge.following import RECOGNITION
from knowledge.formats import escape, format_day
from knowledge.model import Answer

LONGEST_QUESTION = 1000  # characters kept of a question for an adviser to read
MISSES_BEFORE_PERSON = 2  # misses in a row after which a person is offered
WORTH_OFFERING = 0.05  # a did-you-mean is offered if it is at least so likely, measured by the first one
SHOWN_SOURCES = 4  # more would fill a phone; the preview for editors shows all
EVENTS_ENTRY = "newcomer-events"  # the entry about the city's events in general
BIG_TOPICS = ("recognition-overview", "permit-overview", "registration", "german-courses", "newcomer-events")

Resolution = Found | Unsure | Missed | SmallTalk | PersonWanted


def answer_question(turn: Turn, guide: Guide, text: str, resolution: Resolution) -> Decision:
    """Decide what to say to a question that was resolved to an entry, several, or none.

    A wish for a person is not decided here; the caller hands it to the handoff.
    """
    if isinstance(resolution, SmallTalk):
        return _small_talk(turn, guide, resolution.kind)
    shown = () if isinstance(resolution, Missed) else resolution.candidates
    asked = replace(turn.conversation, question=text[:LONGEST_QUESTION], shown=shown, asking=None)
    turn = replace(turn, conversation=asked)
    match resolution:
        case Found(entry=entry):
            return show_entry(turn, guide, entry)
        case Unsure(candidates=candidates):
            return _did_you_mean(turn, guide, candidates)
        case Missed(pointer=pointer):
            return fall_back(turn, guide, pointer)
        case PersonWanted():
            raise ValueError("a wish for a person is decided by the handoff")


def show_entry(turn: Turn, guide: Guide, entry: str) -> Decision:
    """Show an entry's answer; an entry that is gone is admitted as such."""
    if entry not in guide.knowledge.entries:
        return fall_back(turn, guide)
    local_day = turn.now.astimezone(guide.zone).date()
    answer = guide.knowledge.answer(entry, language_of(turn.conversation), local_day)
    rating = (
        button(turn, guide, "button.helpful", f"helpful:{entry}"),
        button(turn, guide, "button.unhelpful", f"unhelpful:{entry}"),
    )
    listed = (button(turn, guide, "button.all_events", "events:"),) if entry == EVENTS_ENTRY else ()
    videos = tuple(
        Button(f"▶️ {video.title} ({video.minutes} min)", f"show:{entry}", url=video.url) for video in answer.videos
    )
    shown = turn.conversation.shown or (Candidate(entry, 1.0),)
    turn = replace(turn, conversation=replace(turn.conversation, shown=shown, latest=Shown(entry, turn.now)))
    offers = (recognition_path.offer, permit_path.offer, checklist.offer)
    paths = tuple(button for offer in offers for button in offer(turn, guide, entry))
    return _show(turn, guide, answer, (*listed, *paths, *videos), rating)


def show_occupation(turn: Turn, guide: Guide, occupation: str, country: str | None = None) -> Decision:
    """Show who recognises an occupation, with training in `country`; one that is gone is admitted as such.

    A country that was told before is taken over, and that is said.
    """
    if occupation not in guide.occupations.by_id:
        return fall_back(turn, guide)
    latest = Shown(AUTHORITY_ENTRY, turn.now)
    turn = replace(turn, conversation=replace(turn.conversation, latest=latest))
    note, described, language = "", guide.occupations[occupation], language_of(turn.conversation)
    if country is None and (country := told(turn, guide).country) is not None:
        note = taken_over(turn, guide, None, country)
    if country is not None:
        trained = recognition_path.class_of(guide, country)
        described = guide.recognition.fitting(described, guide.occupations, trained)
    answer = guide.occupations.describe(described, language, guide.knowledge, country)
    path = (button(turn, guide, "recognition.offer", f"recognition:begin:{occupation}"),)
    return begun_with(turn, _show(turn, guide, answer, path, ()), note)


def taken_over(turn: Turn, guide: Guide, occupation: str | None, country: str | None) -> str:
    """The sentence that says what was told before and is taken over now."""
    answers = recognition_path.known_of(occupation, country)
    line = recognition_path.in_one_line(guide, language_of(turn.conversation), answers)
    return say(turn, guide, "told.taken_over", answers=line)


def recognise_occupation(turn: Turn, guide: Guide, text: str, resolution: Resolution) -> Decision | None:
    """Who recognises the occupation that a question names, where the question is about that and no entry is clear.

    Several occupations of that name are asked back. None when the question is about something else.
    """
    likely = resolution.entry if isinstance(resolution, Found) else next((c.id for c in resolution.candidates), "")
    about_authority = likely == AUTHORITY_ENTRY
    unclear = isinstance(resolution, Unsure | Missed) and likely in guide.knowledge.entries
    if not about_authority and not (unclear and guide.knowledge.entries[likely].group in RECOGNITION):
        return None
    naming = guide.occupations.find(text)
    asked = replace(turn.conversation, question=text[:LONGEST_QUESTION], shown=resolution.candidates, asking=None)
    turn = replace(turn, conversation=asked)
    if naming.one is not None:
        begun = None if isinstance(resolution, Found) else recognition_path.recognised(turn, guide, text)
        return begun or show_occupation(turn, guide, naming.one.id, named_in(guide, text).country)
    if not naming.choices:
        return None
    language = language_of(turn.conversation)
    buttons = tuple(Button(choice.label(language), f"occupation:{choice.id}") for choice in naming.choices)
    none = button(turn, guide, "button.none_of_these", "none")
    reply = Reply(say(turn, guide, "answer.which_occupation"), (*buttons, none))
    return reply_with(turn, turn.conversation, reply, outcome="unsure")


def _show(turn: Turn, guide: Guide, answer: Answer, videos: tuple[Button, ...], rating: tuple[Button, ...]) -> Decision:
    related = tuple(Button(label, f"show:{other}") for other, label in answer.related[:3])
    buttons = (*videos, *related, *rating, button(turn, guide, "button.person", "person"))
    conversation = replace(turn.conversation, misses=0)
    return reply_with(turn, conversation, Reply(compose(turn, guide, answer), buttons), outcome="found")


def compose(turn: Turn, guide: Guide, answer: Answer) -> str:
    """The message for an answer: key point, next steps, whom to ask, then where it comes from."""
    language = language_of(turn.conversation)
    parts = [f"**{answer.title}**", flowing(answer.text)]
    if answer.steps:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(answer.steps, 1))
        parts.append(f"**{say(turn, guide, 'answer.steps')}**\n\n{steps}")
    if answer.contact:
        parts.append(f"**{say(turn, guide, 'answer.contact')}**\n{answer.contact}")
    parts += [
        say(
            turn,
            guide,
            "answer.stale",
            figure=stale.value,
            day=format_day(stale.valid_until, language),
            source=f"[{escape(stale.source.title)}]({stale.source.url})",
        )
        for stale in answer.stale
    ]
    parts.append(_provenance(turn, guide, answer))
    return "\n\n".join(part for part in parts if part)


def _provenance(turn: Turn, guide: Guide, answer: Answer) -> str:
    """Sources, the day they were checked, and that this is no legal advice where it belongs."""
    lines = []
    if answer.sources:
        shown = answer.sources[:SHOWN_SOURCES]
        links = ", ".join(f"[{escape(source.title)}]({source.url})" for source in shown)
        lines.append(say(turn, guide, "answer.sources", sources=links))
    if answer.checked:
        lines.append(_checked(turn, guide, answer.checked))
    if answer.legal:
        lines.append(say(turn, guide, "answer.not_legal_advice"))
    return "\n".join(lines)


def _checked(turn: Turn, guide: Guide, day: date) -> str:
    return say(turn, guide, "answer.checked", day=format_day(day, language_of(turn.conversation)))


def _did_you_mean(turn: Turn, guide: Guide, candidates: tuple[Candidate, ...]) -> Decision:
    language = language_of(turn.conversation)
    worth = [c for c in candidates[:MOST_OFFERED] if c.score >= WORTH_OFFERING * candidates[0].score]
    buttons = tuple(Button(guide.knowledge.short(c.id, language), f"show:{c.id}") for c in worth)
    none = button(turn, guide, "button.none_of_these", "none")
    return reply_with(
        turn, turn.conversation, Reply(say(turn, guide, "answer.unsure"), (*buttons, none)), outcome="unsure"
    )


def _small_talk(turn: Turn, guide: Guide, kind: str) -> Decision:
    buttons = topic_buttons(turn, guide) if kind in ("hello", "who_are_you") else ()
    if kind in ("abuse", "no_help"):
        buttons = (button(turn, guide, "button.person", "person"),)
    text = say(turn, guide, f"smalltalk.{kind}")
    conversation = replace(turn.conversation, misses=0, asking=None)
    return reply_with(turn, conversation, Reply(text, buttons), outcome="smalltalk")


def topic_buttons(turn: Turn, guide: Guide) -> tuple[Button, ...]:
    """The few big topics to begin with, and a person."""
    language = language_of(turn.conversation)
    topics = tuple(
        Button(guide.knowledge.short(entry, language), f"show:{entry}")
        for entry in BIG_TOPICS
        if entry in guide.knowledge.entries
    )
    return (*topics, button(turn, guide, "button.person", "person"))


def fall_back(turn: Turn, guide: Guide, pointer: str | None = None) -> Decision:
    """Say honestly that there is no answer; after the second miss in a row offer a person."""
    misses = turn.conversation.misses + 1
    conversation = replace(turn.conversation, misses=misses)
    if pointer:
        text = pointer
    elif misses >= MISSES_BEFORE_PERSON:
        text = say(turn, guide, "answer.missed_again")
    else:
        text = say(turn, guide, "answer.missed")
    person = (button(turn, guide, "button.person", "person"),)
    buttons = person if misses >= MISSES_BEFORE_PERSON else topic_buttons(turn, guide)[:-1]
    return reply_with(turn, conversation, Reply(text, buttons), outcome="missed")


def rate(turn: Turn, guide: Guide, entry: str, helpful: bool) -> Decision:
    """Count whether an answer helped, without the person, and thank or offer a way on."""
    known = entry in guide.knowledge.entries
    effects = (Feedback(entry, language_of(turn.conversation), helpful),) if known else ()
    if helpful:
        reply = Reply(say(turn, guide, "feedback.thanks"))
    else:
        reply = Reply(say(turn, guide, "feedback.sorry"), (button(turn, guide, "button.person", "person"),))
    return reply_with(turn, turn.conversation, reply, outcome="feedback", effects=effects)
