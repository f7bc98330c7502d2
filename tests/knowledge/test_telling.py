"""What a message tells of an occupation and a country, and what it only mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Guide
from bot.core.remembering import named_in
from knowledge.countries import Countries
from knowledge.speech import Speech, load_speech
from knowledge.telling import Teller


@pytest.mark.parametrize(
    ("text", "occupation", "country"),
    [
        ("I am a nurse from the Philippines", "nurse", "PH"),
        ("Ich bin gelernte Krankenschwester aus der Türkei", "nurse", "TR"),
        ("my wife is a registered nurse, she studied in India", "nurse", "IN"),
        ("Ich arbeite als Bäcker", "baker", None),
        ("I come from Manila", None, "PH"),
        ("Where do I find a doctor?", None, None),
        ("I am not a nurse", None, None),
        ("Ich bin beim Arzt", None, None),
        ("Ich komme nicht aus Indien", None, None),
        ("May I travel to Belgium?", None, None),
        ("I live in Germany and come from Germany", None, None),
        ("from Syria or from Turkey", None, None),
    ],
)
def test_what_is_told_of_somebody(text: str, occupation: str | None, country: str | None, guide: Guide) -> None:
    named = named_in(guide, text)
    assert (named.occupation if named.tells_occupation else None) == occupation
    assert (named.country if named.tells_country else None) == country


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("and from Turkey?", True),
        ("und für Ärzte?", True),
        ("und wenn ich in Indien studiert habe?", True),
        ("what if she is a midwife from Ghana?", True),
        ("and how do I get a visa from Turkey?", False),
        ("Where do I find a doctor?", False),
        ("and how long does it take?", False),
        ("", False),
    ],
)
def test_what_names_nothing_but_an_occupation_or_a_country(text: str, only: bool, guide: Guide) -> None:
    assert named_in(guide, text).only is only


@given(st.text(alphabet="abnotfrom .\n", max_size=60))
def test_without_words_for_it_nothing_is_told(text: str) -> None:
    assert not Teller(Speech(())).tells_occupation(text, ("nurse",))
    assert not Teller(load_speech()).tells_occupation(text, ("nurse",))


def test_the_one_country_that_a_text_names() -> None:
    known = Countries(["en"], {}, before_cities=["from"])
    assert known.mention("a nurse from Manila") == ("PH", ("manila",))
    assert known.mention("Manila is hot") is None
    assert known.mention("South Africa, of course") == ("ZA", ("south", "africa"))
    assert known.mention("India and Ghana") is None
