"""`lotse events`: what comes, feeds included, and what is wrong with an editor's file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.scheduler.calendars import a_calendar

SOON = datetime.now(UTC) + timedelta(days=3)
GOOD = f"""\
events:
  - id: cafe
    title: {{de: Café, en: Coffee}}
    text: {{de: Kommen Sie., en: Come.}}
    place: {{name: Ort}}
    start: {SOON:%Y-%m-%d} 18:00
    end: {SOON:%Y-%m-%d} 20:00
    topics: [welcome]
    languages: [de]
"""


class Lotse:
    """The command line as an editor uses it, with folders of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str) -> tuple[int, list[str]]:
        """The exit code and the lines printed."""
        self._monkeypatch.setattr(sys, "argv", ["lotse", *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            assert isinstance(end.code, int)
            code = end.code
        return code, self._capsys.readouterr().out.splitlines()


@pytest.fixture
def lotse(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lotse:
    (tmp_path / "events").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LOTSE_EVENTS_DIR", str(tmp_path / "events"))
    return Lotse(capsys, monkeypatch)


def test_what_comes_is_listed(lotse: Lotse) -> None:
    assert lotse("events") == (0, ["no events"])
    Path("events/city.yaml").write_text(GOOD, "utf-8")
    code, (line,) = lotse("events", "--lang", "en")
    assert code == 0
    assert line.endswith(f"18:00  Coffee  [cafe@{SOON:%Y-%m-%d}]")


def test_a_good_file(lotse: Lotse) -> None:
    Path("new.yaml").write_text(GOOD, "utf-8")
    code, lines = lotse("events", "--check", "new.yaml")
    assert code == 0
    assert lines[0] == "errors: 0; events without an error: 1; the next dates:"
    assert lines[1].endswith(f"[cafe@{SOON:%Y-%m-%d}]")


def test_a_file_with_errors_and_thoughts(lotse: Lotse) -> None:
    wrong = GOOD.replace("topics: [welcome]", "topic: [welcome]").replace("[de]", "[deutsch]")
    later = GOOD.replace("events:\n", "").replace("id: cafe", "id: old").replace(", en: Coffee", "")
    past = later.replace(f"{SOON:%Y-%m-%d}", "2020-01-01")
    Path("new.yaml").write_text(wrong + past, "utf-8")
    code, lines = lotse("events", "--check", "new.yaml")
    assert code == 1
    assert [line for line in lines if line.startswith("error: ")] == [
        "error: new.yaml:2: event cafe: topics: is missing",
        "error: new.yaml:9: event cafe: languages.0: may have small letters, digits and hyphens only, such as"
        " german-cafe, de",
        "error: new.yaml:8: event cafe: topic: unknown key; did you mean topics?",
    ]
    assert [line for line in lines if line.startswith("think")] == [
        "think of: new.yaml:10: event old: no date lies ahead; remove the event, or add dates",
        "think of: new.yaml:10: event old: title: there is none in en; its readers see the one in de",
    ]
    assert lines[-1].startswith("errors: 3; nothing of the file is used until they are put right")


def test_a_calendar(lotse: Lotse) -> None:
    good = f"UID:fest\nSUMMARY:Fest\nDTSTART;VALUE=DATE:{SOON:%Y%m%d}\nSTATUS:CANCELLED"
    Path("city.ics").write_bytes(a_calendar("UID:bad\nSUMMARY:Bad\nDTSTART:x", good))
    code, lines = lotse("events", "--check", "city.ics")
    assert code == 1
    assert lines[0].startswith("error: city.ics:8: event bad: DTSTART: cannot be read")
    assert [line for line in lines if line.startswith("think of: city.ics:10: event fest: ")]
    assert lines[-2] == "errors: 1; the others are used; events without an error: 1; the next dates:"
    assert lines[-1].endswith("(cancelled)")
    assert ":00" not in lines[-1], "whole days have no time"


@pytest.mark.parametrize("name", ["city.ics", "city.yaml"])
@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b"BEGIN:VCALENDAR", b"events: 7"])
def test_what_is_no_file_of_events(lotse: Lotse, name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    code, lines = lotse("events", "--check", name)
    assert code == 1
    assert lines[0].startswith(f"error: {name}:1: ")
    assert lines[-1].startswith("errors: 1; ")


def test_a_file_that_is_not_there(lotse: Lotse) -> None:
    assert lotse("events", "--check", "nowhere.yaml")[0] == 2


def test_the_shipped_samples_have_no_errors(lotse: Lotse) -> None:
    samples = Path(__file__).parents[1] / "scheduler" / "events" / "samples.yaml"
    assert lotse("events", "--check", str(samples))[0] == 0
