"""Which rooms the bot is in: invitations, what was said before it joined or while it was away, leaving."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import structlog
from nio import JoinError, RoomMessagesResponse
from nio.api import MessageDirection

from bot.channels.matrix_client import Client, UnreachableError

log = structlog.get_logger("lotse.matrix")

JOINS, JOINS_WITHIN = 100, 60.0  # so many invitations are accepted in so many seconds; the others wait
MOST_WAITING = 20  # invitations of one person that wait; more are not looked at
PAGES, PAGE = 50, 100  # how far back what was missed is fetched, in pages of so many events
MOST_UPGRADES = 10  # of one room that are followed
ATTEMPTS = 20  # to answer one invitation; its server may be away


class Doorkeeper:
    """Accepts invitations to direct chats and to the advisers' room, and refuses others with a word."""

    def __init__(self, client: Client, advisers_room: str | None, refusal_words: str) -> None:
        self._client = client
        self._advisers_room = advisers_room
        self._words = refusal_words
        self._waiting: dict[str, bool] = {}
        self._inviters: dict[str, str] = {}
        self._attempts: Counter[str] = Counter()
        self._joins: deque[tuple[float, str]] = deque(maxlen=JOINS)

    @property
    def somebody_waits(self) -> bool:
        """Whether there are invitations to be answered."""
        return bool(self._waiting)

    def knock(self, room_id: str, invite_state: Sequence[Any]) -> None:
        """Somebody invited the bot."""
        inviter, direct = _invitation(invite_state, self._client.user_id)
        if list(self._inviters.values()).count(inviter) < MOST_WAITING:
            expected = room_id == self.advisers_room or self.predecessor(room_id) is not None
            self._waiting[room_id] = expected or direct
            self._inviters[room_id] = inviter

    def follow(self, room_id: str) -> None:
        """A room that the bot is in has this one as its successor: try to join it."""
        self._waiting.setdefault(room_id, True)

    def predecessor(self, room_id: str) -> str | None:
        """The room of ours that was upgraded to this one, if there is one."""
        return next((old for old, room in self._client.rooms.items() if room.replacement_room == room_id), None)

    @property
    def advisers_room(self) -> str | None:
        """The advisers' room as the operator named it, or what it was upgraded to since."""
        return self._advisers_rooms()[-1]

    def is_advisers(self, room_id: str) -> bool:
        """Whether it is the advisers' room, or was it before an upgrade: from there the present one is found."""
        return room_id in self._advisers_rooms()

    def _advisers_rooms(self) -> list[str | None]:
        rooms = [self._advisers_room]
        for _ in range(MOST_UPGRADES):
            room = self._client.rooms.get(rooms[-1] or "")
            if room is None or room.replacement_room not in self._client.rooms:
                break
            rooms.append(room.replacement_room)
        return rooms

    async def answer(self) -> None:
        """Join or refuse, as many as may be now; what fails is tried again later. Raises ChannelStoppedError.

        Who was joined least of late comes first, so that nobody keeps others out with many invitations.
        """
        for room_id in sorted(self._waiting, key=self._joined_lately):
            welcome = self._waiting[room_id]
            if welcome and not self._may_join(room_id):
                continue
            try:
                answer = await (self._client.asked(self._client.join(room_id)) if welcome else self._refuse(room_id))
            except UnreachableError as error:
                self._attempts[room_id] += 1
                log.warning("an invitation cannot be answered now", error=str(error))
                if self._attempts[room_id] < ATTEMPTS:
                    continue
            else:
                log.info("invited", accepted=welcome and not isinstance(answer, JoinError))
            del self._waiting[room_id], self._attempts[room_id]
            self._inviters.pop(room_id, None)

    def _joined_lately(self, room_id: str) -> int:
        inviter = self._inviters.get(room_id)
        return sum(joined == inviter for _, joined in self._joins)

    def _may_join(self, room_id: str) -> bool:
        now = time.monotonic()
        if room_id == self.advisers_room:
            return True
        if len(self._joins) == JOINS and now - self._joins[0][0] < JOINS_WITHIN:
            return False
        self._joins.append((now, self._inviters.get(room_id, "")))
        return True

    async def _refuse(self, room_id: str) -> None:
        path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/leave"
        await self._client.call("POST", path, {"reason": self._words})

    async def leave(self, room_id: str) -> None:
        """Leave a room for good. Raises as Client.asked does."""
        await self._client.asked(self._client.room_leave(room_id))
        await self._client.asked(self._client.room_forget(room_id))


def _invitation(invite_state: Sequence[Any], me: str) -> tuple[str, bool]:
    """Who invites the bot, and whether it is to a direct chat (`is_direct` of our own membership)."""
    own = [event for event in invite_state if getattr(event, "state_key", None) == me]
    contents = (getattr(event, "content", {}) for event in own)
    direct = any(isinstance(content, dict) and content.get("is_direct") is True for content in contents)
    return str(own[0].sender) if own else "", direct


async def backfilled(client: Client, room_id: str, before: str, since: str, events: list[Any]) -> list[Any]:
    """The events of a room with those put before them that the sync left out. Raises as Client.asked does."""
    missed: list[Any] = []
    for _ in range(PAGES):
        page = await client.asked(client.room_messages(room_id, before, since, MessageDirection.back, PAGE))
        if not isinstance(page, RoomMessagesResponse):
            raise UnreachableError(str(page.status_code))
        missed = [*reversed(page.chunk), *missed]
        if not page.chunk or not page.end or page.end == before:
            break
        before = page.end
    return [*missed, *events]


def since_invitation(events: list[Any], me: str, before_joining: bool) -> tuple[Mapping[str, Any] | None, list[Any]]:
    """The bot's own joining, if it is among the events, and what is to be answered of them.

    In a direct chat that is also what was written after the invitation, before the bot had joined.
    """
    joined, start = None, 0
    for position, event in enumerate(events):
        source = event.source
        if source.get("type") == "m.room.member" and source.get("state_key") == me:
            membership = source.get("content", {}).get("membership")
            before = source.get("unsigned", {}).get("prev_content", {}).get("membership")
            if membership == "join" and before != "join":
                joined = source
                start = start if before_joining else position + 1
            elif membership == "invite":
                start = position + 1
    return joined, events[start:]


def successor(source: Mapping[str, Any]) -> str | None:
    """The room that an event says its room was upgraded to (`m.room.tombstone`)."""
    content = source.get("content")
    named = content.get("replacement_room") if isinstance(content, dict) else None
    return named if source.get("type") == "m.room.tombstone" and isinstance(named, str) and named else None


def names_predecessor(events: Sequence[Any], old: str) -> bool:
    """Whether a room says itself that it follows another: else anybody could lead the bot anywhere."""
    created = (event.source for event in events if event.source.get("type") == "m.room.create")
    predecessors = (source.get("content", {}).get("predecessor") for source in created)
    return any(isinstance(named, dict) and named.get("room_id") == old for named in predecessors)


def created_by(events: Sequence[Any]) -> str | None:
    """Who made the room, if its first event is among these."""
    makers = (event.source.get("sender") for event in events if event.source.get("type") == "m.room.create")
    return next((maker for maker in makers if isinstance(maker, str)), None)


def forget_room(client: Client, room_id: str) -> None:
    """Remove the keys of a room that the bot has left, and the devices of people whom it meets in no other room.

    The sessions between devices stay: they name nobody, and whoever comes back goes on with them.
    """
    client.rooms.pop(room_id, None)
    if client.olm is None or client.store is None:
        return
    met_elsewhere = {user for room in client.rooms.values() for user in room.users}
    store = client.store.database
    for table in ("megolminboundsessions", "encryptedrooms", "outgoingkeyrequests"):
        store.execute_sql(f"DELETE FROM {table} WHERE room_id = ?", (room_id,))  # noqa: S608  # a name from above
    for user in set(client.olm.device_store.users) - met_elsewhere - {client.user_id}:
        for table in ("keys", "devicetruststate"):
            of_user = "SELECT id FROM devicekeys WHERE user_id = ?"
            store.execute_sql(f"DELETE FROM {table} WHERE device_id IN ({of_user})", (user,))  # noqa: S608
        store.execute_sql("DELETE FROM devicekeys WHERE user_id = ?", (user,))
        client.olm.device_store._entries.pop(user, None)
        client.olm.tracked_users.discard(user)
        client.olm.users_for_key_query.discard(user)
    client.olm.outbound_group_sessions.pop(room_id, None)
    client.olm.inbound_group_store._entries.pop(room_id, None)
    client.encrypted_rooms.discard(room_id)
