"""Fetches a feed over https: from public addresses only, within limits of size and time.

A name is resolved here, all its addresses are checked, and the connection goes to a checked one: a name that
resolves differently a moment later leads nowhere else. Every redirect passes through the same check. The
machine's proxy settings are not used, because a proxy would resolve names by itself.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

import httpx

MOST_BYTES = 5_000_000
LONGEST_FETCH = 30.0  # seconds for everything, redirects included
LONGEST_SILENCE = 10.0  # seconds for each step of it
MOST_REDIRECTS = 5

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host name and a port to its IP addresses as text; raises OSError when there are none."""

# Networks in which an IPv6 address stands for an IPv4 one: RFC 6052, 3056 and 4380
_STANDING_FOR_IPV4 = tuple(IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class FetchError(Exception):
    """The feed could not be fetched; says why, without its address: that may hold a secret."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a server told about the content it gave (RFC 9110, 8.8), to be asked for newer ones only."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content and its version; no content where it is unchanged."""

    content: bytes | None
    version: Version


async def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses that the machine knows for a name. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not private, loopback, link-local, multicast or reserved."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found.is_site_local or any(found in network for network in _STANDING_FOR_IPV4):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class Fetcher:
    """Fetches feeds; `resolve` and `wire` are the two ends that touch the network."""

    def __init__(self, resolve: Resolve = resolve_by_system, wire: httpx.AsyncBaseTransport | None = None) -> None:
        self._resolve = resolve
        self._wire = wire

    async def fetch(self, url: str, known: Version) -> Fetched:
        """The content at an address, if it is another than the known version. Raises FetchError."""
        try:
            async with asyncio.timeout(LONGEST_FETCH):
                return await self._fetch(url, known)
        except TimeoutError:
            raise FetchError(f"took longer than {LONGEST_FETCH:.0f} seconds") from None
        except httpx.TooManyRedirects:
            raise FetchError(f"is redirected more than {MOST_REDIRECTS} times") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            raise FetchError(f"cannot be reached ({type(error).__name__})") from None

    async def _fetch(self, url: str, known: Version) -> Fetched:
        # no connection is kept: the next one could be for another name at the same address
        wire = self._wire or httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))
        headers = {"User-Agent": "Lotse", "Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "identity"}
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        client = httpx.AsyncClient(
            transport=_CheckedTransport(wire, self._resolve),
            headers=headers,
            timeout=LONGEST_SILENCE,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            trust_env=False,
        )
        async with client, client.stream("GET", url) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return Fetched(None, known)
            if response.status_code != httpx.codes.OK:
                raise FetchError(f"answers with status {response.status_code}")
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise FetchError("answers compressed, though it was asked not to")
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise FetchError(f"is larger than {MOST_BYTES // 1_000_000} MB")
            version = Version(response.headers.get("ETag"), response.headers.get("Last-Modified"))
            return Fetched(bytes(content), version)


class _CheckedTransport(httpx.AsyncBaseTransport):
    """Sends every request, also one that follows a redirect, to a checked address of its host."""

    def __init__(self, wire: httpx.AsyncBaseTransport, resolve: Resolve) -> None:
        self._wire = wire
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme != "https":
            raise FetchError("is redirected to an address that does not begin with https://")
        host = request.url.raw_host.decode("ascii")
        addresses = await self._addresses(host, request.url.port or 443)
        for address in addresses[:-1]:
            try:
                return await self._wire.handle_async_request(_sent_to(address, host, request))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._wire.handle_async_request(_sent_to(addresses[-1], host, request))

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            addresses = list(dict.fromkeys(await self._resolve(host, port)))
        else:
            addresses = [host.strip("[]")]
        if not addresses:
            raise FetchError("cannot be reached (its name has no address)")
        if not all(map(is_public, addresses)):
            raise FetchError("is at a private address, which is not fetched from")
        return addresses

    async def aclose(self) -> None:
        await self._wire.aclose()


def _sent_to(address: str, host: str, request: httpx.Request) -> httpx.Request:
    """The request for an address of its host; the certificate is still checked against the host's name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
