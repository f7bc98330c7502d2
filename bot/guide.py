"""Loads everything that the assistant knows: entries, texts, understanding, events; and checks it for editors."""

from __future__ import annotations

from datetime import date

from bot.config import Settings
from bot.core.assistant import PERSON_ENTRY, wants_person
from bot.core.model import Guide
from bot.learning import understand
from knowledge.check import Finding, check
from knowledge.loader import load_knowledge
from knowledge.loader_lists import lines_in, load_glossary, load_topics
from knowledge.loader_office_hours import load_office_hours
from knowledge.model import Answer
from knowledge.occupation_files import load_occupations
from knowledge.paper_files import load_papers
from knowledge.permit_files import load_permits
from knowledge.recognition_files import load_recognition
from knowledge.speech import load_speech
from knowledge.texts import load_texts
from scheduler.calendar import load_events
from scheduler.wording import load_event_words


def load_guide(settings: Settings) -> Guide:
    """All content, checked. Raises ContentError or CalendarError naming every problem."""
    base = load_knowledge(settings.knowledge_dir)
    speech = load_speech(settings.knowledge_dir / "speech")
    occupations = load_occupations(settings.knowledge_dir, base)
    permits = load_permits(settings.knowledge_dir, base)
    return Guide(
        knowledge=base,
        occupations=occupations,
        recognition=load_recognition(settings.knowledge_dir, base, occupations),
        understanding=understand(base, speech, settings.data_dir),
        permits=permits,
        papers=load_papers(settings.knowledge_dir, base, permits),
        texts=load_texts(settings.knowledge_dir / "locales"),
        events=load_events(settings.events_dir),
        event_words=load_event_words(settings.knowledge_dir / "locales"),
        hours=load_office_hours(settings.knowledge_dir),
        zone=settings.timezone,
    )


def check_content(guide: Guide, settings: Settings, on: date, strict: bool) -> list[Finding]:
    """What an editor has to put right in the loaded content as of a day. Raises ContentError if a list is broken."""

    def rank(text: str, language: str) -> list[str]:
        resolution = guide.understanding.resolve(text, language)
        first = [PERSON_ENTRY] if wants_person(resolution) else []
        return [*first, *(candidate.id for candidate in resolution.candidates)]

    return check(
        guide.knowledge,
        on,
        load_topics(settings.knowledge_dir),
        glossary=load_glossary(settings.knowledge_dir),
        rank=rank,
        line_of=lines_in(settings.knowledge_dir),
        strict=strict,
    )


def described_occupations(guide: Guide) -> list[tuple[str, Answer, Answer]]:
    """Every occupation as newcomers read about it: the entry it leads to, the answer in German and in English."""
    described = guide.occupations.describe
    return [
        (each.entry, described(each, "de", guide.knowledge), described(each, "en", guide.knowledge))
        for each in guide.occupations.by_id.values()
    ]
