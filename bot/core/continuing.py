"""What goes on from the answer before: "and how much is it?" is understood by the entry that was shown last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core import answering
from bot.core.model import Decision, Guide, Reply, Turn
from bot.core.recognition_path import class_of, in_one_line, known_of
from bot.core.recognition_result import remark
from bot.core.remembering import named_in, told
from bot.core.replying import begun_with, button, language_of, reply_with, say
from knowledge.deciding import Found, Outcome
from knowledge.following import RECOGNITION, before
from knowledge.recognition import CLASSES

REMEMBERED = timedelta(minutes=30)  # later a question is taken to begin anew


def understand(turn: Turn, guide: Guide, text: str, spoken: str | None) -> Outcome:
    """What a newcomer's words mean in the language they are in, after what was shown to them last."""
    entry = _shown(turn, guide)
    if entry is None:
        return guide.understanding.resolve(text, spoken)
    language = spoken if spoken and spoken in guide.languages else language_of(turn.conversation)
    return guide.understanding.resolve_after(text, spoken, before(guide.knowledge, entry, language))


def turn_to(turn: Turn, guide: Guide, text: str) -> Decision | None:
    """The answer before for another occupation or country: "and from Turkey?", "und für Ärzte?".

    What the message does not name is taken over from what was told, and that is said. None for any other message,
    and where no country is known: then the answer does not hang on it.
    """
    entry = _shown(turn, guide)
    if entry is None or guide.knowledge.entries[entry].group not in RECOGNITION:
        return None
    named, kept = named_in(guide, text), told(turn, guide)
    occupation, country = named.occupation or kept.occupation, named.country or kept.country
    if not named.only or occupation is None or country is None:
        return None
    carried = (None if named.occupation else occupation, None if named.country else country)
    note = answering.taken_over(turn, guide, *carried) if any(carried) else ""
    if line := _remark(turn, guide, entry, occupation, country):
        again = button(turn, guide, "following.again", f"show:{entry}")
        path = button(turn, guide, "recognition.offer", f"recognition:begin:{occupation}")
        person = button(turn, guide, "button.person", "person")
        reply = Reply(f"{note}\n\n{line}".strip(), (path, again, person))
        kept_on = replace(turn.conversation, question=text[: answering.LONGEST_QUESTION], asking=None, misses=0)
        return reply_with(turn, kept_on, reply, outcome="found")
    asked = replace(turn.conversation, question=text[: answering.LONGEST_QUESTION], shown=(), asking=None)
    turn = replace(turn, conversation=asked)
    if named.country and guide.occupations[occupation].decides_for_all and not guide.recognition.is_paired(occupation):
        note = f"{note}\n\n{say(turn, guide, 'told.same_body')}".strip()
    return begun_with(turn, answering.show_occupation(turn, guide, occupation, country), note)


def with_own(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """The decision; a general answer begins with what holds for the occupation that was told."""
    conversation = decision.state.conversation
    if conversation is None or conversation.latest is None or conversation.latest.at != turn.now:
        return decision
    kept = told(replace(turn, conversation=conversation), guide)
    if decision.outcome != "found" or kept.occupation is None:
        return decision
    return begun_with(turn, decision, _remark(turn, guide, conversation.latest.entry, kept.occupation, kept.country))


def _remark(turn: Turn, guide: Guide, entry: str, occupation: str, country: str | None) -> str:
    """What holds for an occupation, and training in a country, on the topic that an entry answers in general."""
    if entry not in guide.recognition.answers:
        return ""
    classes = CLASSES if country is None else (class_of(guide, country),)
    said = remark(turn, guide, guide.recognition.answers[entry], occupation, classes, country)
    line = in_one_line(guide, language_of(turn.conversation), known_of(occupation, country))
    return say(turn, guide, "told.remark", answers=line, remark=said) if said else ""


def say_no_more(turn: Turn, guide: Guide, text: str, resolution: Outcome) -> Decision | None:
    """What to say when a question goes on about what was just shown and no other entry tells more.

    The answer is not repeated, as it stands just above. None where there is something else to say.
    """
    entry = _shown(turn, guide)
    if entry is None or not isinstance(resolution, Found) or resolution.entry != entry:
        return None
    if guide.understanding.goes_on(text) is None:
        return None
    title = guide.knowledge.title(entry, language_of(turn.conversation))
    again = button(turn, guide, "following.again", f"show:{entry}")
    person = button(turn, guide, "button.person", "person")
    reply = Reply(say(turn, guide, "following.no_more", title=title), (again, person))
    return reply_with(turn, turn.conversation, reply, outcome="no_more")


def _shown(turn: Turn, guide: Guide) -> str | None:
    """The entry shown last, unless that was long ago or it is gone."""
    latest = turn.conversation.latest
    if latest is None or turn.now - latest.at > REMEMBERED or latest.entry not in guide.knowledge.entries:
        return None
    return latest.entry
