"""People who ask to verify the bot by emoji: the request is ended, so that no client waits, and the keys are told.

The library cannot verify in rooms, and whoever compares keys needs no emoji.
Rules: https://spec.matrix.org/v1.16/client-server-api/#key-verification-framework
"""

from __future__ import annotations

import hashlib
from typing import Any

from nio import SyncResponse, ToDeviceMessage

from bot.channels.matrix_client import Client
from bot.channels.matrix_posting import Postman
from bot.channels.matrix_reading import Reader
from bot.channels.matrix_trust import Identity, grouped
from bot.channels.matrix_wire import Event, uid_of
from bot.core.model import Address, Incoming, Sender, Verification

REQUEST, START, CANCEL = "m.key.verification.request", "m.key.verification.start", "m.key.verification.cancel"
REFUSAL = {"code": "m.unknown_method", "reason": "compare keys"}
"""Why a request is ended, for clients; people are told in the chat."""


class Verifier:
    """Ends requests to verify the bot, and makes incomings of them that carry its keys."""

    def __init__(self, client: Client, postman: Postman, reader: Reader) -> None:
        self._client = client
        self._postman = postman
        self._reader = reader
        self.identity: Identity | None = None

    def asked_in_room(self, room_id: str, source: Event) -> Incoming | None:
        """The request that an event of a room is, if it is one to the bot."""
        content = source.get("content") or {}
        if content.get("msgtype") != REQUEST or content.get("to") != self._client.user_id:
            return None
        return self._asked(uid_of(source, self._client.user_id), room_id, source)

    def asked_by_device(self, synced: SyncResponse) -> list[tuple[ToDeviceMessage, Incoming | None]]:
        """The requests that devices have sent: how each is ended, and what it is in the chat of its sender."""
        found = []
        for event in synced.to_device_events:
            source = event.source
            content = source.get("content") or {}
            device, transaction = content.get("from_device"), content.get("transaction_id")
            if source.get("type") not in (REQUEST, START) or not isinstance(device, str) or transaction is None:
                continue
            ended = {**REFUSAL, "transaction_id": transaction}
            name = hashlib.sha256(f"{event.sender} {transaction}".encode()).hexdigest()
            chat = self._reader.chat_of(event.sender)
            asked = self._asked(f"matrix:{self._client.user_id}:verify:{name}", chat, source) if chat else None
            found.append((ToDeviceMessage(CANCEL, event.sender, device, ended), asked))
        return found

    def _asked(self, uid: str, room_id: str, source: Event) -> Incoming | None:
        if self.identity is None or self._client.olm is None or source.get("sender") == self._client.user_id:
            return None
        keys = Verification(
            str(self._client.device_id),
            grouped(self._client.olm.account.identity_keys["ed25519"]),
            grouped(self.identity.public("master")),
        )
        who = Sender(f"matrix:{source.get('sender')}", self._reader.name(room_id, source))
        return Incoming(uid, Address("matrix", room_id), who, keys, self._reader.is_private(room_id))

    async def end_in_room(self, room_id: str, request: str) -> None:
        """End a request in the room where it was made. Raises SendError."""
        content: dict[str, Any] = {**REFUSAL, "m.relates_to": {"rel_type": "m.reference", "event_id": request}}
        await self._postman.put(room_id, CANCEL, content, hashlib.sha256(request.encode()).hexdigest()[:40])
