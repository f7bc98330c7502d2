"""The terminal: a conversation through a pipe, the advisers' room at the edge, the clock by hand, a clean end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from io import StringIO

import pytest

from bot.app import converse
from bot.channels.console import NEWCOMER, ROOM, Console
from bot.config import Settings
from bot.core.model import Address, Button, File, Guide, Place, Reply, Utterance
from tests.core.scenes import CAFE

Play = Callable[..., Awaitable[str]]


@pytest.fixture
def play(settings: Settings, guide: Guide) -> Play:
    """Pipes lines into the terminal and returns everything that it shows."""

    async def pipe(*lines: str) -> str:
        target = StringIO()
        await converse(settings, guide, Console(StringIO("\n".join(lines)), target, locale="en"))
        return target.getvalue()

    return pipe


def said(guide: Guide, key: str, language: str = "en", **values: object) -> str:
    return guide.texts.say(language, key, **values)


async def test_a_question_through_a_pipe_is_answered_and_the_program_ends(play: Play, guide: Guide) -> None:
    question = guide.knowledge.entries["registration"].wordings["en"].phrasings[0]
    shown = await play(question)
    assert guide.knowledge.title("registration", "en") in shown
    assert f"] {said(guide, 'button.person')}" in shown
    assert "> " not in shown, "a prompt is for people only"


@pytest.mark.parametrize("lines", [(), ("",), ("", "  ", "")])
async def test_nothing_written_is_nothing_said(play: Play, lines: tuple[str, ...]) -> None:
    assert await play(*lines) == ""


async def test_a_number_presses_the_button_that_has_it(play: Play, guide: Guide) -> None:
    shown = await play("/language", "1")
    assert f"[1] {said(guide, 'language.name', 'de')}" in shown
    assert said(guide, "language.chosen", "de") in shown


async def test_one_person_can_play_a_whole_handoff(play: Play, guide: Guide) -> None:
    shown = await play("/human", "1", "# Guten Tag!", "I have a diploma", "#// intern", "# /close 1")
    inside = [line.removeprefix("# ") for line in shown.split("\n") if line.startswith("#")]
    outside = "\n".join(line for line in shown.split("\n") if not line.startswith("#"))
    assert any("Anfrage 1" in line for line in inside)
    assert f"[1] {said(guide, 'room.button.claim', 'de')}" in inside
    assert "I have a diploma" in inside
    assert "Guten Tag!" in outside
    assert said(guide, "handoff.close") in outside
    assert "intern" not in shown


async def test_an_adviser_chooses_by_number_what_was_just_shown(play: Play, guide: Guide) -> None:
    shown = await play("/human", "1", "# /cases", "# 1", "# 1")
    history = said(guide, "case.history", "de")
    assert history in shown, "1 shows the case of the list"
    assert "übernommen von Maria" in shown.partition(history)[2], "and then 1 claims it"


async def test_the_conversation_goes_on_at_the_next_start(play: Play, guide: Guide) -> None:
    await play("/language", "1")
    assert said(guide, "privacy", "de").split("\n")[-1] in await play("/privacy")


# --- the clock ---


async def test_the_clock_can_be_moved_to_try_reminders(settings: Settings, guide: Guide) -> None:
    cafe = replace(CAFE, start=datetime(2031, 3, 3, 18, 0), end=datetime(2031, 3, 3, 20, 0))  # noqa: DTZ001
    lines = "/events\nRemind me\n/tick 2031-03-02T17:59\n/privacy\n/tick 2031-03-02T18:01\n"
    target = StringIO()
    await converse(settings, replace(guide, events=(cafe,)), Console(StringIO(lines), target, locale="en"))
    before, _, after = target.getvalue().partition(said(guide, "privacy").split("\n")[-1])
    assert said(guide, "events.subscribed") in before
    assert said(guide, "reminder.stop") not in before
    assert after.count(said(guide, "reminder.stop")) == 1


@pytest.mark.parametrize(
    "line",
    ["/tick", "/tick ", "/tick tomorrow", "/tick 2026-13-01", "/tick 0001-01-01T00:00", "/tick 9999-12-31T23:59"],
)
async def test_a_time_that_is_none_is_explained_in_one_line(play: Play, guide: Guide, line: str) -> None:
    shown = await play(line, "/privacy")
    first, _, rest = shown.partition("\n")
    assert first.startswith("/tick: ")
    assert "2026-12-04T10:00" in first
    assert said(guide, "privacy").split("\n")[-1] in rest, "the conversation goes on"


@pytest.mark.parametrize("when", ["2030-01-01", "2030-01-01T10:00", "2030-01-01T10:00Z", "2030-01-01T10:00+01:00"])
async def test_times_with_and_without_zone_are_read(play: Play, when: str) -> None:
    assert "/tick:" not in await play(f"/tick {when}")


# --- lines and messages ---


@pytest.mark.parametrize(
    ("line", "origin", "text"),
    [
        ("Hello\n", NEWCOMER, "Hello"),
        ("# Guten Tag\n", ROOM, "Guten Tag"),
        ("#Guten Tag\n", ROOM, "Guten Tag"),
        ("#\n", ROOM, ""),
        ("  # Guten Tag", ROOM, "Guten Tag"),
        ("a # b", NEWCOMER, "a # b"),
    ],
)
def test_a_line_is_the_newcomers_or_the_advisers(line: str, origin: Address, text: str) -> None:
    incoming = Console(StringIO(), StringIO(), locale="de").parse(line)
    assert (incoming.origin, incoming.content) == (origin, Utterance(text))
    assert incoming.private == (origin == NEWCOMER)


def test_no_two_lines_are_the_same_incoming() -> None:
    console = Console(StringIO(), StringIO())
    assert console.parse("Hello").uid != console.parse("Hello").uid


async def test_an_adviser_answers_the_last_message_in_the_room() -> None:
    console = Console(StringIO(), StringIO())
    assert console.parse("# Guten Tag").reply_to is None
    await console.send(ROOM, "card", "case:1:card/0", None)
    await console.send(NEWCOMER, "hello", "other/0", None)
    assert console.parse("# Guten Tag").reply_to == "case:1:card/0"


def test_everything_of_a_reply_is_shown() -> None:
    reply = Reply(
        "**Hello**",
        (Button("Yes", "yes"), Button("Film", "film", "https://example.org")),
        Place("House", "Markt 1", 50.0, 6.0),
        File("data.json", b"{}"),
    )
    (shown,) = Console(StringIO(), StringIO()).render(reply)
    assert shown == "Hello\n\n📍 House, Markt 1\n\n📄 data.json\n{}\n\n[1] Yes\n[2] Film https://example.org"
