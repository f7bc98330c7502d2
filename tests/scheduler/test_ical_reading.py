"""What the events of a feed say."""

from datetime import date

from scheduler.agenda import Event, Place, occurrences
from scheduler.ical_reading import Calendars, Defaults, read_calendar
from tests.scheduler.calendars import (
    AACHEN,
    BERLIN,
    FAR,
    LONG_AGO,
    NOW,
    a_calendar,
    dates,
    meaning,
    read,
)


def only(calendars: Calendars) -> Event:
    assert calendars.problems == ()
    (event,) = calendars.events
    return event


def test_what_an_event_says() -> None:
    content = a_calendar(
        "\n".join(
            [
                "UID:a@example.org",
                "SUMMARY;LANGUAGE=de:Café",
                "SUMMARY;LANGUAGE=en-GB:Coffee",
                "DESCRIPTION:<p>Kommen Sie &amp; bringen</p><script>alert(1)</script> \\nKuchen mit.\x07",
                "DTSTART;VALUE=DATE:20261030",
                "DTEND;VALUE=DATE:20261101",
                "LOCATION:Haus\\, Markt 1",
                "GEO:50.776;6.084",
                "CATEGORIES:Deutsch,Anderes",
                "CATEGORIES:FAMILIE",
                'ORGANIZER;CN="Verein":mailto:me@example.org',
                "URL:https://example.org/about",
                "X-LOTSE-LANGUAGES:de, EN",
                "X-LOTSE-PRICE:free",
                "X-LOTSE-CHILDREN:TRUE",
                "X-LOTSE-REGISTRATION:https://example.org/come",
                "SEQUENCE:4",
            ]
        )
    )
    event = only(read_calendar(content, "x", AACHEN, NOW, meaning))
    assert event.title == {"de": "Café", "en": "Coffee"}
    assert event.text == {"de": "Kommen Sie & bringen\nalert(1) \nKuchen mit."}
    assert event.place == Place(name={"de": "Haus, Markt 1"}, latitude=50.776, longitude=6.084)
    assert (event.topics, event.languages, event.price) == (("german", "family"), ("de", "en"), "free")
    assert (event.organiser, event.with_children, event.sequence) == ("Verein", True, 4)
    assert (event.page, event.registration) == ("https://example.org/about", "https://example.org/come")
    assert (event.uid, event.all_day) == ("a@example.org", True)
    (one,) = occurrences([event], LONG_AGO, FAR)
    assert (one.start_local.date(), one.last_day) == (date(2026, 10, 30), date(2026, 10, 31))


def test_what_is_not_said_comes_from_the_feeds_settings() -> None:
    plain = "UID:a SUMMARY:Cafe DTSTART:20261030T180000"
    event = only(read(plain, defaults=Defaults("en", ("culture",))))
    assert (event.title, event.topics, event.text, event.place) == ({"en": "Cafe"}, ("culture",), {}, Place(name={}))
    assert only(read(f"{plain} CATEGORIES:Deutsch", defaults=Defaults("en", ("culture",)))).topics == ("german",)


def test_a_link_that_is_none_and_a_point_that_is_not_on_earth_are_left_out() -> None:
    event = only(read("UID:a SUMMARY:Cafe DTSTART:20261030T180000 URL:javascript:alert(1) GEO:95;6"))
    assert (event.page, event.place.latitude) == (None, None)


def test_texts_too_long_for_a_phone_are_cut() -> None:
    written = f"UID:a\nSUMMARY:{'Wort ' * 100}\nDTSTART:20261030T180000\nDESCRIPTION:{'x' * 5000}"
    event = only(read_calendar(a_calendar(written), "x", AACHEN, NOW, meaning))
    assert len(event.title["de"]) < 210 and event.title["de"].endswith(" …")
    assert len(event.text["de"]) < 1510


def test_only_a_window_of_dates_is_kept() -> None:
    found = dates(read(f"UID:a SUMMARY:Daily DTSTART;{BERLIN}:20200101T180000 RRULE:FREQ=DAILY"))
    assert (found[0].on, found[-1].on) == (date(2026, 9, 19), date(2027, 11, 23))
