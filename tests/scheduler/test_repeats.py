"""Repeat rules: which are accepted, what they mean, and that reading one never takes long."""

import time
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.repeats import begins_with, parse_repeat, planned_dates, starts

wall = datetime.fromisoformat

AACHEN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("rule", "first", "then"),
    [
        ("FREQ=DAILY", "2026-12-30", ["12-31", "01-01"]),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-12-03", ["12-04", "12-07"]),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-12-04", ["12-18", "01-01"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "2026-12-01", ["12-03", "12-08"]),
        ("FREQ=MONTHLY", "2026-12-31", ["01-31", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=2WE", "2026-12-09", ["01-13", "02-10"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25", ["01-29", "02-26"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-12-31", ["01-31", "02-28"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-12-31", ["01-29", "02-26"]),
        ("FREQ=YEARLY", "2028-02-29", ["02-29", "02-29"]),
    ],
)
def test_meaning(rule: str, first: str, then: list[str]) -> None:
    start = datetime.fromisoformat(f"{first} 18:00")
    found = list(islice(starts(parse_repeat(rule), start, AACHEN, start), 3))
    assert found[0] == start
    assert [f"{wall:%m-%d}" for wall in found[1:]] == then
    assert {wall.time() for wall in found} == {start.time()}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("", "not of the form"),
        ("weekly", "not of the form"),
        ("FREQ=", "not of the form"),
        ("INTERVAL=2", "FREQ must be one of"),
        ("FREQ=FORTNIGHTLY", "FREQ must be one of"),
        ("FREQ=SECONDLY", "faster than daily"),
        ("FREQ=MINUTELY", "faster than daily"),
        ("FREQ=HOURLY;INTERVAL=24", "faster than daily"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ is given twice"),
        ("FREQ=DAILY;BYHOUR=9,17", "'BYHOUR' is not supported"),
        ("FREQ=WEEKLY;WKST=SU", "'WKST' is not supported"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL: '0' is not a whole number"),
        ("FREQ=DAILY;INTERVAL=1000", "INTERVAL: '1000' is not"),
        ("FREQ=DAILY;INTERVAL=1.5", "INTERVAL: '1.5' is not"),
        ("FREQ=DAILY;INTERVAL=²", "INTERVAL: '²' is not"),
        ("FREQ=DAILY;COUNT=-1", "COUNT: '-1' is not"),
        ("FREQ=WEEKLY;BYDAY=Freitag", "not a weekday"),
        ("FREQ=WEEKLY;BYDAY=2FR", "needs FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYDAY=0FR", "BYDAY: '0' is not"),
        ("FREQ=MONTHLY;BYDAY=6FR", "no month has a weekday 6 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY: '32' is not"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "does not go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20271231", "exclude each other"),
        ("FREQ=DAILY;UNTIL=2027-12-31", "is not a date such as"),
        ("FREQ=DAILY;UNTIL=20270231", "is not a date such as"),
        ("FREQ=DAILY;UNTIL=99991231", "the year must lie between"),
    ],
)
def test_refused(rule: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        parse_repeat(rule)


@pytest.mark.parametrize(
    ("rule", "first", "is_a_date_of_it"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", "2026-12-04", True),
        ("FREQ=WEEKLY;BYDAY=TU,FR", "2026-12-04", True),
        ("FREQ=WEEKLY;BYDAY=SA", "2026-12-04", False),
        ("FREQ=MONTHLY;BYDAY=1FR", "2026-12-04", True),
        ("FREQ=MONTHLY;BYDAY=2FR", "2026-12-04", False),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "2026-12-07", False),
        ("FREQ=DAILY;UNTIL=20261204", "2026-12-04", True),
        ("FREQ=DAILY;UNTIL=20261203", "2026-12-04", False),
        ("FREQ=DAILY;COUNT=1", "2026-12-04", True),
    ],
)
def test_the_start_is_a_date_of_its_rule(rule: str, first: str, is_a_date_of_it: bool) -> None:
    start = datetime.fromisoformat(f"{first} 18:00")
    assert begins_with(parse_repeat(rule), start, AACHEN) is is_a_date_of_it


def test_without_a_rule_there_is_one_date() -> None:
    start = wall("2026-12-04 18:00")
    assert planned_dates(None, start, AACHEN, date(2099, 12, 31)) == {start.date()}


numbers = st.integers(-60, 60).filter(bool).map(str)
parts: dict[str, st.SearchStrategy[str]] = {
    "INTERVAL": st.integers(1, 999).map(str),
    "COUNT": st.integers(1, 9999).map(str),
    "UNTIL": st.dates(date(2026, 1, 1), date(2099, 12, 31)).map(lambda day: f"{day:%Y%m%d}"),
    "BYDAY": st.lists(st.sampled_from(["MO", "FR", "2TU", "-1SU", "53MO"]), min_size=1).map(",".join),
    "BYMONTHDAY": st.lists(numbers, min_size=1, max_size=3).map(",".join),
    "BYSETPOS": st.lists(numbers, min_size=1, max_size=3).map(",".join),
}
rules = st.fixed_dictionaries({"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])}, optional=parts)


@given(rule=rules, start=st.datetimes(wall("2026-01-01 00:00"), wall("2030-01-01 00:00")))
def test_a_rule_is_refused_or_walked_in_order_and_quickly(rule: dict[str, str], start: datetime) -> None:
    try:
        repeat = parse_repeat(";".join(f"{name}={value}" for name, value in rule.items()))
    except ValueError:
        return
    began = time.process_time()
    if begins_with(repeat, start, AACHEN):
        found = list(islice(starts(repeat, start, AACHEN, start), 5))
        assert found == sorted(set(found))
        assert found[0] == start
    assert time.process_time() - began < 1
