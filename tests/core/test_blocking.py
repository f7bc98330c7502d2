"""Blocking a newcomer who abuses the advisers' time: what everybody is told, what still works."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.assistant import respond
from bot.core.model import Block, Blocked, Choice, Guide, Status, Unblock
from tests.core.scenes import AMARA, EARLIER, MARIA, ROOM, a_case, from_newcomer, from_room, said_to, sends

CLAIMED = a_case(Status.CLAIMED)
KEPT = Blocked(7, EARLIER, "Maria", "insults")


@pytest.mark.parametrize("words", ["/block insults", "/block 7 insults"])
def test_a_block_closes_the_case_keeps_the_reason_and_tells_both_sides(words: str, guide: Guide) -> None:
    decision = respond(from_room(words, case=CLAIMED), guide)
    assert [each for each in decision.effects if isinstance(each, Block)] == [Block(AMARA, 7, "insults", MARIA.name)]
    assert decision.state.case is not None
    assert decision.state.case.status is Status.CLOSED
    assert said_to(decision, AMARA) == [guide.texts.say("en", "block.told")]
    assert "insults" in said_to(decision, ROOM)[-1]


def test_a_newcomer_is_blocked_after_the_end_too(guide: Guide) -> None:
    decision = respond(from_room("/block insults", case=a_case(Status.CLOSED)), guide)
    assert decision.state.case is None
    assert [each.reason for each in decision.effects if isinstance(each, Block)] == ["insults"]


def test_a_block_without_a_reason_is_asked_back(guide: Guide) -> None:
    decision = respond(from_room("/block 7", case=CLAIMED), guide)
    assert said_to(decision, ROOM) == [guide.texts.say("de", "block.why", number=7)]
    assert not [each for each in decision.effects if isinstance(each, Block)]


@pytest.mark.parametrize("content", ["/human", Choice("person"), Choice("consent:yes"), Choice("reopen")])
def test_who_is_blocked_hears_so_and_reaches_nobody(content: str | Choice, guide: Guide) -> None:
    turn = from_newcomer(content)
    asked = replace(turn.conversation, asking="consent")
    turn = replace(turn, conversation=asked, blocked=True, last_case=a_case(Status.CLOSED))
    decision = respond(turn, guide)
    assert said_to(decision, AMARA) == [guide.texts.say("en", "block.refused")]
    assert decision.state.case is None
    assert said_to(decision, ROOM) == []


def test_questions_of_who_is_blocked_are_answered(guide: Guide) -> None:
    decision = respond(replace(from_newcomer("How do I register my address?"), blocked=True), guide)
    assert decision.outcome == "found"


def test_a_block_is_listed_and_lifted(guide: Guide) -> None:
    (listed,) = said_to(respond(replace(from_room("/blocked"), blocks=(KEPT,)), guide), ROOM)
    assert "insults" in listed
    assert "Maria" in listed
    lifted = respond(replace(from_room("/unblock 7"), blocks=(KEPT,)), guide)
    assert [each for each in lifted.effects if isinstance(each, Unblock)] == [Unblock(7)]
    (unknown,) = said_to(respond(replace(from_room("/unblock 9"), blocks=(KEPT,)), guide), ROOM)
    assert unknown == listed
    assert said_to(respond(from_room("/blocked"), guide), ROOM) == [guide.texts.say("de", "block.none")]
    assert len(sends(lifted)) == 1
