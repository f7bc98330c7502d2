"""What a person's client shows: messages, edits, reactions, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from nio import Event, RoomEncryptedMedia, RoomMessage


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a room that a client shows as a message, or as the change of one."""

    id: str
    room: str
    sender: str
    encrypted: bool
    content: dict[str, Any] = field(repr=False)
    body: str = ""

    @classmethod
    def of(cls, event: Event, room: str) -> Self | None:
        """None when the event is not a message."""
        if not isinstance(event, (RoomMessage, RoomEncryptedMedia)):
            return None
        content = event.source["content"]
        shown = content.get("m.new_content", content)
        return cls(event.event_id, room, event.sender, event.decrypted, content, shown.get("body", ""))

    @property
    def shown(self) -> dict[str, Any]:
        """The content that counts: of an edit, the new one."""
        new: dict[str, Any] = self.content.get("m.new_content", self.content)
        return new

    @property
    def html(self) -> str:
        """The formatted body, or nothing."""
        return str(self.shown.get("formatted_body", ""))

    @property
    def kind(self) -> str:
        """Such as `m.text`, `m.notice`, `m.file`, `m.location`."""
        return str(self.content.get("msgtype", ""))

    @property
    def relation(self) -> dict[str, Any]:
        found: dict[str, Any] = self.content.get("m.relates_to", {})
        return found

    @property
    def replaces(self) -> str:
        """The id of the message that this one edits, or nothing."""
        return str(self.relation.get("event_id", "")) if self.relation.get("rel_type") == "m.replace" else ""

    @property
    def thread(self) -> str:
        """The id of the message that began the thread, or nothing."""
        return str(self.relation.get("event_id", "")) if self.relation.get("rel_type") == "m.thread" else ""

    @property
    def answers(self) -> str:
        """The id of the message that this one is a reply to, or nothing."""
        return str(self.relation.get("m.in_reply_to", {}).get("event_id", ""))

    @property
    def mentions(self) -> list[str]:
        """The ids of the people that are to be notified."""
        found: list[str] = self.content.get("m.mentions", {}).get("user_ids", [])
        return found


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji that somebody put under a message."""

    id: str
    room: str
    sender: str
    to: str
    key: str
