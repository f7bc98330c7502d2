"""The path to a residence permit: a few questions, by buttons or by typing, and what comes out.

What is asked follows from the rules (`knowledge.permits`); here are only the steps: begin, answer, back, begin again,
leave, go on. The answers are kept in the conversation, so a restart of the program loses none.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from bot.core.guided_path import ways, with_way_on
from bot.core.model import Button, Conversation, Decision, Guide, Reply, Turn
from bot.core.permit_result import answers_said, label_of, show_result, titles_said
from bot.core.remembering import told
from bot.core.replying import button, language_of, old_button, part_of_key, reply_with, say
from knowledge.conditions import Answer, Aspect
from knowledge.formats import Money, Words, country_codes, country_name, show
from knowledge.permit_answers import find_country, folded_names, read_months, read_salary, read_whole

PATH = ASKING = "permit"
ASKING_NUMBER = "permit_number"  # a number that is typed then is the answer and presses no button
NATIONALITY = "nationality"
COUNTRY = "country"  # kept beside the class of nationality, to be read by an adviser
_MONTHS = ("months", "contributions", "permit-months")

Answers = tuple[tuple[str, str], ...]


def offer(turn: Turn, guide: Guide, entry: str) -> tuple[Button, ...]:
    """The button that begins the path, under the entries that it belongs to."""
    return (button(turn, guide, "permit.offer", f"permit:begin:{entry}"),) if entry in guide.permits.entries else ()


def act(turn: Turn, guide: Guide, rest: str) -> Decision:
    """A button of the path was pressed."""
    step, _, value = rest.partition(":")
    kept = turn.conversation.permit
    if step == "begin":
        return _begin(turn, guide, value)
    if kept is None:
        return old_button(turn, guide)
    match step:
        case "answer":
            aspect, _, answer = value.partition(":")
            return _answer(turn, guide, aspect, answer)
        case "back":
            shorter = tuple(each for each in kept[:-1] if each[0] != COUNTRY or len(kept) > 2)
            return _ask(turn, guide, shorter)
        case "again":
            return _ask(turn, guide, tuple(each for each in kept if each[0] != value))
        case "resume":
            return _ask(turn, guide, kept)
        case "restart":
            return _ask(turn, guide, (), say(turn, guide, "permit.intro"))
    conversation = replace(turn.conversation, permit=None, asking=None)
    return reply_with(turn, conversation, Reply(say(turn, guide, "path.left")), outcome="permit_left")


def begin(turn: Turn, guide: Guide) -> Decision:
    """The path from its first question on, with what the last question tells."""
    return _begin(turn, guide, "")


def settle(turn: Turn, guide: Guide, answer: str) -> Decision:
    """A plain yes or no in words, while the path waits for an answer."""
    aspect = _asked(turn, guide)
    if aspect is not None and answer in aspect.values:
        return _answer(turn, guide, aspect.id, answer)
    return _ask(turn, guide, turn.conversation.permit or (), say(turn, guide, "permit.not_understood"))


def read(turn: Turn, guide: Guide, text: str) -> Decision | None:
    """What was typed as the answer that the path waits for; None if it is something else."""
    aspect = _asked(turn, guide)
    if aspect is None or turn.conversation.asking not in (ASKING, ASKING_NUMBER):
        return None
    if aspect.id == NATIONALITY:
        country = find_country(text, _countries(guide))
        return None if country is None else _of_country(turn, guide, turn.conversation.permit or (), country)
    if aspect.values:
        return None
    note = ""
    if aspect.id == "salary":
        salary = read_salary(text)
        number = None if salary is None else salary.yearly
        if salary is not None and salary.monthly is not None:
            yearly, monthly = (_money(turn, guide, amount) for amount in (salary.yearly, salary.monthly))
            note = say(turn, guide, "permit.monthly_taken", yearly=yearly, monthly=monthly)
        unclear = "permit.not_a_salary"
    elif aspect.id in _MONTHS:
        number, unclear = read_months(text), "permit.not_months"
    else:
        number, unclear = read_whole(text), "permit.not_a_number"
    answers = turn.conversation.permit or ()
    if number is None:
        meant = any(sign.isdigit() for sign in text) or len(text.split()) < 3
        return _ask(turn, guide, answers, say(turn, guide, unclear)) if meant else None
    if not aspect.allows(number):
        return _ask(turn, guide, answers, say(turn, guide, "permit.out_of_range"))
    return _ask(turn, guide, (*answers, (aspect.id, str(number))), note)


def kept(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """Another question in between was answered: the path can be gone on with. One not understood: it is asked again."""
    answers = turn.conversation.permit
    if answers is None or turn.conversation.asking not in (ASKING, ASKING_NUMBER):
        return decision
    if decision.outcome in ("missed", "unsure"):
        aspect = _asked(turn, guide)
        unclear = "not_a_country" if aspect is not None and aspect.id == NATIONALITY else "not_understood"
        return _ask(turn, guide, answers, say(turn, guide, f"permit.{unclear}"))
    return with_way_on(turn, guide, decision, PATH)


def for_card(conversation: Conversation, guide: Guide, language: str) -> str:
    """The answers and what came out, for the card that an adviser reads; empty where nothing was answered."""
    if not conversation.permit:
        return ""
    said = answers_said(guide, language, conversation.permit)
    titles = titles_said(guide, language, known(conversation.permit, guide))
    return guide.texts.say(language, "permit.result.card", answers=said, titles=titles)


def known(answers: Answers, guide: Guide) -> dict[str, Answer]:
    """The answers as the rules read them."""
    profile: dict[str, Answer] = {}
    for name, value in answers:
        if name != COUNTRY:
            aspect = guide.permits.aspect(name)
            profile[name] = None if value == "" else value if aspect.values else Decimal(value)
    return profile


def _begin(turn: Turn, guide: Guide, entry: str) -> Decision:
    """Begin, with what the question, what was told before and the entry tell already."""
    question, kept = turn.conversation.question or "", told(turn, guide)
    answers: Answers = tuple(guide.permits.entries.get(entry, {}).items())
    country = (find_country(question, _countries(guide)) if question else None) or kept.country
    if country is not None and NATIONALITY not in dict(answers) and country != "DE":
        answers = (*answers, (COUNTRY, country), (NATIONALITY, guide.permits.class_of(country)))
    working = kept.occupation is not None or guide.occupations.find(question).one is not None
    if "purpose" not in dict(answers) and working:
        answers = (*answers, ("purpose", "work"))
    note = say(turn, guide, "permit.intro")
    if answers:
        said = answers_said(guide, language_of(turn.conversation), answers)
        note = f"{note}\n\n{say(turn, guide, 'permit.known', answers=said)}"
    return _ask(turn, guide, answers, note)


def _answer(turn: Turn, guide: Guide, name: str, value: str) -> Decision:
    """Take an answer, for the question that waits or, by an older button, in place of an earlier answer."""
    answers = turn.conversation.permit or ()
    aspect = {each.id: each for each in guide.permits.aspects}.get(name)
    fits = aspect is not None and aspect.allows(value if value else None)
    if not fits or (name not in dict(answers) and name != getattr(_asked(turn, guide), "id", None)):
        return old_button(turn, guide)
    if name in dict(answers):
        return _ask(turn, guide, tuple((key, value if key == name else was) for key, was in answers))
    return _ask(turn, guide, (*answers, (name, value)))


def _of_country(turn: Turn, guide: Guide, answers: Answers, country: str) -> Decision:
    note = f"{country_name(country, language_of(turn.conversation))} ✓"
    return _ask(turn, guide, (*answers, (COUNTRY, country), (NATIONALITY, guide.permits.class_of(country))), note)


def _asked(turn: Turn, guide: Guide) -> Aspect | None:
    """The question that waits for an answer."""
    if turn.conversation.permit is None:
        return None
    name = guide.permits.next_aspect(known(turn.conversation.permit, guide))
    return None if name is None else guide.permits.aspect(name)


def _ask(turn: Turn, guide: Guide, answers: Answers, note: str = "") -> Decision:
    """The next question, what cannot be right, or the result; `note` is said before it."""
    conversation = replace(turn.conversation, permit=answers, misses=0)
    profile = known(answers, guide)
    if (wrong := guide.permits.contradiction(profile)) is not None:
        buttons = tuple(
            Button(
                guide.texts.say(language_of(conversation), f"permit.short.{part_of_key(name)}"), f"permit:again:{name}"
            )
            for name in wrong.only
            if name in profile
        )
        text = say(turn, guide, f"permit.contradiction.{part_of_key(wrong.id)}")
        reply = Reply(_joined(note, text), (*buttons, *ways(turn, guide, PATH, bool(answers))))
        return reply_with(turn, replace(conversation, asking=None), reply, outcome="permit_contradiction")
    name = guide.permits.next_aspect(profile)
    if name is None:
        reply = show_result(turn, guide, answers, guide.permits.result(profile))
        reply = replace(reply, text=_joined(note, reply.text))
        return reply_with(turn, replace(conversation, asking=None), reply, outcome="permit_result")
    aspect = guide.permits.aspect(name)
    text = _joined(note, f"**{say(turn, guide, f'permit.question.{part_of_key(name)}')}**")
    buttons = tuple(
        Button(label_of(guide, language_of(conversation), name, value), f"permit:answer:{name}:{value}")
        for value in aspect.values
    )
    if aspect.open:
        buttons = (button(turn, guide, "permit.unknown", f"permit:answer:{name}:"),)
    reply = Reply(text, (*buttons, *ways(turn, guide, PATH, bool(answers))))
    asking = ASKING if aspect.values else ASKING_NUMBER
    return reply_with(turn, replace(conversation, asking=asking), reply, outcome="permit_question")


def _money(turn: Turn, guide: Guide, amount: Decimal) -> str:
    language = language_of(turn.conversation)
    return show(Money(amount), language, guide.knowledge.words.get(language, Words()))


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _countries(guide: Guide) -> dict[str, str]:
    return _country_names(guide.languages, tuple(guide.permits.country_names.items()))


@lru_cache(maxsize=4)
def _country_names(languages: tuple[str, ...], further: tuple[tuple[str, str], ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for language in languages:
        names |= country_codes(language)
    return folded_names({**names, **dict(further)})
