"""Countries as people name them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.countries import Countries
from knowledge.formats import country_codes

COUNTRIES = Countries(
    ("de", "en"), {"usa": "US"}, former=("Soviet Union", "Jugoslawien"), before_cities=("aus", "from")
)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_country_is_read_by_its_name(language: str) -> None:
    wrong = {name: code for name, code in country_codes(language).items() if COUNTRIES.read(name) != code}
    assert wrong == {}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Türkiye", "TR"),
        ("Turkei", "TR"),
        ("Polska", "PL"),
        ("Україна", "UA"),
        ("भारत", "IN"),
        ("سوريا", "SY"),
        ("ایران", "IR"),
        ("Phillipines", "PH"),
        ("Afganistan", "AF"),
        ("ukrane", "UA"),
        ("ich habe in Kenia gelernt", "KE"),
        ("Manila", "PH"),
        ("Damaskus", "SY"),
        ("USA!", "US"),
        ("Iran", "IR"),
        ("Irak", "IQ"),
    ],
)
def test_an_answer_is_read_in_any_spelling(written: str, code: str) -> None:
    assert COUNTRIES.read(written) == code


@pytest.mark.parametrize("written", ["", "no", "ich weiß nicht", "weiter", "qwertz", "Soviet Union", "Jugoslawien"])
def test_what_is_no_country_is_not_taken_for_one(written: str) -> None:
    assert COUNTRIES.read(written) is None


def test_a_state_that_is_no_more_is_known_as_such() -> None:
    assert COUNTRIES.is_former("in der früheren Soviet Union")
    assert not COUNTRIES.is_former("Russland")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("I am a nurse from Manila", "PH"),
        ("Ich komme aus der Türkei und bin Koch", "TR"),
        ("Krankenschwester aus Kairo", "EG"),
        ("Regina hat gesagt, ich brauche einen Antrag", None),
        ("Wie lange dauert das?", None),
        ("I moved from Berlin to Aachen", None),
    ],
)
def test_a_question_tells_the_country_by_name_or_by_where_one_comes_from(question: str, code: str | None) -> None:
    assert COUNTRIES.find(question) == code


@given(st.text(max_size=80))
def test_anything_can_be_read(text: str) -> None:
    COUNTRIES.read(text)
    COUNTRIES.find(text)
