"""Telegram's HTML is parsed as Telegram parses it, and whatever comes in is parsed or refused."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.botapi.html import MarkupError, parse_html, trimmed, utf16_length


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<strong>a</strong>", "bold"),
        ("<em>a</em>", "italic"),
        ("<u>a</u>", "underline"),
        ("<s>a</s>", "strikethrough"),
        ("<code>a</code>", "code"),
        ("<pre>a</pre>", "pre"),
        ('<pre><code class="language-python">a</code></pre>', "pre"),
        ('<a href="https://aachen.de/?a=1&amp;b=2">a</a>', "text_link"),
        ("<blockquote>a</blockquote>", "blockquote"),
        ("<blockquote expandable>a</blockquote>", "expandable_blockquote"),
        ("<tg-spoiler>a</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">a</span>', "spoiler"),
    ],
)
def test_supported_tags(source: str, kind: str) -> None:
    parsed = parse_html(source)
    assert parsed.text == "a" and [entity["type"] for entity in parsed.entities] == [kind]


@given(st.text())
def test_escaped_text_comes_back(text: str) -> None:
    parsed = parse_html(f"<b>{html.escape(text, quote=False)}</b>")
    assert parsed.text == text and len(parsed.entities) == bool(text)


@given(st.text(st.sampled_from('<>&;/ab ="#x😀')))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        parsed = parse_html(source)
    except MarkupError:
        return
    for entity in parsed.entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16_length(parsed.text)


@pytest.mark.parametrize(
    "source",
    [
        *("<b>a", "a</b>", "<b><i>a</b></i>", "<p>a</p>", "<br>", "a < b", "<b", "<span>a</span>", "</b"),
        *("A & B", "&nbsp;", "<a href='x>a</a>", "<code><b>a</b></code>", "&#0;", "<a =b>c</a>", "&#xD800;"),
        *("<a href='https://a.de'><a href='https://b.de'>c</a></a>", "<b class=x'>a</b>", "<b x", "</b x"),
        *("<a href='tel:+49241'>a</a>", "<a href='mailto:a@b.de'>a</a>", "<a href='/hilfe'>a</a>"),
        "<blockquote><blockquote>a</blockquote></blockquote>",
    ],
)
def test_broken_markup_is_refused(source: str) -> None:
    with pytest.raises(MarkupError):
        parse_html(source)


def test_nested_entities_lie_in_each_other() -> None:
    parsed = parse_html("😀<b>fett <i>und</i></b> &lt;&#33;&#x21; <a href='https://aachen.de'></a>")
    assert parsed.text == "😀fett und <!! "
    assert parsed.entities == (
        {"type": "bold", "offset": 2, "length": 8},
        {"type": "italic", "offset": 7, "length": 3},
    )


def test_code_has_a_language_only_in_pre() -> None:
    (pre,) = parse_html('<pre><code class="language-python">a</code></pre>').entities
    assert pre == {"type": "pre", "offset": 0, "length": 1, "language": "python"}
    code, around = parse_html('x<pre>b<code class="language-python">a</code></pre>').entities[::-1]
    assert code["type"] == "code" and "language" not in code and around["length"] == 2


@given(st.text(" a😀\n", max_size=6), st.text("a😀", min_size=1), st.text(" \n"))
def test_trimming_keeps_entities_on_their_words(before: str, word: str, after: str) -> None:
    parsed = parse_html(f"{before}<b>{word}{after}</b>{after}")
    kept = trimmed(parsed.text, parsed.entities)
    assert kept.text == (before + word).strip()
    (bold,) = kept.entities
    assert bold["length"] == utf16_length(word)
    assert bold["offset"] + bold["length"] == utf16_length(kept.text)
