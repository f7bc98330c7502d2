"""Fixtures for tests that need a real homeserver: one Synapse for all of them, a limited one, people on either."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.homeserver.server import Homeserver

if TYPE_CHECKING:
    from tests.homeserver.people import People


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """The homeserver of the session; use `homeserver`, which makes sure that it still runs."""
    server = Homeserver(tmp_path_factory.mktemp("synapse"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def homeserver(synapse: Homeserver) -> Homeserver:
    """A homeserver without limits. A test may stop, kill and restart it; accounts of other tests are on it, too."""
    if synapse.process is None or synapse.process.poll() is not None:
        synapse.process = None
        synapse.start()
    return synapse


@pytest.fixture(scope="session")
def limited_homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A homeserver that answers 429 to who writes more than five messages in a row, or one a second."""
    server = Homeserver(tmp_path_factory.mktemp("limited-synapse"), limited=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def people(homeserver: Homeserver) -> AsyncIterator[People]:
    """People on the homeserver: `await people("Amara")`. At the end they all log off."""
    from tests.homeserver.people import People  # loads nio, which only these tests need

    async with People(homeserver) as gathered:
        yield gathered
