"""What newcomers write while nobody has claimed their case, gathered in one message of the room that grows.

Twenty short messages of one impatient person are one message for the advisers, and cost little of what a group may be
sent in a minute. Each keeps its source: changed or deleted, it is changed or deleted inside the gathered message.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import (
    Attachment,
    Case,
    Decision,
    Edit,
    Guide,
    Lane,
    MessageRef,
    Reply,
    Said,
    Send,
    State,
    Status,
    Turn,
    Utterance,
)

LONGEST = 3000  # letters of one gathered message
MOST_KEPT = 300  # messages of which the words are kept, so that they can still be changed


def key_of(case: Case, group: int) -> str:
    """The key of the delivery that is a gathered message."""
    return f"case:{case.number}:said:{group}"


def gathered(turn: Turn, guide: Guide, decision: Decision, place: int) -> Decision | None:
    """The decision, with the copy of the newcomer's words at `place` put into what is gathered; None if it is not."""
    case, content, message = decision.state.case or turn.case, turn.incoming.content, turn.incoming.message
    copy = decision.effects[place]
    if case is None or message is None or not isinstance(copy, Send):
        return None
    words = copy.reply.text.partition("\n\n")[2]
    known = next((each for each in case.said if each.message == message and each.words), None)
    if isinstance(content, Edit) and known is not None:
        case = _with(case, tuple(replace(each, words=words) if each is known else each for each in case.said))
        group, first = known.group, False
    elif isinstance(content, Edit) and turn.original is not None:
        return None
    elif case.status is Status.OPEN and isinstance(content, Utterance | Edit):
        group, first = _group_for(case, words)
        case = _with(case, (*case.said, Said(group, message, words)))
    else:
        return None
    sent = _sent(turn, guide, case, group)
    key = key_of(case, group)
    source = MessageRef(turn.incoming.origin.whole_chat, message)
    sent = replace(sent, source=source, key=key) if first else replace(sent, source=source, replaces=key)
    effects = (*decision.effects[:place], sent, *decision.effects[place + 1 :])
    return replace(decision, effects=effects, state=replace(decision.state, case=case))


def interrupted(turn: Turn, decision: Decision) -> Decision:
    """The decision; what is written after a file that was passed on begins a message of its own, so the order stays."""
    case, message = decision.state.case or turn.case, turn.incoming.message
    if case is None or case.status is not Status.OPEN or message is None or not case.said:
        return decision
    if not isinstance(turn.incoming.content, Attachment) or not case.said[-1].words:
        return decision
    case = _with(case, (*case.said, Said(case.said[-1].group, message, "")))
    return replace(decision, state=replace(decision.state, case=case))


def taken_back(turn: Turn, guide: Guide, case: Case) -> Decision | None:
    """A gathered message was deleted by who wrote it; None if it was not gathered."""
    known = next((each for each in case.said if each.message == turn.incoming.message and each.words), None)
    if known is None:
        return None
    gone = guide.texts.say(turn.room_language, "reached.deleted")
    case = _with(case, tuple(replace(each, words=gone) if each is known else each for each in case.said))
    changed = replace(_sent(turn, guide, case, known.group), replaces=key_of(case, known.group))
    return Decision(State(case=case), (changed,), "taken_back")


def _with(case: Case, said: tuple[Said, ...]) -> Case:
    return replace(case, said=said[-MOST_KEPT:])


def _group_for(case: Case, words: str) -> tuple[int, bool]:
    """The gathered message that further words belong to, and whether they begin it."""
    if not case.said:
        return 1, True
    last = case.said[-1]
    length = sum(len(each.words) for each in case.said if each.group == last.group)
    return (last.group, False) if last.words and length + len(words) <= LONGEST else (last.group + 1, True)


def _sent(turn: Turn, guide: Guide, case: Case, group: int) -> Send:
    assert turn.advisers_room is not None, "words of a case are gathered for the advisers' room"
    heading = guide.texts.say(turn.room_language, "room.newcomer_says", number=case.number)
    words = "\n\n".join(each.words for each in case.said if each.group == group and each.words)
    reply = Reply(f"{heading}\n\n{words}", mention=case.adviser)
    return Send(turn.advisers_room, reply, lane=Lane.CASE, case=case.number)
