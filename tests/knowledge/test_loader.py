"""The loader takes a good folder as a whole, and refuses a bad one naming every file, entry and key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.formats import Money
from knowledge.loader import ContentError, load_knowledge

KINDERGELD = """\
id: child-benefit
group: arriving
legal: true
review_by: 2027-01-04
sources:
  bkgg:
    title: "Bundeskindergeldgesetz"
    url: https://www.gesetze-im-internet.de/bkgg_1996/
    read: 2026-04-29
facts:
  amount:
    money: 259
    per: month
    source: bkgg
    checked: 2026-11-22
    confidence: statute
    valid_until: 2026-12-31
  form:
    link: https://www.arbeitsagentur.de/familie
    text: {de: "Antrag auf Kindergeld", en: "application for child benefit"}
    source: bkgg
    checked: 2026-11-01
    confidence: official
related: [registration]
wordings:
  de:
    title: "Kindergeld bekommen"
    short: "Kindergeld"
    answer: |
      Das Kindergeld beträgt {amount}.

      Hier ist der {form}.
    steps: ["Füllen Sie den Antrag aus."]
    contact: "Fragen Sie die Familienkasse."
    phrasings: ["Wie bekomme ich Kindergeld?"]
    keywords: [Kindergeld, no, on]
  en:
    title: "Getting child benefit"
    short: "Child benefit"
    answer: "Child benefit is {amount}. Here is the {form}."
    steps: ["Fill in the form. It is not {registration.deadline}."]
    contact: "Ask the family benefits office."
    phrasings: ["how do I get child benefit"]
    keywords: [benefit, 12:30]
"""

ANMELDUNG = """\
id: registration
group: arriving
review_by: 2027-05-31
sources:
  bmg: {title: "Bundesmeldegesetz", url: "https://www.gesetze-im-internet.de/bmg/__17.html", read: 2026-04-29}
facts:
  deadline: {duration: 2 weeks, source: bmg, checked: 2026-11-22, confidence: statute}
related: [child-benefit]
wordings:
  de: &same
    title: "Adresse anmelden"
    short: "Anmeldung"
    answer: "Die Frist beträgt {deadline}."
    steps: ["Termin buchen."]
    contact: "Bürgerservice."
    phrasings: ["wohnung anmelden"]
    keywords: [Anmeldung]
  en:
    title: "Register your address"
    short: "Registration"
    answer: "The deadline is {deadline}."
    steps: ["Book an appointment."]
    contact: "Citizens' office."
    phrasings: ["register my flat"]
    keywords: [registration]
""".replace(" &same", "")

KINDERGELD_FILE = "knowledge/entries/arriving/child-benefit.yaml"
ANMELDUNG_FILE = "knowledge/entries/arriving/registration.yaml"


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    home = tmp_path / "knowledge"
    arriving = home / "entries" / "arriving"
    arriving.mkdir(parents=True)
    (arriving / "child-benefit.yaml").write_text(KINDERGELD, encoding="utf-8")
    (arriving / "registration.yaml").write_text(ANMELDUNG, encoding="utf-8")
    return home


def refusal(knowledge_dir: Path) -> ContentError:
    with pytest.raises(ContentError) as refused:
        load_knowledge(knowledge_dir)
    return refused.value


def write_child_benefit(knowledge_dir: Path, text: str) -> None:
    (knowledge_dir / "entries/arriving/child-benefit.yaml").write_text(text, encoding="utf-8")


def test_a_good_folder_is_loaded_with_its_facts_and_both_wordings(knowledge_dir: Path) -> None:
    base = load_knowledge(knowledge_dir)
    entry = base.entries["child-benefit"]
    assert list(base.entries) == ["child-benefit", "registration"]
    assert (entry.group, entry.legal, entry.urgent, entry.audience) == (
        "arriving",
        True,
        False,
        ("newcomer",),
    )
    assert entry.facts["amount"].value == Money(Decimal(259), per="month")
    assert entry.facts["amount"].source.title == "Bundeskindergeldgesetz"
    assert entry.facts["form"].kind == "link"
    assert entry.wordings["de"].keywords == ("Kindergeld", "no", "on")
    assert entry.wordings["en"].keywords == ("benefit", "12:30")
    assert entry.file == KINDERGELD_FILE


def test_an_answer_carries_the_facts_of_other_entries_too(knowledge_dir: Path) -> None:
    answer = load_knowledge(knowledge_dir).answer("child-benefit", "en", date(2026, 11, 25))
    assert answer.steps == ("Fill in the form. It is not 2 weeks.",)
    assert [source.id for source in answer.sources] == ["bkgg", "bmg"]


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("legal: true", "legall: true", "legall", "did you mean legal?"),
        ("legal: true", "legal: yes", "legal", "write true or false"),
        ("review_by: 2027-01-04", "review_by: soon", "review_by", "write a day as 2026-12-31"),
        ("review_by: 2027-01-04", "review_by: 2027-02-30", "review_by", "there is no day 2027-02-30"),
        ("review_by: 2027-01-04\n", "", "review_by", "missing"),
        ("id: child-benefit", "id: kindergeld", "id", "the file is called child-benefit.yaml"),
        ("group: arriving", "group: permits", "group", "the folder arriving"),
        ("related: [registration]", "related: [registrations]", "related.0", "did you mean registration?"),
        ("related: [registration]", "related: [child-benefit]", "related.0", "the entry itself"),
        ("related: [registration]", "related: registration", "related", "must be a list"),
        ("money: 259", "money: 259 €", "facts.amount.money", "write a number"),
        ("money: 259", "money: 1.000,50", "facts.amount.money", "write a number"),
        ("money: 259", "money: -1", "facts.amount.money", "write a number"),
        ("money: 259", "money: true", "facts.amount.money", "write a number"),
        ("money: 259", "money: [600, 100]", "facts.amount.money", "smaller number first"),
        ("money: 259", "money: 259\n    number: 3", "facts.amount", "exactly one of the keys"),
        ("    money: 259\n", "", "facts.amount", "exactly one of the keys"),
        ("    money: 259\n    per: month", "    duration: 3 Monate", "facts.amount.duration", "in English"),
        ("    money: 259\n    per: month", "    law: AufenthG 18g", "facts.amount.law", "write a section as"),
        ("    money: 259\n    per: month", "    email: nobody", "facts.amount.email", "no e-mail address"),
        ("    money: 259\n    per: month", "    phone: 112", "facts.amount.phone", "put it in quotes"),
        ("per: month", "per: moon", "facts.amount.per", "one of"),
        ("checked: 2026-11-22", "checked: 22.11.2026", "facts.amount.checked", "write a day as"),
        ("confidence: statute", "confidence: sure", "facts.amount.confidence", "'statute'"),
        (
            "    source: bkgg\n    checked: 2026-11-22",
            "    checked: 2026-11-22",
            "facts.amount.source",
            "missing",
        ),
        (
            "    source: bkgg\n    checked: 2026-11-22",
            "    source: bgk\n    checked: 2026-11-22",
            "facts.amount.source",
            "no source",
        ),
        ("url: https://www", "url: http://www", "sources.bkgg.url", "must begin with https://"),
        (
            "url: https://www.gesetze-im-internet.de",
            "url: https://localhost",
            "sources.bkgg.url",
            "needs a host",
        ),
        (
            "link: https://www.arbeitsagentur.de/familie",
            'link: "https://a.de/b c"',
            "facts.form.link",
            "no blanks",
        ),
        (
            "link: https://www.arbeitsagentur.de",
            "link: https://me:pw@a.de",
            "facts.form.link",
            "without name",
        ),
        ('en: "application for child benefit"', 'en: ""', "facts.form.text.en", "empty"),
        ("  amount:\n", "  Amount:\n", "facts.Amount", "small letters"),
        ("beträgt {amount}", "beträgt {amuont}", "wordings.de.answer", "did you mean amount?"),
        ("beträgt {amount}", "beträgt {other.amount}", "wordings.de.answer", "there is no entry other"),
        ("beträgt {amount}", "beträgt {Amount!r}", "wordings.de.answer", "no name of a fact"),
        ("beträgt {amount}", "beträgt {amount", "wordings.de.answer", "has no partner"),
        (
            "{registration.deadline}",
            "{registration.fee}",
            "wordings.en.steps.0",
            "no fact fee in registration",
        ),
        ('title: "Kindergeld bekommen"', 'title: "{amount}"', "wordings.de.title", "plain text"),
        ('phrasings: ["how do', 'phrasings: ["{amount}", "how do', "wordings.en.phrasings.0", "plain text"),
        ('title: "Kindergeld bekommen"', 'title: "  "', "wordings.de.title", "empty"),
        ('title: "Kindergeld bekommen"', "title: 2026", "wordings.de.title", "put it in quotes"),
        (
            'phrasings: ["Wie bekomme ich Kindergeld?"]',
            "phrasings: []",
            "wordings.de.phrasings",
            "this list is empty",
        ),
        ('    contact: "Fragen Sie die Familienkasse."\n', "", "wordings.de.contact", "missing"),
        ("  en:\n    title", "  fr:\n    title", "wordings.en", "missing"),
        ("legal: true", "legal: true\nlegal: false", "legal", "there twice"),
        ("legal: true", "legal: &x true\nurgent: *x", "urgent", "anchors and aliases"),
        ("legal: true", "legal: !!python/name:os.system", "legal", "tags"),
        ("legal: true", "legal: [", "", "this is not YAML"),
        ("legal: true", "\tlegal: true", "", "this is not YAML"),
        ("legal: true", "? [a]\n: b", "", "a key must be a simple text"),
        ("related: [registration]", "related: " + "[" * 40 + "]" * 40, "related.0.0", "nested too deeply"),
    ],
)
def test_a_flaw_is_refused_naming_file_entry_and_key(
    knowledge_dir: Path, old: str, new: str, key: str, message: str
) -> None:
    assert old in KINDERGELD
    write_child_benefit(knowledge_dir, KINDERGELD.replace(old, new, 1))
    problems = refusal(knowledge_dir).problems
    named = [problem for problem in problems if problem.key == key and message in problem.message]
    assert named, [str(problem) for problem in problems]
    assert named[0].file == KINDERGELD_FILE
    assert named[0].entry == "child-benefit"
    assert named[0].line > 0


def test_all_problems_of_all_files_are_named_at_once_with_their_lines(knowledge_dir: Path) -> None:
    flawed = KINDERGELD.replace("legal: true", "legal: perhaps").replace('short: "Kindergeld"', 'short: ""')
    write_child_benefit(knowledge_dir, flawed)
    (knowledge_dir / "entries/arriving/registration.yaml").write_text(
        ANMELDUNG.replace("{deadline}", "{fee}", 1), "utf-8"
    )
    error = refusal(knowledge_dir)
    assert str(error).splitlines() == [
        f"{KINDERGELD_FILE}:3: entry child-benefit, key legal: write true or false",
        f"{KINDERGELD_FILE}:28: entry child-benefit, key wordings.de.short: this is empty; write a text",
        f"{ANMELDUNG_FILE}:13: entry registration, key wordings.de.answer: there is no fact fee in registration",
    ]


def test_an_entry_that_cannot_be_read_makes_no_dead_references_elsewhere(knowledge_dir: Path) -> None:
    (knowledge_dir / "entries/arriving/registration.yaml").write_text("id: [", encoding="utf-8")
    assert {problem.file for problem in refusal(knowledge_dir).problems} == {ANMELDUNG_FILE}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"   \n", "the file is empty"),
        (b"# only a remark\n", "only comments"),
        ("id: Übung".encode("latin-1"), "not UTF-8"),
        (b"id: \x00", "not YAML"),
        (b"NULL", "says that it is empty"),
        (b"- a\n- b\n", "a block of keys"),
        (b"a: 1\n---\nb: 2\n", "not YAML"),
        (b"[" * 5000, "not YAML"),
        (b"#" * 300_000, "larger than 256 kB"),
    ],
)
def test_a_file_that_is_no_entry_at_all_is_named(knowledge_dir: Path, content: bytes, message: str) -> None:
    (knowledge_dir / "entries/arriving/child-benefit.yaml").write_bytes(content)
    problems = refusal(knowledge_dir).problems
    assert [problem.file for problem in problems] == [KINDERGELD_FILE]
    assert message in problems[0].message


@pytest.mark.parametrize("name", ["arriving/notes.txt", "arriving/old.yml", "loose.yaml", "arriving/deeper/x.yaml"])
def test_files_that_do_not_belong_are_named(knowledge_dir: Path, name: str) -> None:
    path = knowledge_dir / "entries" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(KINDERGELD, encoding="utf-8")
    (problem,) = refusal(knowledge_dir).problems
    assert problem.file in f"knowledge/entries/{name}"


def test_hidden_files_of_editors_programs_are_left_alone(knowledge_dir: Path) -> None:
    (knowledge_dir / "entries/arriving/.child-benefit.yaml.swp").write_bytes(b"\xff")
    assert len(load_knowledge(knowledge_dir).entries) == 2


def test_an_id_in_two_groups_is_refused_naming_both_files(knowledge_dir: Path) -> None:
    other = knowledge_dir / "entries" / "permits"
    other.mkdir()
    (other / "child-benefit.yaml").write_text(KINDERGELD, encoding="utf-8")
    (problem,) = refusal(knowledge_dir).problems
    assert problem.file == "knowledge/entries/permits/child-benefit.yaml"
    assert KINDERGELD_FILE in problem.message


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(knowledge_dir: Path, tmp_path: Path) -> None:
    path = knowledge_dir / "entries/arriving/child-benefit.yaml"
    outside = tmp_path / "outside.yaml"
    path.rename(outside)
    path.symlink_to(outside)
    problems = refusal(knowledge_dir).problems
    assert "leads out of the content's folder" in problems[0].message
    path.unlink()
    outside.rename(knowledge_dir / "child-benefit.draft")
    path.symlink_to(knowledge_dir / "child-benefit.draft")
    assert "child-benefit" in load_knowledge(knowledge_dir).entries


def test_links_in_a_circle_and_folders_outside_are_refused(knowledge_dir: Path, tmp_path: Path) -> None:
    circle = knowledge_dir / "entries/arriving/circle.yaml"
    circle.symlink_to(circle)
    (tmp_path / "elsewhere").mkdir()
    (knowledge_dir / "entries/elsewhere").symlink_to(tmp_path / "elsewhere")
    files = [problem.file for problem in refusal(knowledge_dir).problems]
    assert files == ["knowledge/entries/arriving/circle.yaml", "knowledge/entries/elsewhere"]


def test_a_folder_without_entries_is_refused(tmp_path: Path) -> None:
    assert "no such folder" in str(refusal(tmp_path / "nowhere"))
    (tmp_path / "knowledge/entries").mkdir(parents=True)
    assert "no entry" in str(refusal(tmp_path / "knowledge"))


UKRAINIAN = """\
title: "Допомога на дитину"
short: "Допомога"
answer: "Допомога: {amount}. Тут {form}."
steps: ["Заповніть заяву."]
contact: "Запитайте."
phrasings: ["допомога на дитину"]
keywords: [допомога]
"""


def add_wording(knowledge_dir: Path, language: str, text: str, name: str = "child-benefit.yaml") -> None:
    place = knowledge_dir / "locales" / language / "entries" / "arriving"
    place.mkdir(parents=True)
    (place / name).write_text(text, encoding="utf-8")


def test_a_further_language_is_a_folder(knowledge_dir: Path) -> None:
    add_wording(knowledge_dir, "uk", UKRAINIAN)
    base = load_knowledge(knowledge_dir)
    answer = base.answer("child-benefit", "uk", date(2026, 11, 25))
    assert answer.language == "uk"
    assert "259\xa0EUR на місяць" in answer.text
    assert "[application for child benefit](https://www.arbeitsagentur.de/familie)" in answer.text
    assert base.answer("registration", "uk", date(2026, 11, 25)).language == "en"


@pytest.mark.parametrize(
    ("language", "text", "name", "message"),
    [
        ("uk", UKRAINIAN.replace("{amount}", "{sum}"), "child-benefit.yaml", "no fact sum"),
        ("uk", UKRAINIAN.replace("title", "titel"), "child-benefit.yaml", "did you mean title?"),
        ("uk", UKRAINIAN, "child-benefits.yaml", "did you mean child-benefit?"),
        ("de", UKRAINIAN, "child-benefit.yaml", "belong in the entries themselves"),
    ],
)
def test_a_flaw_in_a_further_language_is_refused(
    knowledge_dir: Path, language: str, text: str, name: str, message: str
) -> None:
    add_wording(knowledge_dir, language, text, name)
    error = refusal(knowledge_dir)
    assert message in str(error)
    assert all(problem.file.startswith(f"knowledge/locales/{language}/entries") for problem in error.problems)


def test_words_for_amounts_need_their_places(knowledge_dir: Path) -> None:
    place = knowledge_dir / "locales/fr"
    place.mkdir(parents=True)
    (place / "formats.yaml").write_text('range: "{low} à {hight}"\nper: {year: "par an"}\n', encoding="utf-8")
    problems = refusal(knowledge_dir).problems
    assert [(problem.file, problem.key) for problem in problems] == [
        ("knowledge/locales/fr/formats.yaml", "range"),
        ("knowledge/locales/fr/formats.yaml", "per.year"),
    ]
