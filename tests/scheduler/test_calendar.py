"""The events folder: what editors write, and everything that is refused, with file, line, event and key."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import TOPICS, Event, Move, Place
from scheduler.blocks import CalendarFile, EventBlock, MoveBlock, PlaceBlock
from scheduler.calendar import CalendarError, event_schema, load_events

wall = datetime.fromisoformat
GOOD = """\
events:
  - id: newcomer-cafe
    title: {de: Café, en: Café}
    text: {de: Kommen Sie vorbei., en: Come along.}
    place: {name: Ort}
    start: 2026-12-04 18:00
    end: 2026-12-04 20:00
    repeat: FREQ=WEEKLY;BYDAY=FR
    topics: [welcome]
"""
FULL = """\
events:
  - id: newcomer-cafe
    zone: Europe/Lisbon
    title: {de: Café, en: Coffee}
    text:
      de: |
        Kommen Sie vorbei.
        Wir freuen uns.
      en: Come along.
    place: {name: {de: Rathaus, en: town hall}, address: Markt 1, latitude: 50.776, longitude: 6}
    start: 2026-12-04T18:00
    end: 2026-12-04 20:00
    repeat: FREQ=WEEKLY;BYDAY=FR
    except: [2026-12-25]
    moved:
      - {on: 2026-12-11, start: 2026-12-12 10:00}
      - {on: 2026-12-18, start: 2026-12-18 19:00, end: 2026-12-18 23:00, place: {name: Park}, title: {fr: Fête}}
    cancelled: [2027-01-01]
    topics: [welcome, german]
    price: {de: 2 Euro, en: 2 euros}
    languages: [de, no, uk]
    with_children: true
    organiser: Verein
    registration: https://example.org/cafe
    page: https://example.org/about
    sample: true
"""


def loaded(text: str | bytes, name: str = "city.yaml") -> tuple[Event, ...]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return load_events(Path(folder))


def refused(text: str | bytes, name: str = "city.yaml") -> list[str]:
    with pytest.raises(CalendarError) as caught:
        loaded(text, name)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def test_everything_that_can_be_written_is_read() -> None:
    (event,) = loaded(FULL)
    assert event.zone.key == "Europe/Lisbon"
    assert (event.start, event.end) == (wall("2026-12-04 18:00"), wall("2026-12-04 20:00"))
    assert event.title == {"de": "Café", "en": "Coffee"}
    assert event.text["de"] == "Kommen Sie vorbei.\nWir freuen uns."
    assert event.place == Place(
        name={"de": "Rathaus", "en": "town hall"}, address="Markt 1", latitude=50.776, longitude=6
    )
    assert event.excluded == (date(2026, 12, 25),)
    assert event.moved == (
        Move(on=date(2026, 12, 11), start=wall("2026-12-12 10:00"), end=wall("2026-12-12 12:00")),
        Move(
            on=date(2026, 12, 18),
            start=wall("2026-12-18 19:00"),
            end=wall("2026-12-18 23:00"),
            place=Place(name={"de": "Park", "en": "Park"}),
            title={"fr": "Fête"},
        ),
    )
    assert (event.cancelled, event.cancelled_on) == (False, (date(2027, 1, 1),))
    assert (event.topics, event.languages) == (("welcome", "german"), ("de", "no", "uk"))
    assert event.price == {"de": "2 Euro", "en": "2 euros"}
    assert (event.with_children, event.sample, event.organiser) == (True, True, "Verein")
    assert (event.registration, event.page) == ("https://example.org/cafe", "https://example.org/about")
    assert event.repeat is not None and event.repeat.text == "FREQ=WEEKLY;BYDAY=FR"
    assert isinstance(hash(event), int)


def test_most_of_it_can_be_left_out() -> None:
    (event,) = loaded(GOOD)
    assert event.zone.key == "Europe/Berlin"
    assert event.place.name == {"de": "Ort", "en": "Ort"}
    assert (event.price, event.registration, event.languages) == (None, None, ())
    assert not (event.cancelled or event.sample or event.with_children or event.moved or event.excluded)
    (event,) = loaded(GOOD + "    cancelled: true\n    price: free\n")
    assert (event.cancelled, event.price) == (True, "free")


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.yaml").write_text(GOOD.replace("newcomer-cafe", f"from-{name}"), "utf-8")
    (tmp_path / "notes.txt").write_text("not for us")
    assert [event.id for event in load_events(tmp_path)] == ["from-a", "from-b", "from-c"]


def test_an_empty_folder_has_no_events_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    assert load_events(tmp_path) == ()
    with pytest.raises(CalendarError, match="No such file"):
        load_events(tmp_path / "nowhere")


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed("cafe\n", "cafe\n    colour: red\n"), "3: event newcomer-cafe: colour: unknown key"),
        (changed("{de: Café, en: Café}", "{}"), "3: event newcomer-cafe: title: must have a text in one"),
        (changed("en: Café", "english: Café"), "3: event newcomer-cafe: title.english"),
        (changed("Come along.", '" "'), "4: event newcomer-cafe: text.en: "),
        (changed("Come along.", "~"), "4: event newcomer-cafe: text.en: "),
        (changed("Come along.", "5"), "4: event newcomer-cafe: text.en: "),
        (changed("Come along.", '"\\0"'), "text.en: contains a control character"),
        (changed("en: Café", 'en: "a\\nb"'), "title.en: must be one line"),
        (changed("{de: Café, en: Café}", "Café"), "3: event newcomer-cafe: title: "),
        (changed("id: newcomer-cafe", "id: Neu hier"), "2: event #1: id: "),
        (changed("id: newcomer-cafe\n    ", ""), "2: event #1: id: is missing"),
        (changed("2026-12-04 20", "2026-12-04 18"), "7: event newcomer-cafe: end: must be later"),
        (changed("2026-12-04 20", "2026-12-03 20"), "7: event newcomer-cafe: end: must be later"),
        (
            changed("2026-12-04 18:00", "2026-12-04 18:00+01:00"),
            "6: event newcomer-cafe: start: must be a loc",
        ),
        (changed("2026-12-04 18:00", "2026-12-04"), "start: must be a local time"),
        (changed("2026-12-04 18:00", "2026-02-30 18:00"), "start: 2026-02-30 18:00 does not exist"),
        (changed("2026-12-04 18:00", "1026-12-04 18:00"), "start: the year must lie between 2000 and 2099"),
        (changed("2026-12-04 18:00", "18:00"), "start: must be a local time"),
        (GOOD + "    zone: Europe/Aachen\n", "10: event newcomer-cafe: zone: is not a time zone"),
        (GOOD + "    zone: ../../etc/passwd\n", "zone: is not a time zone"),
        (GOOD + "    registration: http://example.org\n", "10: event newcomer-cafe: registration: must be"),
        (GOOD + "    registration: https://localhost\n", "registration: must be a link"),
        (GOOD + "    registration: https://me@example.org\n", "registration: must be a link"),
        (GOOD + "    registration: https://exa mple.org\n", "registration: must be a link"),
        (GOOD + "    registration: 'https://[::1'\n", "registration: "),
        (changed("[welcome]", "[]"), "9: event newcomer-cafe: topics: "),
        (changed("[welcome]", "[parties]"), "9: event newcomer-cafe: topics.0: "),
        (changed("[welcome]", "[work, work]"), "topics: work is given twice"),
        (changed("{name: Ort}", "{}"), "5: event newcomer-cafe: place.name: is missing"),
        (changed("{name: Ort}", "{name: [Ort]}"), "5: event newcomer-cafe: place.name: "),
        (changed("{name: Ort}", "{name: Ort, latitude: 50.7}"), "place: latitude and longitude belong"),
        (changed("{name: Ort}", "{name: Ort, latitude: 90.1, longitude: 6.0}"), "place.latitude: "),
        (GOOD + "    price: cheap\n", "10: event newcomer-cafe: price: "),
        (GOOD + "    page: www.example.org\n", "10: event newcomer-cafe: page: must be a link"),
        (GOOD + "    languages: [deutsch]\n", "languages.0: "),
        (GOOD + "    with_children: yes\n", "with_children: "),
        (GOOD + "    cancelled: maybe\n", "10: event newcomer-cafe: cancelled: "),
        (GOOD + "    cancelled: [2026-12-05]\n", "cancelled: Sat 2026-12-05 is not a date of this event"),
        (
            GOOD + "    except: [2026-12-05]\n",
            "10: event newcomer-cafe: except: Sat 2026-12-05 is not a date",
        ),
        (GOOD + "    except: [2026-11-27]\n", "except: Fri 2026-11-27 is not a date of this event"),
        (GOOD + "    except: [2026-12-11, 2026-12-11]\n", "except: 2026-12-11 is given twice"),
        (GOOD + "    except: [11.12.2026]\n", "except.0: must be a date"),
        (
            GOOD + "    except: [2026-12-11]\n    cancelled: [2026-12-11]\n",
            "11: event newcomer-cafe: cancelled",
        ),
        (GOOD + "    moved: [{on: 2026-12-05, start: 2026-12-06 18:00}]\n", "moved: Sat 2026-12-05 is not a"),
        (GOOD + "    moved: [{on: 2026-12-11}]\n", "10: event newcomer-cafe: moved.0.start: is missing"),
        (
            GOOD + "    moved:\n    - {on: 2026-12-11, start: 2026-12-12 18:00, end: 2026-12-12 17:00}\n",
            "11: event newcomer-cafe: moved.0.end: must be later",
        ),
        (
            GOOD + "    moved: [{on: 2026-12-11, start: 2026-12-12 18:00}]\n    except: [2026-12-11]\n",
            "moved: 2026-12-11 is a date on which there is nothing",
        ),
        (
            changed("BYDAY=FR", "BYDAY=SA"),
            "8: event newcomer-cafe: repeat: the start, Fri 2026-12-04, is not",
        ),
        (changed("FREQ=WEEKLY;BYDAY=FR", "weekly"), "8: event newcomer-cafe: repeat: 'weekly' is not of"),
        (changed("FREQ=WEEKLY;BYDAY=FR", "FREQ=HOURLY"), "repeat: FREQ=HOURLY is faster than daily"),
        (changed("FREQ=WEEKLY;BYDAY=FR", "7"), "repeat: must be a rule"),
        # the file as a whole
        ("", "1: events: the file must have the key events"),
        ("- id: a\n", "1: events: the file must have the key events"),
        ("events: {}\n", "1: events: the file must have the key events"),
        ("events: []\nother: 1\n", "2: other: unknown key"),
        ("events: [7]\n", "1: event #1: "),
        ("events:\n  - id: [\n", "3: "),
        ("events: []\n---\nevents: []\n", "2: "),
        (GOOD + "    topics: [work]\n", "10: the key 'topics' is given twice"),
        (GOOD + "    1: one\n", "10: this key is not text"),
        (GOOD + "    [a]: one\n", "10: this key is not text"),
        ("events: &all\n- *all\n", "1: anchors (&), aliases (*) and tags (!) are not used here"),
        ("events: !!python/object:os.system []\n", "1: anchors"),
        ("events: " + "[" * 5000, "1: nested too deeply"),
        ("events: []\n# \x07\n", "2: the character U+0007 is not allowed"),
        ('events: ["\\ud800"]\n', "1: half of a character"),
        ('events: ["\\Uffffffff"]\n', "1: a number or an escaped character is out of range"),
        (b"events: []\n# caf\xe9\n", "2: is not UTF-8 text"),
    ],
)
def test_refused(text: str | bytes, expected: str) -> None:
    (problem,) = refused(text)
    assert problem.startswith("city.yaml:")
    assert expected in problem
    if expected[0].isdigit():
        assert problem.startswith(f"city.yaml:{expected}")


def test_a_byte_order_mark_is_no_fault() -> None:
    assert len(loaded(GOOD.encode("utf-8-sig"))) == 1


def test_a_file_that_nobody_would_read_is_refused() -> None:
    assert refused(GOOD, "city.yml") == ["city.yml:1: the name must end in .yaml, or nobody reads the file"]


def test_an_id_is_used_once_in_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "b.yaml").write_text("# moved here\n" + GOOD, "utf-8")
    with pytest.raises(CalendarError) as caught:
        load_events(tmp_path)
    assert str(caught.value) == "b.yaml:3: event newcomer-cafe: id: is used already, at a.yaml:2"


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    wrong = changed("en: Café", "french: Café").replace("2026-12-04 20", "2026-12-04 17").replace("=FR", "=SA")
    (tmp_path / "a.yaml").write_text(wrong + "    zone: Mars\n    registration: ftp://x\n", "utf-8")
    (tmp_path / "b.yaml").write_text("events: [", "utf-8")
    (tmp_path / "c.yaml").mkdir()
    (tmp_path / "d.yaml").write_text(GOOD, "utf-8")
    with pytest.raises(CalendarError) as caught:
        load_events(tmp_path)
    assert [(problem.file, problem.line, problem.key) for problem in caught.value.problems] == [
        ("a.yaml", 10, "zone"),
        ("a.yaml", 7, "end"),
        ("a.yaml", 3, "title.french"),
        ("a.yaml", 11, "registration"),
        ("b.yaml", 1, ""),
        ("c.yaml", 1, ""),
        ("d.yaml", 2, "id"),
    ]


# Random files: pieces of real ones, in any order and place.

LETTERS = "aZ0 -:;=#'\"\n\r\t\0\x85\u2028\ufeffé߿中😀"
leaves: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            "2026-12-04 18:00",
            "2026-12-04",
            "2099-12-31 23:59",
            "FREQ=DAILY",
            "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTHDAY=29;INTERVAL=999",
            "Europe",
            "Europe/Berlin",
            "https://[",
            "free",
            "on",
            "=",
            "<<",
            *TOPICS,
        ]
    ),
    st.text(LETTERS, max_size=12),
    st.none() | st.booleans() | st.integers() | st.floats(),
)
blocks = (CalendarFile, EventBlock, PlaceBlock, MoveBlock)
names = st.sampled_from(["de", "en", *(key for block in blocks for key in block.model_json_schema()["properties"])])
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names | st.text(LETTERS, max_size=3), inner, max_size=6)
    ),
    max_leaves=12,
)


def loads_or_is_refused(text: str | bytes) -> None:
    try:
        for event in loaded(text):
            assert isinstance(event, Event)
    except CalendarError as error:
        assert error.problems
        str(error).encode()


@given(block=st.dictionaries(names, values, max_size=5))
def test_a_valid_event_with_anything_in_it_loads_or_is_refused(block: dict[str, Any]) -> None:
    written = yaml.load(GOOD, yaml.BaseLoader)
    written["events"][0] |= block
    loads_or_is_refused(yaml.safe_dump(written, allow_unicode=True))


@given(value=values)
def test_any_value_as_a_file_loads_or_is_refused(value: Any) -> None:
    loads_or_is_refused(yaml.safe_dump({"events": value}))


@given(
    data=st.binary(max_size=80)
    | st.text(alphabet="ab:-[]{}&*!|>%@`'\"#,?\\xuU0f\n\t .~<=", max_size=60).map(str.encode)
)
def test_any_bytes_load_or_are_refused(data: bytes) -> None:
    loads_or_is_refused(data)


@given(
    at=st.integers(0, len(FULL) - 1),
    piece=st.text(alphabet='ab:-[]{}&*!|>%"#,?\\xU0\n\t 2~', max_size=4),
    cut=st.integers(0, 8),
)
def test_a_slip_of_the_keyboard_loads_or_is_refused(at: int, piece: str, cut: int) -> None:
    loads_or_is_refused(FULL[:at] + piece + FULL[at + cut :])


# The schema for editors.


@pytest.fixture(scope="module")
def accepts() -> Callable[[str], bool]:
    jsonschema.Draft202012Validator.check_schema(event_schema())
    validator = jsonschema.Draft202012Validator(event_schema())

    def check(text: str) -> bool:
        plain = yaml.load(text.replace(" 6}", " 6.0}"), Loader)
        return bool(validator.is_valid(plain))

    return check


class Loader(yaml.SafeLoader):
    """Reads dates and `on` as text, as editors with YAML 1.2 do."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_the_schema_accepts_what_the_loader_accepts(accepts: Callable[[str], bool]) -> None:
    assert accepts(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        changed("cafe\n", "cafe\n    colour: red\n"),
        changed("en: Café", "en: 7"),
        changed("[welcome]", "[parties]"),
        changed("2026-12-04 18:00", "18 Uhr"),
        changed("{name: Ort}", "{}"),
    ],
)
def test_the_schema_refuses_what_it_can_see(text: str, accepts: Callable[[str], bool]) -> None:
    assert not accepts(text)
