"""What came of a message: its copy on the other side, changed and deleted with it; and what did not arrive, and why."""

from __future__ import annotations

from dataclasses import replace

from bot.core.advising import card
from bot.core.gathering import gathered, interrupted, taken_back
from bot.core.model import (
    Address,
    Attachment,
    Case,
    Decision,
    Edit,
    Effect,
    FindRoom,
    Guide,
    Lane,
    LoseRoom,
    MessageRef,
    Reply,
    Send,
    State,
    ThreadLost,
    Turn,
    Undelivered,
    Utterance,
)
from bot.core.replying import tell

WHYS = ("blocked", "left", "deleted", "company", "too_long", "too_large", "away", "refused")


def traced(turn: Turn, guide: Guide, decision: Decision) -> Decision:
    """The decision, with the message that is passed on known as the source of its copy.

    So an edit changes the copy instead of being said again, and an adviser's message can be ticked. What a newcomer
    writes to a case that waits is gathered.
    """
    incoming, case = turn.incoming, decision.state.case or turn.case
    if case is None or incoming.message is None or not isinstance(incoming.content, Utterance | Edit | Attachment):
        return decision
    if turn.in_advisers_room != (decision.outcome == "adviser_reply") or decision.outcome == "withdrawn":
        return decision
    to = case.newcomer if turn.in_advisers_room else turn.advisers_room
    places = [place for place, effect in enumerate(decision.effects) if _is_copy(effect, to, case)]
    if not places:
        return decision
    place = places[-1 if turn.in_advisers_room or isinstance(incoming.content, Attachment) else 0]
    if not turn.in_advisers_room:
        decision = interrupted(turn, decision)
        if (collected := gathered(turn, guide, decision, place)) is not None:
            return collected
    copy = decision.effects[place]
    assert isinstance(copy, Send)
    original = turn.original if isinstance(incoming.content, Edit) else None
    source = MessageRef(incoming.origin.whole_chat, incoming.message)
    effects = list(decision.effects)
    effects[place] = replace(copy, source=source, replaces=original)
    return replace(decision, effects=tuple(effects))


def _is_copy(effect: Effect, to: Address | None, case: Case) -> bool:
    return (
        isinstance(effect, Send)
        and (effect.to, effect.case) == (to, case.number)
        and (effect.key, effect.replaces) == (None, None)
    )


def take_back(turn: Turn, guide: Guide) -> Decision:
    """A message was deleted by who wrote it: of its copy stays only that there was one."""
    case, room = turn.case, turn.advisers_room
    if case is None or room is None or turn.original is None:
        return Decision(State())
    if not turn.in_advisers_room and (decision := taken_back(turn, guide, case)) is not None:
        return decision
    to, language = (case.newcomer, case.language) if turn.in_advisers_room else (room, turn.room_language)
    text = guide.texts.say(language, "reached.deleted")
    changed = Send(to, Reply(text), lane=Lane.CASE, case=case.number, replaces=turn.original)
    return Decision(State(), (changed,), "taken_back")


def undelivered(turn: Turn, guide: Guide, lost: Undelivered) -> Decision:
    """Tell the advisers' room that a message of a case did not reach its newcomer, and why."""
    if turn.advisers_room is None:
        return Decision(State())
    reason = _reason(guide, turn.room_language, lost.why)
    text = guide.texts.say(turn.room_language, "reached.not", number=lost.case, reason=reason)
    return Decision(State(), (tell(turn.advisers_room, text, case=lost.case),), "undelivered")


def _reason(guide: Guide, language: str, why: str) -> str:
    return guide.texts.say(language, f"reached.reason.{why if why in WHYS else 'refused'}")


def gone(guide: Guide, room: Address, language: str, case: Case, why: str) -> Send:
    """Tell the advisers that the newcomer of a case can no longer be reached, and why."""
    reason = _reason(guide, language, why)
    return tell(room, guide.texts.say(language, "reached.gone", number=case.number, reason=reason), case=case.number)


def room_lost(turn: Turn, guide: Guide, why: str) -> Decision:
    """The bot cannot write to the advisers' room any more: everybody who waits is told once; their cases go on."""
    if turn.room_lost:
        return Decision(State())
    told = tuple(
        replace(
            tell(case.newcomer, guide.texts.say(case.language, "reached.room_lost"), case=case.number),
            key=f"{turn.incoming.uid}:{case.number}",
        )
        for case in turn.waiting
    )
    return Decision(State(), (LoseRoom(why), *told), "room_lost")


def room_found(turn: Turn) -> Decision:
    """The bot may write to the advisers' room again: what waited for it is posted."""
    return Decision(State(), (FindRoom(turn.incoming.origin.whole_chat),), "room_found")


def thread_lost(turn: Turn, guide: Guide, lost: ThreadLost) -> Decision:
    """The thread of a case was deleted: it begins anew with the card and copies of the last messages.

    They go before the message that found the thread gone.
    """
    case, room = turn.case, turn.advisers_room
    if case is None or room is None:
        return Decision(State())
    note = guide.texts.say(turn.room_language, "reached.thread_lost" if lost.recent else "reached.thread_lost_alone")
    effects = (
        Send(room, card(case, guide, turn.room_language), case=case.number, replaces=case.card_key),
        Send(room, Reply(note), case=case.number),
        *(Send(room, Reply("", copy=message), case=case.number) for message in lost.recent),
    )
    return Decision(State(), effects, "thread_lost")
