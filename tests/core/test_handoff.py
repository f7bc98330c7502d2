"""The newcomer's side of a case: consent, waiting, talking, attachments, ending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.advising import card, topic_title
from bot.core.assistant import respond
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Case,
    Choice,
    Edit,
    Erase,
    Guide,
    Lane,
    Medium,
    MessageRef,
    Place,
    Reply,
    Send,
    Status,
)
from bot.core.promise import Promise
from bot.core.promising import spoken
from bot.core.replying import literal
from tests.core.scenes import (
    AMARA,
    MARIA,
    NONSENSE,
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

OPEN, CLAIMED = a_case(Status.OPEN), a_case(Status.CLAIMED)
ASKED = a_conversation(asking="consent", question="What about my diploma?", misses=2)
WRITTEN = MessageRef(AMARA, "31")  # what the newcomer wrote in a scene
MATRIX_ROOM = Address("matrix", "!advisers:example.org")


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


# --- asking for a person ---


@pytest.mark.parametrize("way", ["/human", "!human", "/HUMAN", "/human@lotse_bot", "button", "free text"])
def test_asking_for_a_person_asks_for_consent_first(guide: Guide, wish_for_person: str, way: str) -> None:
    other: dict[str, Choice | str] = {"button": Choice("person"), "free text": wish_for_person}
    content = other.get(way, way)
    decision = respond(from_newcomer(content), guide)
    (consent,) = sends(decision)
    assert (consent.to, consent.reply.text) == (AMARA, said(guide, "handoff.consent"))
    assert actions(consent) == ["consent:yes", "consent:no"]
    assert conversation_after(decision).asking == "consent"
    assert decision.state.case is None


def test_without_an_advisers_room_the_citys_contacts_are_shown(guide: Guide) -> None:
    decision = respond(from_newcomer("/human", room=None), guide)
    (reply,) = sends(decision)
    assert reply.reply.text == said(guide, "handoff.nobody")
    assert actions(reply) == ["show:newcomer-service"]


def test_without_an_advisers_room_and_that_entry_nobody_is_promised(guide: Guide) -> None:
    others = {name: entry for name, entry in guide.knowledge.entries.items() if name != "newcomer-service"}
    small = replace(guide, knowledge=replace(guide.knowledge, entries=others))
    (reply,) = sends(respond(from_newcomer("/human", room=None), small))
    assert reply.reply == Reply(said(guide, "handoff.nobody"))


@pytest.mark.parametrize(("case", "key"), [(OPEN, "handoff.still_waiting"), (CLAIMED, "handoff.already_talking")])
def test_asking_again_says_how_things_stand(guide: Guide, case: Case, key: str) -> None:
    decision = respond(from_newcomer("/human", case=case), guide)
    (reply,) = sends(decision)
    assert reply.reply.text.startswith(said(guide, key, name="Maria"))
    assert actions(reply) == ["withdraw"]


# --- consent ---


def test_yes_opens_a_case_with_question_language_and_what_was_shown(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("consent:yes"), ASKED), guide)
    by = NOW + timedelta(hours=1)
    case = Case(7, AMARA, "en", Status.OPEN, NOW, NOW, "What about my diploma?", promise=Promise(by))
    assert decision.state.case == case
    reply, posted = sends(decision)
    promised = spoken(case, guide, NOW)
    assert (reply.to, reply.reply.text) == (AMARA, f"{said(guide, 'handoff.opened', number=7)}\n\n{promised}")
    topic = "⏳ Anfrage 7 · English · What about my diploma?"
    assert posted == Send(ROOM, card(case, guide, "de"), key="case:7:card", lane=Lane.CARD, case=7, topic=topic)
    after = conversation_after(decision)
    assert (after.asking, after.misses, [b.action for b in after.buttons]) == (None, 0, ["withdraw"])


def test_yes_without_a_question_asks_what_it_is_about(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("consent:yes"), replace(ASKED, question=None)), guide)
    assert said_to(decision, AMARA)[0].startswith(said(guide, "handoff.opened_without_question", number=7))
    assert said(guide, "room.card.no_question", "de") in said_to(decision, ROOM)[0]


def test_no_passes_nothing_on(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("consent:no"), ASKED), guide)
    assert said_to(decision, AMARA) == [said(guide, "handoff.declined")]
    assert (said_to(decision, ROOM), decision.state.case) == ([], None)
    assert conversation_after(decision).asking is None


@pytest.mark.parametrize("asking", [None, "deletion"])
@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_an_old_consent_button_opens_nothing(guide: Guide, asking: str | None, answer: str) -> None:
    decision = respond(from_newcomer(pressing(f"consent:{answer}"), a_conversation(asking=asking)), guide)
    assert said_to(decision, AMARA) == [said(guide, "button.is_old")]
    assert (said_to(decision, ROOM), decision.state.case) == ([], None)


@pytest.mark.parametrize("case", [OPEN, CLAIMED])
def test_consent_during_a_case_opens_no_second_one(guide: Guide, case: Case) -> None:
    decision = respond(from_newcomer(pressing("consent:yes"), ASKED, case=case), guide)
    assert (said_to(decision, ROOM), decision.state.case) == ([], None)


def test_any_question_in_between_makes_the_consent_button_old(guide: Guide) -> None:
    decision = respond(from_newcomer(NONSENSE, ASKED), guide)
    assert conversation_after(decision).asking is None


# --- during a case ---


def test_while_waiting_words_are_passed_on_and_acknowledged(guide: Guide) -> None:
    decision = respond(from_newcomer(NONSENSE, case=OPEN), guide)
    passed, reply = sends(decision)
    heading = said(guide, "room.newcomer_says", "de", number=7)
    topic = topic_title(OPEN, guide, "de")
    words = Reply(f"{heading}\n\n{NONSENSE}")
    key = "case:7:said:1"
    assert passed == Send(ROOM, words, key=key, lane=Lane.CASE, case=7, topic=topic, source=WRITTEN)
    assert (reply.to, reply.reply.text) == (AMARA, said(guide, "handoff.added"))


def test_while_waiting_the_assistant_still_answers_what_it_knows(guide: Guide, question: str) -> None:
    decision = respond(from_newcomer(question, case=OPEN), guide)
    assert literal(question) in said_to(decision, ROOM)[0]
    assert guide.knowledge.title("registration", "en") in said_to(decision, AMARA)[0]


@pytest.mark.parametrize("content", ["🙂🙂", Attachment("photo")])
def test_while_waiting_nothing_ends_in_silence(guide: Guide, content: str | Attachment) -> None:
    decision = respond(from_newcomer(content, case=OPEN), guide)
    assert said_to(decision, AMARA) == [said(guide, "handoff.added")]
    assert said_to(decision, ROOM)


def test_an_adviser_reads_word_for_word_and_the_assistant_is_silent(guide: Guide, question: str) -> None:
    for words in (question, "*Nein*, noch nicht_ [x](http://y.z)", "🙂", "?", "// x", "/", Edit("I meant 2 years")):
        decision = respond(from_newcomer(words, case=CLAIMED), guide)
        (passed,) = sends(decision)
        text = words.text if isinstance(words, Edit) else words
        assert passed.reply.text.endswith(f"\n\n{literal(text)}")
        assert (passed.to, passed.case) == (ROOM, 7)


def test_nothing_of_a_long_message_is_lost_on_the_way_to_an_adviser(guide: Guide) -> None:
    words = " ".join(f"word{number}" for number in range(2000))
    for case in (OPEN, CLAIMED):
        (passed, *_) = sends(respond(from_newcomer(words, case=case), guide))
        assert passed.reply.text.endswith(words)


@pytest.mark.parametrize("answer", ["1", "2)", "1."])
def test_a_number_written_to_an_adviser_is_no_button(guide: Guide, answer: str) -> None:
    buttons = (Button("End the conversation", "withdraw"), Button("Yes, delete everything", "delete:yes"))
    conversation = a_conversation(buttons=buttons, asking="deletion")
    decision = respond(from_newcomer(answer, conversation, case=CLAIMED), guide)
    assert decision.state.case is None or decision.state.case.status is Status.CLAIMED
    assert not [effect for effect in decision.effects if isinstance(effect, Erase)]
    (passed,) = sends(decision)
    assert (passed.to, passed.reply.text.endswith(literal(answer))) == (ROOM, True)


def test_a_label_written_to_an_adviser_presses_the_button_and_is_passed_on_too(guide: Guide) -> None:
    conversation = a_conversation(buttons=(Button("Deutsch", "language:de"),))
    decision = respond(from_newcomer("deutsch", conversation, case=CLAIMED), guide)
    assert said_to(decision, ROOM)[0].endswith("deutsch")
    assert conversation_after(decision).language == "de"


def test_what_was_passed_on_ends_the_assistants_own_question(guide: Guide) -> None:
    conversation = a_conversation(buttons=(Button("Yes, delete everything", "delete:yes"),), asking="deletion")
    after = conversation_after(respond(from_newcomer("In 2020.", conversation, case=CLAIMED), guide))
    assert (after.buttons, after.asking) == ((), None)


@pytest.mark.parametrize("command", ["/help", "/privacy", "/events", "!help", "/language", "/unknown"])
def test_commands_work_while_a_person_talks_and_do_not_reach_them(guide: Guide, command: str) -> None:
    decision = respond(from_newcomer(command, case=CLAIMED), guide)
    assert len(said_to(decision, AMARA)) == 1
    assert said_to(decision, ROOM) == []


# --- attachments ---


def test_an_attachment_is_copied_into_a_room_of_the_same_messenger(guide: Guide) -> None:
    decision = respond(from_newcomer(Attachment("document", "my diploma"), case=CLAIMED), guide)
    heading, copy = sends(decision)
    assert (heading.to, heading.reply.text) == (ROOM, said(guide, "room.attachment", "de", number=7))
    assert heading.topic == topic_title(CLAIMED, guide, "de")
    assert copy == replace(heading, reply=Reply("", copy=WRITTEN), source=WRITTEN)


@pytest.mark.parametrize("case", [OPEN, CLAIMED])
def test_an_attachment_that_cannot_be_copied_is_told_to_both_sides(guide: Guide, case: Case) -> None:
    decision = respond(from_newcomer(Attachment("photo"), case=case, room=MATRIX_ROOM), guide)
    assert said_to(decision, MATRIX_ROOM) == [said(guide, "room.attachment_lost", "de", number=7, kind="photo")]
    assert said_to(decision, AMARA) == [said(guide, "handoff.attachment_lost")]


def test_the_caption_of_an_attachment_that_cannot_be_copied_is_passed_on(guide: Guide) -> None:
    decision = respond(from_newcomer(Attachment("photo", "my *diploma*"), case=CLAIMED, room=MATRIX_ROOM), guide)
    assert said_to(decision, MATRIX_ROOM)[0].endswith(f"\n\n{literal('my *diploma*')}")


def test_a_file_goes_through_to_a_room_of_another_messenger(guide: Guide) -> None:
    medium = Medium("telegram", "file-1", "zeugnis.jpg")
    photo = Attachment("photo", "my *diploma*", medium)
    heading, passed = sends(respond(from_newcomer(photo, case=CLAIMED, room=MATRIX_ROOM), guide))
    assert heading.reply.text.endswith(f"\n\n{literal('my *diploma*')}")
    lost = said(guide, "room.attachment_lost", "de", number=7, kind="photo")
    assert passed == replace(heading, reply=Reply(lost, medium=medium), source=WRITTEN)


def test_a_place_goes_through_to_a_room_of_another_messenger(guide: Guide) -> None:
    place = Place("", "", 50.77, 6.08)
    _, passed = sends(
        respond(from_newcomer(Attachment("location", place=place), case=CLAIMED, room=MATRIX_ROOM), guide)
    )
    assert passed.reply == Reply("", place=place)


# --- the end ---


@pytest.mark.parametrize("case", [OPEN, CLAIMED])
def test_the_newcomer_ends_the_case(guide: Guide, case: Case) -> None:
    decision = respond(from_newcomer(pressing("withdraw"), case=case), guide)
    assert decision.state.case == replace(case, status=Status.CLOSED, changed=NOW)
    reply, changed_card, note = sends(decision)
    assert (reply.to, reply.reply.text) == (AMARA, said(guide, "handoff.withdrawn"))
    assert (changed_card.to, changed_card.replaces, [button.action for button in changed_card.reply.buttons]) == (
        ROOM,
        "case:7:card",
        ["case:7:reopen"],
    )
    assert (note.to, note.reply.text) == (ROOM, said(guide, "room.withdrawn", "de", number=7))


def test_ending_without_a_case_says_that_the_button_is_old(guide: Guide) -> None:
    assert said_to(respond(from_newcomer(pressing("withdraw")), guide), AMARA) == [said(guide, "button.is_old")]


def test_the_chosen_language_is_the_cases_language_from_then_on(guide: Guide) -> None:
    decision = respond(from_newcomer(pressing("language:de"), case=CLAIMED), guide)
    assert decision.state.case == replace(CLAIMED, language="de")


def test_a_newcomers_button_does_not_work_as_an_advisers(guide: Guide) -> None:
    for step in ("claim", "release", "close"):
        decision = respond(from_newcomer(pressing(f"case:7:{step}"), case=OPEN), guide)
        assert decision.state.case is None
        assert said_to(decision, AMARA) == [said(guide, "button.is_old")]


def test_the_card_says_who_has_the_case(guide: Guide) -> None:
    assert "Maria" in card(CLAIMED, guide, "de").text
    assert CLAIMED.adviser == MARIA
    shown = [button.action for status in Status for button in card(a_case(status), guide, "de").buttons]
    assert shown == [
        *("case:7:claim", "case:7:transfer", "case:7:close"),
        *("case:7:release", "case:7:transfer", "case:7:close"),
        "case:7:reopen",
    ]
