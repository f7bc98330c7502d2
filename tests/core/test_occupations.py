"""Who recognises my occupation: the answer names the authority, and asks back where a name means several."""

from __future__ import annotations

from bot.core.answering import recognise_occupation
from bot.core.assistant import respond
from bot.core.model import Conversation, Guide, Status
from knowledge.deciding import Candidate, Found, Missed
from tests.core.scenes import AMARA, ROOM, a_case, from_newcomer, pressing, said_to, sends

KNOWN = Conversation(AMARA, language="en", question="an earlier question")

ABOUT_AUTHORITY = Found("recognition-authority", 0.9, (Candidate("recognition-authority", 0.9),))


def test_the_authority_of_a_named_occupation_is_shown(guide: Guide) -> None:
    turn = from_newcomer("I am a welder, who recognises me?", KNOWN)
    decision = recognise_occupation(turn, guide, "I am a welder, who recognises me?", ABOUT_AUTHORITY)
    assert decision is not None and decision.outcome == "found"
    (reply,) = sends(decision)
    naming = guide.occupations.find("I am a welder, who recognises me?")
    assert naming.one is not None
    answer = guide.occupations.describe(naming.one, "en", guide.knowledge)
    assert reply.reply.text.startswith(f"**{answer.title}**")
    assert decision.state.conversation is not None
    assert decision.state.conversation.question == "I am a welder, who recognises me?"


def test_a_name_for_several_occupations_is_asked_back_and_the_choice_shown(guide: Guide) -> None:
    turn = from_newcomer("Wer erkennt mich als Pfleger an?", KNOWN)
    decision = recognise_occupation(turn, guide, "Wer erkennt mich als Pfleger an?", ABOUT_AUTHORITY)
    assert decision is not None and decision.outcome == "unsure"
    (reply,) = sends(decision)
    choices = [button for button in reply.reply.buttons if button.action.startswith("occupation:")]
    assert 2 <= len(choices) <= 5
    shown = respond(from_newcomer(pressing(choices[0].action), decision.state.conversation), guide)
    assert shown.outcome == "found"


def test_other_questions_that_name_an_occupation_are_left_alone(guide: Guide) -> None:
    turn = from_newcomer("I need a doctor", KNOWN)
    assert recognise_occupation(turn, guide, "I need a doctor", Found("healthcare", 0.9, ())) is None
    assert recognise_occupation(turn, guide, "I need a doctor", Missed((Candidate("healthcare", 0.1),))) is None


def test_every_occupation_can_be_shown_and_its_button_fits(guide: Guide) -> None:
    for occupation in guide.occupations.by_id:
        action = f"occupation:{occupation}"
        assert len(action.encode()) <= 64
        assert respond(from_newcomer(pressing(action), KNOWN), guide).outcome == "found"


def test_while_an_adviser_is_waited_for_the_authority_is_still_named(guide: Guide) -> None:
    question = "Which authority is responsible for recognition as a welder?"
    assert isinstance(guide.understanding.resolve(question, "en"), Found)
    decision = respond(from_newcomer(question, KNOWN, case=a_case(Status.OPEN)), guide)
    naming = guide.occupations.find(question)
    assert naming.one is not None
    title = guide.occupations.describe(naming.one, "en", guide.knowledge).title
    assert said_to(decision, AMARA)[0].startswith(f"**{title}**")
    assert len(said_to(decision, ROOM)) == 1, "it is passed on as well"
