"""Reads what came in on Matrix in its room: whose chat it is, who else is there, which button a reaction presses."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from typing import Any

import structlog
from nio import SyncResponse

from bot.channels import ChannelStoppedError
from bot.channels.matrix_client import Client, UnreachableError
from bot.channels.matrix_media import message_now
from bot.channels.matrix_rooms import Doorkeeper, created_by
from bot.channels.matrix_wire import Event, Reaction, newest_content, parse, pressed, reaction, uid_of
from bot.core.model import Address, Choice, Company, Incoming, Sender, Utterance

log = structlog.get_logger("lotse.matrix")

LAST_SAID = 8  # messages of ours in a chat that are known again


class Reader:
    """Makes incomings of events. A direct chat belongs to who made the room; with anybody else in it, it is no chat."""

    def __init__(self, client: Client, door: Doorkeeper) -> None:
        self._client = client
        self._door = door
        self._makers: dict[str, str] = {}
        self._said: dict[str, deque[str]] = {}

    def note(self, synced: SyncResponse) -> None:
        """Keep who made the rooms; the homeserver tells it at the first sync and when the bot joins."""
        for room_id, info in synced.rooms.join.items():
            if (maker := created_by([*info.state, *info.timeline.events])) is not None:
                self._makers[room_id] = maker

    def forget(self, room_id: str) -> None:
        """The bot has left the room."""
        self._makers.pop(room_id, None)
        self._said.pop(room_id, None)

    def note_said(self, room_id: str, body: str) -> None:
        """Keep a mark of what the bot said in a chat: who only repeats it is a machine, and is not answered."""
        if self.is_private(room_id):
            self._said.setdefault(room_id, deque(maxlen=LAST_SAID)).append(_mark(body))

    def is_private(self, room_id: str) -> bool:
        """Whether the bot is alone there with the person whose chat it is."""
        return self._others(room_id) == set()

    def in_company(self, room_id: str) -> bool:
        """Whether somebody else is in, or invited to, a person's chat."""
        return bool(self._others(room_id))

    def is_deserted(self, room_id: str) -> bool:
        """Whether the person whose chat it is has left."""
        room = self._client.rooms.get(room_id)
        if room is None or self._door.is_advisers(room_id):
            return False
        maker = self._makers.get(room_id)
        return maker not in room.users if maker is not None else len(room.users) <= 1

    def chat_of(self, user: str) -> str | None:
        """The newest chat in which the bot is alone with somebody."""
        chats = (room for room in reversed(self._client.rooms) if self._makers.get(room) == user)
        return next((room for room in chats if self.is_private(room)), None)

    def _others(self, room_id: str) -> set[str] | None:
        """Who is there beside the bot and the person whose chat it is; None where it is nobody's."""
        room = self._client.rooms.get(room_id)
        if room is None or self._door.is_advisers(room_id):
            return None
        return set(room.users) - {self._client.user_id, self._makers.get(room_id)}

    def company(self, room_id: str, events: Sequence[Any]) -> Incoming | None:
        """What tells that somebody has come into a person's chat, or that the bot was let into a chat of several."""
        if not self.in_company(room_id):
            return None
        maker = self._makers.get(room_id)
        came = [each.source["event_id"] for each in events if self._comes(each.source, maker)]
        if not came:
            return None
        uid = f"matrix:{self._client.user_id}:company:{came[-1]}"
        return Incoming(uid, Address("matrix", room_id), Sender("", ""), Company(), private=False)

    def _comes(self, source: Event, maker: str | None) -> bool:
        """Whether somebody is invited, or joins without having been invited; or the bot itself joins."""
        if source.get("type") != "m.room.member" or source.get("state_key") == maker:
            return False
        unsigned, content = source.get("unsigned") or {}, source.get("content") or {}
        before, now = (unsigned.get("prev_content") or {}).get("membership"), content.get("membership")
        if source.get("state_key") == self._client.user_id:
            return now == "join" and before != "join"
        return now in ("invite", "join") and before not in ("invite", "join")

    def name(self, room_id: str, source: Event) -> str:
        """The display name of the sender in the room; empty if there is none."""
        room = self._client.rooms.get(room_id)
        member = room.users.get(str(source.get("sender"))) if room is not None else None
        return (member.display_name if member is not None else None) or ""

    async def read(self, room_id: str, source: Event) -> Incoming | None:
        """What an event in clear is; None for what is not meant for the assistant. Raises as Client.asked does."""
        try:
            if reacted := reaction(source):
                return await self._pressed(room_id, source, reacted)
            name = self.name(room_id, source)
            incoming = parse(source, self._client.user_id, room_id, name, self.is_private(room_id))
            return None if incoming is not None and self._repeats(room_id, incoming) else incoming
        except (UnreachableError, ChannelStoppedError):
            raise
        except Exception as failed:
            log.error("an event could not be read", error=type(failed).__name__)
            return None

    def _repeats(self, room_id: str, incoming: Incoming) -> bool:
        content = incoming.content
        return isinstance(content, Utterance) and _mark(content.text) in self._said.get(room_id, ())

    async def _pressed(self, room_id: str, source: Event, reacted: Reaction) -> Incoming | None:
        """A reaction to a message of ours, as the press of the button that it means."""
        sender = str(source.get("sender"))
        if sender == self._client.user_id:
            return None
        message = await message_now(self._client, room_id, reacted.message)
        if message is None or message.get("sender") != self._client.user_id:
            return None
        action = pressed(newest_content(message), reacted.sign)
        if action is None:
            return None
        who = Sender(f"matrix:{sender}", self.name(room_id, source) or sender)
        uid = uid_of(source, self._client.user_id)
        chat = Address("matrix", room_id)
        return Incoming(uid, chat, who, Choice(action), self.is_private(room_id), message=reacted.message)


def _mark(text: str) -> str:
    """What is kept of a text, which may be personal."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
