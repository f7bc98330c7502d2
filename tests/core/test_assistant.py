"""What the assistant does with anything that comes in; and that the same turn always gets the same decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.assistant import ACTIONS, COMMANDS, ROOM_COMMANDS, apologise, respond
from bot.core.model import Address, Attachment, Choice, Content, Conversation, Guide
from tests.core.scenes import AMARA, a_case, a_conversation, actions, from_newcomer, from_room, said_to, sends


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


@pytest.mark.parametrize("action", ["", ":", "unknown", "unknown:registration", "case:7:claim", "SHOW:registration"])
def test_a_button_that_nothing_knows_is_called_old(guide: Guide, action: str) -> None:
    assert said_to(respond(from_newcomer(Choice(action)), guide), AMARA) == [said(guide, "button.is_old")]


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
@pytest.mark.parametrize("written", ["/{}", "!{}", "/{} please", "/{}@lotse_bot", "  /{}  "])
def test_every_command_answers_however_it_is_written(guide: Guide, command: str, written: str) -> None:
    decision = respond(from_newcomer(written.format(command)), guide)
    assert decision.effects
    assert decision.outcome != "missed"


@pytest.mark.parametrize("action", list(ACTIONS))
def test_every_action_answers_even_without_what_it_is_about(guide: Guide, action: str) -> None:
    assert sends(respond(from_newcomer(Choice(action)), guide))


@pytest.mark.parametrize("command", list(ROOM_COMMANDS))
def test_every_command_of_the_room_answers_there(guide: Guide, command: str) -> None:
    decision = respond(from_room(f"/{command}"), guide)
    assert [send.to for send in sends(decision)] == [from_room("").incoming.origin]


@pytest.mark.parametrize("text", ["", " ", "🙂🙂", "?!", "...", "/", "!", "-", "\u200b"])
def test_what_cannot_be_read_gets_a_helpful_sentence(guide: Guide, text: str) -> None:
    assert said_to(respond(from_newcomer(text), guide), AMARA) == [said(guide, "nothing_to_read")]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("voice", "voice"),
        ("photo", "photo"),
        ("sticker", "sticker"),
        ("document", "document"),
        ("location", "location"),
        ("video", "other"),
        ("audio", "other"),
        ("contact", "other"),
        ("other", "other"),
        ("something new", "other"),
    ],
)
def test_an_attachment_outside_of_a_case_gets_a_helpful_sentence(guide: Guide, kind: str, key: str) -> None:
    (reply,) = sends(respond(from_newcomer(Attachment(kind)), guide))
    assert reply.reply.text == said(guide, f"attachment.{key}")
    assert actions(reply) == ["person"]


def test_the_question_under_an_attachment_is_answered(guide: Guide, question: str) -> None:
    (text,) = said_to(respond(from_newcomer(Attachment("photo", question)), guide), AMARA)
    assert guide.knowledge.title("registration", "en") in text


def test_a_thread_is_answered_in_that_thread(guide: Guide) -> None:
    turn = from_newcomer("/help")
    thread = Address("telegram", "1", "99")
    turn = replace(turn, incoming=replace(turn.incoming, origin=thread))
    assert [send.to for send in sends(respond(turn, guide))] == [thread]


@pytest.mark.parametrize("content", ["/start", "What about my diploma?", Choice("person"), Attachment("photo")])
def test_the_same_turn_always_gets_the_same_decision(guide: Guide, content: Content | str) -> None:
    turn = from_newcomer(content, case=a_case())
    assert respond(turn, guide) == respond(turn, guide)


# --- when deciding failed ---


def test_an_apology_offers_a_person_in_the_newcomers_language(guide: Guide) -> None:
    (reply,) = sends(apologise(from_newcomer("x", a_conversation(language="de")), guide))
    assert (reply.reply.text, actions(reply)) == (said(guide, "failed", "de"), ["person"])
    (reply,) = sends(apologise(from_newcomer("x", Conversation(AMARA), locale="de"), guide))
    assert reply.reply.text == said(guide, "failed", "de")


def test_groups_get_no_apologies(guide: Guide) -> None:
    assert apologise(from_room("x"), guide).effects == ()
    turn = from_newcomer("x")
    assert apologise(replace(turn, incoming=replace(turn.incoming, private=False)), guide).effects == ()
