"""Facts as readers see them, in German, English and languages for which only the Unicode tables speak."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from knowledge.formats import (
    Count,
    Duration,
    Law,
    Link,
    Money,
    Percent,
    Phrase,
    Value,
    Words,
    escape,
    format_day,
    format_days,
    format_instant,
    format_law,
    format_moment,
    format_span,
    language_name,
    show,
)

AACHEN = ZoneInfo("Europe/Berlin")

WORDS = {
    "de": Words(range="{low} bis {high}", per={"year": "{amount} im Jahr", "person": "{amount} pro Person"}),
    "en": Words(
        range="{low} to {high}",
        per={"year": "{amount} a year"},
        law={
            "§§": "sections",
            "§": "section",
            "Satz": "sentence",
            "Nr.": "no.",
            "und": "and",
            "Art.": "article",
        },
        paragraph="({n})",
        acts={"AufenthG": "Residence Act", "SGB III": "Social Code, Book III"},
    ),
}


def shown(value: Value, language: str) -> str:
    return show(value, language, WORDS.get(language, Words())).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (Money(Decimal(50700)), "50.700 €", "€50,700"),
        (Money(Decimal(50700), per="year"), "50.700 € im Jahr", "€50,700 a year"),
        (Money(Decimal("45934.2"), per="year"), "45.934,20 € im Jahr", "€45,934.20 a year"),
        (Money(Decimal("12.00")), "12 €", "€12"),
        (Money(Decimal(100), Decimal(600)), "100 bis 600 €", "€100 to €600"),
        (Money(Decimal("9.5"), Decimal(20)), "9,50 bis 20 €", "€9.50 to €20"),
        (Money(Decimal(35), per="hour"), "35 € pro Stunde", "€35 per hour"),
        (Money(Decimal(35), per="person"), "35 € pro Person", "€35 per person"),
        (Money(Decimal(35), currency="CHF"), "35 CHF", "CHF35"),
        (Count(Decimal(6)), "6", "6"),
        (Count(Decimal(0), Decimal(10)), "0 bis 10", "0 to 10"),
        (Count(Decimal("1.5")), "1,5", "1.5"),
        (Count(Decimal(11500)), "11.500", "11,500"),
        (Percent(Decimal("45.3")), "45,3 %", "45.3%"),
        (Percent(Decimal(5), Decimal(10)), "5 bis 10 %", "5 to 10%"),
        (Duration("month", 1), "1 Monat", "1 month"),
        (Duration("month", 3), "3 Monate", "3 months"),
        (Duration("month", 1, 2), "1 bis 2 Monate", "1 to 2 months"),
        (Duration("day", 14), "14 Tage", "14 days"),
        (Duration("year", 5), "5 Jahre", "5 years"),
        (Duration("hour", 24, 48), "24 bis 48 Stunden", "24 to 48 hours"),
        (date(2026, 6, 30), "30\\. Juni 2026", "30 June 2026"),
        (Law("§ 18g AufenthG"), "§ 18g AufenthG", "section 18g AufenthG (Residence Act)"),
        (Law("§ 81a Abs. 3 AufenthG"), "§ 81a Abs. 3 AufenthG", "section 81a (3) AufenthG (Residence Act)"),
        (Law("§§ 9, 18c AufenthG"), "§§ 9, 18c AufenthG", "sections 9, 18c AufenthG (Residence Act)"),
        (
            Law("§ 2 Abs. 3 Satz 1 Nr. 2 AufenthG"),
            "§ 2 Abs. 3 Satz 1 Nr. 2 AufenthG",
            "section 2 (3) sentence 1 no. 2 AufenthG (Residence Act)",
        ),
        (
            Law("§§ 81 und 82 SGB III"),
            "§§ 81 und 82 SGB III",
            "sections 81 and 82 SGB III (Social Code, Book III)",
        ),
        (Law("Art. 3 GG"), "Art. 3 GG", "article 3 GG"),
        (Phrase({"de": "Stadt", "en": "city"}), "Stadt", "city"),
        (
            Link("https://www.aachen.de/a(b)", {"de": "Seite [neu]", "en": "page"}),
            "[Seite \\[neu\\]](https://www.aachen.de/a%28b%29)",
            "[page](https://www.aachen.de/a%28b%29)",
        ),
        ("+49 241 432-0", "+49 241 432-0", "+49 241 432-0"),
        ("a_b@aachen.de", "a\\_b@aachen.de", "a\\_b@aachen.de"),
        (
            "Lagerhausstraße 20,\n  52064 Aachen",
            "Lagerhausstraße 20, 52064 Aachen",
            "Lagerhausstraße 20, 52064 Aachen",
        ),
    ],
)
def test_a_fact_in_german_and_english(value: Value, german: str, english: str) -> None:
    assert (shown(value, "de"), shown(value, "en")) == (german, english)


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [
        ("uk", Duration("month", 3), "3 місяці"),
        ("uk", Duration("month", 5), "5 місяців"),
        ("uk", Money(Decimal(259), per="month"), "259 EUR на місяць"),
        ("ar", Duration("month", 3), "3 أشهر"),
        ("ar", Duration("month", 1, 2), "شهر–شهران"),
        ("tr", Percent(Decimal(5), Decimal(10)), "%5–%10"),
        ("fr", Law("§ 18g AufenthG"), "§ 18g AufenthG"),
        ("fr", Phrase({"de": "Stadt", "en": "city"}), "city"),
        ("fr", Phrase({"de": "Stadt"}), "Stadt"),
        ("xx-nonsense", Money(Decimal(50)), "€50"),
    ],
)
def test_a_language_without_words_of_its_own(language: str, value: Value, expected: str) -> None:
    assert shown(value, language) == expected


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert show(Money(Decimal(50)), "de", WORDS["de"]) == "50\xa0€"


def test_an_act_is_named_as_the_place_needs_it() -> None:
    words = WORDS["en"]
    assert format_law("§ 5 AufenthG", words, words.act_inside) == "section 5 AufenthG, Residence Act"
    assert format_law("§ 5 AufenthG", words, "") == "section 5 AufenthG"


def test_days_and_moments() -> None:
    six = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
    assert format_day(date(2026, 12, 4), "de") == "4. Dezember 2026"
    assert format_moment(six, AACHEN, "de") == "Freitag, 4. Dezember 2026, 18:00 Uhr"
    assert format_moment(six, AACHEN, "en") == "Friday, 4 December 2026, 18:00"
    assert format_moment(datetime(2026, 7, 3, 22, 30, tzinfo=UTC), AACHEN, "en") == "Saturday, 4 July 2026, 00:30"
    assert format_instant(six, AACHEN, "de") == "4. Dez., 18:00"
    assert format_instant(six, AACHEN, "en") == "4 Dec, 18:00"
    with pytest.raises(ValueError, match="time zone"):
        format_moment(six.replace(tzinfo=None), AACHEN, "de")


@given(
    st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["de", "en", "uk", "ar", "fa", "tr", "fr", "pl", "ro", "sq", "ru", "es"]),
)
def test_every_moment_has_a_form_in_every_language(moment: datetime, language: str) -> None:
    assert str(moment.astimezone(AACHEN).year) in format_moment(moment, AACHEN, language)


ENTRY_MARKUP = MarkdownIt("zero").enable(["emphasis", "link", "list", "escape", "newline"])
SIGNS = st.text(alphabet=st.sampled_from("*_[]()<>\\`!#-+.1a ü\n"), min_size=1, max_size=20)


@given(SIGNS)
def test_an_escaped_text_is_shown_as_it_is(text: str) -> None:
    line = " ".join(text.replace("\n", " ").split(" ")).strip()
    if not line:
        return
    tokens = ENTRY_MARKUP.parse(escape(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tokens[1].children or ()} <= {"text", "text_special"}
    assert "".join(child.content for child in tokens[1].children or ()) == " ".join(line.split())


def test_a_span_of_time_is_short_on_one_day_and_names_both_days_else() -> None:
    start, end = datetime(2026, 12, 4, 17, tzinfo=UTC), datetime(2026, 12, 4, 19, tzinfo=UTC)
    assert format_span(start, end, AACHEN, "de") == "Freitag, 4. Dezember 2026, 18:00–20:00 Uhr"
    assert format_span(start, end, AACHEN, "en") == "Friday, 4 December 2026, 18:00–20:00"
    night = format_span(start, datetime(2026, 12, 4, 23, tzinfo=UTC), AACHEN, "de")
    assert night == "Freitag, 4. Dezember 2026, 18:00 Uhr – Samstag, 5. Dezember 2026, 00:00 Uhr"


def test_days_without_a_time() -> None:
    first, last = date(2026, 12, 4), date(2026, 12, 6)
    assert format_days(first, first, "de") == "Freitag, 4. Dezember 2026"
    assert format_days(first, last, "en") == "Friday, 4 December 2026 – Sunday, 6 December 2026"


def test_languages_have_names() -> None:
    assert (language_name("de", "en"), language_name("en", "de"), language_name("qq", "de")) == (
        "German",
        "Englisch",
        "qq",
    )
