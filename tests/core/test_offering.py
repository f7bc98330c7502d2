"""What advisers can send: entries with a preview, canned sentences, words in another language; and under which name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.assistant import respond
from bot.core.model import Choice, Guide, Rename, Sender, Status
from bot.core.replying import literal
from tests.core.scenes import (
    AMARA,
    JONAS,
    KOFI,
    MARIA,
    ROOM,
    a_case,
    a_conversation,
    actions,
    conversation_after,
    from_room,
    pressing,
    said_to,
    sends,
)

OPEN, CLAIMED, CLOSED = a_case(Status.OPEN), a_case(Status.CLAIMED), a_case(Status.CLOSED)


def title(guide: Guide, entry: str, language: str) -> str:
    return guide.knowledge.title(entry, language)


def test_the_preview_is_word_for_word_what_the_newcomer_gets(guide: Guide) -> None:
    preview = respond(from_room("/entry blue-card", case=CLAIMED), guide)
    (shown,) = sends(preview)
    assert shown.to == ROOM
    assert said_to(preview, AMARA) == []
    assert actions(shown) == ["case:7:send:blue-card"]
    assert literal(title(guide, "blue-card", "de")) in shown.reply.text
    sent = respond(from_room(pressing("case:7:send:blue-card"), case=CLAIMED), guide)
    (told,) = said_to(sent, AMARA)
    assert title(guide, "blue-card", "en") in told
    assert shown.reply.text.endswith(told)


def test_a_preview_claims_nothing_and_sending_does(guide: Guide) -> None:
    assert respond(from_room("/entry blue-card", case=OPEN), guide).state.case is None
    sent = respond(from_room(pressing("case:7:send:blue-card"), case=OPEN), guide)
    assert sent.state.case is not None
    assert (sent.state.case.status, sent.state.case.adviser) == (Status.CLAIMED, MARIA)


def test_what_may_be_meant_is_offered_as_buttons(guide: Guide) -> None:
    (offer,) = sends(respond(from_room("/entry blaue karte", case=CLAIMED), guide))
    assert "case:7:entry:blue-card" in actions(offer)
    chosen = respond(from_room(pressing("case:7:entry:blue-card"), case=CLAIMED), guide)
    assert actions(sends(chosen)[0]) == ["case:7:send:blue-card"]


def test_a_number_as_the_answer_to_the_last_offer_presses_its_button(guide: Guide) -> None:
    offered = respond(from_room("/entry blue-card", case=CLAIMED), guide)
    key = sends(offered)[0].key
    after = conversation_after(offered)
    sent = respond(from_room("1", case=CLAIMED, conversation=after, replied_key=key), guide)
    assert title(guide, "blue-card", "en") in said_to(sent, AMARA)[0]
    for number in ("2", "0", "x"):
        turn = from_room(number, case=CLAIMED, conversation=after, replied_key=key)
        assert said_to(respond(turn, guide), AMARA)[0].endswith(f"\n\n{number}"), "words for the newcomer"
    elsewhere = from_room("1", case=CLAIMED, conversation=after, replied_key="case:7:other")
    assert said_to(respond(elsewhere, guide), AMARA)[0].endswith("\n\n1")


@pytest.mark.parametrize("words", ["", "   ", "xyzzyx"])
def test_nothing_is_sent_where_no_entry_is_meant(guide: Guide, words: str) -> None:
    decision = respond(from_room(f"/entry {words}", case=CLAIMED), guide)
    assert len(said_to(decision, ROOM)) == 1
    assert said_to(decision, AMARA) == []


@pytest.mark.parametrize("action", ["case:7:send:gone", "case:7:say:gone", "case:7:entry:gone", "case:7:send:"])
def test_a_button_of_content_that_is_gone_sends_nothing(guide: Guide, action: str) -> None:
    decision = respond(from_room(pressing(action), case=CLAIMED), guide)
    assert said_to(decision, ROOM) == [guide.texts.say("de", "button.is_old")]
    assert said_to(decision, AMARA) == []


@pytest.mark.parametrize("content", [pressing("case:7:send:blue-card"), pressing("case:7:say:hello"), "/say hello"])
@pytest.mark.parametrize(("case", "by"), [(CLAIMED, JONAS), (CLOSED, MARIA)])
def test_who_may_not_write_to_a_case_may_not_send_to_it(
    guide: Guide, content: Choice | str, case: object, by: Sender
) -> None:
    decision = respond(from_room(content, by, case=case), guide)  # type: ignore[arg-type]
    assert said_to(decision, AMARA) == []
    assert len(said_to(decision, ROOM)) == 1


def test_a_canned_sentence_is_read_in_both_languages(guide: Guide) -> None:
    decision = respond(from_room(pressing("case:7:say:no_documents"), case=CLAIMED), guide)
    german, english = (guide.texts.say(language, "canned.no_documents.text") for language in ("de", "en"))
    assert said_to(decision, AMARA)[0].endswith(english)
    assert german in said_to(decision, ROOM)[0]
    assert english in said_to(decision, ROOM)[0]


def test_a_button_pressed_twice_sends_once(guide: Guide) -> None:
    first, again = (
        [send.key for send in sends(respond(from_room(pressing("case:7:say:hello"), case=CLAIMED), guide))]
        for _ in range(2)
    )
    assert first == again
    assert None not in first


def test_a_number_typed_twice_sends_once(guide: Guide) -> None:
    offer = respond(from_room("/say", case=CLAIMED), guide)
    (posted,), conversation = sends(offer), conversation_after(offer)
    typed = replace(from_room("1", case=CLAIMED, replied_key=posted.key), conversation=conversation)
    first, again = (
        replace(typed, incoming=replace(typed.incoming, uid=uid, message=uid))
        for uid in ("telegram:1:8", "telegram:1:9")
    )
    keys = [[send.key for send in sends(respond(turn, guide))] for turn in (first, again)]
    assert keys[0] == keys[1]
    assert None not in keys[0]


def test_the_only_case_that_an_adviser_has_need_not_be_named(guide: Guide) -> None:
    mine, other = CLAIMED, replace(a_case(Status.CLAIMED, 8, KOFI), adviser=JONAS)
    decision = respond(from_room("/say hello", waiting=(mine, other)), guide)
    assert len(said_to(decision, AMARA)) == 1
    two = (mine, a_case(Status.CLAIMED, 9, KOFI))
    assert said_to(respond(from_room("/say hello", waiting=two), guide), AMARA) == []
    assert said_to(respond(from_room("/entry blue-card", waiting=two), guide), ROOM) == [
        guide.texts.say("de", "advice.which_case")
    ]


def test_words_in_another_language_are_marked_for_both_sides_once_for_the_room(guide: Guide) -> None:
    texts = ("Haben Sie schon einen Arbeitsvertrag unterschrieben?", "Und wo wohnen Sie jetzt in Aachen?")
    decisions = [respond(from_room(text, case=CLAIMED), guide) for text in texts]
    heading = guide.texts.say("en", "advice.says_in_language", name="Maria", spoken="German")
    assert all(said_to(decision, AMARA)[0].startswith(heading) for decision in decisions)
    notes = [send for decision in decisions for send in sends(decision) if send.to == ROOM]
    assert len({note.key for note in notes}) == 1


# --- names ---


def test_without_a_chosen_name_newcomers_read_that_it_is_a_person(guide: Guide) -> None:
    nameless = guide.texts.say("en", "handoff.adviser_says", name=guide.texts.say("en", "advice.a_person"))
    told = said_to(respond(from_room("Good morning", JONAS, case=OPEN), guide), AMARA)
    assert told == [f"{nameless}\n\nGood morning"]


@pytest.mark.parametrize(
    ("command", "name"), [("/name Anna", "Anna"), ("/name  Anna *Maria*", "Anna *Maria*"), ("/name -", "")]
)
def test_a_name_is_chosen_or_taken_back(guide: Guide, command: str, name: str) -> None:
    decision = respond(from_room(command, conversation=a_conversation(ROOM, "de")), guide)
    assert [effect for effect in decision.effects if isinstance(effect, Rename)] == [Rename(MARIA, name)]


def test_asking_for_the_name_changes_nothing(guide: Guide) -> None:
    decision = respond(from_room("/name"), guide)
    assert said_to(decision, ROOM) == [guide.texts.say("de", "advice.named", name="Maria")]
    assert not [effect for effect in decision.effects if isinstance(effect, Rename)]
