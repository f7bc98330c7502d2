"""Sends to rooms so that everybody in them can read it: members and devices known, room keys handed out.

The library goes on when one of these steps fails, and the message is then one that some or all cannot read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from nio import EncryptionError, ErrorResponse, LocalProtocolError, MatrixRoom, ProtocolError, RoomSendResponse

from bot.channels import SendError
from bot.channels.matrix_client import TROUBLES, Client, status_of
from bot.channels.matrix_wire import failure

UNSERVED_RETRY = 60.0  # seconds between tries to give a room's key to a device that had none to encrypt with


class Postman:
    """Puts events into rooms, encrypted where the room is."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._unserved: dict[str, float] = {}
        self._preparing: dict[str, asyncio.Lock] = {}

    async def put(self, room_id: str, kind: str, content: Mapping[str, Any], transaction: str) -> str:
        """Send an event, encrypted where the room is; the id of the event. A transaction is sent once.

        Raises SendError.
        """
        room = self._client.rooms.get(room_id)
        if room is None:
            raise SendError("not in the room", gone=True, why="left")
        try:
            if room.encrypted and kind != "m.reaction":
                await self._prepare(room)
            answer = await self._client.room_send(
                room_id, kind, dict(content), transaction, ignore_unverified_devices=True
            )
        except TROUBLES as error:
            raise SendError(type(error).__name__, temporary=True) from error
        except (LocalProtocolError, ProtocolError, EncryptionError) as error:
            raise SendError(type(error).__name__, temporary=True) from error
        if not isinstance(answer, RoomSendResponse):
            raise refusal(answer)
        return str(answer.event_id)

    async def redact(self, room_id: str, event_id: str, transaction: str) -> None:
        """Take an event's content away for everybody; what is gone, or not ours to redact, stays. Raises SendError."""
        try:
            answer = await self._client.room_redact(room_id, event_id, tx_id=transaction)
        except TROUBLES as error:
            raise SendError(type(error).__name__, temporary=True) from error
        if isinstance(answer, ErrorResponse) and answer.status_code not in ("M_NOT_FOUND", "M_FORBIDDEN"):
            raise refusal(answer)

    async def _prepare(self, room: MatrixRoom) -> None:
        """Make sure that everybody in the room can read what is encrypted next. Raises SendError and TROUBLES.

        The library goes on when one of these steps fails, and the message can then be read by nobody.
        """
        assert self._client.olm is not None
        async with self._preparing.setdefault(room.room_id, asyncio.Lock()):
            if not room.members_synced:
                _required(await self._client.joined_members(room.room_id))
            if self._client.users_for_key_query & room.users.keys():
                _required(await self._client.keys_query())
            if not self._client.olm.should_share_group_session(room.room_id) and not self._may_serve_more(room):
                return
            self._client.invalidate_outbound_session(room.room_id)
            if missing := self._client.get_missing_sessions(room.room_id):
                _required(await self._client.keys_claim(missing))
            try:
                shared = await self._client.share_group_session(room.room_id, ignore_unverified_devices=True)
            finally:  # a failure would else leave a mark on which all later messages wait for ever
                self._client.sharing_session.pop(room.room_id, None)
            _required(shared)
            if not_reached := self._with_session(room) - shared.users_shared_with:
                self._client.invalidate_outbound_session(room.room_id)
                raise SendError(f"the room key did not reach {len(not_reached)} devices", temporary=True)
            self._unserved.pop(room.room_id, None)
            if self._devices(room) - shared.users_shared_with:
                self._unserved[room.room_id] = time.monotonic()

    def _devices(self, room: MatrixRoom) -> set[tuple[str, str]]:
        own = (self._client.user_id, self._client.device_id)
        devices = {(user, d.id) for user in room.users for d in self._client.device_store.active_user_devices(user)}
        return devices - {own}

    def _with_session(self, room: MatrixRoom) -> set[tuple[str, str]]:
        assert self._client.olm is not None
        keys = {
            (user, d.id): d.curve25519
            for user in room.users
            for d in self._client.device_store.active_user_devices(user)
        }
        return {device for device in self._devices(room) if self._client.olm.session_store.get(keys[device])}

    def _may_serve_more(self, room: MatrixRoom) -> bool:
        """Whether a device that could not be given the room's key should be tried again now."""
        tried = self._unserved.get(room.room_id)
        return tried is not None and time.monotonic() - tried >= UNSERVED_RETRY


def _required(answer: Any) -> None:
    if isinstance(answer, ErrorResponse):
        raise refusal(answer)


def refusal(answer: ErrorResponse) -> SendError:
    """Why a request of a delivery was refused."""
    return failure(answer.status_code, "no answer", status_of(answer), answer.retry_after_ms)
