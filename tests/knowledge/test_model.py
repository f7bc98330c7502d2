"""What a reader gets: facts put in, freshness visible, the next best language where one is missing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from knowledge.formats import Duration, Law, Link, Money, Value, Words
from knowledge.model import Entry, Fact, KnowledgeBase, Source, Video, Wording

TODAY = date(2026, 11, 25)
LAW = Source("aufenthg", "Residence Act", "https://www.gesetze-im-internet.de/aufenthg_2004/", date(2026, 4, 29))
OFFICE = Source("office", "Immigration office", "https://www.staedteregion-aachen.de/abh", date(2026, 11, 1))
WORDS = {
    "en": Words(range="{low} to {high}", law={"§": "section"}, acts={"AufenthG": "Residence Act"}, paragraph="({n})")
}


def fact(name: str, value: Value, source: Source = LAW, checked: date = TODAY, until: date | None = None) -> Fact:
    return Fact(name, "any", value, source, checked, "statute", until)


def wording(language: str, answer: str, *, short: str = "Fees", steps: tuple[str, ...] = ("Pay.",)) -> Wording:
    return Wording(language, f"What it costs ({language})", short, answer, steps, "Ask.", ("cost?",), ("fee",))


def entry(name: str, facts: tuple[Fact, ...], *wordings: Wording) -> Entry:
    return Entry(
        id=name,
        group="permits",
        file=f"knowledge/entries/permits/{name}.yaml",
        audience=("newcomer",),
        legal=True,
        urgent=False,
        review_by=date(2027, 1, 4),
        sources={fact.source.id: fact.source for fact in facts},
        facts={fact.id: fact for fact in facts},
        related=(),
        videos=(),
        wordings={each.language: each for each in wordings},
    )


FEE = fact("fee", Money(Decimal(100)), until=date(2026, 12, 31))
WAIT = fact("wait", Duration("week", 6), OFFICE, date(2026, 10, 1))
FEES = entry(
    "fees",
    (FEE, WAIT),
    wording("en", "It is **{fee}**.\n"),
    wording("de", "Es kostet {fee}.", short="Gebühr"),
)


def test_the_facts_are_put_into_the_answer_with_sources_and_the_day_of_the_check() -> None:
    base = KnowledgeBase({"fees": FEES})
    answer = base.answer("fees", "de", TODAY)
    assert answer.text == "Es kostet 100\xa0€."
    assert (answer.language, answer.title, answer.short) == ("de", "What it costs (de)", "Gebühr")
    assert answer.sources == (LAW, OFFICE)
    assert answer.checked == TODAY
    assert answer.legal
    assert not answer.urgent


def test_the_oldest_check_of_the_facts_shown_counts() -> None:
    both = replace(FEES, wordings={"en": wording("en", "{fee} in {wait}")})
    assert KnowledgeBase({"fees": both}).answer("fees", "en", TODAY).checked == date(2026, 10, 1)
    none = replace(FEES, wordings={"en": wording("en", "Ask.")})
    assert KnowledgeBase({"fees": none}).answer("fees", "en", TODAY).checked is None


@pytest.mark.parametrize(("on", "stale"), [(date(2026, 12, 31), []), (date(2027, 1, 1), ["fee"])])
def test_after_its_last_day_a_fact_is_still_shown_and_said_to_be_out_of_date(on: date, stale: list[str]) -> None:
    answer = KnowledgeBase({"fees": FEES}).answer("fees", "en", on)
    assert answer.text == "It is **€100**."
    assert [each.fact_id for each in answer.stale] == stale
    for each in answer.stale:
        assert (each.value, each.valid_until, each.source) == ("€100", date(2026, 12, 31), LAW)


def test_a_fact_of_another_entry_brings_its_source_and_its_date_along() -> None:
    other = entry("visa", (fact("law", Law("§ 6 AufenthG")),), wording("en", "See {law}, {fees.wait}, {fees.fee}."))
    answer = KnowledgeBase({"fees": FEES, "visa": other}, WORDS).answer("visa", "en", date(2027, 2, 1))
    assert answer.text == "See section 6 AufenthG (Residence Act), 6 weeks, €100."
    assert answer.sources == (LAW, OFFICE)
    assert answer.checked == date(2026, 10, 1)
    assert [(each.entry_id, each.fact_id) for each in answer.stale] == [("fees", "fee")]


def test_an_act_is_named_in_full_once_and_with_a_comma_inside_brackets() -> None:
    facts = (fact("a", Law("§ 5 AufenthG")), fact("b", Law("§ 6 Abs. 2 AufenthG")))
    twice = entry("law", facts, wording("en", "You need it ({a}).", steps=("Read {b}.",)))
    answer = KnowledgeBase({"law": twice}, WORDS).answer("law", "en", TODAY)
    assert answer.text == "You need it (section 5 AufenthG, Residence Act)."
    assert answer.steps == ("Read section 6 (2) AufenthG.",)


@pytest.mark.parametrize(
    ("there", "asked", "given"), [(("de", "en"), "uk", "en"), (("de",), "uk", "de"), (("de",), "en", "de")]
)
def test_a_missing_language_falls_back_to_english_then_german(there: tuple[str, ...], asked: str, given: str) -> None:
    base = KnowledgeBase({"fees": entry("fees", (FEE,), *(wording(each, "{fee}") for each in there))})
    assert base.answer("fees", asked, TODAY).language == given
    assert base.title("fees", asked) == f"What it costs ({given})"


def test_related_entries_come_with_their_labels_in_the_readers_language() -> None:
    base = KnowledgeBase({"fees": replace(FEES, related=("fees",))})
    assert base.answer("fees", "de", TODAY).related == (("fees", "Gebühr"),)
    assert base.answer("fees", "en", TODAY).related == (("fees", "Fees"),)


def test_videos_in_the_readers_language_are_preferred() -> None:
    german = Video("de", "Der Antrag", 3, "https://www.aachen.de/v", OFFICE)
    turkish = replace(german, language="tr")
    base = KnowledgeBase({"fees": replace(FEES, videos=(german, turkish))})
    assert base.answer("fees", "de", TODAY).videos == (german,)
    assert base.answer("fees", "en", TODAY).videos == (german, turkish)


def test_a_link_is_a_link_in_the_small_markup() -> None:
    link = fact("form", Link("https://www.aachen.de/form", {"de": "Antrag", "en": "form"}))
    base = KnowledgeBase({"form": entry("form", (link,), wording("en", "Use the {form}."))})
    assert base.answer("form", "en", TODAY).text == "Use the [form](https://www.aachen.de/form)."


def test_an_unknown_entry_is_a_key_error() -> None:
    base = KnowledgeBase({"fees": FEES})
    with pytest.raises(KeyError, match="x"):
        base.answer("x", "de", TODAY)
    with pytest.raises(KeyError, match="x"):
        base.short("x", "de")
