"""The small markup of entries and texts -> Telegram HTML, Matrix HTML, a page's HTML, plain text; splitting.

The markup is a part of CommonMark: paragraphs, lists, **bold**, *italic*, [links](https://…) and backslash escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ALLOWED = ["emphasis", "link", "list", "escape", "newline"]
_parser = MarkdownIt("zero").enable(_ALLOWED)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n")
_BLANK = re.compile(r"\s+")
_INDENT = "   "  # of an item in a list in a list


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; link is an address or None."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or one item of a list with its marker. `tight` joins it to the one before by a single line break."""

    spans: tuple[Span, ...]
    marker: str = ""
    tight: bool = False


def utf16_length(text: str) -> int:
    """The length as Telegram counts it: UTF-16 code units (Bot API, "MessageEntity")."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a text. Never raises: what is no markup is text."""
    blocks: list[Block] = []
    lists: list[tuple[bool, int]] = []  # ordered?, number of the next item
    marker, first_in_list = "", False
    for token in _parser.parse(text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append((token.type == "ordered_list_open", int(token.attrGet("start") or 1)))
                first_in_list = len(lists) == 1
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                ordered, number = lists[-1]
                indent = _INDENT * (len(lists) - 1)
                marker = f"{indent}{number}. " if ordered else f"{indent}• "
                lists[-1] = (ordered, number + 1)
            case "inline":
                spans = _merged(_spans(token.children or []))
                tight = bool(lists) and not first_in_list and bool(blocks)
                if spans or marker:
                    blocks.append(Block(spans, marker, tight))
                marker, first_in_list = "", False
    return tuple(blocks)


def _spans(tokens: Iterable[Token]) -> Iterable[Span]:
    style = Span("")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.type == "strong_open")
            case "em_open" | "em_close":
                style = replace(style, italic=token.type == "em_open")
            case "link_open":
                style = replace(style, link=str(token.attrGet("href")))
            case "link_close":
                style = replace(style, link=None)
            case "softbreak" | "hardbreak":
                yield replace(style, text="\n")
            case _:
                yield replace(style, text=token.content)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and replace(merged[-1], text="") == replace(span, text=""):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        elif span.text:
            merged.append(span)
    return tuple(merged)


def telegram_html(blocks: Sequence[Block]) -> str:
    """HTML as the Bot API reads it (parse mode HTML)."""
    return _joined(blocks, lambda block: escape(block.marker) + "".join(_tagged(s, "b", "i") for s in block.spans))


def matrix_html(blocks: Sequence[Block]) -> str:
    """HTML for the formatted body of a Matrix message (org.matrix.custom.html)."""

    def line(block: Block) -> str:
        return escape(block.marker) + "".join(_tagged(s, "strong", "em") for s in block.spans)

    return _joined(blocks, line).replace("\n", "<br>")


def page_html(blocks: Sequence[Block]) -> str:
    """HTML for a page in a browser, with real paragraphs and lists. Only for whole texts, not for split ones.

    A paragraph that follows an item of a list tightly belongs to that item.
    """
    html = ""
    lists: list[str] = []  # the tags of the open lists, outermost first; the last item of each is open, too
    for block in blocks:
        content = "".join(_tagged(span, "strong", "em") for span in block.spans).replace("\n", "<br>")
        item = block.marker.lstrip()
        depth = (len(block.marker) - len(item)) // len(_INDENT) + 1 if item else len(lists) if block.tight else 0
        if item and not block.tight:
            html, lists = html + _closed(lists, 0), []
        html, lists = html + _closed(lists, depth), lists[:depth]
        if not item:
            html += f"<p>{content}</p>"
            continue
        kind = "ul" if item.startswith("•") else "ol"
        if len(lists) == depth and lists[-1] == kind:
            html += "</li>"
        elif len(lists) == depth:
            html, lists = html + _closed(lists, depth - 1), lists[:-1]
        while len(lists) < depth:
            lists.append(kind)
            start = "" if kind == "ul" or item.startswith("1. ") else f' start="{item.rstrip(". ")}"'
            html += f"<{kind}{start}>" + ("<li>" if len(lists) < depth else "")
        html += f"<li>{content}"
    return html + _closed(lists, 0)


def _closed(lists: Sequence[str], depth: int) -> str:
    """The end tags of the open lists that are deeper."""
    return "".join(f"</li></{tag}>" for tag in reversed(lists[depth:]))


def plain_text(blocks: Sequence[Block]) -> str:
    """Text without any styles; the address of a link stands behind its text."""

    def line(block: Block) -> str:
        return block.marker + "".join(_with_address(span) for span in block.spans)

    return _joined(blocks, line)


def _with_address(span: Span) -> str:
    return span.text if span.link in (None, span.text) else f"{span.text} ({span.link})"


def _joined(blocks: Sequence[Block], line: Callable[[Block], str]) -> str:
    text = ""
    for number, block in enumerate(blocks):
        separator = "" if number == 0 else "\n" if block.tight else "\n\n"
        text += separator + line(block)
    return text


def _tagged(span: Span, bold: str, italic: str) -> str:
    text = escape(span.text)
    if span.link is not None:
        text = f'<a href="{escape(span.link)}">{text}</a>'
    if span.italic:
        text = f"<{italic}>{text}</{italic}>"
    if span.bold:
        text = f"<{bold}>{text}</{bold}>"
    return text


def split(blocks: Sequence[Block], limit: int) -> list[tuple[Block, ...]]:
    """The blocks in as few messages as fit into `limit` UTF-16 units each, cut at paragraphs where possible.

    A paragraph that is too long by itself is cut at the end of a sentence, else at a blank, else anywhere.
    """
    messages: list[tuple[Block, ...]] = []
    current: list[Block] = []
    used = 0
    for block in (piece for whole in blocks for piece in _pieces(whole, limit)):
        length = _length(block)
        gap = (1 if block.tight else 2) if current else 0
        if current and used + gap + length > limit:
            messages.append(tuple(current))
            current, used, gap = [], 0, 0
        current.append(block)
        used += gap + length
    if current:
        messages.append(tuple(current))
    return messages


def _length(block: Block) -> int:
    return utf16_length(block.marker) + sum(utf16_length(span.text) for span in block.spans)


def _pieces(block: Block, limit: int) -> Iterable[Block]:
    while _length(block) > limit:
        head, block = _cut(block, limit)
        if head.spans:
            yield head
    if block.spans or block.marker:
        yield block


def _cut(block: Block, limit: int) -> tuple[Block, Block]:
    """The longest head that fits and ends well, and the rest, without the blanks between them."""
    text = "".join(span.text for span in block.spans)
    room = limit - utf16_length(block.marker)
    longest = len(text.encode("utf-16-le")[: room * 2].decode("utf-16-le", errors="ignore"))
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, longest) if m.end() > longest // 2]
    ends = ends or [m.end() for m in _BLANK.finditer(text, 0, longest) if m.end() > longest // 2]
    at = ends[-1] if ends else max(longest, 1)
    end, start = len(text[:at].rstrip()), len(text) - len(text[at:].lstrip())
    head = Block(_between(block.spans, 0, end), block.marker, block.tight)
    return head, Block(_between(block.spans, start, len(text)), tight=True)


def _between(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """What of the spans lies between two places in their text."""
    found: list[Span] = []
    for span in spans:
        if piece := span.text[max(start, 0) : max(end, 0)]:
            found.append(replace(span, text=piece))
        start, end = start - len(span.text), end - len(span.text)
    return tuple(found)
