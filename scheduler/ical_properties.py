"""The properties of a VEVENT (RFC 5545, 3.8) as values of an event.

Beyond the RFC it understands SUMMARY, DESCRIPTION and LOCATION once per LANGUAGE, and the properties
X-LOTSE-LANGUAGES (spoken there: de,en), X-LOTSE-PRICE (free, or words), X-LOTSE-CHILDREN (true) and
X-LOTSE-REGISTRATION (a link).
"""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any, Literal

from icalendar import vGeo

from scheduler.agenda import TOPICS, Place, Topic

Component = Any
"""A VEVENT of icalendar. What a property of it is depends on what was written, which is looked at here."""

TopicOf = Callable[[str], Topic | None]
"""What a category means."""

_LONGEST_LINE, _LONGEST_TEXT = 200, 1500  # characters; more would fill a phone
_LONGEST_LINK = 500
_TAG = re.compile(r"<[^<>]{0,500}>")
_BREAK = re.compile(r"<(?:br|/p|/li|/div)\b[^<>]{0,100}>", re.IGNORECASE)
_LINK = re.compile(r"https://[^\s<>\"@]+")
_INVISIBLE = ("Cc", "Cs")  # Unicode's control characters and halves of characters


def title_of(component: Component, language: str) -> dict[str, str]:
    """The title per language; `language` is what holds where none is written."""
    return _texts(component, "SUMMARY", language, _LONGEST_LINE)


def text_of(component: Component, language: str) -> dict[str, str]:
    """The description per language, without HTML."""
    return _texts(component, "DESCRIPTION", language, _LONGEST_TEXT)


def place_of(component: Component, language: str) -> Place:
    """Where: the name per language, coordinates if there are any on earth."""
    geo = component.get("GEO")
    name = _texts(component, "LOCATION", language, _LONGEST_LINE)
    if isinstance(geo, vGeo) and abs(geo.latitude) <= 90 and abs(geo.longitude) <= 180:
        return Place(name=name, latitude=float(geo.latitude), longitude=float(geo.longitude))
    return Place(name=name)


def topics_of(component: Component, topic_of: TopicOf) -> tuple[Topic, ...]:
    """The topics that the categories mean."""
    meant = {topic_of(str(category)) for category in component.categories}
    return tuple(topic for topic in TOPICS if topic in meant)


def price_of(component: Component, language: str) -> Literal["free"] | dict[str, str] | None:
    """Free, what it costs in words, or None where nothing is said."""
    price = _plain(written(component, "X-LOTSE-PRICE"), _LONGEST_LINE, lines=False)
    if price.lower() == "free":
        return "free"
    return {language: price} if price else None


def organiser_of(component: Component) -> str | None:
    """The name of who organises; an address of e-mail alone is not shown to anybody."""
    named = [str(value.params.get("CN", "")) for value in _all(component, "ORGANIZER") if hasattr(value, "params")]
    return next((_plain(name, _LONGEST_LINE, lines=False) for name in named if name.strip()), None)


def link_of(component: Component, name: str) -> str | None:
    """A link that begins with https://; any other is not shown to anybody."""
    found = written(component, name)
    return found if _LINK.fullmatch(found) and len(found) <= _LONGEST_LINK else None


def written(component: Component, name: str) -> str:
    """A property as text, the first where there are several, empty where there is none."""
    return next((str(value) for value in _all(component, name)), "").strip()


def count(value: object) -> int:
    """A SEQUENCE as a number, 0 where it is none."""
    return int(value) if isinstance(value, int) and 0 <= value < 2**31 else 0


def _all(component: Component, name: str) -> list[Any]:
    value = component.get(name, [])
    return value if isinstance(value, list) else [value]


def _texts(component: Component, name: str, default: str, longest: int) -> dict[str, str]:
    texts: dict[str, str] = {}
    for value in _all(component, name):
        language = str(value.params.get("LANGUAGE", "")).lower()[:2]
        text = _plain(str(value), longest, lines=name == "DESCRIPTION")
        if text:
            texts.setdefault(language if re.fullmatch("[a-z]{2}", language) else default, text)
    return texts


def _plain(text: str, longest: int, *, lines: bool) -> str:
    """A text as people read it: without HTML and control characters, cut at a word where it is too long."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
    kept = re.sub(r"\n{3,}", "\n\n", kept).strip() if lines else " ".join(kept.split())
    return kept if len(kept) <= longest else f"{kept[:longest].rpartition(' ')[0] or kept[:longest]} …"
