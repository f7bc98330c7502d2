"""Telegram's HTML: markup in, plain text and entities (offsets in UTF-16 code units) out.

The rules follow the Bot API's "HTML style" and the error messages of TDLib's parser. In three points the
parser is stricter than TDLib, so that a test fails before a reader sees something broken: only &lt; &gt;
&amp; &quot; and numeric entities exist and a bare ampersand is refused; entities that may not be nested
(anything in pre and code, blockquote in blockquote, link in link) are refused; and so is a link that
TDLib would silently turn into plain text (tel:, mailto:, no host).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tests.botapi.errors import Json

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPACES = " \t\r\n\0\v"

_MARK = re.compile(r"[<&]")
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));")
_NAME = re.compile(r"[^\s=>/\"']+")
_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")
_SPACE = re.compile(r"\s*")
_TAG_NAME = re.compile(r"[^\s>]*")
_LINK = re.compile(r"(?i)tg://\S+|(?:(?:https?|ftp|ton)://)?(?!mailto:|tel:)[^\s/?#]+\.[^\s/?#]{2,}")


class MarkupError(ValueError):
    """Text that Telegram cannot parse; the message is what it would answer after "can't parse entities:"."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text and its entities as Telegram stores them."""

    text: str
    entities: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every length and offset in the Bot API."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=1024)
def parse_html(source: str) -> Formatted:
    """Parse Telegram HTML strictly. Raises MarkupError."""
    return _Parser(source).parse()


def trimmed(text: str, entities: tuple[Json, ...]) -> Formatted:
    """Text without white space at its ends, entities clipped to what is left, as Telegram stores it."""
    stripped = text.strip(SPACES)
    if stripped == text:
        return Formatted(text, tuple(e for e in entities if e["length"] > 0))
    lead = utf16_length(text[: len(text) - len(text.lstrip(SPACES))])
    total = utf16_length(stripped)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, total)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return Formatted(stripped, tuple(kept))


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.plain: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> Formatted:
        position = 0
        while (mark := _MARK.search(self.source, position)) is not None:
            self._put(self.source[position : mark.start()])
            if mark.group() == "&":
                character, position = self._character(mark.start())
                self._put(character)
            elif self.source.startswith("</", mark.start()):
                position = self._end_tag(mark.start())
            else:
                position = self._start_tag(mark.start())
        self._put(self.source[position:])
        if self.open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return Formatted("".join(self.plain), tuple(self.entities))

    def _at(self, position: int) -> str:
        return f"at byte offset {len(self.source[:position].encode('utf-8', 'surrogatepass'))}"

    def _put(self, text: str) -> None:
        if text:
            self.plain.append(text)
            self.offset += utf16_length(text)

    def _character(self, position: int) -> tuple[str, int]:
        match = _CHARACTER.match(self.source, position)
        if match is None:
            raise MarkupError(f"Unescaped ampersand {self._at(position)}")
        hexadecimal, decimal, name = match.groups()
        if name is not None:
            if name not in NAMED:
                raise MarkupError(f'Unsupported character entity "&{name};" {self._at(position)}')
            return NAMED[name], match.end()
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise MarkupError(f"Invalid character entity {self._at(position)}")
        return chr(code), match.end()

    def _start_tag(self, begin: int) -> int:
        name = _TAG_NAME.match(self.source, begin + 1)
        assert name is not None
        if name.end() == len(self.source):
            raise MarkupError(f"Unclosed start tag {self._at(begin)}")
        tag = name.group().lower()
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" {self._at(begin)}')
        position, attributes = self._attributes(tag, begin, name.end())
        argument = _argument(tag, attributes)
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" {self._at(begin)}')
        if tag == "tg-emoji" and not argument.isdecimal():
            raise MarkupError(f"Invalid custom emoji identifier specified {self._at(begin)}")
        self._check_nesting(tag, begin)
        self.open.append(_Open(tag, argument, self.offset, begin))
        return position

    def _attributes(self, tag: str, begin: int, position: int) -> tuple[int, dict[str, str]]:
        attributes: dict[str, str] = {}
        while True:
            position = self._skip_space(position)
            if self._peek(position) == ">":
                return position + 1, attributes
            name = _NAME.match(self.source, position)
            if name is None:
                if position >= len(self.source):
                    raise MarkupError(f"Unclosed start tag {self._at(begin)}")
                raise MarkupError(f'Empty attribute name in the tag "{tag}" {self._at(begin)}')
            position = self._skip_space(name.end())
            value = ""
            if self._peek(position) == "=":
                value, position = self._value(begin, self._skip_space(position + 1))
            elif position >= len(self.source):
                raise MarkupError(f'Unclosed start tag "{tag}" {self._at(begin)}')
            attributes[name.group()] = value

    def _value(self, begin: int, position: int) -> tuple[str, int]:
        quote = self._peek(position)
        if quote not in ("'", '"') or not quote:
            token = _TOKEN.match(self.source, position)
            assert token is not None
            following = self._peek(token.end())
            if following and following != ">" and not following.isspace():
                raise MarkupError(f"Unexpected end of name token {self._at(position)}")
            return token.group().lower(), token.end()
        end = self.source.find(quote, position + 1)
        if end < 0:
            raise MarkupError(f"Unclosed start tag {self._at(begin)}")
        raw = self.source[position + 1 : end]
        # Links are often written with bare ampersands; TDLib leaves those alone.
        return _CHARACTER.sub(_decoded, raw), end + 1

    def _end_tag(self, begin: int) -> int:
        if not self.open:
            raise MarkupError(f"Unexpected end tag {self._at(begin)}")
        name = _TAG_NAME.match(self.source, begin + 2)
        assert name is not None
        position = self._skip_space(name.end())
        if self._peek(position) != ">":
            raise MarkupError(f"Unclosed end tag {self._at(begin)}")
        opened = self.open.pop()
        if name.group() and name.group().lower() != opened.tag:
            raise MarkupError(
                f'Unmatched end tag {self._at(begin)}, expected "</{opened.tag}>", found "</{name.group()}>"'
            )
        if self.offset > opened.offset:
            self._close(opened)
        return position + 1

    def _close(self, opened: _Open) -> None:
        entity: Json = {
            "type": TAGS[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.tag == "a":
            url = opened.argument or _tail("".join(self.plain), entity["length"])
            if not _LINK.match(url):
                raise MarkupError(f'Invalid link "{url}" {self._at(opened.start)}')
            entity["url"] = url
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "pre" and self._is_language_code(entity):
            entity = {**self.entities.pop(), "type": "pre"}
        elif opened.tag == "code" and opened.argument and self.open and self.open[-1].tag == "pre":
            entity["language"] = opened.argument
        self.entities.append(entity)

    def _is_language_code(self, pre: Json) -> bool:
        last = self.entities[-1] if self.entities else None
        return (
            last is not None
            and last["type"] == "code"
            and (last["offset"], last["length"]) == (pre["offset"], pre["length"])
        )

    def _check_nesting(self, tag: str, begin: int) -> None:
        around = [opened.tag for opened in self.open]
        kinds = {TAGS[name] for name in around}
        wrong = (
            "code" in kinds
            or ("pre" in kinds and not (tag == "code" and around[-1] == "pre"))
            or (tag == "blockquote" and "blockquote" in kinds)
            or (tag == "a" and "text_link" in kinds)
        )
        if wrong:
            raise MarkupError(f'Tag "{tag}" can\'t be nested in "{around[-1]}" {self._at(begin)}')

    def _peek(self, position: int) -> str:
        return self.source[position : position + 1]

    def _skip_space(self, position: int) -> int:
        match = _SPACE.match(self.source, position)
        assert match is not None
        return match.end()


def _argument(tag: str, attributes: dict[str, str]) -> str:
    if tag == "a":
        return attributes.get("href", "")
    if tag == "code":
        name = attributes.get("class", "")
        return name.removeprefix("language-") if name.startswith("language-") else ""
    if tag == "span":
        return attributes.get("class", "").removeprefix("tg-")
    if tag == "tg-emoji":
        return attributes.get("emoji-id", "")
    if tag == "blockquote":
        return "expandable" if "expandable" in attributes else ""
    return ""


def _decoded(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return NAMED.get(name, match.group())
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match.group()


def _tail(text: str, length: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[-2 * length :].decode("utf-16-le", "surrogatepass")
