"""What was told of an occupation and a country is kept for a day, so that nobody has to say it twice.

It is used where it is said that it is used: as an answer taken over, or in the first line of a reply. What a message
only mentions ("where do I find a doctor?", "a trip to Belgium") is not taken for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.model import Conversation, Decision, Guide, Told, Turn
from knowledge.countries import Countries, countries
from knowledge.folding import words
from knowledge.following import RECOGNITION

KEPT = timedelta(days=1)
HOME = "DE"


@dataclass(frozen=True, slots=True)
class Named:
    """The one occupation and the one country that a text names, and whether they are told of somebody.

    only: the text says nothing else ("and from Turkey?").
    """

    occupation: str | None
    country: str | None
    tells_occupation: bool
    tells_country: bool
    only: bool


def countries_of(guide: Guide) -> Countries:
    """The countries as newcomers name them."""
    further = tuple(guide.permits.country_names.items())
    return countries(guide.languages, further, guide.recognition.former, guide.recognition.before_cities)


def named_in(guide: Guide, text: str) -> Named:
    """What a text names of occupation and country; a country that is Germany is none to come from."""
    teller, naming = guide.understanding.teller, guide.occupations.find(text)
    country = countries_of(guide).mention(text)
    if country is not None and country[0] == HOME:
        country = None
    job = tuple(words(naming.mention)) if naming.one is not None else ()
    place = country[1] if country is not None else ()
    return Named(
        naming.one.id if naming.one is not None else None,
        country[0] if country is not None else None,
        bool(job) and teller.tells_occupation(text, job),
        bool(place) and teller.tells_country(text, place),
        bool(job or place) and not naming.choices and teller.tells_only(text, (job, place)),
    )


def told(turn: Turn, guide: Guide) -> Told:
    """The occupation and the country told within the last day; an occupation that is gone from the list is not."""
    kept = turn.conversation.told
    if kept is None or turn.now - kept.at > KEPT:
        return Told(None, None, turn.now)
    occupation = kept.occupation if kept.occupation in guide.occupations.by_id else None
    return Told(occupation, kept.country, kept.at)


def remember(turn: Turn, guide: Guide, text: str, decision: Decision) -> Decision:
    """The decision on a text, with what it tells of occupation and country remembered and what is old forgotten.

    What was answered about recognition is about what the question names; else it must be told of somebody.
    """
    conversation = decision.state.conversation
    if conversation is None:
        return decision
    named, kept = named_in(guide, text), told(replace(turn, conversation=conversation), guide)
    about = _answered_about_recognition(turn, guide, conversation)
    occupation = named.occupation if named.tells_occupation or about else None
    country = named.country if named.tells_country or about else None
    if occupation or country:
        kept = Told(occupation or kept.occupation, country or kept.country, turn.now)
    remembered = kept if kept.occupation or kept.country else None
    return replace(decision, state=replace(decision.state, conversation=replace(conversation, told=remembered)))


def _answered_about_recognition(turn: Turn, guide: Guide, conversation: Conversation) -> bool:
    latest = conversation.latest
    entry = guide.knowledge.entries.get(latest.entry) if latest is not None and latest.at == turn.now else None
    return entry is not None and entry.group in RECOGNITION
