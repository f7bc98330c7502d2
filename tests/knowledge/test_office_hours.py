"""By when a person has answered: openings, queue, public holidays, single days, and both clock changes of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.loader_office_hours import FILE, load_office_hours
from knowledge.loader_yaml import ContentError
from knowledge.office_hours import Idle, OfficeHours, Opening, public_holidays

AACHEN = ZoneInfo("Europe/Berlin")
MORNING, AFTERNOON = Opening(time(9), time(12)), Opening(time(13), time(16))
WEEK = dict.fromkeys(range(4), (MORNING, AFTERNOON)) | {4: (MORNING,)}
HOURS = OfficeHours(WEEK, {}, first_answer=60, each_waiting=15, reminders=(30, 10))
NIGHT = OfficeHours({6: (Opening(time(1), time(6)),)}, {}, first_answer=180, each_waiting=0, reminders=())


def at(text: str) -> datetime:
    """A wall time in Aachen."""
    return datetime.fromisoformat(text).replace(tzinfo=AACHEN)


def promised(hours: OfficeHours, now: str, waiting: int = 0) -> str:
    by = hours.promise(at(now), AACHEN, waiting)
    assert by is not None
    return f"{by.astimezone(AACHEN):%a %d.%m. %H:%M}"


@pytest.mark.parametrize(
    ("now", "waiting", "by"),
    [
        ("2026-11-24T09:00", 0, "Tue 24.11. 10:00"),
        ("2026-11-24T09:00:41", 0, "Tue 24.11. 10:00"),
        ("2026-11-24T09:01", 0, "Tue 24.11. 10:15"),
        ("2026-11-24T09:00", 2, "Tue 24.11. 10:30"),
        ("2026-11-24T11:30", 0, "Tue 24.11. 13:30"),  # over the midday break
        ("2026-11-24T15:00", 0, "Tue 24.11. 16:00"),  # just before closing
        ("2026-11-24T15:30", 0, "Wed 25.11. 09:30"),
        ("2026-11-23T20:00", 0, "Tue 24.11. 10:00"),  # in the evening
        ("2026-11-24T02:00", 0, "Tue 24.11. 10:00"),  # at night
        ("2026-11-27T20:00", 0, "Mon 30.11. 10:00"),  # over the weekend
        ("2026-11-27T20:00", 20, "Mon 30.11. 16:00"),
        ("2026-11-27T20:00", 21, "Tue 01.12. 09:15"),
        ("2026-12-24T15:30", 0, "Mon 28.12. 09:30"),  # over Christmas
        ("2026-06-03T20:00", 0, "Fri 05.06. 10:00"),  # Corpus Christi, a holiday in North Rhine-Westphalia
        ("2026-10-31T10:00", 0, "Mon 02.11. 10:00"),
        ("2026-03-27T20:00", 0, "Mon 30.03. 10:00"),  # the clocks go forward on the Sunday between
        ("2026-10-23T20:00", 0, "Mon 26.10. 10:00"),  # the clocks go back on the Sunday between
    ],
)
def test_a_person_has_answered_by_then(now: str, waiting: int, by: str) -> None:
    assert promised(HOURS, now, waiting) == by


def test_when_the_clocks_go_forward_an_hour_of_the_night_is_missing() -> None:
    assert promised(NIGHT, "2026-03-28T12:00") == "Sun 29.03. 05:00"
    assert promised(NIGHT, "2026-04-04T12:00") == "Sun 05.04. 04:00"


def test_when_the_clocks_go_back_an_hour_of_the_night_is_there_twice() -> None:
    assert promised(NIGHT, "2026-10-24T12:00") == "Sun 25.10. 03:00"
    asked = at("2026-10-25T02:30").replace(fold=1)
    assert NIGHT.is_open(asked, AACHEN)
    by = NIGHT.promise(asked, AACHEN, 0)
    assert by is not None
    assert by - asked.astimezone(UTC) == timedelta(hours=3)


def test_open_and_closed() -> None:
    opens = {
        now: HOURS.is_open(at(f"2026-11-24T{now}"), AACHEN) for now in ("08:59", "09:00", "11:59", "12:00", "13:00")
    }
    assert opens == {"08:59": False, "09:00": True, "11:59": True, "12:00": False, "13:00": True}
    assert not HOURS.is_open(at("2026-12-25T10:00"), AACHEN)


def test_single_days_go_before_weekday_and_holiday() -> None:
    days = {date(2026, 12, 25): (MORNING,), date(2026, 12, 28): ()}
    hours = OfficeHours(WEEK, days, first_answer=200, each_waiting=0, reminders=())
    assert promised(hours, "2026-12-24T20:00") == "Tue 29.12. 09:30", "twenty minutes are left after Christmas morning"


def test_without_any_hours_nothing_is_promised() -> None:
    assert OfficeHours({}, {}, 60, 0, ()).promise(at("2026-11-24T09:00"), AACHEN, 0) is None


def test_the_holidays_are_those_of_north_rhine_westphalia() -> None:
    assert {date(2026, 11, 1), date(2026, 6, 4)} <= public_holidays(2026)
    assert not {date(2026, 1, 6), date(2026, 10, 31), date(2026, 8, 15)} & public_holidays(2026)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


@example(datetime(2026, 4, 1, 7, 0, 0, 1, tzinfo=UTC), 8)  # all but a microsecond fits in before the midday break
@given(moments, st.integers(0, 100))
def test_a_promise_lies_ahead_in_the_hours_and_more_waiting_never_make_it_earlier(now: datetime, waiting: int) -> None:
    by, later = (HOURS.promise(now, AACHEN, number) for number in (waiting, waiting + 1))
    assert by is not None
    assert later is not None
    assert now + timedelta(minutes=59) < by <= later
    assert HOURS.is_open(by - timedelta(seconds=1), AACHEN)


# --- the file ---

GOOD = """\
week:
  monday: ["09:00-12:00", "13:00-16:00"]
closed:
  - from: 2026-12-24
    to: 2026-12-31
exceptions:
  - day: 2026-12-28
    hours: ["10:00-12:00"]
first_answer_minutes: 60
minutes_for_each_waiting: 15
reminders_minutes_before: [30, 10]
"""


def load(folder: Path, text: str) -> OfficeHours:
    (folder / FILE).write_text(text, encoding="utf-8")
    return load_office_hours(folder)


def test_when_a_conversation_has_gone_quiet_may_be_set(tmp_path: Path) -> None:
    block = "idle: {remind_adviser_after_hours: 8, close_after_days: 5, warn_days_before: 2}\n"
    assert load(tmp_path, GOOD + block).idle == Idle(8, 5, 2)
    assert load(tmp_path, GOOD).idle == Idle()
    with pytest.raises(ContentError, match="warn_days_before must be smaller"):
        load(tmp_path, GOOD + block.replace("before: 2", "before: 5"))


def test_the_file_is_read(tmp_path: Path) -> None:
    hours = load(tmp_path, GOOD)
    assert hours.week == {0: (MORNING, AFTERNOON)}
    assert hours.on(date(2026, 12, 24)) == ()
    assert hours.on(date(2026, 12, 28)) == (Opening(time(10), time(12)),)
    assert (hours.first_answer, hours.each_waiting, hours.reminders, hours.sample) == (60, 15, (30, 10), False)


def test_the_shipped_hours_say_that_they_are_an_example() -> None:
    assert load_office_hours(Path(__file__).parents[2] / "knowledge").sample


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("09:00-12:00", "9-12", 2, "'9-12' is no opening; write it like 09:00-12:00"),
        ("09:00-12:00", "12:00-09:00", 2, "ends before it begins"),
        ('"13:00-16:00"', '"11:00-16:00"', 2, "must follow one another"),
        ("monday", "mondag", 2, "'mondag' is no weekday"),
        ("to: 2026-12-31", "to: 2026-12-01", 5, "ends before it begins"),
        ("2026-12-24", "24.12.2026", 4, "write a day as 2026-12-31"),
        ("[30, 10]", "[10, 30]", 11, "the largest number first"),
        ("answer_minutes: 60", "answer_minutes: 0", 9, "1 or more"),
        ("first_answer_minutes: 60\n", "", 1, "this key is missing"),
        ("closed:", "shut:", 3, "unknown key"),
        (
            '["10:00-12:00"]\n',
            '["10:00-12:00"]\n  - day: 2026-12-28\n    hours: []\n',
            9,
            "this day is there twice",
        ),
    ],
)
def test_a_flaw_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ContentError) as refused:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert [(problem.line, message in problem.message) for problem in refused.value.problems] == [(line, True)]


def test_without_the_file_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"office_hours\.yaml"):
        load_office_hours(tmp_path)
