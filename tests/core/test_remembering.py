"""Occupation and country are remembered for a day, by follow-ups, guided paths and general answers. And it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.assistant import respond
from bot.core.model import Choice, Conversation, Decision, Guide, Shown, Status, Told
from bot.core.remembering import KEPT
from tests.core.scenes import (
    AMARA,
    NOW,
    ROOM,
    a_case,
    a_conversation,
    actions,
    conversation_after,
    from_newcomer,
    said_to,
    sends,
)


def knowing(occupation: str | None, country: str | None, entry: str = "recognition-authority") -> Conversation:
    """Somebody who told this a minute ago and has just read an entry."""
    before = NOW - timedelta(minutes=1)
    return a_conversation(question="?", told=Told(occupation, country, before), latest=Shown(entry, before))


def written(guide: Guide, text: str, conversation: Conversation) -> Decision:
    return respond(from_newcomer(text, conversation), guide)


def told_after(decision: Decision) -> tuple[str | None, str | None]:
    told = conversation_after(decision).told
    return (told.occupation, told.country) if told else (None, None)


def test_what_a_question_tells_is_remembered(guide: Guide) -> None:
    decision = written(guide, "I am a nurse from the Philippines, who recognises me?", a_conversation())
    assert told_after(decision) == ("nurse", "PH")


@pytest.mark.parametrize("text", ["Where do I find a doctor?", "Do I need a lawyer?", "May I travel to Belgium?", "ok"])
def test_what_is_only_mentioned_overwrites_nothing(text: str, guide: Guide) -> None:
    assert told_after(written(guide, text, knowing("nurse", "PH"))) == ("nurse", "PH")


def test_a_finished_path_is_remembered(guide: Guide) -> None:
    path = (("occupation", "educator"), ("country", "PL"))
    asked = replace(a_conversation(), recognition=path, asking="recognition_place")
    decision = respond(from_newcomer(Choice("recognition:set:place:here"), asked), guide)
    assert told_after(decision) == ("educator", "PL")
    (text,) = said_to(written(guide, "and from Turkey?", conversation_after(decision)), AMARA)
    assert "Düsseldorf" in text


def test_a_class_of_countries_is_no_country_to_remember(guide: Guide) -> None:
    path = (("occupation", "nurse"), ("country", "eu"))
    asked = replace(a_conversation(), recognition=path, asking="recognition_place")
    assert told_after(respond(from_newcomer(Choice("recognition:set:place:here"), asked), guide)) == ("nurse", None)


def test_another_country_for_the_same_occupation(guide: Guide) -> None:
    decision = written(guide, "and from Turkey?", knowing("educator", "PL"))
    (text,) = said_to(decision, AMARA)
    assert "Taken over" in text.partition("\n")[0]
    assert "Düsseldorf" in text and "Arnsberg" not in text.partition("Sources")[0]
    assert told_after(decision) == ("educator", "TR")


def test_where_the_same_body_decides_for_all_countries_that_is_said_first(guide: Guide) -> None:
    (text,) = said_to(written(guide, "and from Turkey?", knowing("nurse", "PH")), AMARA)
    assert guide.texts.say("en", "told.same_body") in text


def test_another_occupation_for_the_same_country(guide: Guide) -> None:
    (text,) = said_to(written(guide, "what about kindergarten teachers?", knowing("nurse", "TR")), AMARA)
    assert "Türkiye" in text.partition("\n")[0]
    assert "Düsseldorf" in text


def test_without_an_occupation_a_country_says_too_little(guide: Guide) -> None:
    text = "\n".join(said_to(written(guide, "and from Turkey?", knowing(None, None)), AMARA))
    assert "Taken over" not in text


def test_after_an_answer_about_something_else_it_is_not_about_recognition(guide: Guide) -> None:
    text = "\n".join(said_to(written(guide, "and from Turkey?", knowing("nurse", "PH", "family-reunion")), AMARA))
    assert "Taken over" not in text


def test_a_question_of_its_own_is_not_taken_for_another_country(guide: Guide) -> None:
    decision = written(guide, "How do I get a visa from Turkey to Germany?", knowing("nurse", "PH"))
    assert "Taken over" not in said_to(decision, AMARA)[0]


@pytest.mark.parametrize(
    ("text", "entry"),
    [("how long does it take for me?", "recognition-duration"), ("what does it cost?", "recognition-cost")],
)
def test_a_general_answer_begins_with_what_holds_for_the_occupation(text: str, entry: str, guide: Guide) -> None:
    decision = written(guide, text, knowing("electrician", "TR"))
    assert conversation_after(decision).latest == Shown(entry, NOW)
    first = said_to(decision, AMARA)[0].partition("\n")[0]
    assert "electrician" in first and "Türkiye" in first


def test_a_topic_is_turned_to_another_occupation_without_all_the_rest(guide: Guide) -> None:
    (sent,) = sends(written(guide, "and for doctors?", knowing("nurse", "PH", "recognition-duration")))
    assert guide.texts.say("en", "recognition.duration.own") in sent.reply.text
    assert len(sent.reply.text) < 500
    assert "show:recognition-duration" in actions(sent)


def test_the_path_takes_over_what_was_told_and_says_so(guide: Guide) -> None:
    decision = written(guide, "/recognition", knowing("nurse", "PH"))
    (text,) = said_to(decision, AMARA)
    assert "Taken over: registered nurse; trained in: Philippines" in text
    assert conversation_after(decision).asking == "recognition_place"


def test_what_the_last_question_names_goes_before_what_was_told(guide: Guide) -> None:
    asked = replace(knowing("nurse", "PH"), question="I am a baker")
    (text,) = said_to(written(guide, "/recognition", asked), AMARA)
    assert "aker; trained in: Philippines" in text


def test_the_path_to_a_permit_takes_over_the_country(guide: Guide) -> None:
    decision = written(guide, "/permit", knowing("nurse", "PH"))
    assert ("country", "PH") in (conversation_after(decision).permit or ())
    assert "Philippines" in said_to(decision, AMARA)[0]


def test_after_a_day_it_is_not_used_and_goes_with_the_next_message(guide: Guide) -> None:
    old = replace(knowing("nurse", "PH"), told=Told("nurse", "PH", NOW - KEPT - timedelta(minutes=1)))
    assert conversation_after(written(guide, "How do I register my address?", old)).told is None
    assert "Taken over" not in said_to(written(guide, "/recognition", old), AMARA)[0]


def test_an_occupation_that_is_gone_from_the_list_is_not_used(guide: Guide) -> None:
    (text,) = said_to(written(guide, "/recognition", knowing("no-such-occupation", None)), AMARA)
    assert guide.texts.say("en", "recognition.intro").strip() in text


def test_words_to_an_adviser_are_not_remembered(guide: Guide) -> None:
    decision = respond(from_newcomer("I am a nurse from India", a_conversation(), case=a_case(Status.CLAIMED)), guide)
    assert decision.state.conversation is None or decision.state.conversation.told is None


def test_while_an_adviser_is_waited_for_both_the_room_and_the_newcomer_hear(guide: Guide) -> None:
    decision = respond(from_newcomer("and from Turkey?", knowing("nurse", "PH"), case=a_case()), guide)
    assert len(said_to(decision, ROOM)) == 1 and "Taken over" not in said_to(decision, ROOM)[0]
    assert "Taken over" in said_to(decision, AMARA)[0]
