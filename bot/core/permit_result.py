"""What the path to a residence permit ends with, in words for a phone: titles, why, what is missing, the next step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.core.guided_path import read_in
from bot.core.model import Button, Guide, Reply, Turn
from bot.core.replying import button, language_of, part_of_key, say
from knowledge.conditions import Profile
from knowledge.formats import Language, Law, Money, Words, country_name, format_day, show
from knowledge.model import Fact
from knowledge.permits import Condition, Fit, Match, Outcome

COUNTRY = "country"
SHOWN_SOURCES = 3
MOST_ENTRIES = 2  # buttons to entries under a result
POINTS_NEEDED = ("opportunity-card", "points")


def label_of(guide: Guide, language: Language, aspect: str, value: str) -> str:
    """What an answer is called on its button."""
    if aspect == COUNTRY:
        return country_name(value, language)
    if value == "":
        return guide.texts.say(language, "permit.unknown")
    own = f"permit.value.{part_of_key(aspect)}.{part_of_key(value)}"
    if own in guide.texts.sayings["de"]:
        return guide.texts.say(language, own)
    if value in ("yes", "no"):
        return guide.texts.say(language, f"permit.{value}")
    asked = guide.permits.aspect(aspect)
    if asked.ordered:
        level = value.upper()
        return guide.texts.say(language, "permit.or_better", level=level) if value == asked.values[-1] else level
    words = guide.knowledge.words.get(language, Words())
    return show(Money(Decimal(value)), language, words) if aspect == "salary" else value


def answers_said(guide: Guide, language: Language, answers: tuple[tuple[str, str], ...]) -> str:
    """All answers in one line."""
    named = dict(answers)
    said = []
    for aspect, value in answers:
        if aspect != "nationality" or COUNTRY not in named:
            called = "nationality" if aspect == COUNTRY else aspect
            short = guide.texts.say(language, f"permit.short.{part_of_key(called)}")
            said.append(f"{short}: {label_of(guide, language, aspect, value)}")
    return "; ".join(said)


def titles_said(guide: Guide, language: Language, profile: Profile) -> str:
    """The titles that fit or come near, in one line; a dash where that is not decided."""
    shown = guide.permits.shown(profile)
    names = (
        [guide.texts.say(language, f"permit.title.{part_of_key(name)}.name") for name, _ in shown[0]] if shown else []
    )
    return ", ".join(names) or "–"


def show_result(turn: Turn, guide: Guide, answers: tuple[tuple[str, str], ...], outcome: Outcome) -> Reply:
    """The whole result as one message."""
    language = language_of(turn.conversation)
    on = turn.now.astimezone(guide.zone).date()
    fitting = len(outcome.fitting)
    if outcome.dead_end is not None:
        parts = [
            say(turn, guide, "permit.result.dead_end"),
            say(turn, guide, f"permit.dead_end.{part_of_key(outcome.dead_end.id)}"),
        ]
    else:
        heading = "near" if fitting == 0 else "one" if fitting == 1 else "several"
        parts = [say(turn, guide, f"permit.result.{heading}")]
        acts: set[str] = set()
        parts += [_match(turn, guide, number, match, acts) for number, match in enumerate(outcome.matches, 1)]
        parts += [_points(turn, guide, outcome), *_next_step(turn, guide, outcome)]
    parts += [_remark(turn, guide, remark.id) for remark in outcome.remarks]
    parts += [_stale(turn, guide, outcome, on), _provenance(turn, guide, outcome)]
    said = answers_said(guide, language, answers)
    parts.append(f"*{say(turn, guide, 'permit.result.answers', answers=said)}*")
    return Reply("\n\n".join(part for part in parts if part), _buttons(turn, guide, outcome))


def _buttons(turn: Turn, guide: Guide, outcome: Outcome) -> tuple[Button, ...]:
    language = language_of(turn.conversation)
    entries = dict.fromkeys(match.title.entry for match in outcome.matches)
    more = tuple(
        Button(guide.knowledge.short(entry, language), f"show:{entry}") for entry in list(entries)[:MOST_ENTRIES]
    )
    person = button(turn, guide, "button.person", "person")
    papers = button(turn, guide, "papers.offer", "papers:permit")
    ways = (
        button(turn, guide, "path.back", "permit:back"),
        button(turn, guide, "path.restart", "permit:restart"),
    )
    return (person, *ways) if outcome.dead_end is not None else (*more, papers, *ways, person)


def _match(turn: Turn, guide: Guide, number: int, match: Match, acts: set[str]) -> str:
    """One title: what it is called, its section, why it fits or what is missing, the year's salary threshold."""
    title = match.title
    name = say(turn, guide, f"permit.title.{part_of_key(title.id)}.name")
    lines = [f"**{number}. {name}** ({_law(turn, guide, title.law, acts)})"]
    if match.fit is Fit.FITS:
        lines.append(say(turn, guide, f"permit.title.{part_of_key(title.id)}.why"))
    for condition in (*match.met, *match.missing, *match.open):
        threshold = next((fact for _, fact in condition.facts if isinstance(fact.value, Money)), None)
        if condition.id.startswith("salary") and condition not in match.missing and threshold is not None:
            day = format_day(threshold.valid_until, language_of(turn.conversation)) if threshold.valid_until else "–"
            figure = _figure(turn, guide, threshold)
            lines.append(say(turn, guide, "permit.result.threshold", figure=figure, day=day))
    text = "\n".join(lines)
    lists = (
        ("missing", [_condition(turn, guide, each) for each in match.missing]),
        ("open", [_condition(turn, guide, each) for each in match.open]),
        (
            "also",
            [say(turn, guide, f"permit.also.{part_of_key(each)}") for each in title.also if match.fit is Fit.FITS],
        ),
    )
    for heading, items in lists:
        if items:
            listed = "\n".join(f"- {item}" for item in dict.fromkeys(items))
            text = f"{text}\n\n{say(turn, guide, f'permit.result.{heading}')}\n\n{listed}"
    return text


def _condition(turn: Turn, guide: Guide, condition: Condition) -> str:
    figures = [_figure(turn, guide, fact) for _, fact in condition.facts] or [""]
    key = f"permit.condition.{part_of_key(condition.id)}"
    return say(turn, guide, key, first=figures[0], second=figures[-1])


def _points(turn: Turn, guide: Guide, outcome: Outcome) -> str:
    if not outcome.points:
        return ""
    entry, fact = POINTS_NEEDED
    needed = _figure(turn, guide, guide.knowledge.entries[entry].facts[fact])
    reached = sum(row.points for row in outcome.points)
    rows = [
        say(
            turn,
            guide,
            "permit.result.points_row",
            points=row.points,
            what=say(turn, guide, f"permit.row.{part_of_key(row.id)}"),
        )
        for row in outcome.points
    ]
    heading = say(turn, guide, "permit.result.points", points=reached, needed=needed)
    enough = say(turn, guide, "permit.result.points_enough") if outcome.fitting else ""
    return "\n\n".join(part for part in (heading, "\n".join(f"- {row}" for row in rows), enough) if part)


def _next_step(turn: Turn, guide: Guide, outcome: Outcome) -> list[str]:
    if outcome.route is None:
        return []
    key = f"permit.route.{part_of_key(outcome.route)}"
    text = say(
        turn,
        guide,
        key,
        booking=_held(turn, guide, "immigration-office", "booking"),
        portal=_held(turn, guide, "visa-process", "portal"),
        days=_held(turn, guide, "permit-overview", "visa-free-days"),
    )
    parts = [f"{say(turn, guide, 'permit.result.next')}\n{text}"]
    if outcome.route in ("mission", "mission-visa-free") and any(match.title.fast for match in outcome.matches):
        held = {name: _held(turn, guide, "fast-track", name) for name in ("zfe", "fee", "law")}
        parts.append(say(turn, guide, "permit.fast", **held))
    return parts


def _remark(turn: Turn, guide: Guide, remark: str) -> str:
    threshold, reduced = (_held(turn, guide, "blue-card-salary", name) for name in ("threshold", "reduced"))
    return f"ℹ️ {say(turn, guide, f'permit.remark.{part_of_key(remark)}', threshold=threshold, reduced=reduced)}"


def _stale(turn: Turn, guide: Guide, outcome: Outcome, on: date) -> str:
    """That the figures are out of date, once the day has passed until which they held."""
    past = [match.title.valid_until for match in outcome.matches if match.title.stale_on(on)]
    days = [day for day in past if day is not None]
    day = format_day(min(days), language_of(turn.conversation)) if days else ""
    return say(turn, guide, "path.stale", day=day) if days else ""


def _provenance(turn: Turn, guide: Guide, outcome: Outcome) -> str:
    orientation = say(turn, guide, "path.orientation")
    if not outcome.matches:
        return orientation
    sources = (match.title.source for match in outcome.matches)
    days = (
        day
        for match in outcome.matches
        for day in (match.title.checked, *(fact.checked for each in match.met for _, fact in each.facts))
    )
    return f"{read_in(turn, guide, sources, days, SHOWN_SOURCES)}\n{orientation}"


def _law(turn: Turn, guide: Guide, citation: str, acts: set[str]) -> str:
    """The section; the act's name in full only the first time."""
    language = language_of(turn.conversation)
    words = guide.knowledge.words.get(language, Words())
    act = citation.rpartition(" ")[2]
    form = "" if act in acts else words.act_inside
    acts.add(act)
    return show(Law(citation), language, words, form)


def _figure(turn: Turn, guide: Guide, fact: Fact) -> str:
    language = language_of(turn.conversation)
    return show(fact.value, language, guide.knowledge.words.get(language, Words()))


def _held(turn: Turn, guide: Guide, entry: str, fact: str) -> str:
    return _figure(turn, guide, guide.knowledge.entries[entry].facts[fact])
