"""Many people who want to hear of everything, put straight into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert

from bot.core.model import Address, Conversation
from bot.core.wishes import choices_of, wishes_of
from bot.store.database import Database
from bot.store.encoding import pack_conversation
from bot.store.schema import conversations, wishes

BATCH = 20_000


async def subscribe(database: Database, people: Sequence[int], quiet: str = "21-8") -> None:
    """Each of these Telegram users wants reminders a day and two hours before, except in the quiet hours."""
    now = datetime.now(UTC).timestamp()
    for begin in range(0, len(people), BATCH):
        rows, wanted = [], []
        for user in people[begin : begin + BATCH]:
            address = Address("telegram", str(user))
            person = Conversation(address, language="de", subscribed=True, quiet=quiet)
            fixed = {"channel": "telegram", "language": "de", "subscribed": True, "paused": False, "changed_at": now}
            rows.append({"address": str(address), "state": pack_conversation(person), **fixed})
            wanted += [{"wish": wish, "address": str(address)} for wish in wishes_of(person) | choices_of(person)]
        async with database.writing(durable=False) as db:
            await db.execute(insert(conversations), rows)
            await db.execute(insert(wishes), wanted)
