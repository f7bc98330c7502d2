"""What people type as a salary, a span of time, a number or a country."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.formats import country_codes
from knowledge.permit_answers import find_country, folded_names, read_months, read_salary, read_whole

NAMES = folded_names({**country_codes("de"), **country_codes("en"), "usa": "US"})


@pytest.mark.parametrize(
    ("text", "yearly", "monthly"),
    [
        ("45.000 €", 45000, None),
        ("45,000", 45000, None),
        ("45 000 EUR brutto/Jahr", 45000, None),
        ("45k", 45000, None),
        ("4.5k im Monat", 54000, 4500),
        ("ca. 46 tsd", 46000, None),
        ("45.934,20", "45934.20", None),
        ("€45,934.20 a year", "45934.20", None),
        ("3500 im Monat", 42000, 3500),
        ("3500", 42000, 3500),
        ("3.500,50 mtl.", "42006", "3500.50"),
        ("10000 a year", 10000, None),
    ],
)
def test_a_salary_is_read_as_a_yearly_one(text: str, yearly: object, monthly: object) -> None:
    salary = read_salary(text)
    assert salary is not None
    assert salary.yearly == Decimal(str(yearly))
    assert salary.monthly == (None if monthly is None else Decimal(str(monthly)))


@pytest.mark.parametrize("text", ["", "viel", "15 € die Stunde", "200 a day", "20 €/h"])
def test_what_is_no_salary_of_a_year_or_month_is_not_guessed(text: str) -> None:
    assert read_salary(text) is None


@pytest.mark.parametrize(
    ("text", "months"),
    [("30", 30), ("30 Monate", 30), ("3 Jahre", 36), ("2 years 6 months", 30), ("1,5 Jahre", 18), ("lange", None)],
)
def test_a_span_is_read_in_months(text: str, months: int | None) -> None:
    assert read_months(text) == months


@pytest.mark.parametrize(("text", "number"), [("34", 34), ("34 Jahre", 34), ("3 oder 4", None), ("viele", None)])
def test_one_number_is_read(text: str, number: int | None) -> None:
    assert read_whole(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Indien", "IN"),
        ("ich komme aus der Türkei", "TR"),
        ("I am a nurse from the Philippines", "PH"),
        ("USA", "US"),
        ("Republik Absurdistan", None),
        ("", None),
    ],
)
def test_a_country_is_found(text: str, code: str | None) -> None:
    assert find_country(text, NAMES) == code


@given(st.text(max_size=60))
def test_nothing_that_is_typed_raises(text: str) -> None:
    salary = read_salary(text)
    assert salary is None or salary.yearly >= 0
    assert (read_months(text) or 0) >= 0
    assert (read_whole(text) or 0) >= 0
    find_country(text, NAMES)
