"""A room as one person sees it: say, react, reply, edit, send a file, leave, and wait for what others say."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nio.client.async_client import AsyncClient
from nio.crypto.attachments import decrypt_attachment

from tests.homeserver.seen import Message, Reaction

if TYPE_CHECKING:
    from tests.homeserver.people import Person

WITHIN = 20.0  # seconds


@dataclass(slots=True)
class Chat:
    """What `wait_for` has found is read; it looks at what came after that."""

    person: Person
    room: str
    read: int = 0

    @property
    def client(self) -> AsyncClient:
        return self.person.client

    @property
    def encrypted(self) -> bool:
        return bool(self.client.rooms[self.room].encrypted)

    @property
    def messages(self) -> list[Message]:
        """All that was seen, one's own words too, in order."""
        return self.person.messages[self.room]

    @property
    def heard(self) -> list[Message]:
        """What others said."""
        return [message for message in self.messages if message.sender != self.person.id]

    # --- saying ---

    async def say(self, text: str, **more: Any) -> str:
        """Write something; the id of the message. More keys of the content may be given."""
        return await self._send("m.room.message", {"msgtype": "m.text", "body": text, **more})

    async def react(self, to: str, key: str) -> str:
        """Put an emoji under a message."""
        relation = {"rel_type": "m.annotation", "event_id": to, "key": key}
        return await self._send("m.reaction", {"m.relates_to": relation})

    async def reply(self, to: str, text: str) -> str:
        """A reply outside of any thread."""
        return await self.say(text, **{"m.relates_to": {"m.in_reply_to": {"event_id": to}}})

    async def say_in_thread(self, root: str, text: str, answers: str = "") -> str:
        """Write into the thread that a message began; as an answer to a message of it, if one is given."""
        relation: dict[str, Any] = {"rel_type": "m.thread", "event_id": root, "is_falling_back": not answers}
        relation["m.in_reply_to"] = {"event_id": answers or root}
        return await self.say(text, **{"m.relates_to": relation})

    async def edit(self, message: str, text: str) -> str:
        """Change what one said."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": message}
        return await self.say(f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def redact(self, event: str) -> None:
        """Take back a message or a reaction."""
        await self.person.asked(self.client.room_redact(self.room, event))

    async def send_file(self, name: str, content: bytes, mime: str, kind: str = "m.file", **more: Any) -> str:
        """Upload a file and show it; encrypted if the room is."""
        sent = self.client.upload(
            io.BytesIO(content), content_type=mime, filename=name, encrypt=self.encrypted, filesize=len(content)
        )
        uploaded, keys = await self.person.asked(_answered(sent))
        place = {"file": keys | {"url": uploaded.content_uri}} if keys else {"url": uploaded.content_uri}
        info = {"mimetype": mime, "size": len(content)}
        return await self._send(
            "m.room.message", {"msgtype": kind, "body": name, "filename": name, "info": info, **place, **more}
        )

    async def leave(self) -> None:
        await self.person.asked(self.client.room_leave(self.room))

    async def _send(self, kind: str, content: dict[str, Any]) -> str:
        sent = self.client.room_send(self.room, kind, content, ignore_unverified_devices=True)
        event_id: str = (await self.person.asked(sent)).event_id
        return event_id

    # --- waiting ---

    async def wait_for(self, text: str = "", within: float = WITHIN) -> Message:
        """The next message of somebody else that contains the text. What came before it counts as read."""

        def found() -> Message | None:
            for place, message in enumerate(self.messages[self.read :], self.read):
                if message.sender != self.person.id and text in message.body:
                    self.read = place + 1
                    return message
            return None

        return await self.person.until(found, f"{text!r} in {self.room}", within)

    async def wait_for_reaction(self, to: str, key: str = "", within: float = WITHIN) -> Reaction:
        """A reaction of somebody else to a message."""

        def found() -> Reaction | None:
            for reaction in self.person.reactions:
                if reaction.to == to and key in reaction.key and reaction.sender != self.person.id:
                    return reaction
            return None

        return await self.person.until(found, f"reaction {key} to {to}", within)

    def now(self, message: str) -> Message:
        """A message as it stands after all edits by its sender. Raises KeyError when it was not seen."""
        found = {shown.id: shown for shown in self.messages}
        edits = [shown for shown in self.messages if shown.replaces == message]
        own = [edit for edit in edits if edit.sender == found[message].sender]
        return own[-1] if own else found[message]

    async def download(self, message: Message) -> bytes:
        """The file that a message carries, decrypted if it was encrypted."""
        file = message.content.get("file", {})
        got = await self.person.asked(self.client.download(file.get("url") or message.content["url"]))
        content: bytes = got.body
        return decrypt_attachment(content, file["key"]["k"], file["hashes"]["sha256"], file["iv"]) if file else content


async def _answered(upload: Any) -> Any:
    return await upload
