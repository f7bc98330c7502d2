"""Fetching over real TLS: the connection goes to the address, the certificate is checked for the name."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from scheduler.fetching import Fetcher, FetchError, Version

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")

PUBLIC = "93.184.215.14"
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\nETag: "1"\r\n\r\nBEGIN:VCALENDAR'


@dataclass(frozen=True, slots=True)
class City:
    """A server on this machine with a certificate for city.example, and the certificate."""

    port: int
    certificate: Path


class ToThisMachine(httpx.AsyncBaseTransport):
    """The network's end: what goes to the public address arrives at the server on this machine."""

    def __init__(self, city: City) -> None:
        self._port = city.port
        trusting = ssl.create_default_context(cafile=str(city.certificate))
        self._wire = httpx.AsyncHTTPTransport(verify=trusting)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == PUBLIC
        here = request.url.copy_with(host="127.0.0.1", port=self._port)
        moved = httpx.Request(
            request.method, here, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return await self._wire.handle_async_request(moved)

    async def aclose(self) -> None:
        await self._wire.aclose()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for city.example and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "city.pem", folder / "city.key"
    names = ["-subj", "/CN=city.example", "-addext", "subjectAltName=DNS:city.example"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(made[1])]
    command = ["openssl", "req", "-x509", "-days", "2", *key, "-out", str(made[0]), *names]
    subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.fixture
async def city(certificate: tuple[Path, Path]) -> AsyncIterator[City]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield City(server.sockets[0].getsockname()[1], certificate[0])


async def at_public(host: str, port: int) -> list[str]:
    return [PUBLIC]


async def test_the_certificate_is_checked_for_the_name_not_for_the_address(city: City) -> None:
    got = await Fetcher(at_public, ToThisMachine(city)).fetch("https://city.example/events.ics", Version())
    assert (got.content, got.version.etag) == (b"BEGIN:VCALENDAR", '"1"')


async def test_another_name_at_the_same_address_is_refused(city: City) -> None:
    with pytest.raises(FetchError, match="ConnectError"):
        await Fetcher(at_public, ToThisMachine(city)).fetch("https://other.example/events.ics", Version())


async def test_an_unknown_certificate_is_refused(city: City) -> None:
    wire = ToThisMachine(city)
    wire._wire = httpx.AsyncHTTPTransport()
    with pytest.raises(FetchError, match="ConnectError"):
        await Fetcher(at_public, wire).fetch("https://city.example/events.ics", Version())
