"""The path to the authority that recognises a qualification: occupation, country of training, where one is now.

By buttons or typing; what the question told is taken over. The answers are kept in the conversation.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.guided_path import ways, with_way_on
from bot.core.model import Button, Conversation, Decision, Guide, Reply, Shown, Told, Turn, Utterance
from bot.core.recognition_result import AUTHORITY_ENTRY, show_result
from bot.core.remembering import HOME, countries_of, told
from bot.core.replying import button, language_of, old_button, reply_with, say
from knowledge.formats import country_name, escape, pick
from knowledge.occupations import Occupation
from knowledge.recognition import CLASSES, EU, GERMANY, OTHER, PLACES

PATH = "recognition"
OCCUPATION, COUNTRY, PLACE = "occupation", "country", "place"
STEPS = (OCCUPATION, COUNTRY, PLACE)
UNLISTED = ""  # the occupation is not in the list
ASKING = tuple(f"{PATH}_{step}" for step in STEPS)
ASKING_OCCUPATION, ASKING_COUNTRY, ASKING_PLACE = ASKING

Answers = dict[str, str]


def offer(turn: Turn, guide: Guide, entry: str) -> tuple[Button, ...]:
    """The button that begins the path, under the entries that it belongs to."""
    offered = entry in guide.recognition.entries
    return (button(turn, guide, "recognition.offer", f"{PATH}:begin"),) if offered else ()


def begin(turn: Turn, guide: Guide) -> Decision:
    """The path where it was left, or from its first question on with what was told."""
    answers = dict(turn.conversation.recognition or ())
    if answers and _next(answers) is not None:
        return _ask(turn, guide, answers)
    question, kept = turn.conversation.question or "", told(turn, guide)
    one = guide.occupations.find(question).one
    answers = known_of(kept.occupation if one is None else one.id, _country_in(question, guide) or kept.country)
    return _ask(
        turn, guide, answers, _known(turn, guide, answers) if answers else say(turn, guide, "recognition.intro")
    )


def known_of(occupation: str | None, country: str | None) -> Answers:
    """The answers that an occupation and a country are."""
    return ({OCCUPATION: occupation} if occupation else {}) | ({COUNTRY: country} if country else {})


def begin_at(turn: Turn, guide: Guide, occupation: str) -> Decision:
    """The path with the occupation known, and the country if the last question or one before names it."""
    country = _country_in(turn.conversation.question or "", guide) or told(turn, guide).country
    answers = known_of(occupation, country)
    return _ask(turn, guide, answers, _known(turn, guide, answers))


def recognised(turn: Turn, guide: Guide, text: str) -> Decision | None:
    """The path, where a text names one occupation and a country, so that it tells enough to begin."""
    named = guide.occupations.find(text).one
    country = countries_of(guide).find(text)
    if named is None or country in (None, HOME):
        return None
    return begin_at(turn, guide, named.id)


def act(turn: Turn, guide: Guide, rest: str) -> Decision:
    """A button of the path was pressed."""
    step, _, value = rest.partition(":")
    match step:
        case "begin":
            return begin_at(turn, guide, value) if value in guide.occupations.by_id else begin(turn, guide)
        case "restart":
            return _ask(turn, guide, {}, say(turn, guide, "recognition.intro"))
    if turn.conversation.recognition is None:
        return old_button(turn, guide)
    answers = dict(turn.conversation.recognition)
    match step:
        case "back":
            return _ask(turn, guide, dict(list(answers.items())[:-1]))
        case "leave":
            kept = replace(turn.conversation, recognition=None, asking=None)
            return reply_with(turn, kept, Reply(say(turn, guide, "path.left")), outcome="recognition_left")
        case "set":
            name, _, answer = value.partition(":")
            return _answer(turn, guide, answers, name, answer)
    return _ask(turn, guide, answers)


def read(turn: Turn, guide: Guide, text: str) -> Decision | None:
    """What was typed as the answer that the path waits for; None if it is something else."""
    answers = dict(turn.conversation.recognition or ())
    if turn.conversation.asking == ASKING_OCCUPATION:
        return _read_occupation(turn, guide, answers, text)
    if turn.conversation.asking == ASKING_PLACE:
        place = guide.recognition.place_in(text)
        return None if place is None else _ask(turn, guide, {**answers, PLACE: place})
    if turn.conversation.asking != ASKING_COUNTRY:
        return None
    known = countries_of(guide)
    if (country := known.read(text)) is not None:
        return _ask(turn, guide, {**answers, COUNTRY: country}, _country_taken(turn, country))
    return _ask(turn, guide, answers, say(turn, guide, "recognition.former_country")) if known.is_former(text) else None


def kept(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """Another question in between was answered: the path can be gone on with.

    What was not understood may be an occupation in a spelling of its own; else it is asked again.
    """
    asking, answers = turn.conversation.asking, turn.conversation.recognition
    if answers is None or asking not in ASKING:
        return decision
    if decision.outcome in ("missed", "unsure"):
        written = turn.incoming.content.text if isinstance(turn.incoming.content, Utterance) else ""
        if asking == ASKING_OCCUPATION and (alike := guide.occupations.near(written)):
            return _choose(turn, guide, dict(answers), alike)
        return _ask(turn, guide, dict(answers), say(turn, guide, f"recognition.unclear.{asking.partition('_')[2]}"))
    return with_way_on(turn, guide, decision, PATH)


def settle(turn: Turn, guide: Guide, answer: str) -> Decision:
    """A plain yes or no in words, while the path waits for where the person is."""
    return _ask(turn, guide, dict(turn.conversation.recognition or ()), say(turn, guide, "recognition.unclear.place"))


def for_card(conversation: Conversation, guide: Guide, language: str) -> str:
    """The answers, for the card that an adviser reads; empty where nothing was answered."""
    if not conversation.recognition:
        return ""
    return guide.texts.say(
        language, "recognition.card", answers=in_one_line(guide, language, dict(conversation.recognition))
    )


def _country_in(question: str, guide: Guide) -> str | None:
    """The country abroad that a question names."""
    country = countries_of(guide).find(question)
    return None if country == HOME else country


def _answer(turn: Turn, guide: Guide, answers: Answers, name: str, value: str) -> Decision:
    fits = {
        OCCUPATION: value in guide.occupations.by_id or value == UNLISTED,
        COUNTRY: value in CLASSES,
        PLACE: value in PLACES,
    }
    if not fits.get(name, False) or (name not in answers and name != _next(answers)):
        return old_button(turn, guide)
    return _ask(turn, guide, {**answers, name: value})


def _read_occupation(turn: Turn, guide: Guide, answers: Answers, text: str) -> Decision | None:
    naming = guide.occupations.find(text)
    if naming.one is not None:
        country = countries_of(guide).find(text)
        also = {COUNTRY: country} if country is not None and country != HOME else {}
        note = f"{naming.one.label(language_of(turn.conversation))} ✓"
        return _ask(turn, guide, {**answers, OCCUPATION: naming.one.id, **also}, note)
    return _choose(turn, guide, answers, naming.choices) if naming.choices else None


def _choose(turn: Turn, guide: Guide, answers: Answers, choices: tuple[Occupation, ...]) -> Decision:
    """Which of several occupations is meant."""
    language = language_of(turn.conversation)
    buttons = tuple(Button(each.label(language), f"{PATH}:set:{OCCUPATION}:{each.id}") for each in choices)
    unlisted = button(turn, guide, "recognition.unlisted", f"{PATH}:set:{OCCUPATION}:{UNLISTED}")
    reply = Reply(say(turn, guide, "recognition.which"), (*buttons, unlisted, *ways(turn, guide, PATH, bool(answers))))
    conversation = replace(turn.conversation, recognition=tuple(answers.items()), asking=ASKING_OCCUPATION, misses=0)
    return reply_with(turn, conversation, reply, outcome="recognition_question")


def _next(answers: Answers) -> str | None:
    """What is asked next; nothing once the occupation is not listed or was learnt in Germany."""
    if answers.get(OCCUPATION) == UNLISTED or answers.get(COUNTRY) == HOME:
        return None
    return next((step for step in STEPS if step not in answers), None)


def _ask(turn: Turn, guide: Guide, answers: Answers, note: str = "") -> Decision:
    """The next question, or the result; `note` is said before it."""
    step = _next(answers)
    asking = None if step is None else f"{PATH}_{step}"
    conversation = replace(turn.conversation, recognition=tuple(answers.items()), asking=asking, misses=0)
    turn = replace(turn, conversation=conversation)
    if step is None:
        latest = Shown(AUTHORITY_ENTRY, turn.now)
        conversation = replace(conversation, told=_told_on_path(turn, answers), latest=latest)
        reply = show_result(turn, guide, answers, class_of(guide, answers.get(COUNTRY, OTHER)))
        reply = replace(reply, text=f"{note}\n\n{reply.text}".strip())
        return reply_with(turn, conversation, reply, outcome="recognition_result")
    buttons: tuple[Button, ...] = ()
    if step == OCCUPATION and answers == {}:
        unlisted = f"{PATH}:set:{OCCUPATION}:{UNLISTED}"
        buttons = (button(turn, guide, "recognition.unlisted", unlisted),)
    elif step == COUNTRY and not guide.occupations[answers[OCCUPATION]].training:
        buttons = tuple(
            button(turn, guide, f"recognition.class.{each}", f"{PATH}:set:{COUNTRY}:{each}") for each in CLASSES
        )
    elif step == PLACE:
        buttons = tuple(
            button(turn, guide, f"recognition.place.{each}", f"{PATH}:set:{PLACE}:{each}") for each in PLACES
        )
    text = f"{note}\n\n**{say(turn, guide, f'recognition.question.{step}')}**".strip()
    reply = Reply(text, (*buttons, *ways(turn, guide, PATH, bool(answers))))
    return reply_with(turn, conversation, reply, outcome="recognition_question")


def _told_on_path(turn: Turn, answers: Answers) -> Told | None:
    """What a finished path says of occupation and country, for later questions; a class is no country."""
    occupation, country = answers.get(OCCUPATION) or None, answers.get(COUNTRY)
    if occupation is None:
        return turn.conversation.told
    return Told(occupation, None if country in (*CLASSES, HOME) else country, turn.now)


def class_of(guide: Guide, country: str) -> str:
    """The class of a country of training; a class stands for itself."""
    if country in CLASSES:
        return country
    return GERMANY if country == HOME else EU if guide.permits.class_of(country) == "eu" else OTHER


def _known(turn: Turn, guide: Guide, answers: Answers) -> str:
    return say(turn, guide, "recognition.known", answers=in_one_line(guide, language_of(turn.conversation), answers))


def in_one_line(guide: Guide, language: str, answers: Answers) -> str:
    """The answers in one line."""
    said = []
    for name, value in answers.items():
        if name == OCCUPATION and value == UNLISTED:
            said.append(guide.texts.say(language, "recognition.unlisted"))
        elif name == OCCUPATION:
            said.append(escape(pick(guide.occupations[value].name, language)))
        elif name == COUNTRY and value not in CLASSES:
            said.append(guide.texts.say(language, "recognition.trained_in", country=country_name(value, language)))
        else:
            said.append(guide.texts.say(language, f"recognition.{'class' if name == COUNTRY else 'place'}.{value}"))
    return "; ".join(said)


def _country_taken(turn: Turn, country: str) -> str:
    return f"{country_name(country, language_of(turn.conversation))} ✓"
