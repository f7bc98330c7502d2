"""Makes the channels of the settings. A messenger's library is loaded only when the messenger is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels import Channel, ChannelStoppedError
from bot.config import Settings
from bot.core.advising import STEPS
from bot.core.assistant import COMMANDS, ROOM_COMMANDS
from bot.core.model import Guide
from bot.notebook import StoredNotebook
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.channels.matrix_client import Account
    from bot.channels.matrix_trust import Keys


def connect(name: str, settings: Settings, guide: Guide, database: Database) -> Channel[Any]:
    """The channel of that name. Raises ChannelStoppedError when its settings are missing."""
    if name == "telegram" and settings.telegram_token is not None:
        from bot.channels.telegram import Telegram

        return Telegram(settings.telegram_token.get_secret_value(), settings.telegram_api_url, _menus(guide))
    if name == "matrix":
        from bot.channels.matrix import Matrix

        room = settings.advisers
        return Matrix(
            _matrix_account(settings),
            settings.data_dir / name,
            StoredNotebook(database, name),
            room.chat if room is not None and room.channel == name else None,
            {*(command.name for command in COMMANDS), *ROOM_COMMANDS, *STEPS},
            " ".join(guide.texts.say(language, "matrix.direct_only") for language in guide.languages),
        )
    raise ChannelStoppedError(f"{name}: not configured")


def _matrix_account(settings: Settings) -> Account:
    from bot.channels.matrix_client import Account

    if settings.matrix_homeserver is None or settings.matrix_user is None:
        raise ChannelStoppedError("matrix: not configured; set LOTSE_MATRIX_HOMESERVER and LOTSE_MATRIX_USER")
    password, token = settings.matrix_password, settings.matrix_access_token
    return Account(
        settings.matrix_homeserver,
        settings.matrix_user,
        password.get_secret_value() if password else None,
        token.get_secret_value() if token else None,
    )


async def matrix_keys(settings: Settings, replace: bool) -> Keys:
    """The keys by which people can verify the bot on Matrix; with `replace` after its identity was made anew.

    Raises ChannelStoppedError when no device is kept yet, or the homeserver cannot be reached.
    """
    from bot.channels.matrix_trust import keys_of

    return await keys_of(_matrix_account(settings), settings.data_dir / "matrix", replace)


def _menus(guide: Guide) -> dict[str, list[tuple[str, str]]]:
    """The commands with their descriptions, per language, as messengers list them."""
    return {
        language: [(c.name, guide.texts.say(language, f"command.{c.name}")) for c in COMMANDS]
        for language in guide.languages
    }
