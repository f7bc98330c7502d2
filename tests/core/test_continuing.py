"""A question that goes on from the answer before is understood by it, for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.assistant import respond
from bot.core.model import Conversation, Guide, Shown, Status
from tests.core.scenes import (
    AMARA,
    NOW,
    ROOM,
    a_case,
    actions,
    conversation_after,
    from_newcomer,
    pressing,
    said_to,
    sends,
)

KNOWN = Conversation(AMARA, language="en", question="an earlier question")
HOW_MUCH = "and how much does it cost?"


def shown(entry: str, minutes_ago: int = 1) -> Conversation:
    return replace(KNOWN, latest=Shown(entry, NOW - timedelta(minutes=minutes_ago)))


def test_what_was_shown_is_remembered(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("show:settlement-permit"), KNOWN), guide)
    assert conversation_after(decision).latest == Shown("settlement-permit", NOW)
    occupation = next(iter(guide.occupations.by_id))
    decision = respond(from_newcomer(pressing(f"occupation:{occupation}"), KNOWN), guide)
    assert conversation_after(decision).latest == Shown("recognition-authority", NOW)


def test_the_same_words_mean_something_else_after_another_answer(guide: Guide) -> None:
    for entry, meant in (("settlement-permit", "permit-fees"), ("recognition-procedure", "recognition-cost")):
        decision = respond(from_newcomer(HOW_MUCH, shown(entry)), guide)
        assert said_to(decision, AMARA)[0].startswith(f"**{guide.knowledge.title(meant, 'en')}**")


def test_after_half_an_hour_a_question_begins_anew(guide: Guide) -> None:
    late = respond(from_newcomer(HOW_MUCH, shown("settlement-permit", minutes_ago=31)), guide)
    anew = respond(from_newcomer(HOW_MUCH, KNOWN), guide)
    assert said_to(late, AMARA) == said_to(anew, AMARA)


def test_an_entry_that_is_gone_is_not_gone_on_from(guide: Guide) -> None:
    gone = respond(from_newcomer(HOW_MUCH, shown("no-such-entry")), guide)
    assert said_to(gone, AMARA) == said_to(respond(from_newcomer(HOW_MUCH, KNOWN), guide), AMARA)


def test_an_answer_just_read_is_not_repeated_and_more_is_offered(guide: Guide) -> None:
    decision = respond(from_newcomer("where is it?", shown("newcomer-service")), guide)
    assert decision.outcome == "no_more"
    (sent,) = sends(decision)
    assert guide.knowledge.title("newcomer-service", "en") in sent.reply.text
    assert actions(sent) == ["show:newcomer-service", "person"]


def test_a_whole_question_about_what_was_shown_is_answered_again(guide: Guide) -> None:
    question = "How do I register my address in Aachen?"
    decision = respond(from_newcomer(question, shown("registration")), guide)
    assert decision.outcome == "found"


def test_while_an_adviser_is_waited_for_the_question_is_passed_on_as_well(guide: Guide) -> None:
    decision = respond(from_newcomer("where is it?", shown("newcomer-service"), case=a_case(Status.OPEN)), guide)
    assert said_to(decision, AMARA) and len(said_to(decision, ROOM)) == 1
