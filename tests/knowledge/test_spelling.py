import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.spelling import Speller

TEXTS = [
    *["Wie kann ich den Aufenthaltstitel beantragen?"] * 6,
    *["Ich brauche eine Blaue Karte", "Wo ist die Anmeldung der Wohnung?", "Was kostet das Visum?"] * 6,
    *["I have to extend my Blue Card", "Where do I register my address?", "recognition of a diploma"] * 6,
    *["Was kostet die Anerkennung?"] * 20,
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(TEXTS, ("de", "en"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Anmeldnug", "Anmeldung"),  # two letters swapped
        ("wonung", "Wohnung"),  # one lost
        ("Visumm", "Visum"),  # one twice
        ("Anmrldung", "Anmeldung"),  # the key beside it
        ("Aufentahltstitle", "Aufenthaltstitel"),  # two slips in a long word
        ("Vsium", "Visum"),  # looks as if it were typed Russian
        ("EU Blze Card", "EU Blue Card"),
        ("aufenthalts titel", "Aufenthaltstitel"),  # a blank too many
        ("bluecard", "Blue Card"),  # one too few
        ("Wie kann ihc", "Wie kann ich"),  # short words too
        ("I hae to", "I have to"),
        ("wofuer", "wofuer"),  # another spelling of a word that is not known is no slip
        ("fuer die Woehnung", "fuer die Wohnung"),  # nor of one that is known, but that is what is read
        ("Wetterbericht, Kasten, Damen", "Wetterbericht, Kasten, Damen"),  # known to everybody
        ("Ouagadougou", "Ouagadougou"),  # like nothing that is known
        ("we've", "we've"),
        ("", ""),
    ],
)
def test_a_slip_is_mended_and_everything_else_left_alone(speller: Speller, written: str, meant: str) -> None:
    assert speller.read(written).text == meant


def test_the_words_beside_it_tell_what_a_word_was_meant_to_be() -> None:
    speller = Speller([*["the last day here"] * 9, *["a lost passport"] * 9], ("en",))
    assert speller.read("the lsst day").text == "the last day"
    assert speller.read("a lsst passport").text == "a lost passport"


def test_the_folded_words_are_those_of_the_mended_text(speller: Speller) -> None:
    assert speller.read("Was kostte das Vsium").words == ("was", "kostet", "das", "visum")
    assert speller.read("aufenthalts titel").words == ("aufenthaltstitel",)


def test_a_speller_survives_being_kept(speller: Speller) -> None:
    assert pickle.loads(pickle.dumps(speller)).read("wonung") == speller.read("wonung")


@given(st.text(max_size=200))
def test_any_text_can_be_read(speller: Speller, text: str) -> None:
    read = speller.read(text)
    assert all(read.words)
    assert speller.read(text) == read
