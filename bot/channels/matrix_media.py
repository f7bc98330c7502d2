"""Messages and files on the homeserver: read again, copied, uploaded; encrypted where the room is."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from nio import EncryptionError, Event, MegolmEvent, MemoryDownloadResponse, UploadResponse
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment

from bot.channels import ChannelStoppedError, SendError
from bot.channels.matrix_client import TROUBLES, Client, UnreachableError
from bot.channels.matrix_posting import refusal
from bot.channels.matrix_wire import copied_content, file_content, latest_change, newest_content
from bot.core.model import File, Medium, MessageRef

UNKNOWN_TYPE = "application/octet-stream"
LARGEST_FILE = 20 * 1024 * 1024  # bytes; what Telegram hands out at most, and kept in memory while it is passed


async def message_now(client: Client, room_id: str, event_id: str) -> Mapping[str, Any] | None:
    """A message as it was changed last, in clear; None if it is gone or cannot be read. Raises as Client.asked does."""
    place = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/event/{quote(event_id, safe='')}"
    status, event = await client.call("GET", place)
    if status != HTTPStatus.OK:
        return None
    changed = latest_change(event)
    return (_in_clear(client, room_id, changed) if changed is not None else None) or _in_clear(client, room_id, event)


def _in_clear(client: Client, room_id: str, source: Mapping[str, Any]) -> Mapping[str, Any] | None:
    read: Any = Event.parse_event({**source, "room_id": room_id})
    if isinstance(read, MegolmEvent):
        read = client.try_again(read)
    return read.source if read is not None else None


async def copied(client: Client, to: str, copy: MessageRef) -> dict[str, Any]:
    """What somebody sent, for another room: the medium stays where it is on the homeserver, with its keys.

    Where only one of the rooms is encrypted, it is put there anew: keys must not be in the open, and clients expect
    in an encrypted room what is encrypted.
    Raises SendError.
    """
    content = copied_content(await _sent_content(client, copy.chat.chat, copy.message))
    if ("file" in content or "url" in content) and ("file" in content) != _is_encrypted(client, to):
        medium = Medium(
            "matrix", f"{copy.chat.chat} {copy.message}", str(content.get("filename") or content.get("body"))
        )
        return await uploaded(client, to, File(medium.name, await fetched(client, medium)))
    return content if "msgtype" in content else {**content, "msgtype": "m.image"}


async def _sent_content(client: Client, room_id: str, event_id: str) -> Mapping[str, Any]:
    try:
        message = await message_now(client, room_id, event_id)
    except (UnreachableError, ChannelStoppedError) as error:
        raise SendError(type(error).__name__, temporary=True) from error
    if message is None or message.get("type") not in ("m.room.message", "m.sticker"):
        raise SendError("the message is gone")
    return newest_content(message)


async def fetched(client: Client, medium: Medium) -> bytes:
    """The content of a file that somebody sent, in clear. Raises SendError."""
    room_id, _, event_id = medium.id.partition(" ")
    content = await _sent_content(client, room_id, event_id)
    secret: Any = content.get("file")
    where = secret.get("url") if isinstance(secret, dict) else content.get("url")
    if not isinstance(where, str) or _size(content) > LARGEST_FILE:
        raise SendError("no file that can be passed through")
    try:
        answer = await client.download(where)
    except TROUBLES as error:
        raise SendError(type(error).__name__, temporary=True) from error
    if not isinstance(answer, MemoryDownloadResponse):
        raise refusal(answer)
    if not isinstance(secret, dict):
        return bytes(answer.body)
    try:
        return bytes(decrypt_attachment(answer.body, secret["key"]["k"], secret["hashes"]["sha256"], secret["iv"]))
    except (EncryptionError, KeyError, TypeError) as error:
        raise SendError("a file that cannot be decrypted") from error


def _size(content: Mapping[str, Any]) -> int:
    told = content.get("info")
    size = told.get("size") if isinstance(told, dict) else 0
    return size if isinstance(size, int) else 0


async def uploaded(client: Client, room_id: str, file: File) -> dict[str, Any]:
    """The content for a file, which is then on the homeserver; encrypted before it leaves us. Raises SendError."""
    mimetype = mimetypes.guess_type(file.name)[0] or UNKNOWN_TYPE
    data, secret = encrypt_attachment(file.content) if _is_encrypted(client, room_id) else (file.content, None)
    try:
        answer, _ = await client.upload(
            lambda *_: data,
            content_type=UNKNOWN_TYPE if secret else mimetype,
            filename=None if secret else file.name,
            filesize=len(data),
        )
    except TROUBLES as error:
        raise SendError(type(error).__name__, temporary=True) from error
    if not isinstance(answer, UploadResponse):
        raise refusal(answer)
    where = {"file": {**secret, "url": answer.content_uri}} if secret else {"url": answer.content_uri}
    return file_content(file, mimetype, where)


def _is_encrypted(client: Client, room_id: str) -> bool:
    room = client.rooms.get(room_id)
    return room is not None and bool(room.encrypted)
