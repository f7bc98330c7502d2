"""How a wording reads: its words and sentences, and the figures that were typed by hand."""

import re
from collections.abc import Iterator

from knowledge.model import REFERENCE

_ABBREVIATIONS = frozenset(
    [
        "abs",
        "art",
        "bzw",
        "ca",
        "dr",
        "e.g",
        "etc",
        "evtl",
        "f",
        "ff",
        "ggf",
        "i.e",
        "inkl",
        "max",
        "mind",
        "nr",
        "approx",
        "prof",
        "st",
        "str",
        "tel",
        "u.a",
        "usw",
        "vgl",
        "vs",
        "z.b",
    ]
)
_CLOSING = "\"'“”’»«)]*"
_BLOCK = re.compile(r"\n\s*\n|\n(?=- )")

_UNITS_DE = r"Minuten?|Stunden?|Tag(?:en?)?|Wochen?|Monat(?:en?)?|Jahr(?:en?)?"
_UNITS_EN = r"minutes?|hours?|days?|weeks?|months?|years?"
_MONTHS = r"Jan\w*|Feb\w*|Mär\w*|Mar\w*|Apr\w*|Ma[iy]|Jun[ie]|Jul[iy]|Aug\w*|Sep\w*|O[kc]t\w*|Nov\w*|De[zc]\w*"
_FIGURES = {
    "an amount of money": re.compile(r"\d[\d.,]*\s?(?:€|Euros?\b|EUR\b|euros?\b)|(?:€|EUR)\s?\d[\d.,]*"),
    "a percentage": re.compile(r"\d[\d.,]*\s?(?:%|Prozent\b|per ?cent\b)"),
    "a duration": re.compile(rf"\b\d+(?:-\d+)?\s(?:{_UNITS_DE}|{_UNITS_EN})\b"),
    "a date": re.compile(rf"\b\d{{1,2}}\.?\s(?:{_MONTHS})\s\d{{4}}|\b\d{{1,2}}\.\d{{1,2}}\.\d{{4}}"),
    "a section of law": re.compile(r"§+\s?\d+\w*|\b[Ss]ections? \d+\w*"),
    "a phone number": re.compile(r"(?:\+\d|\b0\d)[\d /-]{5,}\d"),
    "an e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
}


def words(text: str) -> list[str]:
    """The words of a text; a fact in it counts as one, signs alone do not count."""
    return [word for word in REFERENCE.sub("fact", text).split() if any(sign.isalnum() for sign in word)]


def paragraphs(text: str) -> list[str]:
    """The paragraphs and list items of a text."""
    return [block.strip() for block in _BLOCK.split(text) if block.strip()]


def sentences(text: str) -> list[list[str]]:
    """The sentences of a text, each as its words. A colon ends one, as reading formulas count it; `z. B.`
    does not.
    """
    found: list[list[str]] = []
    for block in paragraphs(text):
        sentence: list[str] = []
        for word in words(block):
            sentence.append(word)
            if _ends(word):
                found.append(sentence)
                sentence = []
        if sentence:
            found.append(sentence)
    return found


def _ends(word: str) -> bool:
    bare = word.rstrip(_CLOSING)
    if not bare.endswith((".", "!", "?", ":", "…")):
        return False
    stem = bare.rstrip(".").lstrip("(\"'„“*").lower()
    short = len(stem) == 1 or stem.isdigit() or stem in _ABBREVIATIONS
    return not (bare.endswith(".") and short)


def typed_figures(text: str) -> Iterator[tuple[str, str]]:
    """Figures that stand in a text itself instead of in a fact: what it is, and how it stands there."""
    plain = REFERENCE.sub("", text)
    for what, pattern in _FIGURES.items():
        yield from ((what, found[0]) for found in pattern.finditer(plain))
