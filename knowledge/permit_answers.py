"""What people type as an answer: a salary, an age, a number of months, a country. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from knowledge.folding import words

_AMOUNT = re.compile(r"\d[\d.,'’\s]*")
_THOUSAND = re.compile(r"\d\s*(?:k\b|tsd|tausend|thousand)", re.IGNORECASE)
_MONTHLY = re.compile(r"mon[ae]t|mtl|month|p\.?\s?m\.", re.IGNORECASE)
_YEARLY = re.compile(r"jahr|jährlich|jaehrlich|year|annual|p\.?\s?a\.", re.IGNORECASE)
_HOURLY = re.compile(r"stunde|hour|/\s?h\b|tag\b|day\b|woche|week", re.IGNORECASE)
_DECIMALS = re.compile(r"[.,](\d{1,2})$")
_SPAN = re.compile(r"(\d+(?:[.,]\d+)?)\s*(jahr|year|monat|month)?", re.IGNORECASE)
_HIGHEST_MONTHLY = Decimal(12000)
"""Euros; a smaller amount without a word for the time is taken as paid each month, as nobody earns it in a year."""


@dataclass(frozen=True, slots=True)
class Salary:
    """Gross euros a year; `monthly` is the amount that was written if it was one of a month."""

    yearly: Decimal
    monthly: Decimal | None = None


def read_salary(text: str) -> Salary | None:
    """The salary in a text: 45.000 €, 45,000, 45k, 3500 im Monat. None if there is none, or one by the hour."""
    found = _AMOUNT.search(text)
    if found is None or _HOURLY.search(text):
        return None
    amount = _number(found[0])
    if _THOUSAND.search(text):
        amount *= 1000
    monthly = bool(_MONTHLY.search(text)) or (amount < _HIGHEST_MONTHLY and not _YEARLY.search(text))
    return Salary(amount * 12, amount) if monthly else Salary(amount)


def _number(text: str) -> Decimal:
    """The number, whether points or commas part the thousands; two digits at the end are cents."""
    text = re.sub(r"[\s'’]", "", text).rstrip(".,")
    cents = _DECIMALS.search(text)
    whole = text[: cents.start()] if cents else text
    return Decimal(re.sub(r"[.,]", "", whole) + ("." + cents[1] if cents else ""))


def read_whole(text: str) -> Decimal | None:
    """The one whole number in a text, None if there is none or there are several."""
    numbers = re.findall(r"\d+", text)
    return Decimal(numbers[0]) if len(numbers) == 1 and len(numbers[0]) <= 6 else None


def read_months(text: str) -> Decimal | None:
    """A span of time in whole months: 30, 30 Monate, 3 Jahre, 2 years 6 months. None if there is none."""
    months = Decimal(0)
    spans = _SPAN.findall(text)
    for number, unit in spans:
        each = Decimal(number.replace(",", "."))
        months += each * 12 if unit.casefold() in ("jahr", "year") else each
    return Decimal(int(months)) if spans and months < 10**4 else None


def find_country(text: str, names: Mapping[str, str]) -> str | None:
    """The code of the country that is named in the text by one of the names; the longest name counts."""
    said = f" {' '.join(words(text))} "
    found = [(name, code) for name, code in names.items() if f" {name} " in said]
    return max(found, key=lambda each: len(each[0]))[1] if found else None


def folded_names(names: Mapping[str, str]) -> dict[str, str]:
    """The names in one spelling, for `find_country`."""
    return {" ".join(words(name)): code for name, code in names.items()}
