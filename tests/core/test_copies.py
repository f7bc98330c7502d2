"""Copies of messages are changed and deleted with them; what does not arrive is told, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.assistant import respond
from bot.core.model import (
    Arrival,
    Attachment,
    Case,
    Departure,
    Edit,
    FindRoom,
    Guide,
    MessageRef,
    Redaction,
    Status,
    ThreadLost,
    Undelivered,
)
from tests.core.scenes import (
    AMARA,
    KOFI,
    NONSENSE,
    ROOM,
    a_case,
    a_conversation,
    from_newcomer,
    from_room,
    pressing,
    said_to,
    sends,
)

OPEN, CLAIMED = a_case(Status.OPEN), a_case(Status.CLAIMED)


@pytest.mark.parametrize("case", [OPEN, CLAIMED])
def test_a_newcomers_edit_changes_the_copy_in_the_room(guide: Guide, case: Case) -> None:
    turn = replace(from_newcomer(Edit(NONSENSE), case=case), original="telegram:1:0/0")
    copy = next(send for send in sends(respond(turn, guide)) if send.to == ROOM)
    assert (copy.replaces, copy.source) == ("telegram:1:0/0", MessageRef(AMARA, "31"))
    assert copy.reply.text.endswith(NONSENSE)


def test_an_advisers_edit_changes_the_copy_in_the_newcomers_chat(guide: Guide) -> None:
    turn = replace(from_room(Edit("Good morning"), case=CLAIMED), original="telegram:1:0/0")
    (copy,) = sends(respond(turn, guide))
    assert (copy.to, copy.replaces, copy.source) == (AMARA, "telegram:1:0/0", MessageRef(ROOM, "32"))


def test_an_edit_of_what_was_not_passed_on_is_said_anew(guide: Guide) -> None:
    (copy,) = sends(respond(from_room(Edit("Good morning"), case=CLAIMED), guide))
    assert copy.replaces is None


@pytest.mark.parametrize("content", ["Good morning", Attachment("photo")])
def test_one_message_of_a_relay_is_the_copy(guide: Guide, content: str | Attachment) -> None:
    for turn in (from_newcomer(content, case=CLAIMED), from_room(content, case=CLAIMED)):
        sources = [send.source for send in sends(respond(turn, guide)) if send.source is not None]
        assert sources == [MessageRef(turn.incoming.origin, turn.incoming.message or "")]


@pytest.mark.parametrize("command", ["/claim 7", "/close 7", "/cases", "/say"])
def test_a_command_is_no_source_of_a_copy(guide: Guide, command: str) -> None:
    assert {send.source for send in sends(respond(from_room(command, case=OPEN), guide))} == {None}


def test_what_is_deleted_is_deleted_on_the_other_side(guide: Guide) -> None:
    by_newcomer = replace(from_newcomer(Redaction(), case=CLAIMED), original="telegram:1:0/0")
    by_adviser = replace(from_room(Redaction(), case=CLAIMED), original="telegram:1:0/0")
    for turn, other, language in ((by_newcomer, ROOM, "de"), (by_adviser, AMARA, "en")):
        (changed,) = sends(respond(turn, guide))
        assert (changed.to, changed.replaces) == (other, "telegram:1:0/0")
        assert changed.reply.text == guide.texts.say(language, "reached.deleted")


@pytest.mark.parametrize("case", [None, CLAIMED])
def test_deleting_what_was_not_passed_on_changes_nothing(guide: Guide, case: Case | None) -> None:
    assert respond(from_newcomer(Redaction(), case=case), guide).effects == ()
    assert respond(from_room(Redaction(), case=case), guide).effects == ()


@pytest.mark.parametrize("case", [None, CLAIMED])
def test_what_did_not_arrive_is_told_in_the_room(guide: Guide, case: Case | None) -> None:
    decision = respond(from_newcomer(Undelivered(7, "too_long"), case=case), guide)
    reason = guide.texts.say("de", "reached.reason.too_long")
    assert said_to(decision, ROOM) == [guide.texts.say("de", "reached.not", number=7, reason=reason)]
    assert said_to(decision, AMARA) == []


def test_a_reason_that_nobody_knows_is_a_refusal(guide: Guide) -> None:
    decision = respond(from_newcomer(Departure("whatever"), case=CLAIMED), guide)
    assert guide.texts.say("de", "reached.reason.refused") in said_to(decision, ROOM)[0]


def test_when_the_room_is_lost_everybody_who_waits_is_told_under_a_key_of_the_loss(guide: Guide) -> None:
    others = (OPEN, a_case(Status.CLAIMED, 8, KOFI))
    told = sends(respond(replace(from_room(Departure("left")), waiting=others), guide))
    assert [(send.to, send.key) for send in told] == [(AMARA, "telegram:1:2:7"), (KOFI, "telegram:1:2:8")]


def test_a_loss_that_is_known_is_not_told_again(guide: Guide) -> None:
    lost = replace(from_room(Departure("left")), waiting=(OPEN,), room_lost=True)
    assert respond(lost, guide).effects == ()


def test_a_room_that_lets_the_bot_in_gets_what_waited(guide: Guide) -> None:
    assert respond(from_room(Arrival()), guide).effects == (FindRoom(ROOM),)
    assert respond(from_newcomer(Arrival()), guide).effects == ()


def test_who_asks_for_a_person_while_the_room_is_lost_is_told_so(guide: Guide) -> None:
    asked = a_conversation(asking="consent", question="What about my diploma?")
    decision = respond(replace(from_newcomer(pressing("consent:yes"), asked), room_lost=True), guide)
    assert guide.texts.say("en", "reached.room_lost") in said_to(decision, AMARA)[0]


@pytest.mark.parametrize("recent", [(), (MessageRef(AMARA, "5"), MessageRef(AMARA, "6"))])
def test_a_thread_that_was_deleted_begins_anew(guide: Guide, recent: tuple[MessageRef, ...]) -> None:
    decision = respond(from_room(ThreadLost(7, recent), case=OPEN), guide)
    card, _, *copies = sends(decision)
    assert card.replaces == OPEN.card_key
    assert [send.reply.copy for send in copies] == list(recent)
    assert all(send.topic for send in sends(decision))
