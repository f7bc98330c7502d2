"""Fetching a feed: only from public addresses, at the checked address, within limits; versions; redirects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import fetching
from scheduler.fetching import Fetched, Fetcher, FetchError, Version, is_public

Answer = Callable[[httpx.Request], httpx.Response]
URL = "https://city.example/events.ics"
PUBLIC, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Wire(httpx.AsyncBaseTransport):
    """The network's end: keeps what was asked for and gives answers."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)


def names(**known: list[str]) -> fetching.Resolve:
    async def resolve(host: str, port: int) -> list[str]:
        return known[host.partition(".")[0]]

    return resolve


def content(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"BEGIN:VCALENDAR", headers={"ETag": '"7"', "Last-Modified": "yesterday"})


async def fetched(
    answer: Answer, known: Version | None = None, url: str = URL, **hosts: list[str]
) -> tuple[Fetched, Wire]:
    wire = Wire(answer)
    return await Fetcher(names(**{"city": [PUBLIC], **hosts}), wire).fetch(url, known or Version()), wire


async def refused(answer: Answer, url: str = URL, **hosts: list[str]) -> tuple[str, Wire]:
    wire = Wire(answer)
    with pytest.raises(FetchError) as caught:
        await Fetcher(names(**{"city": [PUBLIC], **hosts}), wire).fetch(url, Version())
    assert "city.example" not in str(caught.value), "an address may hold a secret"
    return str(caught.value), wire


async def test_the_connection_goes_to_the_checked_address_under_the_hosts_name() -> None:
    got, wire = await fetched(content)
    assert got == Fetched(b"BEGIN:VCALENDAR", Version('"7"', "yesterday"))
    (asked,) = wire.asked
    assert str(asked.url) == f"https://{PUBLIC}/events.ics"
    assert (asked.headers["Host"], asked.extensions["sni_hostname"]) == ("city.example", "city.example")
    assert asked.headers["Accept-Encoding"] == "identity"


async def test_an_address_of_version_six() -> None:
    _, wire = await fetched(content, city=[OTHER])
    assert str(wire.asked[0].url) == f"https://[{OTHER}]/events.ics"


async def test_the_next_address_is_tried_where_one_cannot_be_reached() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == PUBLIC:
            raise httpx.ConnectError("no route")
        return content(request)

    got, wire = await fetched(answer, city=[PUBLIC, OTHER])
    assert got.content and len(wire.asked) == 2


async def test_a_known_version_is_asked_for_and_an_unchanged_feed_not_given_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.headers["If-None-Match"], request.headers["If-Modified-Since"]) == ('"7"', "yesterday")
        return httpx.Response(304)

    known = Version('"7"', "yesterday")
    got, _ = await fetched(answer, known)
    assert got == Fetched(None, known)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1", "fec0::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
        *("", "localhost", "127.1", "0x7f000001", "fe80::1%eth0"),
    ],
)
async def test_private_addresses_are_refused(address: str) -> None:
    assert not is_public(address)
    said, wire = await refused(content, city=[address])
    assert "private address" in said
    assert wire.asked == []


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    said, wire = await refused(content, city=[PUBLIC, "10.0.0.1"])
    assert "private address" in said
    assert wire.asked == []


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://10.0.0.1:8443/"]
)
async def test_a_private_address_written_as_such_is_refused(url: str) -> None:
    said, wire = await refused(content, url)
    assert "private address" in said
    assert wire.asked == []


@pytest.mark.parametrize("url", ["https://2130706433/x", "https://0x7f.1/x", "https://127.1/x"])
async def test_other_ways_to_write_an_address_are_names_to_be_resolved(url: str) -> None:
    with pytest.raises(FetchError):
        await Fetcher(wire=Wire(content)).fetch(url, Version())


def redirecting(to: str) -> Answer:
    return lambda request: (
        content(request) if request.headers["Host"] != "city.example" else httpx.Response(302, headers={"Location": to})
    )


async def test_a_redirect_is_followed_and_checked_again() -> None:
    got, wire = await fetched(redirecting("https://other.example/a.ics"), other=[OTHER])
    assert got.content == b"BEGIN:VCALENDAR"
    assert [str(asked.url) for asked in wire.asked] == [f"https://{PUBLIC}/events.ics", f"https://[{OTHER}]/a.ics"]
    assert wire.asked[1].extensions["sni_hostname"] == "other.example"


async def test_a_redirect_on_the_same_host_keeps_to_its_name() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        moved = httpx.Response(301, headers={"Location": "/new.ics"})
        return content(request) if request.url.path == "/new.ics" else moved

    _, wire = await fetched(answer)
    assert [asked.headers["Host"] for asked in wire.asked] == ["city.example", "city.example"]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("https://inside.example/", "private address"),
        ("https://169.254.169.254/latest/meta-data", "private address"),
        ("https://[::1]/", "private address"),
        ("http://other.example/", "does not begin with https://"),
        ("file:///etc/passwd", ""),
        ("https://city.example/again", "redirected more than 5 times"),
        ("//", ""),
    ],
)
async def test_redirects_that_are_not_followed(to: str, said: str) -> None:
    told, wire = await refused(redirecting(to), inside=["192.168.0.1"], other=[PUBLIC])
    assert said in told
    assert {asked.url.host for asked in wire.asked} == {PUBLIC}


async def test_a_name_that_resolves_differently_the_second_time_is_not_asked_twice() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    wire = Wire(content)
    await Fetcher(resolve, wire).fetch(URL, Version())
    assert [asked.url.host for asked in wire.asked] == [PUBLIC]


def endless(request: httpx.Request) -> httpx.Response:
    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000

    return httpx.Response(200, content=body())


def compressed(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"", headers={"Content-Encoding": "gzip"})


def breaking(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("broken")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (endless, "larger than 5 MB"),
        (compressed, "compressed"),
        (breaking, "cannot be reached (ReadError)"),
        (lambda request: httpx.Response(404), "status 404"),
        (lambda request: httpx.Response(500), "status 500"),
        (lambda request: httpx.Response(204), "status 204"),
    ],
)
async def test_answers_that_are_no_feed(answer: Answer, said: str) -> None:
    told, _ = await refused(answer)
    assert said in told


async def test_a_name_without_an_address() -> None:
    said, _ = await refused(content, city=[])
    assert "no address" in said


async def test_a_slow_feed_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(fetching, "LONGEST_FETCH", 0.01)
    with pytest.raises(FetchError, match="took longer"):
        await Fetcher(resolve, Wire(content)).fetch(URL, Version())


async def test_the_systems_own_names(unused_tcp_port: int) -> None:
    assert "127.0.0.1" in await fetching.resolve_by_system("127.0.0.1", unused_tcp_port)
    with pytest.raises(FetchError, match="private address"):
        await Fetcher().fetch("https://localhost/", Version())


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_no_private_address_is_public_however_it_is_wrapped(address: object) -> None:
    assert not is_public(str(address))
    assert not is_public(f"::ffff:{address}")


@given(st.text(max_size=40))
def test_any_text_is_public_or_not(text: str) -> None:
    assert is_public(text) in (True, False)
