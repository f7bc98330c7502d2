"""The state behind the local Bot API server: people, chats, messages, topics, files.

Messages are kept as the JSON objects that the Bot API shows; a message is replaced, never changed, so that
whoever holds an older one still sees what was true then.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.errors import ApiError, Json, forbidden, refused
from tests.botapi.files import Shelf
from tests.botapi.updates import Pulse, UpdateQueue

BOT_ID = 4711
BOT_USERNAME = "lotse_test_bot"

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)
Standing = Literal["creator", "administrator", "member", "left", "kicked"]
PRESENT = ("creator", "administrator", "member")


@dataclass(frozen=True, slots=True)
class Membership:
    """How somebody stands in a chat; `rights` counts for administrators only."""

    standing: Standing
    rights: frozenset[str] = frozenset()

    def may(self, right: str) -> bool:
        """Whether this member has that administrator's right."""
        return self.standing == "creator" or (self.standing == "administrator" and right in self.rights)

    def seen(self, user: Json) -> Json:
        """The Bot API's ChatMember."""
        member: Json = {"user": user, "status": self.standing}
        if self.standing == "creator":
            member["is_anonymous"] = False
        elif self.standing == "administrator":
            member.update({right: right in self.rights for right in ADMIN_RIGHTS})
            member.update({"can_be_edited": False, "is_anonymous": False})
        elif self.standing == "kicked":
            member["until_date"] = 0
        return member


LEFT = Membership("left")


@dataclass(slots=True)
class ForumTopic:
    """A topic of a forum; its id is the message that created it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that appeared in a chat: a message as it was then, new or edited."""

    message: Json
    edited: bool


@dataclass(slots=True)
class Chat:
    """A private chat, a group, a supergroup or a forum, and all that was said in it."""

    id: int
    kind: Literal["private", "group", "supergroup"]
    names: Json
    ids: Iterable[int]
    forum: bool = False
    members: dict[int, Membership] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    journal: list[Heard] = field(default_factory=list)
    topics: dict[int, ForumTopic] = field(default_factory=dict)
    reply_keyboard: Json | None = None
    actions: list[str] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    pulse: Pulse = field(default_factory=Pulse)
    started: bool = False
    blocked: bool = False
    migrated_to: int | None = None

    def seen(self) -> Json:
        """The Bot API's Chat."""
        shown: Json = {"id": self.id, "type": self.kind, **self.names}
        if self.forum:
            shown["is_forum"] = True
        return shown

    def bot(self) -> Membership:
        """How the bot stands here."""
        return self.members.get(BOT_ID, LEFT)


@dataclass(slots=True)
class PressedButton:
    """A callback query: who pressed, and the bot's answer once it came."""

    id: str
    user_id: int
    answer: Json | None = None
    too_old: bool = False
    pulse: Pulse = field(default_factory=Pulse)


class World:
    """Everything the server knows. It outlives the bot, which may be killed and started again."""

    def __init__(self, *, privacy_mode: bool) -> None:
        self.privacy_mode = privacy_mode
        self.bot: Json = {"id": BOT_ID, "is_bot": True, "first_name": "Lotse", "username": BOT_USERNAME}
        self.users: dict[int, Json] = {BOT_ID: self.bot}
        self.deactivated: set[int] = set()
        self.chats: dict[int, Chat] = {}
        self.files = Shelf()
        self.presses: dict[str, PressedButton] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.updates = UpdateQueue()
        self._user_ids = itertools.count(100_001)
        self._group_ids = itertools.count(200_001)
        self._press_ids = itertools.count(9_000_000_001)
        self._box = itertools.count(1)

    # people and chats

    def named(self, entities: Iterable[Json]) -> list[Json]:
        """The entities of a text; a link to a user becomes a mention if the user is known, else nothing."""
        shown = []
        for entity in entities:
            user = str(entity.get("url", "")).removeprefix("tg://user?id=")
            if not user.isdecimal():
                shown.append(entity)
            elif int(user) in self.users:
                place = {"offset": entity["offset"], "length": entity["length"]}
                shown.append({**place, "type": "text_mention", "user": self.users[int(user)]})
        return shown

    def add_person(self, names: Json) -> Chat:
        """A new person and the (not yet started) private chat with them."""
        user_id = next(self._user_ids)
        self.users[user_id] = {"id": user_id, "is_bot": False, **names}
        shown = {key: value for key, value in names.items() if key != "language_code"}
        # Telegram numbers the messages of all private chats and groups of one bot together.
        chat = Chat(user_id, "private", shown, self._box)
        chat.members = {user_id: Membership("member"), BOT_ID: Membership("member")}
        self.chats[chat.id] = chat
        return chat

    def add_group(self, kind: Literal["group", "supergroup"], title: str, *, forum: bool) -> Chat:
        """A new, empty group. A supergroup numbers its own messages."""
        number = next(self._group_ids)
        if kind == "group":
            chat = Chat(-number, kind, {"title": title}, self._box)
        else:
            chat = Chat(-1_000_000_000_000 - number, kind, {"title": title}, itertools.count(1), forum)
        self.chats[chat.id] = chat
        return chat

    def user(self, user_id: int) -> Json:
        """The Bot API's User. Raises ApiError (400)."""
        found = self.users.get(user_id)
        if found is None:
            raise refused("user not found")
        return found

    def known_chat(self, chat_id: int | str) -> Chat:
        """A chat that the bot can see. Raises ApiError (400 not found, migrated; 403 no longer in)."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise refused("chat not found")
        if chat.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                parameters={"migrate_to_chat_id": chat.migrated_to},
            )
        if chat.kind == "private":
            if not chat.started and not self._met_in_group(chat.id):
                raise refused("chat not found")
            return chat
        standing = chat.bot().standing
        if standing == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        if standing == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def writable_chat(self, chat_id: int | str) -> Chat:
        """A chat where the bot may write. Raises ApiError (400, 403)."""
        chat = self.known_chat(chat_id)
        if chat.kind == "private":
            if chat.id in self.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
        return chat

    def _met_in_group(self, user_id: int) -> bool:
        return any(
            chat.kind != "private"
            and chat.bot().standing in PRESENT
            and chat.members.get(user_id, LEFT).standing in PRESENT
            for chat in self.chats.values()
        )

    # messages

    def post(
        self,
        chat: Chat,
        sender: Json,
        content: Json,
        *,
        thread: int | None = None,
        reply_to: Json | None = None,
    ) -> Json:
        """Store a message and let everybody who looks at the chat see it."""
        message: Json = {
            "message_id": next(iter(chat.ids)),
            "from": sender,
            "chat": chat.seen(),
            "date": int(time.time()),
        }
        if thread is not None:
            message["message_thread_id"] = thread
            message["is_topic_message"] = True
        if reply_to is None and thread is not None:
            # In a topic whatever answers nothing in particular answers the message that opened the topic.
            reply_to = chat.messages.get(thread)
        if reply_to is not None:
            message["reply_to_message"] = {k: v for k, v in reply_to.items() if k != "reply_to_message"}
        message.update(content)
        chat.messages[message["message_id"]] = message
        chat.journal.append(Heard(message, edited=False))
        chat.pulse.fire()
        return message

    def rewrite(self, chat: Chat, message: Json, *, aloud: bool = True) -> Json:
        """Replace a stored message by its edited form."""
        if aloud:
            message["edit_date"] = int(time.time())
        chat.messages[message["message_id"]] = message
        chat.journal.append(Heard(message, edited=True))
        chat.pulse.fire()
        return message

    def tell_bot(self, kind: str, chat: Chat, message: Json) -> int | None:
        """Queue a person's message for the bot, if it may read it there (privacy mode)."""
        member = chat.bot()
        if chat.blocked or member.standing not in PRESENT:
            return None
        filtered = chat.kind != "private" and member.standing == "member" and self.privacy_mode
        if filtered and not _addressed_to_bot(message):
            return None
        return self.updates.push(kind, message)

    def press(self, user_id: int, message: Json, data: str) -> PressedButton:
        """Somebody presses a button with callback data: queue the callback query."""
        pressed = PressedButton(str(next(self._press_ids)), user_id)
        self.presses[pressed.id] = pressed
        query = {
            "id": pressed.id,
            "from": self.users[user_id],
            "message": message,
            "chat_instance": str(7_000_000_000 + abs(message["chat"]["id"])),
            "data": data,
        }
        self.updates.push("callback_query", query)
        return pressed

    def change_member(self, chat: Chat, actor: Json, user_id: int, membership: Membership) -> None:
        """Change how somebody stands in a chat and queue (my_)chat_member."""
        user = self.users[user_id]
        before = chat.members.get(user_id, LEFT)
        chat.members[user_id] = membership
        if user_id == BOT_ID or chat.bot().standing == "administrator":
            self.updates.push(
                "my_chat_member" if user_id == BOT_ID else "chat_member",
                {
                    "chat": chat.seen(),
                    "from": actor,
                    "date": int(time.time()),
                    "old_chat_member": before.seen(user),
                    "new_chat_member": membership.seen(user),
                },
            )


_ORDINARY = (
    "text",
    "photo",
    "voice",
    "video",
    "audio",
    "document",
    "sticker",
    "animation",
    "video_note",
    "location",
    "contact",
)


def _addressed_to_bot(message: Json) -> bool:
    """What a bot in privacy mode reads: commands, answers to it, mentions of it, service messages."""
    if not any(key in message for key in _ORDINARY):
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == BOT_ID:
        return True
    text = str(message.get("text") or message.get("caption") or "")
    return text.startswith("/") or f"@{BOT_USERNAME}" in text
