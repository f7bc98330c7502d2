"""The checklist of papers: questions, ticks, what is missing, the file, what the permit path told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.assistant import respond
from bot.core.model import Choice, Conversation, Decision, Guide, MessageRef
from tests.core.scenes import AMARA, ROOM, a_conversation, actions, conversation_after, from_newcomer, said_to, sends

REGISTERING = (("occasion", "registration"), ("family", "no"))


def with_list(*ticked: str) -> Conversation:
    return replace(a_conversation(language="en"), papers=REGISTERING, ticked=ticked)


def pressed(guide: Guide, conversation: Conversation, action: str, message: str | None = "31") -> Decision:
    return respond(from_newcomer(Choice(action), conversation, message=message), guide)


def test_every_paper_and_question_has_its_words(guide: Guide) -> None:
    keys = guide.texts.sayings["de"].keys()
    for paper in guide.papers.papers:
        name = paper.id.replace("-", "_")
        assert {f"papers.paper.{name}.{kind}" for kind in ("name", "hint", "get")} <= keys
        assert paper.form == ("listed",) or f"papers.form.{'_'.join(paper.form)}" in keys
    for aspect in guide.papers.aspects:
        assert f"papers.question.{aspect.id}" in keys
        assert {f"papers.value.{aspect.id}.{value.replace('-', '_')}" for value in aspect.values} <= keys
    for occasion in guide.papers.aspects[0].values:
        assert f"papers.note.{occasion}" in keys


def test_every_entry_under_which_the_list_is_offered_has_its_button(guide: Guide) -> None:
    for entry in guide.papers.entries:
        (send,) = sends(pressed(guide, a_conversation(language="en"), f"show:{entry}"))
        assert f"papers:entry:{entry}" in actions(send)


def test_the_list_is_begun_with_what_the_entry_tells(guide: Guide) -> None:
    decision = pressed(guide, a_conversation(language="en"), "papers:entry:registration")
    assert conversation_after(decision).papers == (("occasion", "registration"),)
    (send,) = sends(decision)
    assert "papers:answer:family:yes" in actions(send)


def test_the_list_takes_what_the_permit_path_asked(guide: Guide) -> None:
    path = (("nationality", "other"), ("purpose", "work"), ("place", "abroad"), ("qualification", "foreign-training"))
    asked = replace(a_conversation(language="en"), permit=(*path, ("job", "health-teaching"), ("age", "30")))
    decision = pressed(guide, asked, "papers:permit")
    known = dict(conversation_after(decision).papers or ())
    assert known["occasion"] == "visa"
    (send,) = sends(decision)
    assert next(action for action in actions(send) if action.startswith("papers:answer:")).startswith(
        "papers:answer:fast"
    )


def test_a_press_ticks_a_paper_where_the_list_stands_and_another_takes_it_back(guide: Guide) -> None:
    decision = pressed(guide, with_list(), "papers:tick:registration-passports", message="77")
    assert conversation_after(decision).ticked == ("registration-passports",)
    (send,) = sends(decision)
    assert send.source == MessageRef(AMARA, "77")
    assert send.replaces is not None
    assert "☑ **Everybody's passports**" in send.reply.text
    again = pressed(guide, conversation_after(decision), "papers:tick:registration-passports", message="77")
    assert conversation_after(again).ticked == ()
    assert sends(again)[0].replaces == send.replaces


def test_a_tick_that_is_typed_brings_the_list_anew(guide: Guide) -> None:
    shown = conversation_after(pressed(guide, with_list(), "papers:list"))
    decision = respond(from_newcomer("2", shown), guide)
    assert conversation_after(decision).ticked == ("registration-landlord",)
    assert sends(decision)[0].replaces is None


def test_what_is_missing_is_told_with_where_to_get_it(guide: Guide) -> None:
    (text,) = said_to(pressed(guide, with_list("registration-passports"), "papers:missing"), AMARA)
    assert "Landlord's confirmation" in text
    assert guide.texts.say("en", "papers.paper.registration_landlord.get") in text
    assert "passports" not in text


def test_a_full_list_is_praised_and_asks_for_nothing_more(guide: Guide) -> None:
    (send,) = sends(pressed(guide, with_list("registration-passports", "registration-landlord"), "papers:list"))
    assert guide.texts.say("en", "papers.all_there", all=2) in send.reply.text
    assert "papers:missing" not in actions(send)


def test_the_file_holds_the_list_without_markup(guide: Guide) -> None:
    (send,) = sends(pressed(guide, with_list("registration-passports"), "papers:file"))
    assert send.reply.file is not None
    text = send.reply.file.content.decode()
    assert "[x] Everybody's passports" in text
    assert "[ ] Landlord's confirmation" in text
    assert "**" not in text
    assert "](" not in text
    assert "https://www.aachen.de/terminvereinbarung" in text


def test_ticks_stay_when_another_list_is_made(guide: Guide) -> None:
    after = conversation_after(pressed(guide, with_list("registration-passports"), "papers:restart"))
    assert after.papers == ()
    assert after.ticked == ("registration-passports",)


def test_one_goes_back_a_question_and_leaves(guide: Guide) -> None:
    asked = replace(
        a_conversation(language="en"), papers=(("occasion", "visa"), ("purpose", "family")), asking="papers"
    )
    assert conversation_after(pressed(guide, asked, "papers:back")).papers == (("occasion", "visa"),)
    left = conversation_after(pressed(guide, asked, "papers:leave"))
    assert (left.papers, left.asking) == (None, None)


def test_the_command_brings_the_list_as_it_was_left(guide: Guide) -> None:
    (text,) = said_to(respond(from_newcomer("/documents", with_list("registration-landlord")), guide), AMARA)
    assert "☑ **Landlord's confirmation**" in text


@pytest.mark.parametrize(
    "action",
    ["papers:answer:family:yes", "papers:answer:occasion:visa", "papers:answer:nothing:yes", "papers:tick:nothing"],
)
def test_a_button_that_does_not_fit_any_more_changes_nothing(action: str, guide: Guide) -> None:
    decision = pressed(guide, with_list("registration-passports"), action)
    assert decision.outcome == "old_button"
    assert conversation_after(decision).papers == REGISTERING
    assert conversation_after(decision).ticked == ("registration-passports",)


@pytest.mark.parametrize("action", ["papers:tick:registration-passports", "papers:missing", "papers:file"])
def test_a_button_of_a_list_that_is_no_more_is_old(action: str, guide: Guide) -> None:
    assert pressed(guide, a_conversation(language="en"), action).outcome == "old_button"


def test_a_plain_yes_answers_the_question(guide: Guide) -> None:
    asked = conversation_after(pressed(guide, a_conversation(language="en"), "papers:entry:registration"))
    decision = respond(from_newcomer("yes", asked), guide)
    assert dict(conversation_after(decision).papers or ()) == {"occasion": "registration", "family": "yes"}


def test_an_adviser_reads_what_is_missing(guide: Guide) -> None:
    asked = conversation_after(respond(from_newcomer("/human", with_list("registration-passports")), guide))
    decision = respond(from_newcomer(Choice("consent:yes"), asked), guide)
    (card,) = said_to(decision, ROOM)
    assert guide.texts.say("de", "papers.paper.registration_landlord.name") in card
    assert guide.texts.say("de", "papers.paper.registration_passports.name") not in card


def test_every_list_fits_into_one_message_so_that_it_can_change_where_it_stands(guide: Guide) -> None:
    longest = 4096  # Telegram: characters of a message
    everything = {aspect.id: aspect.values[0] for aspect in guide.papers.aspects}
    purposes = ("work", "search", "study", "training", "family")
    for language in guide.languages:
        for answers in [{**everything, "occasion": o, "purpose": p} for o in ("visa", "card") for p in purposes]:
            chosen = replace(a_conversation(language=language), papers=tuple(answers.items()))
            (text,) = said_to(pressed(guide, chosen, "papers:list"), AMARA)
            assert len(text) < longest, (language, answers)
