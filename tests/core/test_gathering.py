"""What a newcomer writes while nobody has claimed the case: one message of the room that grows."""

from __future__ import annotations

from dataclasses import replace

from bot.core.assistant import respond
from bot.core.gathering import LONGEST
from bot.core.model import Attachment, Case, Content, Edit, Guide, MessageRef, Redaction, Send, Status
from bot.core.replying import literal
from tests.core.scenes import AMARA, MARIA, NONSENSE, ROOM, a_case, from_newcomer, sends

WAITING = replace(a_case(), silence=None)


def written(guide: Guide, case: Case, content: Content | str, message: str) -> tuple[Case, Send]:
    """A turn of the newcomer: the case after it, and what the room gets."""
    decision = respond(from_newcomer(content, case=case, message=message), guide)
    to_room = [send for send in sends(decision) if send.to == ROOM]
    return decision.state.case or case, to_room[-1]


def body(send: Send) -> str:
    return send.reply.text.partition("\n\n")[2]


def test_further_words_change_the_first_message(guide: Guide) -> None:
    case, first = written(guide, WAITING, "Hello?", "1")
    case, second = written(guide, case, "Is anybody there?", "2")
    case, third = written(guide, case, NONSENSE, "3")
    assert first.key == second.replaces == third.replaces
    assert body(third) == "\n\n".join(map(literal, ("Hello?", "Is anybody there?", NONSENSE)))
    assert [send.source for send in (first, second, third)] == [MessageRef(AMARA, number) for number in "123"]


def test_a_changed_message_is_changed_inside(guide: Guide) -> None:
    case, first = written(guide, WAITING, "My name is Kim", "1")
    case, _ = written(guide, case, NONSENSE, "2")
    edit = replace(from_newcomer(Edit("My name is Kimberly"), case=case, message="1"), original=first.key)
    (changed,) = [send for send in sends(respond(edit, guide)) if send.to == ROOM]
    assert (body(changed), changed.replaces) == (f"My name is Kimberly\n\n{NONSENSE}", first.key)


def test_a_message_is_changed_inside_after_the_case_was_claimed_too(guide: Guide) -> None:
    case, first = written(guide, WAITING, "My name is Kim", "1")
    case, _ = written(guide, case, NONSENSE, "2")
    claimed = replace(case, status=Status.CLAIMED, adviser=MARIA)
    edit = replace(from_newcomer(Edit("My name is Kimberly"), case=claimed, message="1"), original=first.key)
    (changed,) = [send for send in sends(respond(edit, guide)) if send.to == ROOM]
    assert (body(changed), changed.replaces) == (f"My name is Kimberly\n\n{NONSENSE}", first.key)


def test_a_deleted_message_goes_from_inside_and_the_others_stay(guide: Guide) -> None:
    case, first = written(guide, WAITING, "My secret", "1")
    case, _ = written(guide, case, NONSENSE, "2")
    deletion = replace(from_newcomer(Redaction(), case=case, message="1"), original=first.key)
    (changed,) = sends(respond(deletion, guide))
    assert (changed.to, changed.replaces) == (ROOM, first.key)
    assert body(changed) == f"{guide.texts.say('de', 'reached.deleted')}\n\n{NONSENSE}"


def test_words_after_a_file_begin_a_message_of_their_own(guide: Guide) -> None:
    case, first = written(guide, WAITING, "Here it comes", "1")
    case, _ = written(guide, case, Attachment("photo"), "2")
    case, third = written(guide, case, NONSENSE, "3")
    assert (body(third), third.replaces) == (NONSENSE, None)
    assert third.key != first.key


def test_a_message_does_not_grow_too_long(guide: Guide) -> None:
    case, first = written(guide, WAITING, "a" * (LONGEST - 10), "1")
    case, second = written(guide, case, "b" * 20, "2")
    assert (second.replaces, body(second)) == (None, "b" * 20)
    assert second.key != first.key


def test_once_claimed_every_message_comes_by_itself(guide: Guide) -> None:
    case, _ = written(guide, WAITING, "Hello?", "1")
    claimed = replace(case, status=Status.CLAIMED, adviser=MARIA)
    _, send = written(guide, claimed, "Thank you", "2")
    assert (body(send), send.key, send.replaces) == ("Thank you", None, None)
