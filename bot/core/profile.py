"""Greeting, language, what is stored, export and deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.answering import topic_buttons
from bot.core.model import (
    Button,
    Decision,
    Effect,
    Erase,
    Excuse,
    Export,
    Guide,
    Lane,
    Reply,
    Send,
    State,
    Turn,
)
from bot.core.replying import begun_with, button, language_of, old_button, reply_with, say, say_in_all
from knowledge.formats import language_name
from knowledge.language import Detected, detect

EXCUSED_FOR = timedelta(days=1)
ASKING_DELETION = "deletion"


def with_language(turn: Turn, guide: Guide, text: str | None = None) -> Turn:
    """The turn with the language to answer in.

    The person's own choice wins; then the language of what they wrote, when that is clear; then what was
    used before; then the language that their messenger is set to; then English.
    """
    conversation = turn.conversation
    if conversation.chosen:
        return turn
    language = conversation.language
    if text is not None:
        detected = detect(text, hint=language or turn.incoming.locale)
        if (detected.sure or language is None) and detected.language in guide.languages:
            language = detected.language
    if language is None:
        locale = (turn.incoming.locale or "").partition("-")[0].lower()
        language = locale if locale in guide.languages else "en"
    return replace(turn, conversation=replace(conversation, language=language))


def excused(turn: Turn, guide: Guide, spoken: Detected, decision: Decision) -> Decision:
    """The decision on words in a language without texts: it begins with saying so, once a day for each language."""
    language, conversation = spoken.language, decision.state.conversation
    if language is None or not spoken.sure or language in guide.languages or conversation is None:
        return decision
    said = turn.conversation.excuse
    if said is not None and said.language == language and turn.now - said.at < EXCUSED_FOR:
        return decision
    kept = replace(conversation, excuse=Excuse(language, turn.now))
    decision = replace(decision, state=replace(decision.state, conversation=kept))
    written_in = language_of(turn.conversation)
    note = say(turn, guide, "language.not_served", spoken=language_name(language, written_in))
    return begun_with(turn, decision, note)


def is_language_known(turn: Turn, guide: Guide) -> bool:
    """Whether the person or their messenger has shown a language that the assistant speaks."""
    locale = (turn.incoming.locale or "").partition("-")[0].lower()
    return turn.conversation.language is not None or locale in guide.languages


def greet_in_all(turn: Turn, guide: Guide) -> Decision:
    """Say hello, shortly, in every language: the person may choose one, or just ask."""
    reply = Reply(say_in_all(guide, "greeting_short"), _language_buttons(guide))
    return reply_with(turn, turn.conversation, reply, outcome="greeting")


def greet(turn: Turn, guide: Guide) -> Decision:
    """Say hello: who the assistant is, what is stored, which languages there are, where to begin."""
    buttons = (*topic_buttons(turn, guide), *_language_buttons(guide, other_than=turn.conversation.language))
    conversation = replace(turn.conversation, misses=0, asking=None)
    return reply_with(turn, conversation, Reply(say(turn, guide, "greeting"), buttons), outcome="greeting")


def explain(turn: Turn, guide: Guide, commands: str) -> Decision:
    """What the assistant can do, with the list of commands made from the command table."""
    text = say(turn, guide, "help", commands=commands)
    return reply_with(turn, turn.conversation, Reply(text, topic_buttons(turn, guide)), outcome="help")


def offer_languages(turn: Turn, guide: Guide) -> Decision:
    """Let the person choose a language."""
    reply = Reply(say(turn, guide, "language.choose"), _language_buttons(guide))
    return reply_with(turn, turn.conversation, reply, outcome="language")


def choose_language(turn: Turn, guide: Guide, language: str) -> Decision:
    """Keep the chosen language until the person chooses another; in an open or claimed case, too."""
    if language not in guide.languages:
        return offer_languages(turn, guide)
    turn = replace(turn, conversation=replace(turn.conversation, language=language, chosen=True))
    buttons = () if turn.in_advisers_room else topic_buttons(turn, guide)
    case = replace(turn.case, language=language) if turn.case is not None and not turn.in_advisers_room else None
    reply = Reply(say(turn, guide, "language.chosen"), buttons)
    return reply_with(turn, turn.conversation, reply, outcome="language", state=State(case=case))


def _language_buttons(guide: Guide, other_than: str | None = None) -> tuple[Button, ...]:
    return tuple(
        Button(guide.texts.say(language, "language.name"), f"language:{language}")
        for language in guide.languages
        if language != other_than
    )


def explain_privacy(turn: Turn, guide: Guide) -> Decision:
    """What is stored and what can be done about it."""
    return reply_with(turn, turn.conversation, Reply(say(turn, guide, "privacy")), outcome="privacy")


def hand_over_data(turn: Turn, guide: Guide) -> Decision:
    """Send all that is stored about the person as a file (GDPR Art. 15 and 20)."""
    export = Export(turn.incoming.origin, turn.incoming.sender.id, say(turn, guide, "mydata.file"), "lotse-data.json")
    return reply_with(turn, turn.conversation, outcome="export", effects=(export,))


def ask_deletion(turn: Turn, guide: Guide) -> Decision:
    """Ask before anything is deleted."""
    buttons = (
        button(turn, guide, "button.delete_yes", "delete:yes"),
        button(turn, guide, "button.delete_no", "delete:no"),
    )
    conversation = replace(turn.conversation, asking=ASKING_DELETION)
    return reply_with(turn, conversation, Reply(say(turn, guide, "delete.ask"), buttons), outcome="delete_asked")


def settle_deletion(turn: Turn, guide: Guide, answer: str) -> Decision:
    """Delete everything, or leave it (GDPR Art. 17). A button from an earlier conversation deletes nothing."""
    conversation = replace(turn.conversation, asking=None)
    if turn.conversation.asking != ASKING_DELETION:
        return old_button(turn, guide, conversation)
    if answer != "yes":
        return reply_with(turn, conversation, Reply(say(turn, guide, "delete.kept")), outcome="delete_kept")
    told: tuple[Effect, ...] = ()
    if turn.case is not None and turn.advisers_room is not None:
        text = guide.texts.say(turn.room_language, "room.newcomer_deleted", number=turn.case.number)
        told = (Send(turn.advisers_room, Reply(text), lane=Lane.CASE),)
    confirm = Send(turn.incoming.origin, Reply(say(turn, guide, "delete.done")), forget=True)
    erased = Erase(turn.incoming.origin, turn.incoming.sender.id, guide.texts.say(turn.room_language, "erased"))
    return Decision(State(), (erased, *told, confirm), "deleted")
