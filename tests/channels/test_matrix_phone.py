"""Every answer as a phone shows it on Matrix: the same lines in both forms, numbered buttons below, no markup left."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from bot.channels.matrix_wire import Part, as_change, in_thread, render, text_content
from bot.core.assistant import COMMANDS, respond
from bot.core.model import Guide
from tests.core.scenes import a_conversation, from_newcomer, pressing, sends

MOST_BUTTONS = 8
LONGEST_LABEL = 40  # letters; more breaks the line of a small phone
SHOWN = {"strong", "em", "a", "br"}  # of what clients show (Client-Server API, "m.room.message msgtypes")
NAMES = {command.name for command in COMMANDS}


class Tags(HTMLParser):
    """Reads a formatted body; the tags that are open at its end, and all that were met."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.add(tag)
        self.text += "\n" if tag == "br" else ""
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def looks_right(part: Part) -> None:
    read = Tags(part.html)
    assert read.open == [] and read.met <= SHOWN
    assert "\n" not in part.html, "a line break of its own is not shown"
    assert part.body.count("\n") == read.text.count("\n"), "both forms have the same lines"
    assert "**" not in part.body and "\n\n\n" not in part.body


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_answer_is_readable(guide: Guide, language: str) -> None:
    for entry in guide.knowledge.entries:
        decision = respond(from_newcomer(pressing(f"show:{entry}"), a_conversation(language=language)), guide)
        for send in sends(decision):
            parts = render(send.reply, NAMES)
            for part in parts:
                looks_right(part)
            if not send.reply.buttons:
                continue
            lines = parts[-1].body.splitlines()[-len(send.reply.buttons) :]
            assert len(lines) <= MOST_BUTTONS, entry
            for number, (line, button) in enumerate(zip(lines, send.reply.buttons, strict=True), 1):
                assert line == f"{number}\ufe0f\u20e3 {button.label}", "one line for each"
                assert len(button.label) <= LONGEST_LABEL, button.label


def test_every_command_is_readable(guide: Guide) -> None:
    for name in NAMES:
        for send in sends(respond(from_newcomer(f"/{name}"), guide)):
            for part in render(send.reply, NAMES):
                looks_right(part)
                assert f" /{name}" not in part.body, "clients keep the slash for themselves"


def test_who_knows_no_threads_and_no_changes_sees_what_it_is_about() -> None:
    content = in_thread(text_content(Part("Guten Tag", "Guten Tag")), "$card")
    assert content["m.relates_to"]["m.in_reply_to"] == {"event_id": "$card"}, "an answer to the card"
    assert content["m.relates_to"]["is_falling_back"] is True
    assert not content["body"].startswith(">"), "a quotation in the text is no longer made (MSC2781)"
    changed = as_change(text_content(Part("neu", "neu")), "$card")
    assert changed["body"] == "* neu" and changed["m.new_content"]["body"] == "neu"
