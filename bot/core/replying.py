"""Small steps that every flow takes: say something, remember its buttons, quote what a person wrote."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.model import (
    Address,
    Button,
    Choice,
    Conversation,
    Decision,
    Effect,
    Guide,
    Lane,
    MessageRef,
    Reply,
    Send,
    State,
    Turn,
)

CONTACTS = "newcomer-service"  # the entry that names the city's own contacts
_BREAK_IN_PARAGRAPH = re.compile(r"(?<!\n)\n(?!\n|\s*(?:[-*+]|\d+[.)])\s)")
_COMMAND = re.compile(r"\s*[/!](\w+)(?:@\w+)?(?!\S)")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """Text as a person wrote it, safe inside the markup.

    CommonMark 0.31, 2.4: any ASCII punctuation character may be backslash-escaped.
    """
    return _PUNCTUATION.sub(r"\\\1", text)


def typed_command(text: str) -> str:
    """The name of the command that a text begins with (`/help`, `!help`, `/help@lotse_bot`); empty if none."""
    found = _COMMAND.match(text)
    return found[1].casefold() if found else ""


def flowing(text: str) -> str:
    """A text of the content without the line breaks that only its file has; paragraphs and lists stay."""
    return _BREAK_IN_PARAGRAPH.sub(" ", text.strip())


def say(turn: Turn, guide: Guide, key: str, **values: object) -> str:
    """One of the assistant's own sentences in the language of the conversation."""
    return guide.texts.say(language_of(turn.conversation), key, **values)


def language_of(conversation: Conversation) -> str:
    """The language to write in; English when nothing is known yet."""
    return conversation.language or "en"


def say_in_all(guide: Guide, key: str) -> str:
    """One of the assistant's texts in every language, for somebody whose language is not known yet."""
    return "\n\n".join(guide.texts.say(language, key) for language in guide.languages)


def button(turn: Turn, guide: Guide, key: str, action: str) -> Button:
    """A button whose label is one of the assistant's texts."""
    return Button(say(turn, guide, key), action)


def reply_with(
    turn: Turn,
    conversation: Conversation,
    *replies: Reply,
    outcome: str,
    effects: tuple[Effect, ...] = (),
    state: State | None = None,
) -> Decision:
    """Answer in the chat that the incoming came from and remember the buttons of the last reply."""
    sends = tuple(Send(turn.incoming.origin, reply) for reply in replies)
    if replies:
        conversation = replace(conversation, buttons=replies[-1].buttons)
    kept = replace(state or State(), conversation=conversation)
    return Decision(kept, (*sends, *effects), outcome)


def begun_with(turn: Turn, decision: Decision, note: str) -> Decision:
    """The decision, its first message to the chat that the incoming came from beginning with the note, if any."""
    effects = list(decision.effects)
    for at, effect in enumerate(effects):
        if note and isinstance(effect, Send) and effect.to == turn.incoming.origin and effect.reply.text:
            effects[at] = replace(effect, reply=replace(effect.reply, text=f"{note}\n\n{effect.reply.text}"))
            break
    return replace(decision, effects=tuple(effects))


def in_place(turn: Turn, decision: Decision) -> Decision:
    """The decision, its last message put in the place of the one whose button was pressed, where there is one."""
    pressed, message = turn.incoming.content, turn.incoming.message
    *before, last = decision.effects
    if not isinstance(pressed, Choice) or message is None or not isinstance(last, Send):
        return decision
    shown = MessageRef(turn.incoming.origin.whole_chat, message)
    changed = replace(last, replaces=f"shown:{shown.chat}:{message}", source=shown)
    return replace(decision, effects=(*before, changed))


def old_button(turn: Turn, guide: Guide, conversation: Conversation | None = None) -> Decision:
    """Say that a button belongs to an earlier message and does nothing any more."""
    reply = Reply(say(turn, guide, "button.is_old"))
    return reply_with(turn, conversation or turn.conversation, reply, outcome="old_button")


def contacts(guide: Guide, language: str) -> tuple[Button, ...]:
    """The button that shows the city's own contacts, for whoever cannot be helped by an adviser here."""
    if CONTACTS not in guide.knowledge.entries:
        return ()
    return (Button(guide.knowledge.short(CONTACTS, language), f"show:{CONTACTS}"),)


def part_of_key(name: str) -> str:
    """The name of something in the content as a part of a text's key, where hyphens are not allowed."""
    return name.replace("-", "_")


def tell(to: Address, text: str, *buttons: Button, case: int | None = None) -> Send:
    """A message of a case to one of its two sides."""
    return Send(to, Reply(text, buttons), lane=Lane.CASE, case=case)
