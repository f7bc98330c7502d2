"""Newcomers who abuse the advisers' time: blocked by an adviser with a reason, and set free again."""

from __future__ import annotations

from bot.core.advising import new_card, to_room
from bot.core.case_room import words_after_number
from bot.core.cases import Refusal, Step, advance
from bot.core.model import (
    Block,
    Decision,
    Effect,
    Guide,
    Lane,
    Reply,
    Send,
    State,
    Turn,
    Unblock,
    Utterance,
)
from bot.core.replying import contacts, language_of, literal, reply_with, say, tell
from knowledge.formats import format_instant

LONGEST_REASON = 500  # letters


def block(turn: Turn, guide: Guide) -> Decision:
    """`/block 12 insults`: the newcomer of the case reaches no adviser any more; the case is closed."""
    case, reason = turn.case, words_after_number(turn)[:LONGEST_REASON]
    if case is None:
        return to_room(turn, guide, "case.which")
    if not reason:
        return to_room(turn, guide, "block.why", number=case.number)
    language = turn.room_language
    closed = advance(case, Step.CLOSE, turn.incoming.sender, turn.now)
    by = turn.incoming.sender.name
    text = guide.texts.say(language, "block.done", number=case.number, reason=literal(reason))
    effects: list[Effect] = [
        Block(case.newcomer, case.number, reason, by, case.person),
        Send(turn.incoming.origin, Reply(text), lane=Lane.CASE, case=case.number),
        tell(case.newcomer, guide.texts.say(case.language, "block.told"), *contacts(guide, case.language)),
    ]
    if isinstance(closed, Refusal):
        return Decision(State(turn.conversation), tuple(effects), "blocked")
    return Decision(State(turn.conversation, closed), (new_card(turn, guide, closed), *effects), "blocked")


def unblock(turn: Turn, guide: Guide) -> Decision:
    """`/unblock 12`: the newcomer of that case may ask for an adviser again."""
    content = turn.incoming.content
    words = content.text.split()[1:] if isinstance(content, Utterance) else []
    number = int(words[0]) if words and words[0].isdecimal() and len(words[0]) < 10 else None
    number = number if number is not None else turn.case.number if turn.case is not None else None
    if number not in {each.case for each in turn.blocks} or number is None:
        return list_blocked(turn, guide)
    text = guide.texts.say(turn.room_language, "block.undone", number=number)
    sent = Send(turn.incoming.origin, Reply(text), lane=Lane.CASE, case=number)
    return Decision(State(turn.conversation), (Unblock(number), sent), "unblocked")


def list_blocked(turn: Turn, guide: Guide) -> Decision:
    """`/blocked`: who reaches no adviser, since when, by whom and why."""
    language = turn.room_language
    lines = [
        guide.texts.say(
            language,
            "block.listed",
            number=each.case,
            time=format_instant(each.at, guide.zone, language),
            by=literal(each.by) or "–",
            reason=literal(each.reason) or "–",
        )
        for each in turn.blocks
    ]
    text = "\n".join(f"- {line}" for line in lines) or guide.texts.say(language, "block.none")
    sent = Send(turn.incoming.origin, Reply(text), lane=Lane.CASE)
    return Decision(State(turn.conversation), (sent,), "blocked_listed")


def refused(turn: Turn, guide: Guide) -> Decision | None:
    """What a blocked newcomer hears who asks for a person; None for everybody else."""
    if not turn.blocked:
        return None
    reply = Reply(say(turn, guide, "block.refused"), contacts(guide, language_of(turn.conversation)))
    return reply_with(turn, turn.conversation, reply, outcome="blocked")
