"""The driving side of the local Bot API server: people who write, press and block; rooms and topics."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.botapi.checks import Upload
from tests.botapi.errors import Json
from tests.botapi.files import show
from tests.botapi.html import utf16_length
from tests.botapi.limits import TEXT_UNITS
from tests.botapi.seen import Button, Inbox, Message, Press, view
from tests.botapi.topics import ICONS, open_topic, toggle_topic
from tests.botapi.world import ADMIN_RIGHTS, BOT_ID, LEFT, PRESENT, Chat, ForumTopic, Membership, World

_FOUND_IN_TEXT = (
    ("bot_command", re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?")),
    ("url", re.compile(r"https?://\S+")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")),
    ("mention", re.compile(r"(?<!\S)@[A-Za-z][A-Za-z0-9_]{3,}")),
)


class Topic(Inbox):
    """One topic of a forum."""

    def __init__(self, chat: Chat, topic: ForumTopic) -> None:
        super().__init__(chat, topic.id)
        self.chat = chat
        self.topic = topic

    @property
    def id(self) -> int:
        """The topic's message_thread_id."""
        return self.topic.id

    @property
    def name(self) -> str:
        """The topic's name as it is now."""
        return self.topic.name

    @property
    def icon(self) -> str:
        """The emoji that the topic bears as its icon; empty if it has none."""
        return ICONS[self.topic.icon] if self.topic.icon else ""

    @property
    def closed(self) -> bool:
        """Whether the topic is closed."""
        return self.topic.closed

    @property
    def deleted(self) -> bool:
        """Whether the topic is gone."""
        return self.topic.id not in self.chat.topics


class Room(Inbox):
    """A group, a supergroup or a forum."""

    def __init__(self, world: World, chat: Chat) -> None:
        super().__init__(chat)
        self._world = world
        self._topics: dict[int, Topic] = {}
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat id."""
        return self.chat.id

    @property
    def name(self) -> str:
        """The title."""
        return str(self.chat.names["title"])

    @property
    def topics(self) -> list[Topic]:
        """The topics that are there now, oldest first."""
        for topic in self.chat.topics.values():
            self._topics.setdefault(topic.id, Topic(self.chat, topic))
        return [self._topics[topic_id] for topic_id in self.chat.topics]

    def topic(self, name: str) -> Topic:
        """The topic whose name contains this. Raises AssertionError."""
        for topic in self.topics:
            if name in topic.name:
                return topic
        raise AssertionError(f"no topic like {name!r}, only {[topic.name for topic in self.topics]}")

    def let_in(self, person: Person, *, by: Person | None = None) -> None:
        """Somebody joins or is added."""
        self._world.change_member(self.chat, (by or person).user, person.id, Membership("member"))
        self._announce({"new_chat_members": [person.user]}, by or person)

    def put_out(self, person: Person, *, by: Person | None = None) -> None:
        """Somebody leaves, or is put out by somebody."""
        self._announce({"left_chat_member": person.user}, by or person)
        membership = LEFT if by is None else Membership("kicked")
        self._world.change_member(self.chat, (by or person).user, person.id, membership)

    def promote(self, person: Person, *, by: Person) -> None:
        """Make somebody an administrator with all rights."""
        membership = Membership("administrator", frozenset(ADMIN_RIGHTS))
        self._world.change_member(self.chat, by.user, person.id, membership)

    def add_bot(self, *, by: Person, rights: Iterable[str] | None = None) -> None:
        """Add the bot as a member, or, with rights, as an administrator."""
        membership = Membership("member") if rights is None else Membership("administrator", frozenset(rights))
        self._world.change_member(self.chat, by.user, BOT_ID, membership)

    def remove_bot(self, *, by: Person) -> None:
        """Kick the bot."""
        self._world.change_member(self.chat, by.user, BOT_ID, Membership("kicked"))

    def migrate(self, *, by: Person) -> Room:
        """Turn the group into a supergroup; the old chat id is refused from now on."""
        new = self._world.add_group("supergroup", self.chat.names["title"], forum=False)
        new.members = dict(self.chat.members)
        self._announce({"migrate_to_chat_id": new.id}, by)
        self.chat.migrated_to = new.id
        room = Room(self._world, new)
        room._announce({"migrate_from_chat_id": self.id}, by)
        return room

    def _announce(self, service: Json, actor: Person) -> None:
        message = self._world.post(self.chat, actor.user, service)
        self._world.tell_bot("message", self.chat, message)


Place = Room | Topic


@dataclass(frozen=True, slots=True)
class _Spot:
    chat: Chat
    thread: int | None
    inbox: Inbox


class Person(Inbox):
    """Somebody with a Telegram account. As an inbox, a person is their private chat with the bot."""

    def __init__(self, world: World, chat: Chat) -> None:
        super().__init__(chat)
        self._world = world
        self._private = chat

    @property
    def id(self) -> int:
        """The user id, which is also the id of the private chat."""
        return self._private.id

    @property
    def user(self) -> Json:
        """The Bot API's User."""
        return self._world.users[self.id]

    @property
    def name(self) -> str:
        """The first name."""
        return str(self.user["first_name"])

    @property
    def chat(self) -> list[Message]:
        """What this person sees in the private chat, oldest first."""
        return self.messages

    @property
    def keys(self) -> list[str]:
        """The labels of the reply keyboard shown in the private chat."""
        keyboard = self._private.reply_keyboard or {}
        return [key["text"] for row in keyboard.get("keyboard", ()) for key in row]

    async def says(self, text: str, *, to: Place | None = None, reply_to: Message | None = None) -> Message:
        """Write a message, in private or to a room or topic.

        Raises AssertionError for what Telegram forbids.
        """
        assert text.strip() and utf16_length(text) <= TEXT_UNITS, "Telegram sends no such text"
        return self._post({"text": text.strip(), **_entities(text.strip())}, to, reply_to)

    async def presses(self, button: str | int | Button, *, on: Message | None = None, to: Place | None = None) -> Press:
        """Press an inline button, given by label, by number (1 is the first) or itself.

        Without `on` it is looked for from the newest message back. Raises AssertionError if it is not there.
        """
        spot = self._spot(to)
        messages = [m for m in spot.inbox.messages if on is None or m.id == on.id]
        for message in reversed(messages):
            found = _find(message, button)
            if found is not None:
                assert found.data is not None, f"{found.label!r} opens a link"
                self._check_presence(spot.chat)
                return Press(self._world.press(self.id, message.json, found.data))
        raise AssertionError(f"no button {button!r}, only {[m.labels for m in messages if m.labels]}")

    async def taps(self, key: str) -> Message:
        """Tap a key of the reply keyboard, which sends its label. Raises AssertionError."""
        assert key in self.keys, f"no key {key!r}, only {self.keys}"
        return await self.says(key)

    async def sends_photo(self, content: bytes = b"a photo", *, caption: str = "", to: Place | None = None) -> Message:
        """Send a photo."""
        return self._send("photo", Upload("photo.jpg", "image/jpeg", content), caption, to)

    async def sends_voice(self, content: bytes = b"a voice", *, to: Place | None = None) -> Message:
        """Send a voice message."""
        return self._send("voice", Upload("voice.ogg", "audio/ogg", content), "", to)

    async def sends_sticker(self, *, to: Place | None = None) -> Message:
        """Send a sticker."""
        return self._send("sticker", Upload("sticker.webp", "image/webp", b"a sticker"), "", to)

    async def sends_document(
        self,
        content: bytes = b"a document",
        filename: str = "document.pdf",
        *,
        caption: str = "",
        to: Place | None = None,
    ) -> Message:
        """Send a file."""
        return self._send("document", Upload(filename, "application/pdf", content), caption, to)

    async def sends_location(self, latitude: float, longitude: float, *, to: Place | None = None) -> Message:
        """Share a place."""
        return self._post({"location": {"latitude": latitude, "longitude": longitude}}, to, None)

    async def sends_contact(self, phone_number: str, *, to: Place | None = None) -> Message:
        """Share the own telephone number."""
        contact = {"phone_number": phone_number, "first_name": self.name, "user_id": self.id}
        return self._post({"contact": contact}, to, None)

    async def edits(self, message: Message, text: str) -> Message:
        """Change an own message, or what stands under its file. Raises AssertionError for somebody else's."""
        chat = self._world.chats[message.chat_id]
        stored = chat.messages[message.id]
        assert stored["from"]["id"] == self.id, "only one's own messages can be edited"
        plain = {key: value for key, value in stored.items() if key not in ("entities", "caption_entities")}
        words = {"text": text, **_entities(text)} if "text" in stored else {"caption": text}
        edited = self._world.rewrite(chat, {**plain, **words})
        self._world.tell_bot("edited_message", chat, edited)
        return view(edited)

    async def deletes(self, message: Message) -> None:
        """Delete a message; bots are not told."""
        del self._world.chats[message.chat_id].messages[message.id]

    async def blocks_bot(self) -> None:
        """Stop and block the bot."""
        self._set_blocked(True)

    async def unblocks_bot(self) -> None:
        """Start the bot again after blocking it."""
        self._set_blocked(False)

    async def deactivates(self) -> None:
        """Delete the account."""
        self._world.deactivated.add(self.id)

    async def opens_topic(self, room: Room, name: str) -> Topic:
        """Create a topic in a forum."""
        self._check_presence(room.chat)
        open_topic(self._world, room.chat, self.user, name)
        return room.topics[-1]

    async def closes(self, topic: Topic) -> None:
        """Close a topic."""
        toggle_topic(self._world, topic.chat, self.user, topic.topic, closed=True)

    async def reopens(self, topic: Topic) -> None:
        """Open a closed topic again."""
        toggle_topic(self._world, topic.chat, self.user, topic.topic, closed=False)

    def _set_blocked(self, blocked: bool) -> None:
        assert self._private.blocked != blocked, "nothing would change"
        standing = Membership("kicked" if blocked else "member")
        self._private.started = True
        self._world.change_member(self._private, self.user, BOT_ID, standing)
        self._private.blocked = blocked

    def _spot(self, to: Place | None) -> _Spot:
        if to is None:
            return _Spot(self._private, None, self)
        return _Spot(to.chat, to.id if isinstance(to, Topic) else None, to)

    def _check_presence(self, chat: Chat) -> None:
        assert chat.migrated_to is None, "the group has become a supergroup"
        assert chat.members.get(self.id, LEFT).standing in PRESENT, f"{self.name} is not in the room"
        assert not chat.blocked, f"{self.name} has blocked the bot"
        assert self.id not in self._world.deactivated, f"{self.name} has no account any more"

    def _send(self, kind: str, upload: Upload, caption: str, to: Place | None) -> Message:
        content = show(kind, self._world.files.put(kind, upload))
        return self._post(content | ({"caption": caption} if caption else {}), to, None)

    def _post(self, content: Json, to: Place | None, reply_to: Message | None) -> Message:
        spot = self._spot(to)
        chat = spot.chat
        self._check_presence(chat)
        if spot.thread is not None:
            topic = chat.topics.get(spot.thread)
            assert topic is not None, "the topic is gone"
            may = chat.members[self.id].may("can_manage_topics")
            assert may or not topic.closed, "the topic is closed"
        chat.started = True
        answered = None if reply_to is None else chat.messages.get(reply_to.id)
        message = self._world.post(chat, self.user, content, thread=spot.thread, reply_to=answered)
        self._world.tell_bot("message", chat, message)
        return view(message)


def _find(message: Message, button: str | int | Button) -> Button | None:
    flat = [candidate for row in message.buttons for candidate in row]
    if isinstance(button, int):
        return flat[button - 1] if 0 < button <= len(flat) else None
    label = button if isinstance(button, str) else button.label
    return next((candidate for candidate in flat if candidate.label == label), None)


def _entities(text: str) -> Json:
    """The entities that Telegram finds in what people type: commands, links, addresses, names."""
    found: list[Json] = []
    for kind, pattern in _FOUND_IN_TEXT:
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            found.append({"type": kind, "offset": offset, "length": utf16_length(match.group())})
    found.sort(key=lambda entity: int(entity["offset"]))
    return {"entities": found} if found else {}
