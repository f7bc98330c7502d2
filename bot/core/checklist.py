"""The checklist of papers: what it is for, the list to tick off, what is missing, the list as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.core.guided_path import read_in, ways, with_way_on
from bot.core.model import Button, Conversation, Decision, File, Guide, Reply, Turn
from bot.core.permit_path import known as known_on_path
from bot.core.replying import button, in_place, language_of, old_button, part_of_key, reply_with, say
from bot.markup import parse, plain_text
from knowledge.formats import Words, format_day, show
from knowledge.papers import Answers, Form, Paper

PATH = ASKING = "papers"
OCCASION = "occasion"
HAVE, MISSING = "☑", "☐"
SHOWN_SOURCES = 4


def offer(turn: Turn, guide: Guide, entry: str) -> tuple[Button, ...]:
    """The button that begins the list, under the entries that it belongs to."""
    return (button(turn, guide, "papers.offer", f"papers:entry:{entry}"),) if entry in guide.papers.entries else ()


def begin(turn: Turn, guide: Guide) -> Decision:
    """The list as it was left, or the first question on what it is for."""
    answers = turn.conversation.papers
    return _ask(turn, guide, _carried(turn, guide, {}) if answers is None else dict(answers))


def act(turn: Turn, guide: Guide, rest: str) -> Decision:
    """A button of the checklist was pressed."""
    step, _, value = rest.partition(":")
    answers = dict(turn.conversation.papers or ())
    match step:
        case "entry":
            return _ask(turn, guide, _carried(turn, guide, guide.papers.entries.get(value, {})))
        case "permit":
            return _ask(turn, guide, _carried(turn, guide, {}))
        case "recognition":
            return _ask(turn, guide, {OCCASION: "recognition", **_regulation(turn, guide)})
        case "restart":
            return _ask(turn, guide, {})
        case "back":
            return _ask(turn, guide, dict(list(answers.items())[:-1]))
        case "leave":
            kept = replace(turn.conversation, papers=None, asking=None)
            return reply_with(turn, kept, Reply(say(turn, guide, "papers.left")), outcome="papers_left")
        case "answer":
            name, _, answer = value.partition(":")
            aspect = guide.papers.next_aspect(answers)
            if aspect is None or aspect.id != name or answer not in aspect.values:
                return old_button(turn, guide)
            return _ask(turn, guide, {**answers, name: answer})
    if guide.papers.next_aspect(answers) is not None:
        return old_button(turn, guide)
    match step:
        case "tick":
            return _tick(turn, guide, answers, value)
        case "missing":
            return _show_missing(turn, guide, answers)
        case "file":
            return _hand_over(turn, guide, answers)
    return _ask(turn, guide, answers)


def settle(turn: Turn, guide: Guide, answer: str) -> Decision:
    """A plain yes or no in words, while the checklist waits for an answer."""
    answers = dict(turn.conversation.papers or ())
    aspect = guide.papers.next_aspect(answers)
    if aspect is None or answer not in aspect.values:
        return _ask(turn, guide, answers)
    return _ask(turn, guide, {**answers, aspect.id: answer})


def kept(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """Another question in between was answered: the checklist can be gone on with."""
    waits = turn.conversation.asking == ASKING and turn.conversation.papers is not None
    return with_way_on(turn, guide, decision, PATH) if waits else decision


def for_card(conversation: Conversation, guide: Guide, language: str) -> str:
    """What the list is for and which papers are missing, for the card that an adviser reads."""
    answers = dict(conversation.papers or ())
    if not answers or guide.papers.next_aspect(answers) is not None:
        return ""
    missing = [paper for paper in guide.papers.listed(answers) if paper.id not in conversation.ticked]
    named = ", ".join(guide.texts.say(language, f"papers.paper.{part_of_key(paper.id)}.name") for paper in missing)
    occasion = guide.texts.say(language, f"papers.value.occasion.{answers[OCCASION]}")
    return guide.texts.say(language, "papers.card", occasion=occasion, missing=named or "–")


def _carried(turn: Turn, guide: Guide, answers: Answers) -> dict[str, str]:
    """The answers, with what was said on the path to a permit."""
    path = turn.conversation.permit
    return {**(guide.papers.carry(known_on_path(path, guide)) if path else {}), **answers}


def _regulation(turn: Turn, guide: Guide) -> dict[str, str]:
    """Whether the occupation is regulated that the path to the right authority was about."""
    occupation = guide.occupations.by_id.get(dict(turn.conversation.recognition or ()).get("occupation", ""))
    if occupation is None:
        return {}
    return {"regulated": {"required": "yes", "unclear": "unknown"}.get(occupation.regulated, "no")}


def _ask(turn: Turn, guide: Guide, answers: Answers) -> Decision:
    """The next question, or the list."""
    conversation = replace(turn.conversation, papers=tuple(answers.items()), misses=0)
    aspect = guide.papers.next_aspect(answers)
    if aspect is None:
        turn = replace(turn, conversation=replace(conversation, asking=None))
        return reply_with(turn, turn.conversation, _list(turn, guide, answers), outcome="papers")
    parts = [] if answers else [say(turn, guide, "papers.intro")]
    parts.append(f"**{say(turn, guide, f'papers.question.{part_of_key(aspect.id)}')}**")
    buttons = tuple(
        Button(
            say(turn, guide, f"papers.value.{part_of_key(aspect.id)}.{part_of_key(value)}"),
            f"papers:answer:{aspect.id}:{value}",
        )
        for value in aspect.values
    )
    reply = Reply("\n\n".join(parts), (*buttons, *ways(turn, guide, PATH, bool(answers))))
    return reply_with(turn, replace(conversation, asking=ASKING), reply, outcome="papers_question")


def _tick(turn: Turn, guide: Guide, answers: Answers, paper: str) -> Decision:
    """The person has the paper, or has it no more. The list changes where it stands."""
    if guide.papers.paper(paper) is None:
        return old_button(turn, guide)
    ticked = turn.conversation.ticked
    now = tuple(each for each in ticked if each != paper) if paper in ticked else (*ticked, paper)
    turn = replace(turn, conversation=replace(turn.conversation, ticked=now, asking=None))
    decision = reply_with(turn, turn.conversation, _list(turn, guide, answers), outcome="papers_ticked")
    return in_place(turn, decision)


def _list(turn: Turn, guide: Guide, answers: Answers) -> Reply:
    papers = guide.papers.listed(answers)
    ticked = turn.conversation.ticked
    have = sum(paper.id in ticked for paper in papers)
    lines = [f"{_mark(turn, paper)} **{_name(turn, guide, paper)}**: {_hint(turn, guide, paper)}" for paper in papers]
    parts = [
        say(turn, guide, "papers.heading", occasion=_occasion(turn, guide, answers)),
        say(turn, guide, "papers.all_there" if have == len(papers) else "papers.progress", have=have, all=len(papers)),
        *lines,
        say(turn, guide, f"papers.note.{answers[OCCASION]}", **_held(turn, guide)),
        *_stale(turn, guide, papers),
        _provenance(turn, guide, papers),
    ]
    ticks = tuple(
        Button(f"{_mark(turn, paper)} {_name(turn, guide, paper)}", f"papers:tick:{paper.id}") for paper in papers
    )
    more = ((button(turn, guide, "papers.missing", "papers:missing"),) if have < len(papers) else ()) + (
        button(turn, guide, "papers.file", "papers:file"),
        button(turn, guide, "papers.new", "papers:restart"),
        button(turn, guide, "button.person", "person"),
    )
    return Reply("\n\n".join(part for part in parts if part), (*ticks, *more))


def _show_missing(turn: Turn, guide: Guide, answers: Answers) -> Decision:
    """Only what is missing, each with where to get it."""
    papers = [paper for paper in guide.papers.listed(answers) if paper.id not in turn.conversation.ticked]
    if not papers:
        return _ask(turn, guide, answers)
    lines = [f"**{_name(turn, guide, paper)}**: {say(turn, guide, _text(paper, 'get'))}" for paper in papers]
    text = "\n\n".join([say(turn, guide, "papers.missing_heading", count=len(papers)), *lines])
    language = language_of(turn.conversation)
    entries = list(dict.fromkeys(paper.entry for paper in papers))[:2]
    buttons = (
        button(turn, guide, "papers.to_list", "papers:list"),
        *(Button(guide.knowledge.short(entry, language), f"show:{entry}") for entry in entries),
    )
    return reply_with(turn, turn.conversation, Reply(text, buttons), outcome="papers_missing")


def _hand_over(turn: Turn, guide: Guide, answers: Answers) -> Decision:
    """The list as a text file, to print or to show at the appointment."""
    today = turn.now.astimezone(guide.zone).date()
    occasion = _occasion(turn, guide, answers)
    papers = guide.papers.listed(answers)
    parts = [
        say(
            turn, guide, "papers.file_heading", occasion=occasion, day=format_day(today, language_of(turn.conversation))
        ),
        *(
            f"[{'x' if paper.id in turn.conversation.ticked else ' '}] {_name(turn, guide, paper)}\n"
            f"    {_plain(_hint(turn, guide, paper))}\n    {_plain(say(turn, guide, _text(paper, 'get')))}"
            for paper in papers
        ),
        _plain(say(turn, guide, f"papers.note.{answers[OCCASION]}", **_held(turn, guide))),
        *map(_plain, _stale(turn, guide, papers)),
        _plain(_provenance(turn, guide, papers)),
    ]
    file = File(say(turn, guide, "papers.file_name"), "\n\n".join(parts).encode())
    reply = Reply(say(turn, guide, "papers.file_text"), file=file)
    return reply_with(turn, turn.conversation, reply, outcome="papers_file")


def _hint(turn: Turn, guide: Guide, paper: Paper) -> str:
    """What has to be on it, and in what form it is wanted where that is known."""
    language = language_of(turn.conversation)
    words = guide.knowledge.words.get(language, Words())
    figures = {name: show(fact.value, language, words) for name, fact in paper.facts.items()}
    hint = say(turn, guide, _text(paper, "hint"), **figures)
    if paper.form == (Form.LISTED,):
        return hint
    form = say(turn, guide, f"papers.form.{'_'.join(paper.form)}")
    return f"{hint} {form}"


def _provenance(turn: Turn, guide: Guide, papers: tuple[Paper, ...]) -> str:
    """Where the list was read and the day it was checked."""
    today = turn.now.astimezone(guide.zone).date()
    language = language_of(turn.conversation)
    answers = [guide.knowledge.answer(entry, language, today) for entry in dict.fromkeys(each.entry for each in papers)]
    sources = (source for answer in answers for source in answer.sources)
    days = (answer.checked for answer in answers if answer.checked is not None)
    return read_in(turn, guide, sources, days, SHOWN_SOURCES)


def _stale(turn: Turn, guide: Guide, papers: tuple[Paper, ...]) -> list[str]:
    """That a figure is out of date, for each that is."""
    today = turn.now.astimezone(guide.zone).date()
    return [
        say(turn, guide, "papers.stale", name=_name(turn, guide, paper), day=_day(turn, fact.valid_until))
        for paper in papers
        if (fact := paper.stale_on(today)) is not None and fact.valid_until is not None
    ]


def _held(turn: Turn, guide: Guide) -> dict[str, str]:
    """Links that the notes name."""
    language = language_of(turn.conversation)
    words = guide.knowledge.words.get(language, Words())
    facts = {
        "portal": ("visa-process", "portal"),
        "booking": ("registration", "booking"),
        "office": ("immigration-office", "booking"),
    }
    return {name: show(guide.knowledge.entries[e].facts[f].value, language, words) for name, (e, f) in facts.items()}


def _occasion(turn: Turn, guide: Guide, answers: Answers) -> str:
    return say(turn, guide, f"papers.value.occasion.{answers[OCCASION]}")


def _name(turn: Turn, guide: Guide, paper: Paper) -> str:
    return say(turn, guide, _text(paper, "name"))


def _mark(turn: Turn, paper: Paper) -> str:
    return HAVE if paper.id in turn.conversation.ticked else MISSING


def _text(paper: Paper, kind: str) -> str:
    return f"papers.paper.{part_of_key(paper.id)}.{kind}"


def _plain(text: str) -> str:
    return plain_text(parse(text))


def _day(turn: Turn, day: date | None) -> str:
    return format_day(day, language_of(turn.conversation)) if day is not None else "–"
