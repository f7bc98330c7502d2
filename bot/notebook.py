"""The notebook of a channel, kept in the database beside the turns."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels import Sealed
from bot.core.model import Address
from bot.engine import in_store
from bot.store import bookmarks
from bot.store.database import Database


class StoredNotebook:
    """What one channel must remember from one start to the next."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel

    async def bookmark(self) -> str | None:
        """How far what came in was taken; None at the very first start."""
        return await in_store(self._database, lambda db: bookmarks.load_bookmark(db, self._channel))

    async def move_bookmark(self, place: str) -> None:
        """Everything up to this place was taken."""
        await in_store(self._database, lambda db: bookmarks.save_bookmark(db, self._channel, place))

    async def sealed(self) -> Sequence[Sealed]:
        """The messages that still wait for their keys, oldest first."""
        rows = await in_store(self._database, lambda db: bookmarks.load_sealed(db, self._channel))
        return [Sealed(uid, Address.parse(chat), event, arrived, told) for uid, chat, event, arrived, told in rows]

    async def keep_sealed(self, message: Sealed) -> None:
        """Put a message aside."""
        uid, chat, event = message.uid, str(message.chat), message.event
        await in_store(
            self._database,
            lambda db: bookmarks.save_sealed(db, self._channel, uid, chat, event, message.arrived),
        )

    async def note_told(self, uid: str) -> None:
        """The sender of a message that is kept knows that it could not be read."""
        await in_store(self._database, lambda db: bookmarks.note_told(db, uid))

    async def drop_sealed(self, uid: str) -> None:
        """The message was read, or nobody waits for it any more."""
        await in_store(self._database, lambda db: bookmarks.drop_sealed(db, uid))
