import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.folding import fold, pieces, plain, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gebühr", "gebuehr"),
        ("GEBÜHR", "Gebuhr"),
        ("Straße", "strasse"),
        ("İkamet", "ikamet"),
        ("çalışma", "calisma"),
        ("паспорт", "pasport"),
        ("Хочу", "khochu"),
        ("Юлия", "yuliya"),
        ("Юлия", "julija"),
        ("إقامة", "اقامه"),
        ("کارت", "كارت"),
        ("می‌خواهم", "میخواهم"),
        ("don't", "dont"),
        ("l’école", "lecole"),
    ],
)
def test_one_word_however_it_is_spelt(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_vowels_that_belong_together_stay() -> None:
    assert fold("neue") == "neue"
    assert fold("Bauer") == "bauer"
    assert fold("Quelle") == "quelle"


def test_amounts_become_their_size_and_years_stay() -> None:
    assert words("50.000 Euro") == words("48,000.00 euro") == ["num5", "euro"]
    assert words("4225") == ["num4"]
    assert words("im Jahr 2026") == ["im", "yahr", "2026"]


def test_a_section_of_law_is_two_words() -> None:
    assert words("§ 18g AufenthG") == ["par", "18g", "aufenthg"]


def test_pieces_tell_where_the_words_stand() -> None:
    text = "Gebühr: § 18g, „Straße“!"
    found = pieces(text)
    assert [each.word for each in found] == words(text)
    assert [text[each.start : each.end] for each in found] == [each.shape for each in found]


def test_a_plain_word_keeps_its_spelling_but_not_its_marks() -> None:
    assert [plain(word) for word in ("Gebühr", "Blue", "Visum", "ЖИТЬ")] == ["gebuhr", "blue", "visum", "zhit"]


@given(st.text())
def test_any_text_gives_words_without_blanks(text: str) -> None:
    assert all(word and not word.isspace() and " " not in word for word in words(text))


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1))
def test_folding_twice_changes_nothing_more_in_latin_words(text: str) -> None:
    if text.isascii() and text.isalpha():
        assert words(text.upper()) == words(text.lower())
