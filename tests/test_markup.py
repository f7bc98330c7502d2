"""The small markup: what people wrote stays what they wrote, HTML is always well-formed, splitting loses nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.core.model import Guide
from bot.core.replying import flowing, literal
from bot.markup import Block, Span, matrix_html, parse, plain_text, split, telegram_html, utf16_length

SIGNS = "*_[]()<>&\"'\\`~#+-=|{}.!/:\n\t 1aé"
HARD = [
    "\U0001f469\u200d\U0001f52c",
    "e\u0301",
    "שלום",
    "مرحبا",
    "\u202e",
    "\u200f",
    "\ufeff",
    "\u00a0",
    "𝔊",
    "**",
    "](",
    "\n\n",
    "- ",
]
scraps = st.one_of(st.text(alphabet=SIGNS, max_size=8), st.sampled_from(HARD), st.text(max_size=8))
texts = st.lists(scraps, max_size=20).map("".join)


def as_read(text: str) -> str:
    """The whitespace that the markup does not keep.

    Lines lose the blanks at their ends, blank lines in a row count as one, NUL becomes the replacement sign
    (CommonMark 2.3); every kind of line end that CommonMark knows (2.1) is a line feed.
    """
    text = text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- what people wrote ---


@given(texts)
@example("1. no list\n- none either\n\n\n# no heading")
@example("**not bold** [no link](https://example.org) <b>&amp;")
@example("\\* ends with a backslash \\")
@example("    four blanks\n\ta tab\n> no quote\n``` no code")
def test_what_people_wrote_is_shown_as_they_wrote_it(text: str) -> None:
    assert as_read(plain_text(parse(literal(text)))) == as_read(text)


@given(texts)
def test_what_people_wrote_has_no_style_and_no_link(text: str) -> None:
    for block in parse(literal(text)):
        assert block.marker == ""
        assert [span for span in block.spans if span.bold or span.italic or span.link] == []


@given(texts)
def test_what_people_wrote_does_not_change_the_text_around_it(text: str) -> None:
    assume(as_read(text))
    blocks = parse(f"**before**\n\n{literal(text)}\n\n**after**")
    assert (blocks[0].spans, blocks[-1].spans) == ((Span("before", bold=True),), (Span("after", bold=True),))


# --- the parts of the markup ---


@pytest.mark.parametrize(
    ("text", "plain", "html"),
    [
        ("Hello", "Hello", "Hello"),
        ("one\n\ntwo", "one\n\ntwo", "one\n\ntwo"),
        ("one\ntwo", "one\ntwo", "one\ntwo"),
        ("**bold** and *italic*", "bold and italic", "<b>bold</b> and <i>italic</i>"),
        ("***both***", "both", "<b><i>both</i></b>"),
        (
            "[text](https://example.org/?a=1&b=2)",
            "text (https://example.org/?a=1&b=2)",
            '<a href="https://example.org/?a=1&amp;b=2">text</a>',
        ),
        ("[a](javascript:alert)", "[a](javascript:alert)", "[a](javascript:alert)"),
        ("[](https://example.org)", "", ""),
        ("- one\n- two", "• one\n• two", "• one\n• two"),
        ("3. one\n4. two", "3. one\n4. two", "3. one\n4. two"),
        ("- one\n   - deep\n- two", "• one\n   • deep\n• two", "• one\n   • deep\n• two"),
        ("before\n\n- one\n- two\n\nafter", "before\n\n• one\n• two\n\nafter", "before\n\n• one\n• two\n\nafter"),
        ("<b>&", "<b>&", "&lt;b&gt;&amp;"),
        ("\\*", "*", "*"),
        ("# no heading", "# no heading", "# no heading"),
        ("![no image](https://e.org)", "!no image (https://e.org)", '!<a href="https://e.org">no image</a>'),
        ("", "", ""),
        ("a\n***\nb", "a\n***\nb", "a\n***\nb"),
    ],
)
def test_the_markup(text: str, plain: str, html: str) -> None:
    assert plain_text(parse(text)) == plain
    assert telegram_html(parse(text)) == html


def test_matrix_html_has_its_own_tags_and_line_breaks() -> None:
    text = "**bold** *italic* <\n\n- [one](https://example.org)\n- two"
    expected = '<strong>bold</strong> <em>italic</em> &lt;<br><br>• <a href="https://example.org">one</a><br>• two'
    assert matrix_html(parse(text)) == expected


def test_line_breaks_of_a_file_go_and_those_with_a_meaning_stay() -> None:
    assert flowing("one\ntwo\n\nthree\n- four\n- five\n1. six\n") == "one two\n\nthree\n- four\n- five\n1. six"


# --- HTML ---


class Reader(HTMLParser):
    """Reads HTML strictly: tags in pairs, known ones only, everything else escaped."""

    def __init__(self, known: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.known = known
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.known
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def read(html: str, known: set[str]) -> str:
    reader = Reader(known)
    reader.feed(html)
    reader.close()
    assert reader.open == []
    assert not re.search(r"&(?!(?:amp|lt|gt|quot|#x27);)", html)
    return reader.text


def shown(blocks: tuple[Block, ...]) -> str:
    """The text without the addresses of links."""
    bare = tuple(Block(tuple(Span(s.text) for s in b.spans), b.marker, b.tight) for b in blocks)
    return plain_text(bare)


@given(texts)
def test_html_is_balanced_escaped_and_says_the_same(text: str) -> None:
    blocks = parse(text)
    assert read(telegram_html(blocks), {"b", "i", "a"}) == shown(blocks)
    assert read(matrix_html(blocks), {"strong", "em", "a", "br"}) == shown(blocks)


@given(texts, st.integers(20, 60))
def test_every_message_of_a_split_text_is_well_formed_by_itself(text: str, limit: int) -> None:
    for message in split(parse(text), limit):
        assert read(telegram_html(message), {"b", "i", "a"}) == shown(message)


def test_the_shipped_answers_are_well_formed(guide: Guide) -> None:
    for language in guide.languages:
        for key, saying in guide.texts.sayings[language].items():
            for text in (saying,) if isinstance(saying, str) else saying:
                blocks = parse(text)
                assert read(telegram_html(blocks), {"b", "i", "a"}) == shown(blocks), key


# --- splitting ---


@given(texts, st.integers(20, 60))
def test_no_message_is_too_long_or_empty(text: str, limit: int) -> None:
    for message in split(parse(text), limit):
        assert utf16_length(shown(message)) <= limit
        assert shown(message).strip()


@given(texts, st.integers(20, 60))
def test_splitting_loses_no_words(text: str, limit: int) -> None:
    whole = parse(text)
    pieces = "".join(shown(message) for message in split(whole, limit))
    assert re.sub(r"\s", "", pieces) == re.sub(r"\s", "", shown(whole))


@given(texts, st.integers(20, 60))
def test_styles_and_links_survive_splitting(text: str, limit: int) -> None:
    def styled(blocks: tuple[Block, ...]) -> list[tuple[str, bool, bool, str | None]]:
        signs = [(sign, s.bold, s.italic, s.link) for b in blocks for s in b.spans for sign in s.text]
        return [sign for sign in signs if not sign[0].isspace()]

    whole = parse(text)
    assert [sign for message in split(whole, limit) for sign in styled(message)] == styled(whole)


@given(st.lists(st.text(st.sampled_from("abc 😀é"), min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=9))
def test_cuts_are_at_paragraph_ends_where_paragraphs_fit(paragraphs: list[str]) -> None:
    whole = parse("\n\n".join(paragraphs))
    messages = split(whole, 40)
    assert tuple(block for message in messages for block in message) == whole
    for message, following in pairwise(messages):
        assert utf16_length(shown((*message, following[0]))) > 40, "as few messages as possible"


@pytest.mark.parametrize(
    ("text", "limit", "messages"),
    [
        ("One sentence. And another one.", 20, ["One sentence.", "And another one."]),
        ("no sentence ends here at all", 20, ["no sentence ends", "here at all"]),
        ("x" * 45, 20, ["x" * 20, "x" * 20, "x" * 5]),
        ("😀" * 15, 20, ["😀" * 10, "😀" * 5]),
        ("one\n\ntwo", 20, ["one\n\ntwo"]),
        ("first paragraph\n\nsecond", 20, ["first paragraph", "second"]),
        ("a" + " " * 200 + "b", 20, ["a\nb"]),
        ("", 20, []),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, messages: list[str]) -> None:
    assert [shown(message).strip() for message in split(parse(text), limit)] == messages


@given(st.text())
def test_the_length_is_counted_as_telegram_counts(text: str) -> None:
    assert utf16_length(text) == sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)
