"""The path to a residence permit: old buttons, leaving, typing, other questions in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import permit_path
from bot.core.assistant import respond
from bot.core.model import Choice, Conversation, Decision, Guide, Utterance
from tests.core.scenes import ROOM, a_case, a_conversation, conversation_after, from_newcomer, sends

BEGUN = (("purpose", "work"), ("nationality", "other"), ("place", "abroad"))


def on_the_path(*answers: tuple[str, str], number: bool = False) -> Conversation:
    asking = permit_path.ASKING_NUMBER if number else permit_path.ASKING
    return replace(a_conversation(language="en"), permit=answers, asking=asking)


def pressed(guide: Guide, conversation: Conversation, action: str) -> Decision:
    return respond(from_newcomer(Choice(action), conversation), guide)


def written(guide: Guide, conversation: Conversation, text: str) -> Decision:
    return respond(from_newcomer(Utterance(text), conversation), guide)


def test_every_entry_under_which_the_path_is_offered_has_its_button(guide: Guide) -> None:
    for entry in guide.permits.entries:
        (send,) = sends(pressed(guide, a_conversation(language="en"), f"show:{entry}"))
        assert f"permit:begin:{entry}" in [each.action for each in send.reply.buttons]


def test_every_question_and_answer_has_its_words(guide: Guide) -> None:
    keys = guide.texts.sayings["de"].keys()
    for aspect in guide.permits.aspects:
        assert f"permit.question.{aspect.id.replace('-', '_')}" in keys
    for title in guide.permits.titles:
        name = title.id.replace("-", "_")
        assert {f"permit.title.{name}.name", f"permit.title.{name}.why"} <= keys
        assert {f"permit.also.{each.replace('-', '_')}" for each in title.also} <= keys
        curable = {each.id.replace("-", "_") for each in title.conditions if not each.shuts}
        assert {f"permit.condition.{each}" for each in curable} <= keys
    for row in guide.permits.table.rows:
        assert f"permit.row.{row.id.replace('-', '_')}" in keys
    for kind in ("routes", "remarks", "dead_ends", "contradictions"):
        for remark in getattr(guide.permits, kind):
            root = {"routes": "route", "remarks": "remark", "dead_ends": "dead_end"}.get(kind, "contradiction")
            assert f"permit.{root}.{remark.id.replace('-', '_')}" in keys


def test_the_path_is_begun_by_its_command_and_by_nothing_known(guide: Guide) -> None:
    decision = written(guide, a_conversation(language="en"), "/permit")
    assert conversation_after(decision).permit == ()
    (send,) = sends(decision)
    assert guide.texts.say("en", "permit.intro") in send.reply.text


def test_the_command_takes_what_the_last_question_told(guide: Guide) -> None:
    asked = replace(a_conversation(language="en"), question="I am a nurse from the Philippines, can I work?")
    taken = dict(conversation_after(written(guide, asked, "/permit")).permit or ())
    assert taken == {"country": "PH", "nationality": "other", "purpose": "work"}


def test_what_is_typed_on_the_path_is_heard_by_the_advisers_while_they_are_waited_for(guide: Guide) -> None:
    decision = respond(from_newcomer("Ghana", on_the_path(), case=a_case()), guide)
    heard = [send.reply.text for send in sends(decision) if send.to == ROOM]
    assert ["Ghana" in words for words in heard] == [True]
    assert dict(conversation_after(decision).permit or ())["country"] == "GH"


def test_an_old_answer_that_is_pressed_again_is_changed(guide: Guide) -> None:
    before = on_the_path(*BEGUN)
    after = conversation_after(pressed(guide, before, "permit:answer:place:visit"))
    assert after.permit == (*BEGUN[:2], ("place", "visit"))


@pytest.mark.parametrize(
    "action",
    ["permit:answer:place:moon", "permit:answer:salary:1", "permit:answer:nothing:x", "permit:answer:"],
)
def test_a_button_that_does_not_belong_here_changes_nothing(guide: Guide, action: str) -> None:
    decision = pressed(guide, on_the_path(*BEGUN), action)
    assert decision.outcome == "old_button"
    assert conversation_after(decision).permit == BEGUN


def test_after_leaving_the_answers_are_gone_and_the_buttons_are_old(guide: Guide) -> None:
    after = conversation_after(pressed(guide, on_the_path(*BEGUN), "permit:leave"))
    assert (after.permit, after.asking) == (None, None)
    assert pressed(guide, after, "permit:back").outcome == "old_button"


def test_going_back_as_often_as_one_likes_ends_at_the_beginning(guide: Guide) -> None:
    conversation = on_the_path(("country", "GH"), ("nationality", "other"), ("purpose", "work"))
    for _ in range(5):
        conversation = conversation_after(pressed(guide, conversation, "permit:back"))
    assert conversation.permit == ()


def test_yes_and_no_in_words_are_answers_where_they_are_asked_for(guide: Guide) -> None:
    answers = (*BEGUN, ("qualification", "foreign-training"), ("recognition", "full"), ("job", "health-teaching"))
    after = conversation_after(written(guide, on_the_path(*answers), "yes please"))
    assert after.permit == (*answers, ("licence", "yes"))


def test_a_number_is_an_answer_and_presses_no_button(guide: Guide) -> None:
    asked = on_the_path(
        *BEGUN, ("qualification", "foreign-training"), ("recognition", "full"), ("job", "skilled"), number=True
    )
    asked = replace(asked, buttons=sends(pressed(guide, asked, "permit:resume"))[0].reply.buttons)
    assert conversation_after(written(guide, asked, "200")).permit == asked.permit
    assert ("age", "3") in (conversation_after(written(guide, asked, "3")).permit or ())


def test_the_salary_of_a_month_is_said_to_be_taken_for_a_year(guide: Guide) -> None:
    asked = on_the_path(
        *BEGUN,
        ("qualification", "foreign-degree"),
        ("recognition", "full"),
        ("job", "engineering"),
        ("age", "30"),
        number=True,
    )
    (send,) = sends(written(guide, asked, "3500"))
    assert "€42,000" in send.reply.text
    assert "€3,500" in send.reply.text


def test_the_points_are_listed(guide: Guide) -> None:
    asked = on_the_path(
        *BEGUN,
        ("qualification", "foreign-degree"),
        ("recognition", "none"),
        ("job", "none"),
        ("experience", "five-of-seven"),
        ("age", "30"),
    )
    (send,) = sends(pressed(guide, asked, "permit:answer:german:a2"))
    assert "6" in send.reply.text
    assert send.reply.text.count("- 3: ") == send.reply.text.count("- 2: ") == send.reply.text.count("- 1: ") == 1
