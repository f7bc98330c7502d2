"""The advisers' side of a case, and that nothing else in their room leaves it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.advising import card, named_case, topic_title
from bot.core.assistant import respond
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Case,
    Choice,
    Content,
    Conversation,
    Edit,
    Guide,
    Lane,
    Medium,
    MessageRef,
    Reply,
    Send,
    Sender,
    Silence,
    Status,
    Utterance,
)
from bot.core.promising import spoken
from bot.core.replying import literal
from tests.core.scenes import (
    AMARA,
    JONAS,
    MARIA,
    NOW,
    ROOM,
    a_case,
    conversation_after,
    from_newcomer,
    from_room,
    pressing,
    said_to,
    sends,
)

OPEN, CLAIMED, CLOSED = a_case(Status.OPEN), a_case(Status.CLAIMED), a_case(Status.CLOSED)
CARD = "case:7:card"


def said(guide: Guide, key: str, language: str = "de", **values: object) -> str:
    return guide.texts.say(language, key, **values)


# --- which case is meant ---


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (Utterance("/claim 12"), 12),
        (Utterance("!close 12"), 12),
        (Utterance("/Release@lotse_bot  12 bitte"), 12),
        (Utterance("/claim"), None),
        (Utterance("/claim zwölf"), None),
        (Utterance("/claim -1"), None),
        (Utterance("/claim 9999999999"), None),
        (Utterance("/cases 12"), None),
        (Utterance("Bringen 12 Kopien mit"), None),
        (Utterance("claim 12"), None),
        (Utterance("//claim 12"), None),
        (Edit("/close 12"), None),
        (Choice("case:12:claim"), 12),
        (Choice("case:zwölf:claim"), None),
        (Choice("show:12"), None),
        (Choice(""), None),
        (Attachment("photo", "/close 12"), None),
    ],
)
def test_only_a_step_or_a_cards_button_names_a_case(content: Content, number: int | None) -> None:
    assert named_case(content) == number


# --- steps ---


@pytest.mark.parametrize("way", ["command", "button", "number as answer to the card"])
@pytest.mark.parametrize(
    ("case", "step", "number", "status"),
    [
        (OPEN, "claim", "1", Status.CLAIMED),
        (OPEN, "close", "3", Status.CLOSED),
        (CLAIMED, "release", "1", Status.OPEN),
        (CLAIMED, "close", " 3 ", Status.CLOSED),
    ],
)
def test_a_step_changes_the_card_for_everybody_and_tells_the_newcomer(
    guide: Guide, case: Case, step: str, number: str, status: Status, way: str
) -> None:
    other: dict[str, Content] = {"command": Utterance(f"/{step} 7"), "button": pressing(f"case:7:{step}")}
    content = other.get(way, Utterance(number))
    decision = respond(from_room(content, case=case, replied_key=CARD), guide)
    moved = decision.state.case
    assert moved is not None
    assert (moved.status, moved.changed) == (status, NOW)
    changed_card, told = sends(decision)
    topic = topic_title(moved, guide, "de")
    assert changed_card == Send(ROOM, card(moved, guide, "de"), lane=Lane.CARD, case=7, topic=topic, replaces=CARD)
    text = said(guide, f"handoff.{step}", "en", name="Maria")
    if moved.status is Status.OPEN:  # it waits again
        text = f"{text}\n\n{spoken(moved, guide, NOW)}"
    back = (Button(said(guide, "case.reopen", "en"), "reopen"),) if moved.status is Status.CLOSED else ()
    assert told == Send(AMARA, Reply(text, back), lane=Lane.CASE, case=7)


@pytest.mark.parametrize(
    ("case", "step", "by", "reason"),
    [
        (OPEN, "release", MARIA, "not_claimed"),
        (CLAIMED, "claim", JONAS, "already_claimed"),
        (CLAIMED, "claim", MARIA, "already_claimed"),
        (CLAIMED, "release", JONAS, "not_yours"),
        (CLOSED, "claim", MARIA, "closed"),
        (CLOSED, "release", MARIA, "closed"),
        (CLOSED, "close", JONAS, "closed"),
    ],
)
def test_a_refused_step_is_explained_in_the_room_only(
    guide: Guide, case: Case, step: str, by: Sender, reason: str
) -> None:
    decision = respond(from_room(pressing(f"case:7:{step}"), by, case=case), guide)
    assert decision.state.case is None
    (reply,) = sends(decision)
    assert (reply.to, reply.reply.text) == (ROOM, said(guide, f"room.refused.{reason}", number=7, name="Maria"))


@pytest.mark.parametrize("content", [Utterance("/claim 99"), Utterance("/close"), pressing("case:99:claim")])
def test_a_step_without_a_case_is_explained(guide: Guide, content: Content) -> None:
    assert said_to(respond(from_room(content), guide), ROOM) == [said(guide, "room.no_such_case")]


@pytest.mark.parametrize("action", ["", "case:7", "case:7:explode", "person", "delete:yes", "consent:yes"])
def test_a_button_that_means_nothing_here_is_called_old(guide: Guide, action: str) -> None:
    decision = respond(from_room(pressing(action), case=OPEN), guide)
    assert decision.state.case is None
    assert said_to(decision, ROOM) == [said(guide, "button.is_old")]
    assert said_to(decision, AMARA) == []


# --- what stays in the room ---


@pytest.mark.parametrize(
    "content",
    [
        "guten morgen zusammen",
        "1",
        "/foo",
        "/foo@other_bot 7",
        "!!!",
        "/",
        "! ",
        "/ \n",
        "🙂",
        "",
        Edit("guten Morgen"),
        Attachment("photo"),
    ],
)
def test_chatter_outside_of_a_case_is_not_heard(guide: Guide, content: str | Content) -> None:
    decision = respond(from_room(content), guide)
    assert (decision.effects, decision.state.case) == ((), None)


@pytest.mark.parametrize(
    "content",
    [
        "//die Akte liegt bei mir",
        "  // die Akte liegt bei mir",
        "// /close 7",
        "//die Akte\nliegt bei mir",
        Edit("//die Akte liegt bei mir"),
        Edit("/close 7"),
        Attachment("photo", "//Akte"),
        Attachment("photo", "Akte\n //nur für uns"),
    ],
)
@pytest.mark.parametrize("case", [OPEN, CLAIMED, CLOSED])
def test_what_is_marked_internal_stays_in_the_room(guide: Guide, content: str | Content, case: Case) -> None:
    decision = respond(from_room(content, case=case), guide)
    assert (decision.effects, decision.state.case) == ((), None)


def test_internal_lines_of_a_message_stay_in_the_room(guide: Guide) -> None:
    decision = respond(from_room("Good morning!\n //Jonas, weißt du das?\nSee you", case=CLAIMED), guide)
    heading = said(guide, "handoff.adviser_says", "en", name="Maria")
    assert said_to(decision, AMARA) == [f"{heading}\n\n{literal('Good morning!')}\nSee you"]


# --- relays ---


def test_an_answer_reaches_the_newcomer_under_the_advisers_name(guide: Guide) -> None:
    decision = respond(from_room("Bring 12 *copies* with you", case=CLAIMED), guide)
    heading = said(guide, "handoff.adviser_says", "en", name="Maria")
    text = f"{heading}\n\n{literal('Bring 12 *copies* with you')}"
    source = MessageRef(ROOM, "32")
    assert decision.effects == (Send(AMARA, Reply(text), lane=Lane.CASE, case=7, source=source),)


def test_whoever_answers_first_claims_the_case(guide: Guide) -> None:
    decision = respond(from_room("Good morning", JONAS, case=OPEN), guide)
    waits_for = Silence("newcomer", NOW)
    claimed = replace(OPEN, status=Status.CLAIMED, adviser=JONAS, changed=NOW, silence=waits_for)
    assert decision.state.case == claimed
    changed_card, told = sends(decision)
    assert (changed_card.to, changed_card.reply, changed_card.replaces) == (ROOM, card(claimed, guide, "de"), CARD)
    assert told.to == AMARA


def test_a_changed_answer_is_sent_again(guide: Guide) -> None:
    assert said_to(respond(from_room(Edit("Guten Tag"), case=CLAIMED), guide), AMARA)


@pytest.mark.parametrize(
    ("case", "by", "reason"),
    [(CLAIMED, JONAS, "already_claimed"), (CLOSED, MARIA, "closed"), (CLOSED, JONAS, "closed")],
)
@pytest.mark.parametrize("content", [Utterance("Guten Tag"), Attachment("photo"), Edit("Guten Tag")])
def test_a_refused_answer_is_explained_and_goes_nowhere(
    guide: Guide, case: Case, by: Sender, reason: str, content: Content
) -> None:
    decision = respond(from_room(content, by, case=case), guide)
    assert decision.state.case is None
    (reply,) = sends(decision)
    assert (reply.to, reply.reply.text) == (ROOM, said(guide, f"room.refused.{reason}", number=7, name="Maria"))


@pytest.mark.parametrize("text", ["0", "4", "17", "1 2", "eins"])
def test_a_number_that_is_no_button_of_the_card_is_an_answer(guide: Guide, text: str) -> None:
    decision = respond(from_room(text, case=CLAIMED, replied_key=CARD), guide)
    assert said_to(decision, AMARA)[0].endswith(text)


def test_a_number_as_answer_to_another_message_is_an_answer(guide: Guide) -> None:
    decision = respond(from_room("1", case=CLAIMED, replied_key="telegram:1:1/0"), guide)
    assert decision.state.case is not None or said_to(decision, AMARA)
    assert said_to(decision, AMARA)[0].endswith("1")


@pytest.mark.parametrize("text", ["!!! Bitte bis Freitag", "!Wichtig: bitte kommen", "!"])
def test_an_answer_may_begin_with_an_exclamation_mark(guide: Guide, text: str) -> None:
    assert said_to(respond(from_room(text, case=CLAIMED), guide), AMARA)[0].endswith(literal(text))


def test_a_mistyped_command_in_a_case_is_not_sent_and_not_ignored(guide: Guide) -> None:
    decision = respond(from_room("/clsoe 7", case=CLAIMED), guide)
    assert said_to(decision, ROOM) == [said(guide, "room.help")]
    assert said_to(decision, AMARA) == []


def test_an_advisers_attachment_is_copied_to_the_newcomer(guide: Guide) -> None:
    heading, copy = sends(respond(from_room(Attachment("document", "Formular"), case=CLAIMED), guide))
    assert (heading.to, heading.reply.text) == (AMARA, said(guide, "handoff.adviser_says", "en", name="Maria"))
    source = MessageRef(ROOM, "32")
    assert copy == Send(AMARA, Reply("", copy=source), lane=Lane.CASE, case=7, source=source)


@pytest.mark.parametrize("case", [OPEN, CLAIMED])
def test_an_attachment_for_another_messenger_is_refused_in_the_room(guide: Guide, case: Case) -> None:
    elsewhere = replace(case, newcomer=Address("matrix", "!amara:example.org"))
    decision = respond(from_room(Attachment("photo"), case=elsewhere), guide)
    (reply,) = sends(decision)
    assert (reply.to, reply.reply.text) == (ROOM, said(guide, "room.attachment_not_sent"))
    assert decision.state.case is None


def test_an_advisers_file_goes_through_to_a_newcomer_on_another_messenger(guide: Guide) -> None:
    elsewhere = replace(CLAIMED, newcomer=Address("matrix", "!amara:example.org"))
    medium = Medium("telegram", "file-1", "formular.pdf")
    heading, passed = sends(respond(from_room(Attachment("document", "Formular", medium), case=elsewhere), guide))
    assert heading.reply.text == f"{said(guide, 'handoff.adviser_says', 'en', name='Maria')}\n\nFormular"
    assert passed.reply == Reply(said(guide, "handoff.file_lost", "en"), medium=medium)


# --- commands, language ---


def test_no_cases(guide: Guide) -> None:
    assert said_to(respond(from_room("!cases"), guide), ROOM) == [said(guide, "room.no_cases")]


@pytest.mark.parametrize("command", ["/start", "/help", "!help", "/HELP@lotse_bot"])
def test_help_in_the_room_is_for_advisers(guide: Guide, command: str) -> None:
    assert said_to(respond(from_room(command), guide), ROOM) == [said(guide, "room.help")]


def test_the_room_speaks_german_until_it_chooses_otherwise(guide: Guide) -> None:
    decision = respond(from_room("/language"), guide)
    assert said_to(decision, ROOM) == [said(guide, "language.choose")]
    chosen = respond(from_room(pressing("language:en"), case=OPEN), guide)
    assert conversation_after(chosen).language == "en"
    assert chosen.state.case is None
    assert sends(chosen)[0].reply.buttons == ()
    english = replace(from_room("/help", conversation=Conversation(ROOM, language="en")), room_language="en")
    assert said_to(respond(english, guide), ROOM) == [said(guide, "room.help", "en")]


@pytest.mark.parametrize("content", ["hello", "/start", "/human", pressing("consent:yes"), Attachment("photo")])
def test_other_groups_are_not_served(guide: Guide, content: str | Content) -> None:
    turn = from_newcomer(content, Conversation(Address("telegram", "-200")))
    turn = replace(turn, incoming=replace(turn.incoming, private=False))
    decision = respond(turn, guide)
    assert (decision.effects, decision.state.conversation, decision.state.case) == ((), None, None)
