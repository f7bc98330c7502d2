"""Answers, did-you-mean, honest fallbacks, small talk, feedback."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.answering import SHOWN_SOURCES, answer_question, topic_buttons
from bot.core.assistant import respond
from bot.core.model import Conversation, Feedback, Guide
from knowledge.deciding import Candidate, Found, Missed, PersonWanted, SmallTalk, Unsure
from tests.core.scenes import (
    AMARA,
    NONSENSE,
    a_conversation,
    actions,
    conversation_after,
    from_newcomer,
    pressing,
    said_to,
    sends,
)

ENTRIES = ("registration", "blue-card", "recognition-overview", "german-courses")
CANDIDATES = tuple(Candidate(entry, 0.9 - number / 10) for number, entry in enumerate(ENTRIES))
KNOWN = a_conversation(question="before")  # not the first contact


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


# --- found ---


def test_an_answer_has_title_text_provenance_related_questions_and_ways_on(guide: Guide, question: str) -> None:
    decision = respond(from_newcomer(question, KNOWN), guide)
    answer = guide.knowledge.answer("registration", "en", from_newcomer("").now.date())
    (reply,) = sends(decision)
    text = reply.reply.text
    assert text.startswith(f"**{answer.title}**\n\n")
    named = [f"({source.url})" in text for source in answer.sources]
    assert named == [number < SHOWN_SOURCES for number in range(len(answer.sources))]
    assert answer.checked is None or said(guide, "answer.checked", day="").rstrip(" .") in text
    assert [action for action in actions(reply) if action != "show:registration"] == [
        "papers:entry:registration",
        *(f"show:{entry}" for entry, _ in answer.related[:3]),
        "helpful:registration",
        "unhelpful:registration",
        "person",
    ]
    after = conversation_after(decision)
    assert (after.question, after.misses, after.shown[0].id) == (question, 0, "registration")


def test_every_entry_can_be_shown_in_every_language_and_its_buttons_fit_into_64_bytes(guide: Guide) -> None:
    for language in guide.languages:
        for entry in guide.knowledge.entries:
            (reply,) = sends(
                respond(from_newcomer(pressing(f"show:{entry}"), replace(KNOWN, language=language)), guide)
            )
            assert guide.knowledge.title(entry, language) in reply.reply.text
            assert all(len(action.encode()) <= 64 for action in actions(reply))


def test_not_legal_advice_stands_where_it_belongs(guide: Guide) -> None:
    for name, entry in guide.knowledge.entries.items():
        (text,) = said_to(respond(from_newcomer(pressing(f"show:{name}")), guide), AMARA)
        assert (said(guide, "answer.not_legal_advice") in text) == entry.legal


def test_an_entry_that_is_gone_is_admitted(guide: Guide) -> None:
    assert respond(from_newcomer(pressing("show:gone")), guide).outcome == "missed"


def test_the_first_answer_says_who_speaks_and_later_ones_do_not(guide: Guide, question: str, thanks: str) -> None:
    first = respond(from_newcomer(question, Conversation(AMARA)), guide)
    assert said_to(first, AMARA)[0].endswith(said(guide, "introduction"))
    second = respond(from_newcomer(question, conversation_after(first)), guide)
    assert said(guide, "introduction") not in said_to(second, AMARA)[0]
    polite = conversation_after(respond(from_newcomer(thanks, Conversation(AMARA)), guide))
    assert said(guide, "introduction") in said_to(respond(from_newcomer(question, polite), guide), AMARA)[0]


# --- unsure ---


def test_unsure_asks_which_of_three_or_none(guide: Guide) -> None:
    decision = answer_question(from_newcomer("x", KNOWN), guide, "x", Unsure(CANDIDATES))
    (reply,) = sends(decision)
    assert reply.reply.text == said(guide, "answer.unsure")
    assert actions(reply) == [*(f"show:{entry}" for entry in ENTRIES[:3]), "none"]
    assert conversation_after(decision).shown == CANDIDATES


@pytest.mark.parametrize("typed", ["2", "2)", "2.", "label", "LABEL"])
def test_a_button_can_be_typed_by_number_or_label(guide: Guide, typed: str) -> None:
    asked = conversation_after(answer_question(from_newcomer("x", KNOWN), guide, "x", Unsure(CANDIDATES)))
    label = guide.knowledge.short("blue-card", "en")
    text = {"label": label, "LABEL": label.upper()}.get(typed, typed)
    decision = respond(from_newcomer(text, asked), guide)
    assert guide.knowledge.title("blue-card", "en") in said_to(decision, AMARA)[0]


@pytest.mark.parametrize("ending", [" (EU)", ".", "?)"])
def test_a_label_can_be_typed_whatever_it_ends_with(guide: Guide, ending: str) -> None:
    (button, *_) = topic_buttons(from_newcomer(""), guide)
    conversation = a_conversation(buttons=(replace(button, label=f"Blue Card{ending}", action="show:blue-card"),))
    decision = respond(from_newcomer(f"blue card{ending}", conversation), guide)
    assert guide.knowledge.title("blue-card", "en") in said_to(decision, AMARA)[0]


@pytest.mark.parametrize("typed", ["5", "-1", "1 2"])
def test_a_number_that_no_button_has_presses_nothing(guide: Guide, typed: str) -> None:
    asked = conversation_after(answer_question(from_newcomer("x", KNOWN), guide, "x", Unsure(CANDIDATES)))
    assert respond(from_newcomer(typed, asked), guide).outcome != "found"


def test_none_of_these_is_a_miss(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("none")), guide)
    assert said_to(decision, AMARA) == [said(guide, "answer.missed")]
    assert conversation_after(decision).misses == 1


# --- missed ---


def test_the_second_miss_in_a_row_offers_a_person_and_an_answer_starts_anew(guide: Guide, question: str) -> None:
    first = respond(from_newcomer(NONSENSE, KNOWN), guide)
    (reply,) = sends(first)
    assert reply.reply.text == said(guide, "answer.missed")
    assert "person" not in actions(reply)
    second = respond(from_newcomer(NONSENSE, conversation_after(first)), guide)
    (reply,) = sends(second)
    assert (reply.reply.text, actions(reply)) == (said(guide, "answer.missed_again"), ["person"])
    answered = respond(from_newcomer(question, conversation_after(second)), guide)
    third = respond(from_newcomer(NONSENSE, conversation_after(answered)), guide)
    assert said_to(third, AMARA) == [said(guide, "answer.missed")]


def test_what_was_missed_was_not_shown(guide: Guide) -> None:
    decision = answer_question(from_newcomer("x", KNOWN), guide, "x", Missed(CANDIDATES))
    assert conversation_after(decision).shown == ()


def test_a_pointer_says_where_to_look_elsewhere(guide: Guide) -> None:
    decision = answer_question(from_newcomer("x", KNOWN), guide, "x", Missed((), pointer="Look there."))
    assert said_to(decision, AMARA) == ["Look there."]


def test_a_question_kept_for_advisers_is_not_endless(guide: Guide) -> None:
    decision = respond(from_newcomer("qwer " * 5000, KNOWN), guide)
    assert len(conversation_after(decision).question or "") == 1000


# --- small talk, a wish for a person ---


def test_small_talk_of_every_kind_is_answered_and_is_no_question(guide: Guide) -> None:
    kinds = {kind for tongue in guide.understanding.speech.tongues for kind in tongue.smalltalk}
    asked = a_conversation(question="What about my diploma?", shown=CANDIDATES, misses=1)
    for language in guide.languages:
        for kind in kinds:
            turn = from_newcomer("x", replace(asked, language=language))
            decision = answer_question(turn, guide, "x", SmallTalk(kind, ()))
            assert said_to(decision, AMARA) == [said(guide, f"smalltalk.{kind}", language)]
            after = conversation_after(decision)
            assert (after.question, after.shown, after.misses) == ("What about my diploma?", CANDIDATES, 0)


def test_a_wish_for_a_person_belongs_to_the_handoff(guide: Guide) -> None:
    with pytest.raises(ValueError, match="handoff"):
        answer_question(from_newcomer("x"), guide, "x", PersonWanted(()))


# --- feedback ---


@pytest.mark.parametrize(
    ("action", "helpful", "key", "ways"),
    [("helpful", True, "feedback.thanks", []), ("unhelpful", False, "feedback.sorry", ["person"])],
)
def test_feedback_is_counted_without_the_person(
    guide: Guide, action: str, helpful: bool, key: str, ways: list[str]
) -> None:
    decision = respond(from_newcomer(pressing(f"{action}:registration")), guide)
    (reply,) = sends(decision)
    assert (reply.reply.text, actions(reply)) == (said(guide, key), ways)
    assert decision.effects[1:] == (Feedback("registration", "en", helpful),)


@pytest.mark.parametrize("action", ["helpful:gone", "unhelpful:", "helpful"])
def test_feedback_on_what_is_no_entry_is_not_counted(guide: Guide, action: str) -> None:
    assert len(respond(from_newcomer(pressing(action)), guide).effects) == 1


def test_found_is_shown_as_it_is_called(guide: Guide) -> None:
    decision = answer_question(from_newcomer("x", KNOWN), guide, "x", Found("blue-card", 0.9, CANDIDATES))
    assert conversation_after(decision).shown == CANDIDATES
