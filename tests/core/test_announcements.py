"""/announce: what is read out of it, what the room sees, who may confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.announcements import Mistake, Stage, board, body_of, broadcasts, key_of, progress_key, read
from bot.core.assistant import respond
from bot.core.model import Announce, Announcement, Audience, Choice, Counted, Decision, Guide
from tests.core.scenes import CAFE, JONAS, MARIA, NOW, ROOM, from_room, said_to, sends

WRITTEN = "/announce german @en\nde: Der Sprachtreff zieht um.\nen: The language meeting moves.\nSee you!"
DRAFT = Announcement(3, Stage.DRAFT, MARIA.id, "Maria", Audience(("german",), ()), {"de": "Wir ziehen um."}, NOW)


def kept(decision: Decision) -> list[Announcement]:
    return [effect.announcement for effect in decision.effects if isinstance(effect, Announce)]


def pressed(guide: Guide, step: str, known: Announcement | None, by: object = MARIA, two: bool = False) -> Decision:
    turn = from_room(Choice(f"announcement:3:{step}"), by)  # type: ignore[arg-type]
    return respond(replace(turn, announcement=known, two_announce=two), guide)


def test_topics_languages_and_texts_are_read(guide: Guide) -> None:
    (draft,) = kept(respond(from_room(WRITTEN), guide))
    assert draft.audience == Audience(("german",), ("en",))
    assert draft.texts == {"de": r"Der Sprachtreff zieht um\.", "en": "The language meeting moves\\.\nSee you\\!"}
    assert (draft.stage, draft.by, draft.number) == (Stage.DRAFT, MARIA.id, 0)


def test_topics_may_be_named_as_the_room_reads_them_and_text_may_stand_alone(guide: Guide) -> None:
    understood = read("/announce Familie\nMorgen ist Spielfest", guide, "de")
    assert understood == (Audience(("family",), ()), {"de": "Morgen ist Spielfest"})
    assert read("/announce\nAn alle", guide, "de") == (Audience((), ()), {"de": "An alle"})


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("/announce", Mistake("announce.how")),
        ("/announce german", Mistake("announce.how")),
        ("/announce gardening\nHello", Mistake("announce.no_such_topic", "gardening")),
        ("/announce @xx\nHello", Mistake("announce.no_such_language", "xx")),
        ("/announce\nxx: Hello", Mistake("announce.no_such_language", "xx")),
        ("/announce\n" + "a" * 3001, Mistake("announce.too_long", "3000")),
    ],
)
def test_a_mistake_is_named(text: str, mistake: Mistake, guide: Guide) -> None:
    assert read(text, guide, "de") == mistake
    decision = respond(from_room(text), guide)
    assert kept(decision) == []
    assert len(said_to(decision, ROOM)) == 1


def test_an_event_is_announced_by_its_title(guide: Guide) -> None:
    small = replace(guide, events=(CAFE,))
    (draft,) = kept(respond(from_room("/announce event café welt"), small))
    assert draft.audience.topics == CAFE.topics
    assert "Café" in draft.texts["de"]
    (said,) = said_to(respond(from_room("/announce event nothing"), small), ROOM)
    assert "nothing" in said


def test_the_draft_shows_what_newcomers_read_and_how_many(guide: Guide) -> None:
    reply = board(DRAFT, Counted(people=1200, seconds=54.5), guide, "de")
    assert "1200" in reply.text
    assert body_of(DRAFT, guide, "de") in reply.text
    assert body_of(DRAFT, guide, "en") in reply.text
    assert [button.action for button in reply.buttons] == ["announcement:3:send", "announcement:3:discard"]


def test_a_language_without_a_text_gets_another_with_an_honest_mark(guide: Guide) -> None:
    assert "German" in body_of(DRAFT, guide, "en")
    assert "Deutsch" not in body_of(DRAFT, guide, "de")


def test_sending_is_confirmed_by_a_button_and_if_so_set_by_a_second_person(guide: Guide) -> None:
    assert [each.stage for each in kept(pressed(guide, "send", DRAFT))] == [Stage.SENDING]
    alone = pressed(guide, "send", DRAFT, two=True)
    assert kept(alone) == []
    assert said_to(alone, ROOM) == [guide.texts.say("de", "announce.second_person")]
    (sent,) = kept(pressed(guide, "send", DRAFT, by=JONAS, two=True))
    assert (sent.stage, sent.author, sent.confirmed) == (Stage.SENDING, "Maria", "Jonas")


@pytest.mark.parametrize(
    ("step", "stage"),
    [
        ("send", Stage.SENDING),
        ("send", Stage.DONE),
        ("send", Stage.DISCARDED),
        ("discard", Stage.SENDING),
        ("stop", Stage.DRAFT),
        ("stop", Stage.DONE),
        ("explode", Stage.DRAFT),
    ],
)
def test_what_does_not_fit_the_stage_is_refused(step: str, stage: Stage, guide: Guide) -> None:
    decision = pressed(guide, step, replace(DRAFT, stage=stage))
    assert kept(decision) == []
    assert said_to(decision, ROOM) == [guide.texts.say("de", "announce.not_any_more")]


def test_an_announcement_that_is_gone_is_refused(guide: Guide) -> None:
    assert said_to(pressed(guide, "send", None), ROOM) == [guide.texts.say("de", "announce.not_any_more")]
    assert len(sends(pressed(guide, "send", None))) == 1


def test_however_long_it_takes_the_room_sees_twenty_steps_and_the_end() -> None:
    sending = replace(DRAFT, stage=Stage.SENDING)
    keys = {progress_key(sending, Counted(people=1000, sent=sent, waiting=1000 - sent)) for sent in range(1001)}
    assert 10 <= len(keys) <= 21
    assert progress_key(replace(sending, stage=Stage.DONE), Counted(people=1000, sent=1000)) not in keys


@pytest.mark.parametrize("number", [1, 12])
def test_the_key_of_an_announcement_begins_no_other_key(number: int) -> None:
    others = (each for each in range(200) if each != number)
    assert not [each for each in others if key_of(each).startswith(key_of(number))]


def test_in_the_night_those_who_want_quiet_get_it_in_the_morning(guide: Guide) -> None:
    night = NOW.replace(hour=22)  # eleven in the evening in Aachen
    by_hours = {each: one.due for one in broadcasts(DRAFT, guide, night) for each in one.among[0]}
    assert by_hours["quiet:never"] == night
    assert by_hours["quiet:21-8"] == (night + timedelta(days=1)).replace(hour=7)
    assert {one.key for one in broadcasts(DRAFT, guide, night)} == {key_of(3)}
    assert len(broadcasts(DRAFT, guide, NOW)) == 1


@given(st.text(max_size=200))
def test_anything_after_the_command_is_read_or_refused(guide: Guide, text: str) -> None:
    read(f"/announce {text}", guide, "de")
