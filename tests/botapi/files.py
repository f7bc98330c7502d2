"""Files: their bytes, and how the Bot API shows a photo, a voice message, a document."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.botapi.checks import Upload
from tests.botapi.errors import ApiError, Json, breach, refused

PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024

_SHAPES: dict[str, Json] = {
    "document": {},
    "voice": {"duration": 3},
    "audio": {"duration": 60},
    "video": {"width": 640, "height": 360, "duration": 5},
    "animation": {"width": 320, "height": 240, "duration": 2},
    "video_note": {"length": 240, "duration": 5},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
}
_NAMED = ("document", "audio", "video", "animation")
_UNTYPED = ("photo", "sticker", "video_note")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the server, under the id and the path that the Bot API gives it."""

    file_id: str
    path: str
    filename: str
    content_type: str
    content: bytes

    def seen(self) -> Json:
        """What every kind of file has in common in the Bot API."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_id.replace("file", "unique"),
            "file_size": len(self.content),
        }


class Shelf:
    """All files of the server."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._numbers = itertools.count(1)

    def put(self, kind: str, upload: Upload) -> StoredFile:
        """Keep a new file. Raises ApiError (400 empty, 413 too big)."""
        if not upload.content:
            raise breach("file must be non-empty")
        if len(upload.content) > (PHOTO_BYTES if kind == "photo" else UPLOAD_BYTES):
            raise ApiError(413, "Request Entity Too Large", breach=True)
        number = next(self._numbers)
        suffix = PurePosixPath(upload.filename).suffix
        stored = StoredFile(
            f"{kind}-file-{number}",
            f"{kind}s/file_{number}{suffix}",
            upload.filename,
            upload.content_type,
            upload.content,
        )
        self._by_id[stored.file_id] = stored
        return stored

    def take(self, kind: str, given: Upload | str) -> StoredFile:
        """The file that a call means: an upload, a known file id, or a URL. Raises ApiError (400)."""
        if isinstance(given, Upload):
            return self.put(kind, given)
        if given.startswith(("http://", "https://")):
            name = PurePosixPath(given).name
            return self.put(kind, Upload(name, "application/octet-stream", given.encode()))
        return self.by_id(given, "wrong file identifier/HTTP URL specified")

    def by_id(self, file_id: str, otherwise: str) -> StoredFile:
        """The file with this id. Raises ApiError (400) with the given description."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise refused(otherwise)
        return stored

    def by_path(self, path: str) -> StoredFile | None:
        """The file under this path, or None."""
        return next((stored for stored in self._by_id.values() if stored.path == path), None)


def show(kind: str, stored: StoredFile) -> Json:
    """The message fields for a file of this kind: {"voice": {...}}, {"photo": [...]}."""
    if kind == "photo":
        small = {**stored.seen(), "width": 90, "height": 67}
        return {"photo": [small, {**stored.seen(), "width": 1280, "height": 960}]}
    fields: Json = {**_SHAPES[kind], **stored.seen()}
    if kind not in _UNTYPED:
        fields["mime_type"] = stored.content_type
    if kind in _NAMED:
        fields["file_name"] = stored.filename
    if kind == "animation":
        document = {k: v for k, v in fields.items() if k not in _SHAPES["animation"]}
        return {"animation": fields, "document": document}
    return {kind: fields}
