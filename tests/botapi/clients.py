"""The real python-telegram-bot `Bot`, pointed at the local server."""

from __future__ import annotations

import ssl
from functools import lru_cache

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.botapi.server import TOKEN, BotApiServer


def bot_at(server: BotApiServer, token: str = TOKEN) -> Bot:
    """A bot that is not yet initialised; use it as an async context manager."""
    return Bot(
        token,
        base_url=f"{server.url}/bot",
        base_file_url=f"{server.url}/file/bot",
        request=HTTPXRequest(connection_pool_size=16, httpx_kwargs={"verify": _certificates()}),
        get_updates_request=HTTPXRequest(httpx_kwargs={"verify": _certificates()}),
    )


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """One for all bots: nothing here is encrypted, and loading the authorities takes 50 ms each time."""
    return ssl.create_default_context()
