"""How a text is measured: sentences, words, and figures that should be facts."""

import pytest

from knowledge.check_language import sentences, typed_figures, words


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("Das ist gut. Und das auch!", [3, 3]),
        ("Das kostet {fee} im Jahr.", [5]),
        ("Zum Beispiel z. B. am 1. Januar, d. h. bald.", [10]),
        ("Nach § 18g Abs. 3 Nr. 2 gilt das.", [8]),
        ('Er sagt "Ja." Dann geht er.', [3, 3]),
        ("Sie brauchen:\n\n- einen Pass\n- ein **Foto**", [2, 2, 2]),
        ("Zahl – nicht mehr", [3]),
        ("", []),
    ],
)
def test_sentences_and_their_words(text: str, lengths: list[int]) -> None:
    assert [len(sentence) for sentence in sentences(text)] == lengths
    assert len(words(text)) == sum(lengths)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Es kostet 50.700 € im Jahr.", "50.700 €"),
        ("It costs €1,200 now.", "€1,200"),
        ("Sie zahlen 30 Euro.", "30 Euro"),
        ("Etwa 45,3 % zahlen.", "45,3 %"),
        ("Innerhalb von 3 Monaten.", "3 Monaten"),
        ("Within 14 days.", "14 days"),
        ("Ab dem 1. Juni 2026.", "1. Juni 2026"),
        ("From 30 June 2026.", "30 June 2026"),
        ("Nach § 18g geht das.", "§ 18g"),
        ("See section 18g there.", "section 18g"),
        ("Rufen Sie +49 241 432-0 an.", "+49 241 432-0"),
        ("Mail an info@aachen.de.", "info@aachen.de"),
    ],
)
def test_a_figure_that_is_typed_into_a_text_is_seen(text: str, typed: str) -> None:
    assert [figure for _, figure in typed_figures(text)] == [typed]


@pytest.mark.parametrize(
    "text",
    [
        "Es kostet {fee}.",
        "Deutsch B2 genügt.",
        "Im Jahr 2026 gilt {x}.",
        "Jedes Jahr am 1. Januar.",
        "Zwei Papiere, 3 Kopien.",
    ],
)
def test_what_is_no_figure_of_that_kind_is_left_alone(text: str) -> None:
    assert list(typed_figures(text)) == []
