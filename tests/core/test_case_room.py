"""What advisers do with cases beside answering: list, history, transfer, notes, last words, reopening."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.assistant import respond
from bot.core.case_room import mark_of
from bot.core.model import Case, Choice, Content, Decision, Guide, Moment, Record, Sender, Status, Turn
from tests.core.scenes import (
    AMARA,
    EARLIER,
    JONAS,
    KOFI,
    MARIA,
    NOW,
    ROOM,
    a_case,
    actions,
    conversation_after,
    from_newcomer,
    from_room,
    said_to,
    sends,
)

OPEN, CLAIMED, CLOSED = a_case(), a_case(Status.CLAIMED), a_case(Status.CLOSED)
LEYLA = Sender("telegram:13", "Leyla Öztürk", shown="Leyla")


def in_room(content: Content | str, case: Case | None = None, by: Sender = MARIA, *waiting: Case) -> Turn:
    return replace(from_room(content, by, case=case, waiting=waiting), colleagues=(MARIA, JONAS, LEYLA))


def moments(decision: Decision) -> list[Moment]:
    return [effect.moment for effect in decision.effects if isinstance(effect, Record)]


# --- the list -------------------------------------------------------------------------------------


def test_who_waits_is_listed_first_then_ones_own_then_the_others(guide: Guide) -> None:
    waiting = replace(a_case(number=9, newcomer=KOFI), opened=NOW - timedelta(minutes=25), question="x" * 100)
    longer = replace(a_case(number=8), opened=NOW - timedelta(hours=3))
    of_jonas = replace(a_case(Status.CLAIMED, number=4), adviser=JONAS, opened=NOW - timedelta(days=2))
    decision = respond(
        in_room("/cases", None, MARIA, of_jonas, a_case(Status.CLAIMED, number=5), waiting, longer), guide
    )
    (send,) = sends(decision)
    assert actions(send) == ["case:8:show", "case:9:show", "case:5:show", "case:4:show"]
    lines = send.reply.text.splitlines()
    assert "3 Std." in lines[0]
    assert "25 Min." in lines[1]
    assert "x" * 60 in lines[1]
    assert "x" * 61 not in lines[1]
    assert "bei Ihnen" in lines[2]
    assert "Jonas" in lines[3]
    assert "2 Tage" in lines[3]


# --- history --------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["/case 7", "!case", Choice("case:7:show")])
def test_the_card_is_shown_with_all_that_happened(content: Content | str, guide: Guide) -> None:
    history = (
        Moment(EARLIER, "opened"),
        Moment(EARLIER, "claimed", "Maria"),
        Moment(NOW, "note", "Jonas", "*Ruft* an"),
    )
    (text,) = said_to(respond(replace(in_room(content, CLAIMED), history=history), guide), ROOM)
    assert "What about my diploma" in text
    assert text.index("gestellt") < text.rindex("übernommen von Maria") < text.index(r"Jonas: \*Ruft\* an")


@pytest.mark.parametrize(
    ("content", "before", "what"),
    [
        ("/claim", OPEN, Moment(NOW, "claimed", "Maria")),
        ("Guten Tag", OPEN, Moment(NOW, "claimed", "Maria")),
        ("/release", CLAIMED, Moment(NOW, "released", "Maria")),
        ("/close", CLAIMED, Moment(NOW, "closed", "Maria")),
        ("/reopen", CLOSED, Moment(NOW, "reopened_by", "Maria")),
        ("/transfer Jonas", CLAIMED, Moment(NOW, "transferred", "Maria", "Jonas")),
        ("/transfer Jonas", OPEN, Moment(NOW, "transferred", "Maria", "Jonas")),
    ],
)
def test_every_move_of_an_adviser_is_kept(content: str, before: Case, what: Moment, guide: Guide) -> None:
    assert moments(respond(in_room(content, before), guide)) == [what]


def test_every_move_of_a_newcomer_is_kept(guide: Guide) -> None:
    asked = replace(from_newcomer("").conversation, asking="consent")
    assert moments(respond(from_newcomer(Choice("consent:yes"), asked), guide)) == [Moment(NOW, "opened")]
    assert moments(respond(from_newcomer(Choice("withdraw"), case=OPEN), guide)) == [Moment(NOW, "withdrawn")]
    again = replace(from_newcomer(Choice("reopen")), last_case=CLOSED)
    assert moments(respond(again, guide)) == [Moment(NOW, "reopened")]


@pytest.mark.parametrize("content", ["Noch etwas", "// intern", "/cases", "/help"])
def test_what_moves_nothing_is_not_kept(content: str, guide: Guide) -> None:
    assert moments(respond(in_room(content, CLAIMED), guide)) == []


# --- transfer -------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["/transfer jonas", "/transfer 7 Jonas", Choice(f"case:7:to:{mark_of(JONAS)}")])
@pytest.mark.parametrize("case", [OPEN, CLAIMED])
def test_a_case_is_passed_to_a_colleague_and_everybody_is_told(
    content: Content | str, case: Case, guide: Guide
) -> None:
    decision = respond(in_room(content, case), guide)
    moved = decision.state.case
    assert moved is not None
    assert (moved.status, moved.adviser) == (Status.CLAIMED, JONAS)
    card, told, newcomer = sends(decision)
    assert card.replaces == case.card_key
    assert told.reply.mention == JONAS
    assert (newcomer.to, newcomer.reply.text) == (
        AMARA,
        guide.texts.say("en", "case.now_with", name=guide.texts.say("en", "advice.a_person")),
    )


def test_a_name_with_a_slip_or_the_shown_name_is_found(guide: Guide) -> None:
    for name in ("Oeztürk", "leyla"):
        moved = respond(in_room(f"/transfer {name}", CLAIMED), guide).state.case
        assert moved is not None
        assert moved.adviser == LEYLA


@pytest.mark.parametrize("content", ["/transfer", "/transfer 7", "/transfer Zarathustra", Choice("case:7:transfer")])
def test_without_a_clear_name_one_chooses_among_those_who_do_not_have_it(content: Content | str, guide: Guide) -> None:
    decision = respond(in_room(content, CLAIMED), guide)
    (send,) = sends(decision)
    assert decision.state.case is None
    assert actions(send) == [f"case:7:to:{mark_of(JONAS)}", f"case:7:to:{mark_of(LEYLA)}"]
    assert all(len(action.encode()) <= 64 for action in actions(send))


def test_whom_nobody_knows_gets_nothing(guide: Guide) -> None:
    alone = replace(in_room("/transfer Jonas", CLAIMED), colleagues=(MARIA,))
    assert said_to(respond(alone, guide), ROOM) == [guide.texts.say("de", "case.no_colleague")]
    gone = replace(in_room(Choice("case:7:to:abcdef"), CLAIMED))
    assert said_to(respond(gone, guide), ROOM) == [guide.texts.say("de", "button.is_old")]


def test_a_transfer_that_is_not_possible_is_explained(guide: Guide) -> None:
    closed = said_to(respond(in_room("/transfer Jonas", CLOSED), guide), ROOM)
    assert closed == [guide.texts.say("de", "room.refused.closed", number=7, name="Maria")]
    (own,) = said_to(respond(in_room("/transfer Maria", CLAIMED), guide), ROOM)
    assert own == guide.texts.say("de", "room.refused.has_it_already", number=7, name="Maria")


# --- notes and last words -------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["/note wartet auf Bescheid", "/note 7 wartet auf Bescheid"])
def test_a_note_is_kept_and_read_by_advisers_only(content: str, guide: Guide) -> None:
    decision = respond(in_room(content, CLAIMED), guide)
    assert moments(decision) == [Moment(NOW, "note", "Maria", "wartet auf Bescheid")]
    assert [send.to for send in sends(decision)] == [ROOM]


def test_an_empty_note_is_asked_back(guide: Guide) -> None:
    assert said_to(respond(in_room("/note 7", CLAIMED), guide), ROOM) == [guide.texts.say("de", "case.note_what")]


@pytest.mark.parametrize("content", ["/close Alles *Gute*!", "/close 7 Alles *Gute*!"])
def test_the_last_words_reach_the_newcomer_with_the_end(content: str, guide: Guide) -> None:
    decision = respond(in_room(content, CLAIMED), guide)
    (text,) = said_to(decision, AMARA)
    assert r"Alles \*Gute\*\!" in text
    assert text.endswith(guide.texts.say("en", "handoff.close"))
    assert actions(next(send for send in sends(decision) if send.to == AMARA)) == ["reopen"]


# --- reopening ------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["/reopen", "/reopen 7", Choice("case:7:reopen")])
def test_an_adviser_reopens_and_has_the_case(content: Content | str, guide: Guide) -> None:
    decision = respond(in_room(content, CLOSED, JONAS), guide)
    assert decision.state.case is not None
    assert (decision.state.case.status, decision.state.case.adviser) == (Status.CLAIMED, JONAS)
    assert len(said_to(decision, AMARA)) == 1


def test_an_old_case_stays_closed(guide: Guide) -> None:
    old = replace(CLOSED, changed=NOW - timedelta(days=15))
    decision = respond(in_room("/reopen", old), guide)
    assert decision.state.case is None
    assert said_to(decision, ROOM) == [guide.texts.say("de", "room.refused.too_old", number=7, name="Maria")]


def test_a_case_stays_closed_while_its_newcomer_has_another(guide: Guide) -> None:
    decision = respond(in_room("/reopen", CLOSED, MARIA, a_case(number=9)), guide)
    assert decision.state.case is None
    assert said_to(decision, ROOM) == [guide.texts.say("de", "case.newer", number=7, other=9)]


def test_a_newcomer_goes_on_with_the_last_conversation(guide: Guide) -> None:
    decision = respond(replace(from_newcomer(Choice("reopen")), last_case=CLOSED), guide)
    assert decision.state.case is not None
    assert (decision.state.case.number, decision.state.case.status) == (7, Status.OPEN)
    assert decision.state.case.promise is not None
    (told,) = said_to(decision, AMARA)
    assert told.startswith(guide.texts.say("en", "case.reopened", number=7))
    room = [send for send in sends(decision) if send.to == ROOM]
    assert [send.replaces for send in room] == [CLOSED.card_key, None]
    assert room[1].reply.mention == MARIA


def test_who_asks_for_a_person_again_may_go_on_with_the_last_conversation(guide: Guide) -> None:
    (send,) = sends(respond(replace(from_newcomer("/human"), last_case=CLOSED), guide))
    assert actions(send) == ["consent:yes", "consent:no", "reopen"]
    old = replace(CLOSED, changed=NOW - timedelta(days=15))
    (send,) = sends(respond(replace(from_newcomer("/human"), last_case=old), guide))
    assert actions(send) == ["consent:yes", "consent:no"]


def test_a_reopen_button_that_is_too_old_asks_for_consent_to_a_new_one(guide: Guide) -> None:
    old = replace(CLOSED, changed=NOW - timedelta(days=15))
    decision = respond(replace(from_newcomer(Choice("reopen")), last_case=old), guide)
    assert decision.state.case is None
    assert decision.outcome == "consent_asked"


# --- a number that may be a word ------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["/close 2 Wochen reichen", "/note 2 Briefe fehlen", "/block 2 mal", "/transfer 2 Jonas"]
)
def test_a_number_that_may_be_a_word_moves_no_other_case(words: str, guide: Guide) -> None:
    other = a_case(Status.CLAIMED, number=2, newcomer=KOFI)
    decision = respond(replace(in_room(words, other), here=7), guide)
    (send,) = sends(decision)
    assert (send.to, send.case, decision.state.case, decision.outcome) == (ROOM, 7, None, "misplaced")
    command, _, rest = words.partition(" ")
    assert f"{command} 7 {rest}" in send.reply.text


@pytest.mark.parametrize(
    ("words", "here"), [("/note 7 Briefe fehlen", 7), ("/note 7 Briefe fehlen", None), ("/close 7", 2)]
)
def test_a_number_that_is_meant_is_understood(words: str, here: int | None, guide: Guide) -> None:
    decision = respond(replace(in_room(words, CLAIMED), here=here), guide)
    assert decision.outcome in ("case_note", "case_close")


# --- numbers, where a messenger has no buttons ----------------------------------------------------


@pytest.mark.parametrize(
    ("command", "number", "outcome"),
    [("/transfer", "1", "case_transfer"), ("/case 7", "3", "case_close"), ("/case 7", " 2 ", "case_to_whom")],
)
def test_a_number_as_the_answer_to_what_was_shown_presses_its_button(
    command: str, number: str, outcome: str, guide: Guide
) -> None:
    shown = respond(in_room(command, CLAIMED), guide)
    (send,) = sends(shown)
    typed = replace(in_room(number, CLAIMED), replied_key=send.key, conversation=conversation_after(shown))
    assert respond(typed, guide).outcome == outcome


def test_a_number_as_the_answer_to_an_older_offer_does_not_reach_the_newcomer(guide: Guide) -> None:
    (send,) = sends(respond(in_room("/transfer", CLAIMED), guide))
    typed = replace(in_room("1", CLAIMED), replied_key=send.key)
    decision = respond(typed, guide)
    assert said_to(decision, ROOM) == [guide.texts.say("de", "button.is_old")]
    assert said_to(decision, AMARA) == []
