"""What is on when: windows, the next ones, moved, excluded and cancelled dates."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import Event, Move, Place, find_occurrence, in_words, next_occurrences, occurrences

wall = datetime.fromisoformat

Build = Callable[..., Event]
Moment = Callable[[str], datetime]
FRIDAYS = ("2026-12-04 18:00", "2026-12-04 20:00", "FREQ=WEEKLY;BYDAY=FR")


def keys(found: tuple[object, ...]) -> list[str]:
    return [one.key for one in found]  # type: ignore[attr-defined]


def test_a_window_includes_its_beginning_and_not_its_end(an_event: Build, utc: Moment) -> None:
    found = occurrences([an_event(*FRIDAYS)], utc("2026-12-04 17:00"), utc("2026-12-18 17:00"))
    assert keys(found) == ["newcomer-cafe@2026-12-04", "newcomer-cafe@2026-12-11"]


def test_nothing_before_the_first_date(an_event: Build, utc: Moment) -> None:
    assert not occurrences([an_event(*FRIDAYS)], utc("2020-01-01 00:00"), utc("2026-12-04 17:00"))


def test_a_rule_ends_by_count_or_by_the_whole_last_day(an_event: Build, utc: Moment) -> None:
    for limit in ("COUNT=3", "UNTIL=20261218", "UNTIL=20261218T180000", "UNTIL=20261218T170000Z"):
        event = an_event(*FRIDAYS[:2], f"{FRIDAYS[2]};{limit}")
        found = occurrences([event], utc("2026-01-01 00:00"), utc("2030-01-01 00:00"))
        assert keys(found)[-1] == "newcomer-cafe@2026-12-18", limit
        assert len(found) == 3


def test_the_next_ones_include_what_is_running_and_leave_out_what_is_over(an_event: Build, utc: Moment) -> None:
    event = an_event(*FRIDAYS)
    assert keys(next_occurrences([event], utc("2026-12-04 18:59"), 1)) == ["newcomer-cafe@2026-12-04"]
    assert keys(next_occurrences([event], utc("2026-12-04 19:00"), 1)) == ["newcomer-cafe@2026-12-11"]


def test_a_festival_of_days_stays_listed_until_it_ends(an_event: Build, utc: Moment) -> None:
    event = an_event("2026-12-04 10:00", "2026-12-20 20:00")
    assert len(next_occurrences([event], utc("2026-12-20 18:00"), 5)) == 1
    assert not next_occurrences([event], utc("2026-12-20 19:00"), 5)


def test_the_next_ones_come_in_order_over_all_events_and_by_topic(an_event: Build, utc: Moment) -> None:
    events = [
        an_event(*FRIDAYS, id="cafe"),
        an_event("2026-12-05 10:00", "2026-12-05 11:00", id="walk", topics=("culture", "german")),
    ]
    now = utc("2026-12-01 00:00")
    assert keys(next_occurrences(events, now, 3)) == ["cafe@2026-12-04", "walk@2026-12-05", "cafe@2026-12-11"]
    assert keys(next_occurrences(events, now, 3, topics=["german"])) == ["walk@2026-12-05"]
    assert not next_occurrences(events, now, 3, topics=[])


def test_a_moved_date_keeps_its_key_and_leaves_its_old_place(an_event: Build, utc: Moment) -> None:
    elsewhere = Place(name={"de": "Rathaus", "en": "town hall"})
    move = Move(
        on=date(2026, 12, 11),
        start=wall("2027-01-05 19:00"),
        end=wall("2027-01-05 20:00"),
        place=elsewhere,
    )
    event = an_event(*FRIDAYS, moved=(move,))
    assert not occurrences([event], utc("2026-12-10 00:00"), utc("2026-12-12 00:00"))
    (one,) = occurrences([event], utc("2027-01-05 00:00"), utc("2027-01-06 00:00"))
    assert (one.key, one.start, one.place) == ("newcomer-cafe@2026-12-11", utc("2027-01-05 18:00"), elsewhere)
    assert keys(next_occurrences([event], utc("2027-01-02 00:00"), 2)) == [
        "newcomer-cafe@2026-12-11",
        "newcomer-cafe@2027-01-08",
    ]


def test_excluded_dates_are_silent_and_cancelled_ones_are_shown(an_event: Build, utc: Moment) -> None:
    event = an_event(*FRIDAYS, excluded=(date(2026, 12, 11),), cancelled_on=(date(2026, 12, 18),))
    found = next_occurrences([event], utc("2026-12-01 00:00"), 3)
    assert [(one.on.day, one.cancelled) for one in found] == [(4, False), (18, True), (25, False)]


def test_a_cancelled_event_is_cancelled_on_every_date(an_event: Build, utc: Moment) -> None:
    found = next_occurrences([an_event(*FRIDAYS, cancelled=True)], utc("2026-12-01 00:00"), 3)
    assert [one.cancelled for one in found] == [True, True, True]


def test_years_of_history_do_not_matter(an_event: Build, utc: Moment) -> None:
    event = an_event("2000-01-01 18:00", "2000-01-01 20:00", "FREQ=DAILY")
    assert keys(next_occurrences([event], utc("2026-12-01 00:00"), 1)) == ["newcomer-cafe@2026-12-01"]


RULES = ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", None]


@given(
    start=st.datetimes(wall("2026-01-01 00:00"), wall("2026-12-31 00:00")),
    rule=st.sampled_from(RULES),
    hours=st.lists(st.integers(0, 24 * 500), min_size=3, max_size=3).map(sorted),
)
def test_windows_side_by_side_are_one_window(
    start: datetime, rule: str | None, hours: list[int], an_event: Build, utc: Moment
) -> None:
    event = an_event(start.isoformat(), (start + timedelta(hours=2)).isoformat(), rule)
    a, b, c = (utc("2026-01-01 00:00") + timedelta(hours=number) for number in hours)
    assert occurrences([event], a, b) + occurrences([event], b, c) == occurrences([event], a, c)


def test_an_occurrence_is_found_again_by_its_short_name(an_event: Build, utc: Moment) -> None:
    moved = Move(on=date(2026, 12, 11), start=wall("2027-02-01 10:00"), end=wall("2027-02-01 11:00"))
    event = an_event(*FRIDAYS, id="a" * 60, moved=(moved,), cancelled_on=(date(2026, 12, 18),))
    other = an_event(*FRIDAYS, id="b" * 60)
    found = occurrences([event, other], utc("2026-12-01 00:00"), utc("2027-03-01 00:00"))
    for one in found:
        assert len(f"coming:{one.ref}".encode()) <= 64
        assert find_occurrence([other, event], one.ref) == one
    assert len({one.ref for one in found}) == len(found)
    later = an_event("2026-12-04 19:00", "2026-12-04 21:00", FRIDAYS[2], id="a" * 60)
    again = find_occurrence([later], found[0].ref)
    assert again is not None and again.start == utc("2026-12-04 18:00")


def test_what_is_not_there_is_not_found(an_event: Build) -> None:
    event = an_event(*FRIDAYS)
    for ref in ("", "x", "a-b", f"{event.handle}-261205", f"{event.handle}-269999", f"{event.handle}x-261204"):
        assert find_occurrence([event], ref) is None


@given(st.text(max_size=20))
def test_any_text_as_a_short_name_is_harmless(ref: str) -> None:
    assert find_occurrence([], ref) is None


def test_a_date_can_have_a_title_and_a_text_of_its_own(an_event: Build, utc: Moment) -> None:
    titled = Move(
        on=date(2026, 12, 11), start=wall("2026-12-11 18:00"), end=wall("2026-12-11 20:00"), title={"fr": "F"}
    )
    event = an_event(*FRIDAYS, moved=(titled,))
    found = occurrences([event], utc("2026-12-01 00:00"), utc("2026-12-19 00:00"))
    assert [one.event.title for one in found] == [event.title, {"fr": "F"}, event.title]
    assert {one.event.id for one in found} == {event.id}


def test_a_text_in_another_language_says_which() -> None:
    assert in_words({"de": "Fest", "en": "Party"}, "en") == ("Party", "en")
    assert in_words({"en": "Party", "de": "Fest"}, "fr") == ("Fest", "de")
    assert in_words({"uk": "Свято", "fr": "Fête"}, "de") == ("Fête", "fr")
    assert in_words({}, "de") == ("", "de")
