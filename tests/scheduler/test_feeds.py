"""Feeds: settings, the last good state over failures and restarts, files and addresses, the same event twice."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from scheduler.feeds import Feeds, Refreshed, parse_source
from scheduler.fetching import Fetcher
from scheduler.ical_reading import Defaults
from tests.scheduler.calendars import AACHEN, NOW, a_calendar, meaning

URL = "https://city.example/private-secret/events.ics"
CAFE = "UID:cafe\nSUMMARY:Cafe\nDTSTART:20261030T180000"
WALK = "UID:walk\nSUMMARY:Walk\nDTSTART:20261031T100000"
BROKEN = "UID:bad\nSUMMARY:Bad\nDTSTART:never"


class City(httpx.AsyncBaseTransport):
    """A server with one calendar on it."""

    def __init__(self, *events: str) -> None:
        self.answer = httpx.Response(200)
        self.asked: list[httpx.Request] = []
        self.publish(*events)

    def publish(self, *events: str, **headers: str) -> None:
        self.content, self.headers, self.status = a_calendar(*events), headers, 200

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.headers.get("ETag") and request.headers.get("If-None-Match") == self.headers["ETag"]:
            return httpx.Response(304)
        return httpx.Response(self.status, content=self.content, headers=self.headers)


async def somewhere(host: str, port: int) -> list[str]:
    return ["93.184.215.14"]


def feeds_of(folder: Path, *locations: str, city: City | None = None) -> Feeds:
    sources = [parse_source(location) for location in locations]
    return Feeds(sources, folder, AACHEN, meaning, Fetcher(somewhere, city or City()))


def ids(refreshed: Refreshed) -> list[str | None]:
    return [event.uid for event in refreshed.events]


async def test_events_are_fetched_and_follow_their_calendar(tmp_path: Path) -> None:
    city = City(CAFE)
    feeds = feeds_of(tmp_path, URL, city=city)
    assert ids(await feeds.refresh(NOW)) == ["cafe"]
    city.publish(CAFE, WALK)
    assert ids(await feeds.refresh(NOW)) == ["cafe", "walk"]
    city.publish()
    assert await feeds.refresh(NOW) == Refreshed(())


@pytest.mark.parametrize("failure", ["status", "no calendar", "nothing usable", "empty"])
async def test_a_broken_feed_keeps_its_last_good_state_and_says_so(tmp_path: Path, failure: str) -> None:
    city = City(CAFE)
    feeds = feeds_of(tmp_path, URL, city=city)
    await feeds.refresh(NOW)
    if failure == "status":
        city.status = 503
    elif failure == "nothing usable":
        city.publish(BROKEN)
    else:
        city.content = b"<html>" if failure == "no calendar" else b""
    broken = await feeds.refresh(NOW + timedelta(days=1))
    assert ids(broken) == ["cafe"]
    (trouble,) = broken.troubles
    assert trouble.feed.startswith("city.example (")
    assert "secret" not in f"{trouble.feed} {trouble.message}"
    city.publish(WALK)
    assert ids(await feeds.refresh(NOW)) == ["walk"]


async def test_the_last_good_state_survives_a_restart(tmp_path: Path) -> None:
    city = City()
    city.publish(CAFE, ETag='"1"')
    await feeds_of(tmp_path, URL, city=city).refresh(NOW)
    assert not any("secret" in path.name for path in tmp_path.iterdir())

    again = feeds_of(tmp_path, URL, city=city)
    assert [event.uid for event in again.recall(NOW)] == ["cafe"]
    assert ids(await again.refresh(NOW)) == ["cafe"]
    assert city.asked[-1].headers["If-None-Match"] == '"1"'

    city.status, city.headers = 500, {}
    broken = await feeds_of(tmp_path, URL, city=city).refresh(NOW)
    assert broken.events == () and broken.troubles, "without a recall nothing is known yet"


async def test_a_kept_state_that_is_broken_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    city = City(CAFE)
    await feeds_of(tmp_path, URL, city=city).refresh(NOW)
    for path in tmp_path.iterdir():
        path.write_bytes(b"{")
    again = feeds_of(tmp_path, URL, city=city)
    with caplog.at_level(logging.WARNING):
        assert again.recall(NOW) == ()
    assert "the kept state is no iCalendar text" in caplog.text
    assert ids(await again.refresh(NOW)) == ["cafe"]
    assert "If-None-Match" not in city.asked[-1].headers


async def test_the_window_of_dates_moves_on_with_an_unchanged_calendar(tmp_path: Path) -> None:
    city = City()
    city.publish("UID:daily\nSUMMARY:Daily\nDTSTART:20261001T180000\nRRULE:FREQ=DAILY", ETag='"1"')
    feeds = feeds_of(tmp_path, URL, city=city)
    first = (await feeds.refresh(NOW)).events[0].moved[-1].on
    assert (await feeds.refresh(NOW + timedelta(days=3))).events[0].moved[-1].on == first + timedelta(days=3)


async def test_a_file_and_what_becomes_of_it(tmp_path: Path) -> None:
    path = tmp_path / "own.ics"
    feeds = feeds_of(tmp_path / "kept", f"{path}#language=en&topic=culture")
    missing = await feeds.refresh(NOW)
    assert [trouble.feed for trouble in missing.troubles] == ["own.ics"]
    path.write_bytes(a_calendar(CAFE))
    (event,) = (await feeds.refresh(NOW)).events
    assert (event.title, event.topics) == ({"en": "Cafe"}, ("culture",))
    path.unlink()
    assert ids(await feeds.refresh(NOW)) == ["cafe"]
    path.write_bytes(b"x" * 5_000_001)
    (trouble,) = (await feeds.refresh(NOW)).troubles
    assert "larger than 5 MB" in trouble.message
    assert len(feeds_of(tmp_path / "kept", str(path)).recall(NOW)) == 1


async def test_one_broken_feed_does_not_hold_up_the_others_and_an_event_in_two_is_one(tmp_path: Path) -> None:
    (tmp_path / "own.ics").write_bytes(a_calendar(CAFE.replace("Cafe", "Own"), WALK))
    feeds = feeds_of(tmp_path, "nowhere.ics", str(tmp_path / "own.ics"), URL, city=City(CAFE))
    refreshed = await feeds.refresh(NOW)
    assert [event.title["de"] for event in refreshed.events] == ["Own", "Walk"]
    assert [trouble.feed for trouble in refreshed.troubles] == ["nowhere.ics"]


async def test_an_event_that_cannot_be_used_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    city = City(CAFE, BROKEN)
    feeds = feeds_of(tmp_path, URL, city=city)
    with caplog.at_level(logging.WARNING):
        for days in range(3):
            assert ids(await feeds.refresh(NOW + timedelta(days=days))) == ["cafe"]
    assert caplog.text.count("feed event not used") == 1
    assert "event bad: DTSTART: cannot be read" in caplog.text


async def test_a_full_disk_is_told_and_the_new_state_used(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.write_text("a file where the folder should be")
    refreshed = await feeds_of(folder, URL, city=City(CAFE)).refresh(datetime(2026, 10, 20, tzinfo=UTC))
    assert ids(refreshed) == ["cafe"]
    assert "cannot be read or kept" in refreshed.troubles[0].message


@pytest.mark.parametrize(
    ("text", "location", "defaults"),
    [
        (URL, URL, Defaults()),
        (" events/own.ics ", "events/own.ics", Defaults()),
        (f"{URL}?key=1#language=en", f"{URL}?key=1", Defaults("en")),
        (f"{URL}#topic=german&topic=welcome", URL, Defaults("de", ("german", "welcome"))),
    ],
)
def test_settings(text: str, location: str, defaults: Defaults) -> None:
    source = parse_source(text)
    assert (source.location, source.defaults, source.remote) == (location, defaults, location.startswith("https"))


@pytest.mark.parametrize(
    "text",
    ["", "#topic=work", "http://city.example/x", "ftp://x", "https://", "https://city", "https://me:pw@city.example/"]
    + [f"{URL}#{rest}" for rest in ("topic=party", "language=deutsch", "colour=red", "topic")],
)
def test_settings_that_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_source(text)
