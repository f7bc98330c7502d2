"""What advisers can send beside their own words: entries and canned sentences, in the newcomer's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.advising import heading, relay
from bot.core.answering import compose
from bot.core.model import (
    Button,
    Case,
    Choice,
    Conversation,
    Decision,
    Guide,
    Lane,
    Reply,
    Send,
    Status,
    Turn,
    Utterance,
)
from bot.core.numbered import chosen, posted
from bot.core.replying import literal
from knowledge.deciding import Found, Unsure
from knowledge.titles import find, find_entries

SUGGESTED = 3  # entries that are suggested where no title is like the words


def offer_entry(turn: Turn, guide: Guide) -> Decision:
    """`/entry blue-card`: what the newcomer would read, with a button that sends it; or which entries may be meant."""
    case, words = _case_of(turn), _words(turn)
    if case is None:
        return _tell_room(turn, guide, "advice.which_case")
    if not words:
        return _tell_room(turn, guide, "advice.which_entry")
    found = find_entries(guide.knowledge, words, turn.room_language)
    if len(found) == 1:
        return _preview(turn, guide, case, found[0])
    if not found:
        resolved = guide.understanding.resolve(words, turn.room_language)
        likely = resolved.candidates[:SUGGESTED] if isinstance(resolved, Found | Unsure) else ()
        found = tuple(candidate.id for candidate in likely if candidate.id in guide.knowledge.entries)
    if not found:
        return _tell_room(turn, guide, "advice.no_such_entry", words=literal(words))
    buttons = tuple(
        Button(guide.knowledge.short(entry, turn.room_language), f"case:{case.number}:entry:{entry}") for entry in found
    )
    return _tell_room(turn, guide, "advice.several_entries", buttons, case, words=literal(words))


def offer_sentences(turn: Turn, guide: Guide) -> Decision:
    """`/say`: all canned sentences in the advisers' language; `/say documents` sends the one of that name."""
    case, words = _case_of(turn), _words(turn)
    names = _sentences(guide, turn.room_language)
    if words and case is not None:
        found = find({name: (name.replace("_", " "), label) for name, label in names.items()}, words)
        if len(found) == 1:
            return _say(turn, guide, case, found[0])
    said = guide.texts.say
    lines = [
        f"- **{literal(label)}**: {said(turn.room_language, f'canned.{name}.text')}" for name, label in names.items()
    ]
    buttons = tuple(Button(label, f"case:{case.number}:say:{name}") for name, label in names.items()) if case else ()
    return _tell_room(turn, guide, "advice.sentences", buttons, case, sentences="\n".join(lines))


def _case_of(turn: Turn) -> Case | None:
    """The case that is spoken of; else the only one that the adviser has."""
    if turn.case is not None:
        return turn.case
    sender = turn.incoming.sender
    own = [
        case
        for case in turn.waiting
        if case.status is Status.CLAIMED and case.adviser is not None and case.adviser.id == sender.id
    ]
    return own[0] if len(own) == 1 else None


def _words(turn: Turn) -> str:
    content = turn.incoming.content
    return content.text.strip().partition(" ")[2].strip() if isinstance(content, Utterance) else ""


def _sentences(guide: Guide, language: str) -> dict[str, str]:
    """The canned sentences: name -> label."""
    parts = [key.split(".") for key in guide.texts.sayings.get(language, guide.texts.sayings["de"])]
    names = [key[1] for key in parts if key[0] == "canned" and key[2:] == ["label"]]
    return {name: guide.texts.say(language, f"canned.{name}.label") for name in names}


def _tell_room(
    turn: Turn, guide: Guide, key: str, buttons: tuple[Button, ...] = (), case: Case | None = None, **values: object
) -> Decision:
    text = guide.texts.say(turn.room_language, key, **values)
    return posted(turn, Reply(text, buttons), case or turn.case, key.replace(".", "_"))


# --- buttons --------------------------------------------------------------------------------------


def pressed(turn: Turn, guide: Guide) -> Decision | None:
    """What a button of an offer does; None for any other button."""
    action = _action(turn)
    if action is None:
        return None
    kind, _, rest = action.partition(":")
    _, _, step = rest.partition(":")
    purpose, _, name = step.partition(":")
    if kind != "case" or purpose not in _PURPOSES or not name:
        return None
    if turn.case is None:
        return _tell_room(turn, guide, "room.no_such_case")
    known = name in _sentences(guide, turn.room_language) if purpose == "say" else name in guide.knowledge.entries
    if not known:
        return _tell_room(turn, guide, "button.is_old")
    return _PURPOSES[purpose](turn, guide, turn.case, name)


def _action(turn: Turn) -> str | None:
    """What is pressed, or chosen by its number."""
    return chosen(turn.incoming.content, turn.replied_key, turn.conversation)


def _preview(turn: Turn, guide: Guide, case: Case, entry: str) -> Decision:
    """The entry exactly as the newcomer would read it, and a button that sends it."""
    title = literal(guide.knowledge.title(entry, turn.room_language))
    above = guide.texts.say(
        turn.room_language, "advice.preview", number=case.number, title=title, spoken=_spoken(guide, case)
    )
    shown = f"{heading(case, turn.incoming.sender, guide)}\n\n{_entry(turn, guide, case, entry)}"
    send = Button(guide.texts.say(turn.room_language, "advice.send"), f"case:{case.number}:send:{entry}")
    return posted(turn, Reply(f"{above}\n\n{shown}", (send,)), case, "entry_previewed")


def _send(turn: Turn, guide: Guide, case: Case, entry: str) -> Decision:
    title = literal(guide.knowledge.title(entry, turn.room_language))
    return _sent(turn, guide, case, _entry(turn, guide, case, entry), f"**{title}**")


def _say(turn: Turn, guide: Guide, case: Case, name: str) -> Decision:
    key = f"canned.{name}.text"
    shown = guide.texts.say(turn.room_language, key)
    sentence = guide.texts.say(case.language, key)
    if sentence != shown:
        shown = f"{shown}\n\n{_spoken(guide, case)}: {sentence}"
    return _sent(turn, guide, case, sentence, shown)


_PURPOSES: dict[str, Callable[[Turn, Guide, Case, str], Decision]] = {"entry": _preview, "send": _send, "say": _say}


def _sent(turn: Turn, guide: Guide, case: Case, words: str, shown: str) -> Decision:
    """The words go to the newcomer like an adviser's own; the room reads what went out.

    A button pressed twice under the same message, or its number typed twice, sends once.
    """
    decision = relay(replace(turn, case=case), guide, words)
    if decision.outcome != "adviser_reply":
        return decision
    text = guide.texts.say(turn.room_language, "advice.sent", number=case.number, shown=shown)
    told = Send(turn.incoming.origin, Reply(text), lane=Lane.CASE, case=case.number)
    effects = (*decision.effects, told)
    pressed = turn.incoming.message if isinstance(turn.incoming.content, Choice) else turn.replied_key
    if pressed is not None and (action := _action(turn)) is not None:
        once = f"offered:{case.number}:{pressed}:{action}"
        effects = tuple(
            replace(effect, key=f"{once}:{place}") if isinstance(effect, Send) and effect.replaces is None else effect
            for place, effect in enumerate(effects[::-1])
        )[::-1]
    return replace(decision, effects=effects)


def _entry(turn: Turn, guide: Guide, case: Case, entry: str) -> str:
    day = turn.now.astimezone(guide.zone).date()
    as_newcomer = replace(turn, conversation=Conversation(case.newcomer, language=case.language))
    return compose(as_newcomer, guide, guide.knowledge.answer(entry, case.language, day))


def _spoken(guide: Guide, case: Case) -> str:
    return guide.texts.say(case.language, "language.name")
