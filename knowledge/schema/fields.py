"""The kinds of single values in content files: what an editor may type and what it becomes."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

_DURATION = re.compile(r"(\d{1,3})(?:-(\d{1,3}))? (minute|hour|day|week|month|year)s?")
_LAW = re.compile(r"(§|§§|Art\.|Anlage) .*\d.* \S+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?\d[\d /()-]*\d")
_HOST = re.compile(r"(?!-)[\w-]{1,63}(\.[\w-]{1,63})*\.[a-z][\w-]*", re.IGNORECASE)
_UNSAFE_IN_URL = re.compile(r"[\s<>\"\\^`{|}]")

Range = tuple[Decimal, Decimal | None]
Span = tuple[str, int, int | None]


class Strict(BaseModel):
    """A mapping in a content file: only known keys, no value turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _https(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"this is no web address ({error})") from error
    if parts.scheme != "https":
        raise ValueError("a web address must begin with https://")
    if parts.username is not None or port is not None or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("a web address needs a host such as www.aachen.de, without name, password or port")
    if _UNSAFE_IN_URL.search(url):
        raise ValueError("a web address has no blanks, quotes, brackets <> or braces {}")
    return url


def _range(value: Any) -> Range:
    ends = value if isinstance(value, list) else [value]
    if not 1 <= len(ends) <= 2 or not all(_is_number(end) and end >= 0 for end in ends):
        raise ValueError("write a number (50700 or 45934.20, no currency sign, no thousands point) or two: [100, 600]")
    low, high = Decimal(ends[0]), Decimal(ends[1]) if len(ends) == 2 else None
    if high is not None and low >= high:
        raise ValueError("write the smaller number first")
    return low, high


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _span(value: Any) -> Span:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("write a duration in English, like 3 months, 1 year, 14 days or 1-2 months")
    low, high, unit = int(found[1]), found[2] and int(found[2]), found[3]
    if high and low >= high:
        raise ValueError("write the smaller number first")
    return unit, low, high or None


def _matching(pattern: re.Pattern[str], message: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(message)
        return text

    return AfterValidator(check)


def _template(*names: str) -> AfterValidator:
    def check(text: str) -> str:
        if sorted(re.findall(r"\{(\w*)\}", text)) != sorted(names) or text.count("{") + text.count("}") != 2 * len(
            names
        ):
            raise ValueError("the text needs each of these places once: " + ", ".join(f"{{{name}}}" for name in names))
        return text

    return AfterValidator(check)


_NUMBER_SCHEMA: dict[str, Any] = {"type": "number", "minimum": 0}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Day = Annotated[date, Field(description="A day as 2026-12-31, without quotes.")]
Url = Annotated[Text, AfterValidator(_https), Field(json_schema_extra={"pattern": "^https://"})]
Amount = Annotated[
    Range,
    PlainValidator(_range),
    WithJsonSchema(
        {"oneOf": [_NUMBER_SCHEMA, {"type": "array", "items": _NUMBER_SCHEMA, "minItems": 2, "maxItems": 2}]}
    ),
]
TimeSpan = Annotated[
    Span, PlainValidator(_span), WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"})
]
Citation = Annotated[Text, _matching(_LAW, "write a section as § 18g AufenthG or § 81a Abs. 3 AufenthG, in quotes")]
Email = Annotated[Text, _matching(_EMAIL, "this is no e-mail address")]
Phone = Annotated[Text, _matching(_PHONE, "write a phone number with digits and blanks: +49 241 1234, in quotes")]
RangeTemplate = Annotated[Text, _template("low", "high")]
AmountTemplate = Annotated[Text, _template("amount")]
ParagraphTemplate = Annotated[Text, _template("n")]
ActTemplate = Annotated[Text, _template("law", "act")]
