"""What must hold of every channel, whatever the messenger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Channel, Limits, Sealed
from bot.channels.console import Console
from bot.channels.matrix import Matrix
from bot.channels.matrix_client import Account
from bot.channels.telegram import Telegram
from bot.channels.telegram_wire import Part, render
from bot.core.model import Address, Button, File, Guide, MessageRef, Place, Reply
from bot.markup import utf16_length
from tests.botapi.html import parse_html, trimmed
from tests.memory_channel import MemoryChannel

MENUS = {"en": [("start", "begin again")]}
CHANNELS: dict[str, Callable[[], Channel[Any]]] = {
    "telegram": lambda: Telegram("1:token", "http://127.0.0.1:9", MENUS),
    "console": lambda: Console(StringIO(), StringIO()),
    "matrix": lambda: matrix(),
    "memory": MemoryChannel,
}
TEXT_UNITS, CAPTION_UNITS = 4096, 1024


class Blank:
    """A notebook in which nothing is written."""

    async def bookmark(self) -> str | None:
        return None

    async def move_bookmark(self, place: str) -> None:
        """Forgotten."""

    async def sealed(self) -> Sequence[Sealed]:
        return ()

    async def keep_sealed(self, message: Sealed) -> None:
        """Forgotten."""

    async def note_told(self, uid: str) -> None:
        """Forgotten."""

    async def drop_sealed(self, uid: str) -> None:
        """Forgotten."""


def matrix() -> Matrix:
    """Never connected; so no folder is made."""
    account = Account("http://127.0.0.1:9", "@lotse:localhost", "secret", None)
    return Matrix(account, Path("never made"), Blank(), None, (), "")


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
signs = st.text(st.sampled_from("*_[]()\\`<>&#+-.!|~1 \n\t"), max_size=40)
styled = st.one_of(
    words,
    signs,
    st.builds("**{}**".format, words),
    st.builds("[{}](https://example.org/?a={})".format, words, words),
    st.builds("- {}\n- {}".format, words, words),
    st.builds("{}. {}".format, st.integers(0, 10**12), words),
)
texts = st.lists(styled, max_size=8).map("\n\n".join)
long_texts = st.builds(lambda text, times: text * times, texts, st.integers(1, 300)).map(lambda text: text[:20_000])
buttons = st.lists(st.builds(Button, words, st.text(min_size=1, max_size=16)), max_size=10).map(tuple)
places = st.builds(Place, words, words, st.floats(-90, 90), st.floats(-180, 180))
files = st.builds(File, st.just("daten.json"), st.binary(min_size=1, max_size=10))
copies = st.builds(MessageRef, st.just(Address("telegram", "1")), st.just("7"))
replies = st.one_of(
    st.builds(Reply, st.one_of(texts, long_texts), buttons, st.none() | places, st.none() | files),
    st.builds(Reply, st.just(""), copy=copies),
)


@pytest.fixture(scope="module", params=CHANNELS)
def channel(request: pytest.FixtureRequest) -> Channel[Any]:
    """Each of the channels."""
    return CHANNELS[request.param]()


def test_a_channel_has_all_that_the_protocol_names(channel: Channel[Any]) -> None:
    for name in (name for name in vars(Channel) if not name.startswith("_")):
        assert hasattr(channel, name), name
    assert channel.name and ":" not in channel.name
    assert channel.limits is None or isinstance(channel.limits, Limits)
    assert get_type_hints(channel.send)["return"] is str


def test_a_single_person_is_no_group(channel: Channel[Any]) -> None:
    assert channel.is_group(Address(channel.name, "4711")) is False


@given(reply=replies)
def test_rendering_never_fails_and_is_never_empty(channel: Channel[Any], reply: Reply) -> None:
    parts = channel.render(reply)
    assert len(parts) >= 1
    assert list(channel.render(reply)) == list(parts)


@given(reply=replies)
def test_telegram_gets_only_messages_that_it_takes(reply: Reply) -> None:
    parts: list[Part] = list(render(reply))
    for part in parts:
        assert part.copy is not None or part.place is not None or part.file is not None or part.html
        formatted = parse_html(part.html)
        shown = trimmed(formatted.text, formatted.entities)
        assert utf16_length(shown.text) <= (CAPTION_UNITS if part.file is not None else TEXT_UNITS)
        if part.html and part.file is None:
            assert shown.text, "Telegram takes no empty text"
    assert all(part.keyboard is None for part in parts if part.place is not None or part.copy is not None)
    if reply.copy is None:
        labels = [b.text for part in parts if part.keyboard for row in part.keyboard.inline_keyboard for b in row]
        assert labels == [button.label for button in reply.buttons]
        assert [part.place for part in parts if part.place] == ([reply.place] if reply.place else [])
        assert [part.file for part in parts if part.file] == ([reply.file] if reply.file else [])


@given(
    text=st.builds(
        lambda text, times: text * times, st.text(st.sampled_from("ab. \n"), max_size=50), st.integers(90, 300)
    )
)
def test_no_word_is_lost_where_a_long_text_is_cut(text: str) -> None:
    parts = render(Reply(text))
    assert "".join("".join(part.html.split()) for part in parts) == "".join(text.split()) or not text.strip()


def test_everything_that_the_assistant_says_fits(channel: Channel[Any], guide: Guide) -> None:
    for language in guide.languages:
        for entry in guide.knowledge.entries:
            answer = guide.knowledge.answer(entry, language, date(2026, 12, 1))
            assert channel.render(Reply(f"**{answer.title}**\n\n{answer.text}", (Button("👍", f"helpful:{entry}"),)))
