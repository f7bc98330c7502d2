"""Two questions in one message: both are offered as buttons, and either is answered by pressing."""

from __future__ import annotations

from bot.core.assistant import respond
from bot.core.model import Conversation, Guide
from tests.core.scenes import AMARA, actions, conversation_after, from_newcomer, pressing, said_to, sends

KNOWN = Conversation(AMARA, language="en", question="an earlier question")
BOTH = "How do I register my address? And how do I open a bank account?"


def test_both_are_offered_and_remembered(guide: Guide) -> None:
    decision = respond(from_newcomer(BOTH, KNOWN), guide)
    assert decision.outcome == "two_questions"
    (sent,) = sends(decision)
    assert actions(sent) == ["show:registration", "show:bank-account"]
    after = conversation_after(decision)
    assert after.question == BOTH
    assert [candidate.id for candidate in after.shown] == ["registration", "bank-account"]
    shown = respond(from_newcomer(pressing("show:bank-account"), after), guide)
    assert said_to(shown, AMARA)[0].startswith(f"**{guide.knowledge.title('bank-account', 'en')}**")


def test_danger_goes_before_the_two_questions(guide: Guide) -> None:
    decision = respond(from_newcomer(f"I want to kill myself. {BOTH}", KNOWN), guide)
    assert decision.outcome == "found"
    assert conversation_after(decision).shown[0].id in guide.understanding.urgent
