"""What the path to the right authority ends with: who decides, what it asks for, where advice is free."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.guided_path import read_in
from bot.core.model import Button, Guide, Reply, Turn
from bot.core.replying import button, flowing, language_of, part_of_key, say
from knowledge.formats import Words, format_day, show
from knowledge.model import Answer, Fact
from knowledge.recognition import CLASSES, GERMANY, PLACES, Addition

SHOWN_SOURCES = 4
AUTHORITY_ENTRY = "recognition-authority"  # the entry about which authority recognises an occupation
ADVICE_ENTRY = "recognition-advice"
PERMIT_ENTRY = "permit-overview"


def show_result(turn: Turn, guide: Guide, answers: Mapping[str, str], trained: str) -> Reply:
    """The result for the answers: an occupation with all that holds for it, or honest advice where there is none.

    `trained` is the class of the country of training.
    """
    if trained == GERMANY:
        return Reply(say(turn, guide, "recognition.german_training"), _buttons(turn, guide, "degree-statement"))
    if not answers["occupation"]:
        held = _figures(turn, guide, _advice(guide))
        finder = guide.occupations.finder
        return Reply(say(turn, guide, "recognition.not_listed", finder=finder, **held), _advice_buttons(turn, guide))
    named = answers["country"]
    country = None if named in CLASSES else named
    occupation = guide.recognition.fitting(guide.occupations[answers["occupation"]], guide.occupations, trained)
    additions = guide.recognition.additions(occupation, country, trained, answers["place"])
    language = language_of(turn.conversation)
    answer = guide.occupations.describe(occupation, language, guide.knowledge, country)
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(answer.steps, 1))
    parts = [
        f"**{answer.title}**",
        flowing(answer.text),
        f"**{say(turn, guide, 'recognition.first')}**\n\n{steps}",
        *_topics(turn, guide, additions),
        *_stale(turn, guide, additions),
        _provenance(turn, guide, answer, additions),
    ]
    return Reply("\n\n".join(part for part in parts if part), _buttons(turn, guide, occupation.entry))


def _topics(turn: Turn, guide: Guide, additions: Mapping[str, Addition]) -> list[str]:
    """One line for each topic on which there is something to say."""
    lines = []
    for topic, addition in additions.items():
        if addition.id == "none":
            continue
        figures = _figures(turn, guide, addition.facts)
        text = say(turn, guide, f"recognition.{topic}.{part_of_key(addition.id)}", **figures)
        lines.append(f"**{say(turn, guide, f'recognition.topic.{topic}')}:** {text}")
    return lines


def remark(turn: Turn, guide: Guide, topic: str, occupation: str, classes: tuple[str, ...], country: str | None) -> str:
    """What is said on a topic about an occupation; empty if nothing is, or not the same for all classes of training."""
    texts = set()
    for trained in classes:
        fitting = guide.recognition.fitting(guide.occupations[occupation], guide.occupations, trained)
        addition = guide.recognition.additions(fitting, country, trained, PLACES[0])[topic]
        texts.update(_topics(turn, guide, {topic: addition}) or [""])
    return texts.pop() if len(texts) == 1 else ""


def _figures(turn: Turn, guide: Guide, facts: Mapping[str, Fact]) -> dict[str, str]:
    language = language_of(turn.conversation)
    words = guide.knowledge.words.get(language, Words())
    return {name: show(fact.value, language, words) for name, fact in facts.items()}


def _stale(turn: Turn, guide: Guide, additions: Mapping[str, Addition]) -> list[str]:
    today = turn.now.astimezone(guide.zone).date()
    facts = [fact for each in additions.values() for fact in each.facts.values() if fact.stale_on(today)]
    days = [fact.valid_until for fact in facts if fact.valid_until is not None]
    if not days:
        return []
    return [say(turn, guide, "path.stale", day=format_day(min(days), language_of(turn.conversation)))]


def _provenance(turn: Turn, guide: Guide, answer: Answer, additions: Mapping[str, Addition]) -> str:
    """Where it was read, the oldest day on which something shown was checked, and what it is."""
    facts = [fact for each in additions.values() for fact in each.facts.values()]
    sources = (*answer.sources, *(fact.source for fact in facts))
    days = [fact.checked for fact in facts] + ([answer.checked] if answer.checked else [])
    said = read_in(turn, guide, sources, days, SHOWN_SOURCES)
    return f"{said}\n{say(turn, guide, 'path.orientation')}"


def _advice(guide: Guide) -> Mapping[str, Fact]:
    """What the remark on advice for those who are here names."""
    return guide.recognition.topics["advice"][-1].facts


def _buttons(turn: Turn, guide: Guide, entry: str) -> tuple[Button, ...]:
    language = language_of(turn.conversation)
    return (
        button(turn, guide, "papers.offer", "papers:recognition"),
        button(turn, guide, "permit.offer", f"permit:begin:{PERMIT_ENTRY}"),
        Button(guide.knowledge.short(entry, language), f"show:{entry}"),
        button(turn, guide, "path.back", "recognition:back"),
        button(turn, guide, "path.restart", "recognition:restart"),
        button(turn, guide, "button.person", "person"),
    )


def _advice_buttons(turn: Turn, guide: Guide) -> tuple[Button, ...]:
    language = language_of(turn.conversation)
    return (
        button(turn, guide, "button.person", "person"),
        Button(guide.knowledge.short(ADVICE_ENTRY, language), f"show:{ADVICE_ENTRY}"),
        button(turn, guide, "path.back", "recognition:back"),
        button(turn, guide, "path.restart", "recognition:restart"),
    )
