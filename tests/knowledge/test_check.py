"""The quality gate: what it finds, in words for an editor who has never seen Python."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from knowledge.check import Finding, Topic, check, report
from knowledge.formats import Duration, Money
from knowledge.glossary import Term
from knowledge.model import Entry, Fact, KnowledgeBase, Source, Wording

TODAY = date(2026, 11, 25)
PAGE = Source("page", "City of Aachen", "https://www.aachen.de/fees", date(2026, 11, 1))
FEE = Fact("fee", "money", Money(Decimal(100)), PAGE, date(2026, 11, 22), "official", date(2026, 12, 31))
SENTENCE = "Das Amt prüft Ihren Antrag und schickt Ihnen danach einen Brief."
ANSWER = " ".join([SENTENCE] * 7) + " Es kostet {fee}."


def wording(language: str, name: str) -> Wording:
    return Wording(
        language=language,
        title=f"{name} in {language}",
        short=f"{name} {language}",
        answer=ANSWER,
        steps=("Schreiben Sie dem Amt.", "Warten Sie auf den Brief."),
        contact="Fragen Sie das Amt.",
        phrasings=tuple(f"{name} {language} question {number}" for number in range(20)),
        keywords=tuple(f"{name}{number}" for number in range(5)),
    )


def entry(name: str, *related: str) -> Entry:
    return Entry(
        id=name,
        group="permits",
        file=f"knowledge/entries/permits/{name}.yaml",
        audience=("newcomer",),
        legal=True,
        urgent=False,
        review_by=date(2027, 1, 4),
        sources={"page": PAGE},
        facts={"fee": FEE},
        related=related,
        videos=(),
        wordings={language: wording(language, name) for language in ("de", "en")},
    )


GOOD = {
    "card": entry("card", "visa", "fees"),
    "fees": entry("fees", "visa", "card"),
    "visa": entry("visa", "card", "fees"),
}


def changed(**changes: object) -> KnowledgeBase:
    """A good base in which the visa entry differs, or (by `answer=`, `steps=` ...) its German wording."""
    visa = GOOD["visa"]
    in_wording = {key: value for key, value in changes.items() if key in Wording.__dataclass_fields__}
    german = replace(visa.wordings["de"], **in_wording)  # type: ignore[arg-type]
    rest = {key: value for key, value in changes.items() if key not in in_wording}
    visa = replace(visa, wordings={**visa.wordings, "de": german}, **rest)  # type: ignore[arg-type]
    return KnowledgeBase({**GOOD, "visa": visa})


def test_good_content_has_no_findings() -> None:
    assert check(KnowledgeBase(GOOD), TODAY, [Topic("visa", "permits")]) == []
    assert report([]) == "Everything is in order."


@pytest.mark.parametrize(
    ("base", "severity", "key", "what"),
    [
        (changed(answer="Zu kurz {fee}."), "error", "wordings.de.answer", "the answer has 3 words"),
        (changed(answer=ANSWER + " Noch ein Satz." * 30), "error", "wordings.de.answer", "words"),
        (changed(answer=ANSWER + " Und" + " noch" * 25 + "."), "error", "wordings.de.answer", "that begins 'Und noch"),
        (changed(answer=ANSWER.replace(". Das", " und das")), "error", "wordings.de.answer", "on average"),
        (changed(title="T" * 61), "error", "wordings.de.title", "the title has 61 signs"),
        (changed(short="S" * 31), "error", "wordings.de.short", "the short has 31 signs"),
        (changed(short="CARD DE"), "error", "wordings.de.short", "also that of card"),
        (changed(steps=("Nur einer.",)), "error", "wordings.de.steps", "there are 1 steps"),
        (changed(steps=("Gut.", "lang " * 31)), "error", "wordings.de.steps.1", "the step has 31 words"),
        (changed(contact="Amt " * 61), "error", "wordings.de.contact", "the contact has 61 words"),
        (changed(phrasings=("wie",) * 1), "error", "wordings.de.phrasings", "only 1 phrasings"),
        (changed(keywords=("a",)), "warning", "wordings.de.keywords", "there are 1 keywords"),
        (changed(related=("card",)), "error", "related", "there are 1 related entries"),
        (
            changed(answer=ANSWER + " Das kostet 50.700 €."),
            "warning",
            "wordings.de.answer",
            "typed into the text: '50.700 €'",
        ),
        (changed(contact="Rufen Sie 0241 432-0 an."), "warning", "wordings.de.contact", "a phone number"),
        (changed(answer=ANSWER + " Siehe www.aachen.de."), "error", "wordings.de.answer", "a web address"),
        (changed(answer=ANSWER + " <b>Nein</b>."), "error", "wordings.de.answer", "HTML"),
        (changed(answer="# Titel\n" + ANSWER), "error", "wordings.de.answer", "a heading"),
        (changed(answer=ANSWER.replace("{fee}", "Geld")), "warning", "facts.fee", "used only in the wording en"),
        (changed(review_by=date(2026, 11, 24)), "warning", "review_by", "to be looked at by 24 November 2026"),
        (
            changed(facts={"fee": replace(FEE, checked=date(2026, 12, 1))}),
            "warning",
            "facts.fee.checked",
            "which is still to come",
        ),
        (
            changed(facts={"fee": FEE, "wait": replace(FEE, id="wait", value=Duration("week", 6))}),
            "error",
            "facts.wait",
            "not used in any wording",
        ),
        (
            changed(facts={"fee": replace(FEE, valid_until=date(2026, 6, 30))}),
            "warning",
            "facts.fee.valid_until",
            "fee (€100) was valid until 30 June 2026",
        ),
    ],
)
def test_a_flaw_is_found_at_its_key(base: KnowledgeBase, severity: str, key: str, what: str) -> None:
    found = [finding for finding in check(base, TODAY) if finding.key == key and what in finding.what]
    assert [(each.severity, each.entry) for each in found] == [(severity, "visa")]
    assert found[0].file == "knowledge/entries/permits/visa.yaml"
    assert found[0].todo


def test_a_later_day_shows_what_will_have_expired_by_then() -> None:
    keys = {finding.key for finding in check(KnowledgeBase(GOOD), date(2027, 1, 15))}
    assert keys == {"facts.fee.valid_until", "review_by"}


def test_strict_makes_errors_of_what_is_due() -> None:
    base = changed(phrasings=tuple(f"visum {number}" for number in range(19)))
    for strict, severity in ((False, "warning"), (True, "error")):
        found = check(base, date(2027, 1, 15), strict=strict)
        assert {finding.severity for finding in found} == {severity}
        assert {finding.key for finding in found} == {"facts.fee.valid_until", "review_by", "wordings.de.phrasings"}


def test_a_fact_that_only_another_entry_uses_is_used() -> None:
    fees = replace(GOOD["fees"], facts={"fee": FEE, "late": replace(FEE, id="late")})
    base = changed(answer=ANSWER + " Oder {fees.late}.")
    found = check(KnowledgeBase({**base.entries, "fees": fees}), TODAY)
    assert [(finding.entry, finding.key, finding.what) for finding in found] == [
        ("fees", "facts.late", "the fact late is used only in the wording de")
    ]


def test_a_topic_must_be_there_and_in_its_group() -> None:
    found = check(KnowledgeBase(GOOD), TODAY, [Topic("housing", "arriving"), Topic("visa", "arriving")])
    assert [(finding.file, finding.what) for finding in found] == [
        ("knowledge/entries/arriving/housing.yaml", "this entry is missing"),
        ("knowledge/entries/permits/visa.yaml", "the entry belongs in the group arriving"),
    ]


@pytest.mark.parametrize(
    ("phrasing", "also_in"),
    [("CARD de, question 3?", "card"), ("visa de question-3", "visa"), ("visa en question 3", "")],
)
def test_a_phrasing_is_there_once_but_may_be_the_same_in_both_languages(phrasing: str, also_in: str) -> None:
    own = GOOD["visa"].wordings["de"].phrasings
    found = check(changed(phrasings=(*own, phrasing)), TODAY)
    assert [f"already in {also_in} (wordings.de.phrasings.3)" in finding.what for finding in found] == [True] * bool(
        also_in
    )


def test_a_phrasing_finds_its_own_entry_first_or_second() -> None:
    def rank(text: str, language: str) -> list[str]:
        if text == "visa de question 7":
            return ["card", "fees", "visa"]
        return ["card", text.split()[0], "fees"]

    (finding,) = check(KnowledgeBase(GOOD), TODAY, rank=rank)
    assert (finding.severity, finding.entry, finding.key) == ("error", "visa", "wordings.de.phrasings.7")
    assert "finds card and fees instead of this entry" in finding.what


BESCHEID = Term("Bescheid", "Brief mit der Entscheidung", "letter with the decision", ("Bescheide",))


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("Der Bescheid kommt.", False),
        ("Der Bescheid (Brief mit der Entscheidung) kommt.", True),
        ("Der **Bescheid** (Brief) kommt.", True),
        ("Der Bescheid der Behörde (Brief) kommt.", True),
        ("Der Brief mit der Entscheidung (Bescheid) kommt.", True),
        ("Sie bekommen einen Bescheid, einen Brief mit der Entscheidung.", True),
        ("Dann kommt der Bescheid. Das ist der Brief mit der Entscheidung.", True),
        ("You get a letter called Bescheid soon.", True),
        ("The Bescheid is a letter.", True),
        ("Sie bekommen Bescheide. Legen Sie sie ab.", False),
        ("Der Bescheid kommt.\n\nDer Bescheid (Brief) ist da.", False),
        ("Die Bescheidenheit zählt.", True),
    ],
)
def test_an_official_term_is_explained_where_it_is_first_used(text: str, explained: bool) -> None:
    found = check(changed(answer=f"{ANSWER}\n\n{text}"), TODAY, glossary=[BESCHEID])
    assert [finding.what for finding in found] == ([] if explained else ["the term Bescheid is not explained"])
    assert all(finding.severity == "warning" and "Brief mit der Entscheidung" in finding.todo for finding in found)


def test_the_report_says_where_what_and_what_to_do() -> None:
    base = changed(title="T" * 61, keywords=("a",))
    findings = check(base, TODAY, line_of=lambda file, key: {"wordings.de.title": 12}.get(key, 0))
    assert report(findings) == (
        "WARNING knowledge/entries/permits/visa.yaml (wordings.de.keywords)\n"
        "  there are 1 keywords\n"
        "  To do: write 5 to 15: official and everyday terms\n\n"
        "ERROR knowledge/entries/permits/visa.yaml, line 12 (wordings.de.title)\n"
        "  the title has 61 signs\n"
        "  To do: shorten it to 60 or fewer\n\n"
        "1 errors, 1 warnings."
    )
    assert isinstance(findings[0], Finding)
