"""What people ask for among the events: recognised in their words, kept in a button, found by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from scheduler.agenda import TOPICS, Event
from scheduler.calendar import CalendarError
from scheduler.days import Span, month_of, week_of
from scheduler.finding import FARTHEST, Certainty, EventWords, Recognised, Wish, find_page, recognise
from scheduler.phrases import Phrases, fold
from scheduler.wording import load_event_words, topic_of

Build = Callable[..., Event]
Moment = Callable[[str], datetime]
LOCALES = Path(knowledge.__file__).parent / "locales"
GOLDEN = Path(__file__).parents[1] / "knowledge" / "golden"
TUESDAY = date(2026, 12, 1)
SURE, LIKELY, MAYBE = Certainty.SURE, Certainty.LIKELY, Certainty.MAYBE


@pytest.fixture(scope="module")
def words() -> dict[str, EventWords]:
    return load_event_words(LOCALES)


def days(first: str, last: str | None = None) -> Span:
    return Span(date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last or first}"))


ASKED: list[tuple[str, str, Certainty, Wish]] = [
    ("en", "is there something on Saturday?", SURE, Wish(span=days("12-05"))),
    ("de", "Deutsch üben", SURE, Wish(topic="german")),
    ("de", "deutsch ueben", SURE, Wish(topic="german")),
    ("de", "gibt es am Wochenende was für Kinder?", SURE, Wish(span=days("12-05", "12-06"), with_children=True)),
    ("en", "what's on next week", SURE, Wish(span=days("12-07", "12-13"))),
    ("de", "Welche Veranstaltungen gibt es am Samstag?", SURE, Wish(span=days("12-05"))),
    ("de", "Was ist am Wochenende in Aachen los?", SURE, Wish(span=days("12-05", "12-06"))),
    ("de", "Gibt es am Samstag ein Sprachcafé?", SURE, Wish(span=days("12-05"), topic="german")),
    ("en", "events for families", SURE, Wish(topic="family")),
    ("de", "kostenlose Veranstaltungen", SURE, Wish(free=True)),
    ("en", "where can I practise German", SURE, Wish(topic="german")),
    ("de", "Was kann ich heute Abend machen?", SURE, Wish(span=days("12-01"))),
    ("de", "veranstaltungen im dezember", SURE, Wish(span=days("12-01", "12-31"))),
    (
        "en",
        "anything free for kids this weekend?",
        SURE,
        Wish(span=days("12-05", "12-06"), free=True, with_children=True),
    ),
    ("en", "When is the next German conversation café?", SURE, Wish(topic="german")),
    ("de", "Was gibt es am 12.12.?", SURE, Wish(span=days("12-12"))),
    ("de", "Was ist am 24. Dezember los", SURE, Wish(span=days("12-24"))),
    ("en", "what's happening on December 5th", SURE, Wish(span=days("12-05"))),
    ("en", "events on 2026-12-18", SURE, Wish(span=days("12-18"))),
    ("en", "events in my language", SURE, Wish(language="en")),
    ("de", "Veranstaltungen auf Englisch", SURE, Wish(language="en")),
    ("de", "Veranstaltungen", SURE, Wish()),
    ("en", "What events are there the day after tomorrow?", SURE, Wish(span=days("12-03"))),
    ("de", "Konzert am Freitag", LIKELY, Wish(span=days("12-04"), topic="culture")),
    ("de", "Gibt es am Samstag Deutschkurse?", LIKELY, Wish(span=days("12-05"), topic="german")),
    ("en", "Is there a free German course?", MAYBE, Wish(topic="german", free=True)),
    ("de", "Gibt es etwas für Kinder?", MAYBE, Wish(with_children=True)),
    ("de", "Ich suche für meinen Hund eine Veranstaltung am Samstag", LIKELY, Wish(span=days("12-05"))),
]

ABOUT_SOMETHING_ELSE = [
    ("de", "Wo kann ich Deutsch lernen?"),
    ("de", "Hat das Bürgeramt am Samstag offen?"),
    ("en", "Is the immigration office open on Saturday?"),
    ("en", "Is there a deadline in December for the blue card?"),
    ("de", "Gibt es morgen einen Termin im Ausländeramt?"),
    ("de", "Was muss ich nächste Woche beim Jobcenter abgeben?"),
    ("de", "Mein Visum läuft am Samstag ab, was gibt es zu tun?"),
    ("de", "Bis wann muss ich mich anmelden, gibt es eine Frist im Dezember?"),
    ("de", "Welche Unterlagen brauche ich am Montag für die Anmeldung?"),
    ("de", "Kann ich morgen kommen?"),
    ("en", "I lost my job. What can I do next month?"),
    ("de", "Was kann ich tun?"),
    ("de", "Heute"),
    ("de", "Danke"),
    ("en", "Can my children go to school next week?"),
    ("en", "Is there something I have to pay next month?"),
    ("en", "May I work on Sundays?"),
    ("de", "Was gibt es in meiner Sprache?"),
    ("de", "Gibt es eine Veranstaltung, die mein Arbeitgeber bezahlen muss, wenn er mich entlässt?"),
]


@pytest.mark.parametrize(("language", "text", "certainty", "wish"), ASKED, ids=[text for _, text, _, _ in ASKED])
def test_recognised(language: str, text: str, certainty: Certainty, wish: Wish, words: dict[str, EventWords]) -> None:
    for written in (text, text.lower(), text.upper(), f"  {text} !"):
        assert recognise(written, words[language], TUESDAY, language) == Recognised(wish, certainty)


@pytest.mark.parametrize(("language", "text"), ABOUT_SOMETHING_ELSE)
def test_questions_about_something_else_are_left_alone(language: str, text: str, words: dict[str, EventWords]) -> None:
    assert recognise(text, words[language], TUESDAY, language) is None


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_golden_question_about_something_else_leads_to_events(language: str, words: dict[str, EventWords]) -> None:
    golden = yaml.safe_load((GOLDEN / f"{language}.yaml").read_text("utf-8"))
    found = {
        (asked["expect"], asked["text"])
        for asked in golden
        if recognise(asked["text"], words[language], TUESDAY, language) is not None
    }
    assert {text for expected, text in found if expected != "newcomer-events"} == set()


@pytest.mark.parametrize(
    ("today", "text", "span"),
    [
        ("2026-12-04", "was ist heute los", ("2026-12-04", "2026-12-04")),
        ("2026-12-04", "was ist am Freitag los", ("2026-12-04", "2026-12-04")),
        ("2026-12-05", "was ist am Wochenende los", ("2026-12-05", "2026-12-06")),
        ("2026-12-06", "was ist am Wochenende los", ("2026-12-06", "2026-12-06")),
        ("2026-12-01", "was ist nächstes Wochenende los", ("2026-12-05", "2026-12-06")),
        ("2026-12-04", "was ist nächstes Wochenende los", ("2026-12-12", "2026-12-13")),
        ("2026-12-06", "was ist diese Woche los", ("2026-12-06", "2026-12-06")),
        ("2026-12-06", "was ist nächste Woche los", ("2026-12-07", "2026-12-13")),
        ("2026-12-28", "was ist nächsten Monat los", ("2027-01-01", "2027-01-31")),
        ("2026-12-28", "was ist diesen Monat los", ("2026-12-28", "2026-12-31")),
        ("2026-12-28", "was ist im Januar los", ("2027-01-01", "2027-01-31")),
        ("2026-12-28", "was ist am 3.1. los", ("2027-01-03", "2027-01-03")),
        ("2026-12-28", "was ist am 3. Februar los", ("2027-02-03", "2027-02-03")),
        ("2026-12-28", "was ist am 3. 1. 2028 los", ("2028-01-03", "2028-01-03")),
        ("2026-12-28", "was ist demnächst los", ("2026-12-28", "2027-01-11")),
        ("2026-10-24", "was ist morgen los", ("2026-10-25", "2026-10-25")),
    ],
)
def test_days_seen_from_today(today: str, text: str, span: tuple[str, str], words: dict[str, EventWords]) -> None:
    found = recognise(text, words["de"], date.fromisoformat(today), "de")
    assert found is not None
    assert found.wish.span == Span(*map(date.fromisoformat, span))


@given(text=st.text(max_size=200), today=st.dates(date(2026, 1, 1), date(2090, 1, 1)))
def test_any_text_is_recognised_or_not(text: str, today: date) -> None:
    for language, spoken in load_once().items():
        found = recognise(text, spoken, today, language)
        assert found is None or found.wish == Wish.decode(found.wish.encode())


def load_once(kept: dict[str, EventWords] = {}) -> dict[str, EventWords]:  # noqa: B006  # read once for all examples
    kept.update(kept or load_event_words(LOCALES))
    return kept


# --- a button's action ---

spans = st.builds(
    lambda first, length: Span(first, first + length),
    st.dates(date(2026, 1, 1), date(2060, 1, 1)),
    st.timedeltas(timedelta(0), FARTHEST),
)
wishes = st.builds(
    Wish,
    span=st.none() | spans,
    topic=st.none() | st.sampled_from(TOPICS),
    language=st.none() | st.sampled_from(["de", "uk", "ckb"]),
    free=st.booleans(),
    with_children=st.booleans(),
    page=st.integers(0, 999),
)


@given(wish=wishes)
def test_a_wish_fits_into_a_button_and_comes_back(wish: Wish) -> None:
    assert len(f"events:{wish.encode()}".encode()) <= 64
    assert Wish.decode(wish.encode()) == wish


@given(text=st.text(max_size=64) | st.text(alphabet="dtlfcp,-0123456789german", max_size=64))
def test_any_text_as_a_wish_is_harmless(text: str) -> None:
    assert Wish.decode(Wish.decode(text).encode()) == Wish.decode(text)


# --- finding ---


def test_narrowing_down(an_event: Build, utc: Moment) -> None:
    events = [
        an_event("2026-12-04 18:00", "2026-12-04 20:00", id="a", topics=("german",), price="free", languages=("de",)),
        an_event("2026-12-05 18:00", "2026-12-05 20:00", id="b", topics=("work",), price={"de": "5 €"}),
        an_event("2026-12-06 18:00", "2026-12-06 20:00", id="c", topics=("family", "german"), with_children=True),
    ]

    def found(wish: Wish, now: str = "2026-12-01 00:00") -> str:
        return "".join(one.event.id for one in find_page(events, wish, utc(now), events[0].zone, 9).occurrences)

    assert found(Wish()) == "abc"
    assert found(Wish(topic="german")) == "ac"
    assert found(Wish(free=True)) == "a"
    assert found(Wish(language="de")) == "a"
    assert found(Wish(with_children=True)) == "c"
    assert found(Wish(span=days("12-05", "12-06"))) == "bc"
    assert found(Wish(span=days("12-05", "12-06"), topic="german")) == "c"
    assert found(Wish(span=days("12-04")), now="2026-12-04 18:30") == "a"
    assert found(Wish(span=days("12-04")), now="2026-12-04 19:00") == ""
    assert found(Wish(span=days("12-07"))) == ""


def test_an_event_that_repeats_is_listed_once_with_its_next_date_that_is_not_cancelled(
    an_event: Build, utc: Moment
) -> None:
    weekly = an_event("2026-12-04 18:00", "2026-12-04 20:00", "FREQ=WEEKLY", cancelled_on=(date(2026, 12, 4),))
    off = an_event("2026-12-06 18:00", "2026-12-06 20:00", id="off", cancelled=True)
    now, zone = utc("2026-12-01 00:00"), weekly.zone
    for wish in (Wish(), Wish(span=days("12-01", "12-31"))):
        page = find_page([weekly, off], wish, now, zone, 5)
        assert [one.key for one in page.occurrences] == ["off@2026-12-06", "newcomer-cafe@2026-12-11"]
    (only,) = find_page([weekly], Wish(span=days("12-04")), now, zone, 5).occurrences
    assert only.cancelled


def test_pages(an_event: Build, utc: Moment) -> None:
    events = [an_event(f"2026-12-{n:02} 18:00", f"2026-12-{n:02} 19:00", id=f"e{n}") for n in range(2, 13)]
    pages = [find_page(events, Wish(page=page), utc("2026-12-01 00:00"), events[0].zone, 5) for page in range(4)]
    assert [len(page.occurrences) for page in pages] == [5, 5, 1, 0]
    assert [page.more for page in pages] == [True, True, False, False]


def test_a_festival_is_found_on_every_of_its_days(an_event: Build, utc: Moment) -> None:
    festival = an_event("2026-12-04 00:00", "2026-12-08 00:00", all_day=True)
    for day, there in (("12-03", 0), ("12-04", 1), ("12-06", 1), ("12-07", 1), ("12-08", 0)):
        page = find_page([festival], Wish(span=days(day)), utc("2026-12-01 00:00"), festival.zone, 5)
        assert len(page.occurrences) == there, day


def test_week_and_month_begin_today() -> None:
    assert week_of(date(2026, 12, 3)) == days("12-03", "12-06")
    assert month_of(date(2026, 12, 3)) == days("12-03", "12-31")


# --- words ---


def test_folding_and_phrases() -> None:
    assert fold("What's ON?  Café–Deutsch ÜBEN") == ("whats", "on", "cafe", "deutsch", "uben")
    phrases = Phrases.of(["gibt es … was", "kind*", "*fest"])
    assert phrases.find(fold("gibt es am Samstag in der Stadt was")) == frozenset({0, 1, 7})
    assert phrases.find(fold("gibt es a b c d e f was")) is None
    assert phrases.find_all(fold("Kinderfest und Stadtfest")) == frozenset({0, 2})


def test_categories_mean_topics(words: dict[str, EventWords]) -> None:
    meant = topic_of(words)
    told = [meant(category) for category in ("Konzerte", "FAMILIES", "Sprachkurs Deutsch", "Sonstiges", "")]
    assert told == ["culture", "family", "german", None, None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("free:", "gratis:"), "free"),
        (("  weekdays:", "  weekday:"), "days.weekdays"),
        (("[im]", "[]"), ""),
        (("    - [märz, maerz]\n", ""), "twelve months"),
        (("german:", "germans:"), "germans"),
        (("  - event\n", '  - "…"\n  - ""\n'), "empty phrase"),
        (("  - event\n", "  - 7\n"), "events"),
        (("events:\n", "events: [\n"), ":"),
    ],
)
def test_words_that_are_wrong_are_refused(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    text = (LOCALES / "de" / "events.yaml").read_text("utf-8")
    old, new = change
    assert old in text
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "events.yaml").write_text(text.replace(old, new, 1), "utf-8")
    if new == "[]":
        assert load_event_words(tmp_path)["de"].days.in_month == replace(Phrases(), patterns=())
        return
    with pytest.raises(CalendarError) as caught:
        load_event_words(tmp_path)
    assert said in str(caught.value)
    assert str(caught.value).startswith("de/events.yaml:")


def test_every_language_of_the_texts_has_words() -> None:
    assert {path.parent.name for path in LOCALES.glob("*/texts.yaml")} == load_once().keys()
