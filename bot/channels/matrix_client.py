"""The connection to a homeserver: matrix-nio with its gaps closed, for one device that is kept.

Each guard here stands for a defect that was seen in matrix-nio 0.26; docs/matrix.md names them and their tests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from aiohttp import ClientError, ClientResponse
from nio import (
    EncryptionError,
    ErrorResponse,
    Event,
    ForwardedRoomKeyEvent,
    KeysUploadError,
    LoginError,
    MatrixRoom,
    MegolmEvent,
    SyncResponse,
    ToDeviceEvent,
)
from nio.client.async_client import AsyncClient, AsyncClientConfig
from nio.crypto.olm_machine import Olm
from nio.store.database import SqliteStore

from bot.channels import ChannelStoppedError

log = structlog.get_logger("lotse.matrix")

DEVICE_NAME = "Lotse"
SESSION, STORE = "session.json", "store.db"
NO_MESSAGE = "de.aachen.lotse.no_message"  # instead of what may not be encrypted
REQUEST_SECONDS = 30.0
TROUBLES = (ClientError, TimeoutError, OSError)
LOGGED_OUT = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")
# Members are not loaded lazily: who is in a room decides whether it is a direct chat, and whether it is deserted.
SYNC_FILTER: Mapping[str, Any] = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {"limit": 50},
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}


class UnreachableError(Exception):
    """The homeserver cannot be reached, or asks to wait; retry_after is in seconds."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the bot uses, as the operator configured it."""

    homeserver: str
    user: str
    password: str | None
    token: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """The device that was logged in once and is kept."""

    user: str
    device: str
    token: str


class _Machine(Olm):
    """Takes messages for messages only, and room keys from who made them.

    The library believes what is encrypted to be state of the room (who made it, who is in it), whoever sent it. And it
    takes keys from the account's own devices only, of which the bot has one.
    """

    def decrypt_megolm_event(self, event: MegolmEvent, room_id: str | None = None) -> Any:
        """The event in clear; what is no message is one that nobody understands. Raises EncryptionError."""
        clear = super().decrypt_megolm_event(event, room_id)
        kind = str(clear.source.get("type"))
        if kind == "m.room.message" or (not kind.startswith("m.room.") and "state_key" not in clear.source):
            return clear
        log.warning("an encrypted event that is no message was passed over")
        envelope = {key: event.source[key] for key in ("event_id", "sender", "origin_server_ts")}
        return Event.parse_event({**envelope, "type": NO_MESSAGE, "content": {}})

    def _should_accept_forward(self, sender: str, sender_key: str, event: ForwardedRoomKeyEvent) -> bool:
        """A key that was forwarded by the very device that made it, if it was asked for."""
        if super()._should_accept_forward(sender, sender_key, event):
            return True
        asked = self.outgoing_key_requests.get(event.session_id)
        maker = event.source.get("content", {}).get("sender_key")
        return asked is not None and asked.room_id == event.room_id and maker == sender_key


class Client(AsyncClient):
    """An AsyncClient that survives what it cannot read and knows how many of its keys the server has left."""

    def __init__(self, account: Account, folder: Path) -> None:
        """`folder` must exist; the session and the keys are kept in it."""
        settings = AsyncClientConfig(
            max_limit_exceeded=0,
            max_timeouts=0,
            request_timeout=REQUEST_SECONDS,
            store=SqliteStore,  # the default store keeps lists of people in files of their own
            store_name=STORE,
            store_sync_tokens=False,
        )
        super().__init__(account.homeserver.rstrip("/"), account.user, store_path=str(folder), config=settings)
        self.account = account
        self.folder = folder
        self.keys_left: int | None = None
        self.fallback_unused: bool | None = None

    # --- guards around the library's reading of what comes in ---

    def load_store(self) -> None:
        """Open the session store for nobody else to read, with a machine that takes the keys it asked for."""
        os.close(os.open(self.folder / STORE, os.O_CREAT | os.O_WRONLY, 0o600))
        super().load_store()  # type: ignore[no-untyped-call]
        if self.olm is not None:
            self.olm.__class__ = _Machine

    async def parse_body(self, transport_response: ClientResponse) -> dict[Any, Any]:
        """The body; of a sync also how many one-time keys are left, which the library takes for unknown if zero."""
        body: dict[Any, Any] = await super().parse_body(transport_response)
        if "next_batch" in body and isinstance(counts := body.get("device_one_time_keys_count"), dict):
            self.keys_left = int(counts.get("signed_curve25519") or 0)
            unused = body.get("device_unused_fallback_key_types")
            self.fallback_unused = "signed_curve25519" in unused if isinstance(unused, list) else None
        return body

    def _handle_decrypt_to_device(self, to_device_event: ToDeviceEvent) -> Any:
        """One message between devices that cannot be read does not keep back the others."""
        try:
            return super()._handle_decrypt_to_device(to_device_event)
        except Exception as failed:
            log.warning("a message between devices could not be read", error=type(failed).__name__)
            return None

    def _handle_timeline_event(self, event: Any, room_id: str, room: MatrixRoom, encrypted_rooms: set[str]) -> Any:
        """One event that cannot be read does not keep back the others."""
        try:
            return super()._handle_timeline_event(event, room_id, room, encrypted_rooms)
        except Exception as failed:
            log.warning("an event could not be read", error=type(failed).__name__)
            return None

    # --- requests ---

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """A request that the library does not know: the status and the answer. Raises UnreachableError."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.access_token}"}
        try:
            response = await self.send(method, path, None if body is None else json.dumps(body), headers)
            answer = await self.parse_body(response)
        except TROUBLES as error:
            raise UnreachableError(type(error).__name__) from error
        if response.status == 429 or response.status >= 500:
            raise UnreachableError(str(response.status), (answer.get("retry_after_ms") or 0) / 1000 or None)
        if answer.get("errcode") in LOGGED_OUT and response.status == 401:
            raise stopped(answer.get("errcode"))
        return response.status, answer

    async def asked(self, request: Any) -> Any:
        """What the library's request answers. Raises UnreachableError or ChannelStoppedError."""
        try:
            answer = await request
        except TROUBLES as error:
            raise UnreachableError(type(error).__name__) from error
        if isinstance(answer, ErrorResponse):
            if answer.status_code in LOGGED_OUT:
                raise stopped(answer.status_code)
            status = status_of(answer)
            if status == 429 or status >= 500 or not answer.status_code:
                wait = (answer.retry_after_ms or 0) / 1000 or None
                raise UnreachableError(answer.status_code or str(status), wait)
        return answer

    async def listen(self, since: str | None, seconds: float, full_state: bool) -> SyncResponse:
        """What came in since then, waited for; decrypted as far as possible. Raises as `asked` does."""
        wait = 0 if full_state else int(seconds * 1000)
        answer = await self.asked(self.sync(timeout=wait, sync_filter=SYNC_FILTER, since=since, full_state=full_state))
        if not isinstance(answer, SyncResponse):
            raise UnreachableError(str(answer.status_code))
        return answer

    async def log_in(self) -> None:
        """Go on with the device that is kept, or log in once and keep it.

        Raises ChannelStoppedError when that needs the operator, UnreachableError when the homeserver is away.
        """
        kept = self.kept_session()
        given = self.account.token
        if kept is not None and given is None:
            self.restore_login(kept.user, kept.device, kept.token)
        elif given is not None:
            self.access_token = given
            who = await self.asked(self.whoami())
            if isinstance(who, ErrorResponse) or not who.device_id:
                raise ChannelStoppedError("matrix: LOTSE_MATRIX_ACCESS_TOKEN belongs to no device; log in anew")
            self._keep(Session(who.user_id, who.device_id, given))
            self.restore_login(who.user_id, who.device_id, given)
        else:
            await self._log_in_first()
        await self._check_identity()

    async def _log_in_first(self) -> None:
        if self.account.password is None:
            raise ChannelStoppedError("matrix: no device is kept and LOTSE_MATRIX_PASSWORD is not set to log in anew")
        (self.folder / STORE).unlink(missing_ok=True)
        answer = await self.asked(self.login(self.account.password, device_name=DEVICE_NAME))
        if isinstance(answer, LoginError):
            raise ChannelStoppedError(
                f"matrix: the login is refused ({answer.status_code}); "
                "check LOTSE_MATRIX_USER and LOTSE_MATRIX_PASSWORD"
            )
        self._keep(Session(answer.user_id, answer.device_id, answer.access_token))
        log.info("logged in", device=answer.device_id)

    async def _check_identity(self) -> None:
        who = await self.asked(self.whoami())
        if isinstance(who, ErrorResponse):
            raise ChannelStoppedError(f"matrix: the homeserver refuses the account ({who.status_code})")
        if who.user_id != self.account.user:
            raise ChannelStoppedError(
                f"matrix: {self.folder} belongs to {who.user_id}, but LOTSE_MATRIX_USER is {self.account.user}"
            )

    def kept_session(self) -> Session | None:
        """The device that was logged in before; None without it or without its keys."""
        file = self.folder / SESSION
        if not file.exists() or not (self.folder / STORE).exists():
            return None
        return Session(**json.loads(file.read_text(encoding="utf-8")))

    def _keep(self, session: Session) -> None:
        write_private(self.folder / SESSION, json.dumps(asdict(session)))

    # --- keys ---

    async def tend_keys(self) -> None:
        """What is due between two syncs: keys to publish, to ask for and to hand out. Raises as `asked` does."""
        if self.olm is None:
            return
        if self.keys_left is not None:
            self.olm.uploaded_key_count = self.keys_left
        if self.should_upload_keys:
            await self._publish_keys()
        if self.should_query_keys:
            await self.asked(self.keys_query())
        if self.should_claim_keys:
            await self.asked(self.keys_claim(self.get_users_for_key_claiming()))
        if self.outgoing_to_device_messages:
            for answer in await self.asked(self.send_to_device_messages()):
                if isinstance(answer, ErrorResponse):
                    log.warning("a message between devices was refused", code=answer.status_code)

    async def _publish_keys(self) -> None:
        answer = await self.asked(self.keys_upload())
        if isinstance(answer, KeysUploadError):
            # keys of that number are there already: the store is older than what the server has
            assert self.olm is not None
            log.warning("one-time keys were refused; new ones are made", code=answer.status_code)
            self.olm.mark_keys_as_published()
            self.olm.save_account()
        else:
            self.keys_left = self.olm.uploaded_key_count if self.olm is not None else None

    def is_own_key(self, key: object) -> bool:
        """Whether it is the signing key of this device; when the store is not open, nobody knows better."""
        return self.olm is None or self.olm.account.identity_keys["ed25519"] == key

    def publish_device_again(self) -> None:
        """The homeserver does not know the device's keys: publish them with the next keys."""
        if self.olm is not None:
            self.olm.account.shared = False

    def try_again(self, event: MegolmEvent) -> Event | None:
        """The event in clear, if its key has arrived."""
        try:
            clear: Event | None = self.decrypt_event(event)
        except EncryptionError:
            return None
        return clear

    async def ask_for_key(self, event: MegolmEvent) -> None:
        """Ask the sender's device for the key of an event, once. Raises as `asked` does."""
        assert self.olm is not None and self.device_id is not None
        if event.session_id in self.outgoing_key_requests:
            return
        request = event.as_key_request(event.sender, self.device_id, event.session_id, event.device_id)
        if all(getattr(m, "request_id", None) != request.request_id for m in self.olm.outgoing_to_device_messages):
            self.olm.outgoing_to_device_messages.append(request)
        await self.asked(self.send_to_device_messages())


def status_of(answer: Any) -> int:
    """The HTTP status of an answer; 0 where there was none."""
    transport = getattr(answer, "transport_response", None)
    return int(transport.status) if transport is not None else 0


def stopped(code: str | None) -> ChannelStoppedError:
    """The access token is valid no more: only the operator can help."""
    return ChannelStoppedError(
        f"matrix: the homeserver no longer accepts the bot's device ({code}). If it was logged out on purpose, "
        f"remove {SESSION} in the folder `matrix` of the data folder and start again with LOTSE_MATRIX_PASSWORD"
    )


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as writing:
        writing.write(text)
        writing.flush()
        os.fsync(writing.fileno())
    draft.replace(file)
