"""The preview for content reviewers: every entry has its page, nothing else is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.model import Guide
from bot.markup import page_html, parse, plain_text
from bot.preview import PreviewError, write_preview
from knowledge.check import Finding, check
from knowledge.model import Answer, KnowledgeBase

TODAY = date(2026, 11, 25)
NEXT_YEAR = date(2027, 1, 15)
VOID = {"meta", "link", "br", "input"}
HOSTILE = '<script>alert("1")</script> </li></ul> & \'"><img src=x onerror=alert(1)> [x](javascript:alert(1))'


@dataclass
class Page:
    """A page as a browser would read it; `open` are tags without an end, `crossed` ends without a beginning."""

    open: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    tags: list[tuple[str, Mapping[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def values(self, attribute: str) -> list[str]:
        """All values of an attribute, in order."""
        return [value for _, attributes in self.tags if (value := attributes.get(attribute)) is not None]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.page.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.page.open and self.page.open[-1] == tag:
            self.page.open.pop()
        else:
            self.page.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        self.page.text += data


def read(html: str) -> Page:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def read_file(path: Path) -> Page:
    return read(path.read_text(encoding="utf-8"))


def occupations(guide: Guide, on: date) -> list[tuple[str, Answer, Answer]]:
    """Two answers that stand in for occupations."""

    def answer(entry: str, language: str, name: str) -> Answer:
        return replace(guide.knowledge.answer(entry, language, on), entry_id=name)

    stand_ins = [("Medicine", "blue-card", "occupation:nurse"), ("Teaching & care", "visa-process", "Teacher")]
    return [(section, answer(entry, "de", name), answer(entry, "en", name)) for section, entry, name in stand_ins]


@pytest.fixture(scope="module")
def next_year(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preview of the shipped content when the figures of 2026 are out of date, with two occupations."""
    out = tmp_path_factory.mktemp("preview")
    findings = check(guide.knowledge, NEXT_YEAR)
    pages = write_preview(guide, out, NEXT_YEAR, findings, occupations(guide, NEXT_YEAR))
    assert pages == len(guide.knowledge.entries) + 2 + 1
    assert pages == len(list(out.rglob("*.html")))
    return out


def with_wording(guide: Guide, entry_id: str, **texts: str | tuple[str, ...]) -> Guide:
    """The guide with other German texts in one entry."""
    entry = guide.knowledge.entries[entry_id]
    german = replace(entry.wordings["de"], **texts)  # type: ignore[arg-type]  # the keys are those of the wording
    changed = replace(entry, wordings={**entry.wordings, "de": german})
    base = KnowledgeBase({**guide.knowledge.entries, entry_id: changed}, guide.knowledge.words)
    return replace(guide, knowledge=base)


# --- the pages ---


def test_every_entry_has_a_page_with_both_languages_and_its_file(guide: Guide, next_year: Path) -> None:
    for entry in guide.knowledge.entries.values():
        page = read_file(next_year / "entries" / f"{entry.id}.html")
        for language in ("de", "en"):
            answer = guide.knowledge.answer(entry.id, language, NEXT_YEAR)
            assert ("article", language) in [(tag, attributes.get("lang")) for tag, attributes in page.tags]
            shown = " ".join(page.text.split())
            assert all(part in shown for part in (answer.title, entry.file, *entry.wordings[language].phrasings))
            assert {source.url for source in answer.sources} <= set(page.values("href"))


def test_what_a_newcomer_reads_is_on_the_page(guide: Guide, next_year: Path) -> None:
    shown = " ".join(read_file(next_year / "entries" / "blue-card.html").text.split())
    answer = guide.knowledge.answer("blue-card", "de", NEXT_YEAR)
    for step in answer.steps:
        assert " ".join(plain_text(parse(step)).split()) in shown
    assert "Geprüft am" in shown
    assert guide.texts.say("de", "answer.not_legal_advice") in shown
    assert guide.texts.say("en", "answer.not_legal_advice") in shown


def test_all_pages_are_well_formed_and_say_their_language(next_year: Path) -> None:
    for path in next_year.rglob("*.html"):
        page = read_file(path)
        assert (page.open, page.crossed) == ([], []), path
        assert page.tags[0] == ("html", {"lang": "en"})
        assert [tag for tag, _ in page.tags].count("h1") == 1
        ids = page.values("id")
        assert len(ids) == len(set(ids)), path


def test_headings_skip_no_level(next_year: Path) -> None:
    for path in next_year.rglob("*.html"):
        levels = [int(tag[1]) for tag, _ in read_file(path).tags if re.fullmatch("h[1-6]", tag)]
        assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), path


def test_all_links_inside_lead_somewhere(next_year: Path) -> None:
    for path in next_year.rglob("*.html"):
        page = read_file(path)
        for target in page.values("href"):
            if target.startswith("#"):
                assert target[1:] in page.values("id")
            elif not target.startswith(("https:", "tel:", "mailto:")):
                assert (path.parent / target).is_file(), f"{path}: {target}"


def test_nothing_is_loaded_from_elsewhere(next_year: Path) -> None:
    for path in next_year.rglob("*.html"):
        for tag, attributes in read_file(path).tags:
            loaded = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
            assert loaded is None or (path.parent / loaded).is_file()
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
    for name in ("style.css", "search.js"):
        assert not re.search(r"https?:|@import|fetch\(|url\(", (next_year / name).read_text(encoding="utf-8"))


def test_figures_of_last_year_are_marked_in_colour_and_word(guide: Guide, next_year: Path, tmp_path: Path) -> None:
    html = (next_year / "entries" / "blue-card-salary.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr class="stale">(.*?)</tr>', html, re.DOTALL)
    stale = [fact for fact in guide.knowledge.entries["blue-card-salary"].facts.values() if fact.stale_on(NEXT_YEAR)]
    assert stale
    assert [fact.id for fact in stale] == re.findall(r"<code>(.*?)</code>", " ".join(rows))
    assert all("Out of date" in row for row in rows)
    assert html.count('class="stale-note"') == 2 * len(stale)  # for newcomers, in German and in English
    write_preview(guide, tmp_path, TODAY, [])
    assert "Out of date" not in (tmp_path / "entries" / "blue-card-salary.html").read_text(encoding="utf-8")


def test_a_figure_of_another_entry_is_named_with_its_home(next_year: Path) -> None:
    page = read_file(next_year / "entries" / "blue-card.html")
    assert "blue-card-salary.html" in page.values("href")
    assert "Out of date" in page.text


def test_the_index_counts_and_marks_what_can_be_filtered(guide: Guide, next_year: Path) -> None:
    page = read_file(next_year / "index.html")
    rows = {str(each["data-page"]): each for _, each in page.tags if "data-page" in each}
    assert len(rows) == len(guide.knowledge.entries) + 2
    for entry in guide.knowledge.entries.values():
        row = rows[f"entries/{entry.id}.html"]
        flags = str(row["data-flags"]).split()
        assert str(row["data-audience"]).split() == list(entry.audience)
        assert ("urgent" in flags, "due" in flags) == (entry.urgent, entry.review_by < NEXT_YEAR)
        german = guide.knowledge.answer(entry.id, "de", NEXT_YEAR)
        assert "stale" in flags or not german.stale
    assert f"{len(rows)} of {len(rows)} pages" in page.text


def test_the_search_knows_titles_keywords_and_phrasings_of_both_languages(guide: Guide, next_year: Path) -> None:
    script = (next_year / "index.js").read_text(encoding="utf-8")
    assert script.isascii()
    index = json.loads(script.removeprefix("const LOTSE_INDEX = ").rstrip().removesuffix(";"))
    for entry in guide.knowledge.entries.values():
        known = index[f"entries/{entry.id}.html"]
        for wording in entry.wordings.values():
            assert wording.title in known["titles"]
            assert {*wording.keywords, *wording.phrasings} <= set(known["lines"])


def test_findings_stand_with_their_entry_and_the_others_on_the_index(guide: Guide, tmp_path: Path) -> None:
    findings = [
        Finding(
            "error", "knowledge/entries/permits/blue-card.yaml", 7, "blue-card", "related", "this <b> is odd", "mend"
        ),
        Finding("warning", "knowledge/entries/permits/gone.yaml", 0, "gone", "", "this entry is missing", "write it"),
    ]
    write_preview(guide, tmp_path, TODAY, findings)
    entry, index = (read_file(tmp_path / name).text for name in ("entries/blue-card.html", "index.html"))
    assert "this <b> is odd" in entry
    assert "line 7" in entry
    assert "this <b> is odd" not in index
    assert "this entry is missing" in index
    assert "1 finding" in index


def test_occupations_are_listed_by_section_with_a_page_each(guide: Guide, next_year: Path) -> None:
    index = read_file(next_year / "index.html")
    assert "Teaching & care" in index.text
    assert {"occupations/nurse.html", "occupations/teacher.html"} <= set(index.values("href"))
    page = read_file(next_year / "occupations" / "nurse.html")
    for language in ("de", "en"):
        assert guide.knowledge.answer("blue-card", language, NEXT_YEAR).title in page.text
    assert "../entries/settlement-permit.html" in page.values("href")


def test_occupations_of_an_entry_stand_under_its_label(guide: Guide, tmp_path: Path) -> None:
    _, german, english = occupations(guide, TODAY)[0]
    write_preview(guide, tmp_path, TODAY, [], [("blue-card", german, english)])
    label = guide.knowledge.short("blue-card", "en")
    assert f"Occupations: {label} (1)" in " ".join(read_file(tmp_path / "index.html").text.split())
    assert f"Occupations › {label}" in read_file(tmp_path / "occupations" / "nurse.html").text


def test_all_sources_of_an_answer_are_listed_with_their_addresses_for_print(guide: Guide, next_year: Path) -> None:
    for entry in guide.knowledge.entries:
        text = read_file(next_year / "entries" / f"{entry}.html").text
        assert all(source.url in text for source in guide.knowledge.answer(entry, "de", NEXT_YEAR).sources)


def test_two_occupations_of_one_name_are_refused(guide: Guide, tmp_path: Path) -> None:
    nurse = occupations(guide, TODAY)[0]
    with pytest.raises(PreviewError, match=r"occupations/nurse\.html"):
        write_preview(guide, tmp_path, TODAY, [], [nurse, nurse])
    assert not list(tmp_path.iterdir())


def test_hostile_wordings_stay_text(guide: Guide, tmp_path: Path) -> None:
    hostile = with_wording(
        guide, "blue-card", title=HOSTILE, short=HOSTILE, answer=HOSTILE, steps=(HOSTILE,), contact=HOSTILE,
        phrasings=(HOSTILE,), keywords=(HOSTILE,),
    )  # fmt: skip
    write_preview(hostile, tmp_path, TODAY, [])
    for path in tmp_path.rglob("*.html"):
        page = read_file(path)
        assert (page.open, page.crossed) == ([], []), path
        assert not [
            tag for tag, attributes in page.tags if tag == "img" or (tag == "script" and not attributes.get("src"))
        ]
        assert not [target for target in page.values("href") if target.startswith("javascript")]
    assert read_file(tmp_path / "entries" / "blue-card.html").text.count(HOSTILE) >= 7


# --- the folder ---


def test_a_folder_with_other_things_is_left_alone(guide: Guide, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(PreviewError, match="no former preview"):
        write_preview(guide, tmp_path, TODAY, [])
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(guide: Guide, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(PreviewError, match="not a folder"):
        write_preview(guide, tmp_path / "out", TODAY, [])


def test_a_folder_that_cannot_be_made_is_an_error_with_its_reason(guide: Guide, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PreviewError, match="cannot be written"):
        write_preview(guide, tmp_path / "file" / "out", TODAY, [])


def test_pages_of_a_former_preview_go_and_a_reviewers_own_notes_stay(guide: Guide, tmp_path: Path) -> None:
    out = tmp_path / "new" / "preview"
    write_preview(guide, out, TODAY, [], occupations(guide, TODAY))
    (out / "my-notes.txt").write_text("ask the office")
    with (out / ".lotse-preview").open("a", encoding="utf-8") as marker:
        marker.write("../outside.txt\n")  # nobody writes this; still nothing outside may go
    (tmp_path / "new" / "outside.txt").write_text("")
    write_preview(guide, out, TODAY, [])
    assert not list(out.glob("occupations/*"))
    assert (out / "my-notes.txt").exists()
    assert (tmp_path / "new" / "outside.txt").exists()
    first = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    write_preview(guide, out, TODAY, [])
    assert first == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


# --- the markup as a page ---


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\n**two**", "<p>One</p><p><strong>two</strong></p>"),
        ("You need:\n- a\n- b\n\nThen", "<p>You need:</p><ul><li>a</li><li>b</li></ul><p>Then</p>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("- a\n\n  more\n- b", "<ul><li>a<p>more</p></li><li>b</li></ul>"),
        ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("- a\n  - b\n  1. c\n- d", "<ul><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li><li>d</li></ul>"),
        ("- - a", "<ul><li><ul><li>a</li></ul></li></ul>"),
        ("- a\n\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("[a & b](https://a.b/?c=1&d=2)", '<p><a href="https://a.b/?c=1&amp;d=2">a &amp; b</a></p>'),
    ],
)
def test_paragraphs_and_lists_become_real_ones(text: str, html: str) -> None:
    assert page_html(parse(text)) == html


@given(st.text(st.sampled_from("-*+1.) \n\tab<&>\"'[](){}_\\"), max_size=80))
@example("- a\n  1. b\n     - c\n\n  d\n- e\n1. f")
def test_any_text_becomes_well_formed_html_and_loses_nothing(text: str) -> None:
    page = read(page_html(parse(text)))
    assert (page.open, page.crossed) == ([], [])
    written = "".join(span.text for block in parse(text) for span in block.spans)
    assert "".join(page.text.split()) == "".join(written.split())
    assert {tag for tag, _ in page.tags} <= {"p", "ul", "ol", "li", "br", "strong", "em", "a"}
