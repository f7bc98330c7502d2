"""Language, greeting, privacy, export and deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.assistant import COMMANDS, respond
from bot.core.model import (
    Attachment,
    Button,
    Case,
    Choice,
    Conversation,
    Erase,
    Export,
    Guide,
    Lane,
    Reply,
    Send,
    Status,
)
from tests.core.scenes import (
    AMARA,
    NOW,
    ROOM,
    a_case,
    a_conversation,
    actions,
    conversation_after,
    from_newcomer,
    pressing,
    said_to,
    sends,
)

NEW = Conversation(AMARA)
GERMAN = "Ich möchte wissen, wie die Anerkennung von meinem Abschluss funktioniert."
ENGLISH = "I would like to know how the recognition of my qualification works."


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


# --- language: the person's choice, then what they clearly write, then what was used before, then the messenger's ---


@pytest.mark.parametrize(
    ("text", "before", "chosen", "locale", "language"),
    [
        (GERMAN, None, False, "en", "de"),
        (ENGLISH, None, False, "de", "en"),
        (GERMAN, "en", False, "en", "de"),
        (GERMAN, "en", True, "de", "en"),
        ("ok 12345", "de", False, "en", "de"),
        ("/help", None, False, "de", "de"),
        ("/help", None, False, "de-AT", "de"),
        ("/help", None, False, "DE", "de"),
        ("/help", None, False, "tr", "en"),
        ("/help", None, False, "", "en"),
        ("/help", None, False, None, "en"),
        ("/help", "de", False, "en", "de"),
        ("🙂", None, False, "de", "de"),
    ],
)
def test_the_language_of_the_answer(
    guide: Guide, text: str, before: str | None, chosen: bool, locale: str | None, language: str
) -> None:
    conversation = replace(NEW, language=before, chosen=chosen)
    after = conversation_after(respond(from_newcomer(text, conversation, locale=locale), guide))
    assert (after.language, after.chosen) == (language, chosen)


def test_a_caption_tells_the_language_too(guide: Guide) -> None:
    after = conversation_after(respond(from_newcomer(Attachment("photo", GERMAN), NEW), guide))
    assert after.language == "de"


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_chosen_language_stays(guide: Guide, language: str) -> None:
    decision = respond(from_newcomer(pressing(f"language:{language}"), NEW), guide)
    assert said_to(decision, AMARA) == [said(guide, "language.chosen", language)]
    after = conversation_after(decision)
    assert (after.language, after.chosen) == (language, True)


ROMANIAN, POLISH = "Cum îmi pot recunoaște diploma de inginer?", "Jak uznać mój dyplom pielęgniarki w Niemczech?"


def test_a_language_without_texts_is_answered_in_the_other_and_that_is_said_once_a_day(guide: Guide) -> None:
    now, conversation, excused = NOW, a_conversation(language="de"), []
    for hours, text in [(0, ROMANIAN), (1, ROMANIAN), (1, GERMAN), (1, ROMANIAN), (22, ROMANIAN), (1, POLISH)]:
        now += timedelta(hours=hours)
        decision = respond(replace(from_newcomer(text, conversation), now=now), guide)
        conversation = conversation_after(decision)
        excused.append("noch nicht in Ihrer Sprache schreiben" in said_to(decision, AMARA)[0])
    assert excused == [True, False, False, False, True, True]
    assert conversation.language == "de"


def test_the_excuse_names_the_language_and_stands_before_the_answer(guide: Guide) -> None:
    (text,) = said_to(respond(from_newcomer(ROMANIAN, NEW, locale="en"), guide), AMARA)
    assert "Romanian" in text.partition("\n")[0]


@pytest.mark.parametrize("text", ["ok", "12", "https://example.org", "Maria Popescu", "asdfgh"])
def test_a_word_is_too_little_to_excuse_for(text: str, guide: Guide) -> None:
    assert conversation_after(respond(from_newcomer(text, a_conversation()), guide)).excuse is None


def test_who_chose_a_language_keeps_it_and_hears_the_excuse_in_it(guide: Guide) -> None:
    chosen = a_conversation(language="de", chosen=True)
    decision = respond(from_newcomer(POLISH, chosen), guide)
    assert "Polnisch" in said_to(decision, AMARA)[0].partition("\n")[0]
    assert conversation_after(decision).language == "de"


@pytest.mark.parametrize("action", ["language:xx", "language:", "language"])
def test_a_language_that_is_not_spoken_is_offered_anew(guide: Guide, action: str) -> None:
    decision = respond(from_newcomer(pressing(action)), guide)
    assert said_to(decision, AMARA) == [said(guide, "language.choose")]
    assert conversation_after(decision).chosen is False


def test_all_languages_are_offered_each_by_its_own_name(guide: Guide) -> None:
    (reply,) = sends(respond(from_newcomer("/language"), guide))
    offered = [(button.label, button.action) for button in reply.reply.buttons]
    assert offered == [(said(guide, "language.name", each), f"language:{each}") for each in guide.languages]


# --- greeting, help, privacy ---


def test_the_greeting_offers_topics_a_person_and_the_other_languages(guide: Guide) -> None:
    decision = respond(from_newcomer("/start", a_conversation(misses=1, asking="deletion")), guide)
    (reply,) = sends(decision)
    assert reply.reply.text == said(guide, "greeting")
    assert "show:registration" in actions(reply)
    assert actions(reply)[-2:] == ["person", "language:de"]
    after = conversation_after(decision)
    assert (after.misses, after.asking, after.buttons) == (0, None, reply.reply.buttons)


@pytest.mark.parametrize("text", ["/help", "!help", "/nothing", "/nothing at all", "/nothing@lotse_bot"])
def test_help_lists_every_command_and_answers_unknown_ones(guide: Guide, text: str) -> None:
    (reply,) = said_to(respond(from_newcomer(text), guide), AMARA)
    for command in COMMANDS:
        assert f"/{command.name} – {said(guide, f'command.{command.name}')}" in reply


def test_an_exclamation_mark_before_other_words_is_no_command(guide: Guide) -> None:
    assert respond(from_newcomer("!nothing at all"), guide).outcome != "help"


def test_privacy(guide: Guide) -> None:
    assert said_to(respond(from_newcomer("/privacy"), guide), AMARA) == [said(guide, "privacy")]


def test_the_data_is_handed_over_as_a_file_to_the_chat_that_asked(guide: Guide) -> None:
    decision = respond(from_newcomer("/mydata"), guide)
    assert decision.effects == (Export(AMARA, str(AMARA), said(guide, "mydata.file"), "lotse-data.json"),)


# --- deletion ---


def test_deletion_asks_first(guide: Guide) -> None:
    decision = respond(from_newcomer("/delete"), guide)
    (reply,) = sends(decision)
    assert (reply.reply.text, actions(reply)) == (said(guide, "delete.ask"), ["delete:yes", "delete:no"])
    assert conversation_after(decision).asking == "deletion"


@pytest.mark.parametrize("how", [Choice("delete:yes"), "1", "yes, delete everything"])
def test_yes_erases_and_confirms_without_a_trace(guide: Guide, how: Choice | str) -> None:
    asked = conversation_after(respond(from_newcomer("/delete"), guide))
    decision = respond(from_newcomer(how, asked), guide)
    confirmation = Send(AMARA, Reply(said(guide, "delete.done")), forget=True)
    assert decision.effects == (Erase(AMARA, str(AMARA), guide.texts.say("de", "erased")), confirmation)
    assert (decision.state.conversation, decision.state.case) == (None, None)


@pytest.mark.parametrize("how", [pressing("delete:yes"), "Yes, delete everything"])
@pytest.mark.parametrize("case", [a_case(Status.OPEN), a_case(Status.CLAIMED)])
def test_advisers_are_told_that_a_case_is_gone_and_nothing_else(guide: Guide, case: Case, how: Choice | str) -> None:
    asked = conversation_after(respond(from_newcomer("/delete", case=case), guide))
    decision = respond(from_newcomer(how, asked, case=case), guide)
    told = Send(ROOM, Reply(said(guide, "room.newcomer_deleted", "de", number=7)), lane=Lane.CASE)
    assert decision.effects[:2] == (Erase(AMARA, str(AMARA), guide.texts.say("de", "erased")), told)
    assert told.case is None, "the deletion would take it along"


@pytest.mark.parametrize("answer", ["no", "", "maybe"])
def test_anything_but_yes_deletes_nothing(guide: Guide, answer: str) -> None:
    decision = respond(from_newcomer(pressing(f"delete:{answer}"), a_conversation(asking="deletion")), guide)
    assert said_to(decision, AMARA) == [said(guide, "delete.kept")]
    assert not [effect for effect in decision.effects if isinstance(effect, Erase)]
    assert conversation_after(decision).asking is None


@pytest.mark.parametrize("asking", [None, "consent"])
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_old_deletion_button_deletes_nothing(guide: Guide, asking: str | None, answer: str) -> None:
    decision = respond(from_newcomer(pressing(f"delete:{answer}"), a_conversation(asking=asking)), guide)
    assert said_to(decision, AMARA) == [said(guide, "button.is_old")]
    assert not [effect for effect in decision.effects if isinstance(effect, Erase)]


@pytest.mark.parametrize("text", ["a question in between", "thanks", "/start"])
def test_whatever_is_said_in_between_makes_the_deletion_button_old(guide: Guide, thanks: str, text: str) -> None:
    text = thanks if text == "thanks" else text
    buttons = (Button(said(guide, "button.delete_yes"), "delete:yes"),)
    conversation = a_conversation(asking="deletion", buttons=buttons)
    assert conversation_after(respond(from_newcomer(text, conversation), guide)).asking is None
