"""The path to the body that recognises a qualification: typing, buttons, old buttons, what a question told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import recognition_path
from bot.core.assistant import respond
from bot.core.model import Choice, Conversation, Decision, Guide
from tests.core.scenes import (
    AMARA,
    ROOM,
    a_case,
    a_conversation,
    actions,
    conversation_after,
    from_newcomer,
    said_to,
    sends,
)

NURSE = (("occupation", "nurse"), ("country", "PH"))


def waiting_for(step: str, *answers: tuple[str, str]) -> Conversation:
    return replace(a_conversation(language="en"), recognition=answers, asking=f"recognition_{step}")


def pressed(guide: Guide, conversation: Conversation, action: str) -> Decision:
    return respond(from_newcomer(Choice(action), conversation), guide)


def written(guide: Guide, conversation: Conversation, text: str) -> Decision:
    return respond(from_newcomer(text, conversation), guide)


def answers_after(decision: Decision) -> dict[str, str]:
    return dict(conversation_after(decision).recognition or ())


def test_every_remark_and_question_has_its_words(guide: Guide) -> None:
    keys = guide.texts.sayings["de"].keys()
    for topic, rows in guide.recognition.topics.items():
        assert f"recognition.topic.{topic}" in keys
        assert {f"recognition.{topic}.{row.id.replace('-', '_')}" for row in rows if row.id != "none"} <= keys


def test_every_entry_under_which_the_path_is_offered_has_its_button(guide: Guide) -> None:
    for entry in guide.recognition.entries:
        (send,) = sends(pressed(guide, a_conversation(language="en"), f"show:{entry}"))
        assert "recognition:begin" in actions(send)


def test_a_question_that_names_occupation_and_country_tells_both(guide: Guide) -> None:
    asked = replace(a_conversation(language="en"), question="I am a nurse from Manila")
    assert answers_after(written(guide, asked, "/recognition")) == dict(NURSE)


def test_an_occupation_answer_leads_into_the_path(guide: Guide) -> None:
    (send,) = sends(pressed(guide, a_conversation(language="en"), "occupation:electrician"))
    assert "recognition:begin:electrician" in actions(send)
    begun = pressed(guide, a_conversation(language="en"), "recognition:begin:electrician")
    assert answers_after(begun) == {"occupation": "electrician"}


@pytest.mark.parametrize(
    ("text", "occupation"),
    [("Krankenschwester", "nurse"), ("elektricker", "electrician"), ("I was a hairdreser", "hairdresser")],
)
def test_the_occupation_is_typed_in_any_spelling(text: str, occupation: str, guide: Guide) -> None:
    assert answers_after(written(guide, waiting_for("occupation"), text)) == {"occupation": occupation}


def test_an_occupation_and_country_typed_together_are_both_taken(guide: Guide) -> None:
    assert answers_after(written(guide, waiting_for("occupation"), "baker from Syria")) == {
        "occupation": "baker",
        "country": "SY",
    }


@pytest.mark.parametrize(
    ("text", "place"), [("I am already here", "here"), ("in Germany", "here"), ("still abroad", "abroad")]
)
def test_where_one_is_now_is_typed(text: str, place: str, guide: Guide) -> None:
    assert answers_after(written(guide, waiting_for("place", *NURSE), text))["place"] == place


def test_an_occupation_in_a_spelling_of_its_own_is_offered(guide: Guide) -> None:
    (send,) = sends(written(guide, waiting_for("occupation"), "phyiotherpit"))
    assert "recognition:set:occupation:physiotherapist" in actions(send)


def test_the_command_goes_on_where_the_path_was_left(guide: Guide) -> None:
    decision = written(guide, replace(a_conversation(language="en"), recognition=NURSE), "/recognition")
    assert conversation_after(decision).asking == recognition_path.ASKING_PLACE


def test_a_name_of_several_occupations_is_asked_back_with_five_at_most(guide: Guide) -> None:
    (send,) = sends(written(guide, waiting_for("occupation"), "engineer"))
    choices = [action for action in actions(send) if action.startswith("recognition:set:occupation:")]
    assert 3 <= len(choices) <= 6
    assert choices[-1] == "recognition:set:occupation:"


def test_an_occupation_that_is_not_known_is_asked_again_and_may_be_given_up(guide: Guide) -> None:
    decision = written(guide, waiting_for("occupation"), "zzzqqq xxyy")
    (send,) = sends(decision)
    assert guide.texts.say("en", "recognition.unclear.occupation") in send.reply.text
    (end,) = sends(pressed(guide, conversation_after(decision), "recognition:set:occupation:"))
    assert "I do not want to guess" in end.reply.text
    assert "person" in actions(end)


@pytest.mark.parametrize(("text", "country"), [("Phillipines", "PH"), ("Türkiye", "TR"), ("Manila", "PH")])
def test_the_country_is_typed_in_any_spelling(text: str, country: str, guide: Guide) -> None:
    decision = written(guide, waiting_for("country", ("occupation", "nurse")), text)
    assert answers_after(decision) == {"occupation": "nurse", "country": country}


def test_a_state_that_is_no_more_is_asked_back(guide: Guide) -> None:
    waiting = waiting_for("country", ("occupation", "educator"))
    (text,) = said_to(written(guide, waiting, "Soviet Union"), AMARA)
    assert guide.texts.say("en", "recognition.former_country") in text


def test_a_class_of_countries_is_enough_unless_the_country_decides(guide: Guide) -> None:
    (nurse,) = sends(pressed(guide, waiting_for("occupation"), "recognition:set:occupation:nurse"))
    assert "recognition:set:country:other" in actions(nurse)
    (educator,) = sends(pressed(guide, waiting_for("occupation"), "recognition:set:occupation:educator"))
    assert not [action for action in actions(educator) if action.startswith("recognition:set:country")]


def test_training_in_germany_needs_no_recognition(guide: Guide) -> None:
    (text,) = said_to(written(guide, waiting_for("country", ("occupation", "nurse")), "Germany"), AMARA)
    assert "need no recognition" in text


def test_the_country_of_training_decides_about_the_authority_of_an_educator(guide: Guide) -> None:
    for country, authority in (("Poland", "Arnsberg"), ("Ukraine", "Detmold"), ("Türkiye", "Düsseldorf")):
        there = conversation_after(written(guide, waiting_for("country", ("occupation", "educator")), country))
        (text,) = said_to(pressed(guide, there, "recognition:set:place:here"), AMARA)
        said = text.partition("Read in:")[0]
        assert f"Bezirksregierung {authority}" in said
        assert "Münster" not in said


def test_the_result_leads_on_to_papers_permit_and_a_person(guide: Guide) -> None:
    decision = pressed(guide, waiting_for("place", *NURSE), "recognition:set:place:abroad")
    (send,) = sends(decision)
    assert {"papers:recognition", "permit:begin:permit-overview", "person"} <= set(actions(send))
    listed = pressed(guide, conversation_after(decision), "papers:recognition")
    assert dict(conversation_after(listed).papers or ()) == {"occasion": "recognition", "regulated": "yes"}


def test_every_result_fits_into_one_message(guide: Guide) -> None:
    for language in guide.languages:
        for occupation in guide.occupations.by_id:
            answers = (("occupation", occupation), ("country", "IN"), ("place", "here"))
            asked = replace(a_conversation(language=language), recognition=answers)
            decision = pressed(guide, asked, "recognition:resume")
            assert decision.outcome == "recognition_result"
            assert len(said_to(decision, AMARA)[0]) < 4096, occupation


def test_one_goes_back_restarts_and_leaves(guide: Guide) -> None:
    waiting = waiting_for("place", *NURSE)
    assert answers_after(pressed(guide, waiting, "recognition:back")) == {"occupation": "nurse"}
    assert answers_after(pressed(guide, waiting, "recognition:restart")) == {}
    left = conversation_after(pressed(guide, waiting, "recognition:leave"))
    assert (left.recognition, left.asking) == (None, None)


@pytest.mark.parametrize(
    "action",
    ["recognition:set:country:mars", "recognition:set:place:there", "recognition:set:nothing:eu"],
)
def test_a_button_that_does_not_fit_changes_nothing(action: str, guide: Guide) -> None:
    decision = pressed(guide, waiting_for("place", *NURSE), action)
    assert decision.outcome == "old_button"
    assert conversation_after(decision).recognition == NURSE


def test_a_button_of_a_path_that_was_left_is_old(guide: Guide) -> None:
    assert pressed(guide, a_conversation(language="en"), "recognition:set:place:here").outcome == "old_button"


def test_another_question_in_between_is_answered_and_the_path_goes_on(guide: Guide) -> None:
    decision = written(guide, waiting_for("place", *NURSE), "How do I register my address?")
    (send,) = sends(decision)
    assert decision.outcome == "found"
    assert actions(send)[0] == "recognition:resume"
    resumed = pressed(guide, conversation_after(decision), "recognition:resume")
    assert conversation_after(resumed).asking == recognition_path.ASKING_PLACE


def test_an_adviser_reads_the_answers(guide: Guide) -> None:
    asked = conversation_after(written(guide, replace(a_conversation(language="en"), recognition=NURSE), "/human"))
    (card,) = said_to(respond(from_newcomer(Choice("consent:yes"), asked), guide), ROOM)
    assert "Pflegefachfrau" in card
    assert "Philippinen" in card


def test_what_is_typed_on_the_path_is_heard_by_the_advisers_while_they_are_waited_for(guide: Guide) -> None:
    waiting = waiting_for("country", ("occupation", "nurse"))
    decision = respond(from_newcomer("Ghana", waiting, case=a_case()), guide)
    assert ["Ghana" in text for text in said_to(decision, ROOM)] == [True]
