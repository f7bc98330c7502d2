"""The methods around forum topics."""

from __future__ import annotations

from tests.botapi.errors import Json, breach, refused
from tests.botapi.sending import Method
from tests.botapi.world import Chat, ForumTopic, Heard, World

ICONS = {"5379748062124056162": "❗️", "5417915203100613993": "💬", "5237699328843200968": "✅"}
"""Some of the custom emoji that anybody may use as a topic's icon, with their emoji."""
COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


def open_topic(world: World, chat: Chat, creator: Json, name: str, color: int = COLORS[0]) -> ForumTopic:
    """Create a topic; its service message is its first message, and the bot is told."""
    created = {"name": name, "icon_color": color}
    message = world.post(chat, creator, {"forum_topic_created": created})
    topic = ForumTopic(message["message_id"], name, color)
    chat.topics[topic.id] = topic
    message = {**message, "message_thread_id": topic.id, "is_topic_message": True}
    chat.messages[topic.id] = message
    chat.journal[-1] = Heard(message, edited=False)
    _tell(world, chat, message)
    return topic


def toggle_topic(world: World, chat: Chat, actor: Json, topic: ForumTopic, *, closed: bool) -> None:
    """Close or reopen a topic, with its service message."""
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    _tell(world, chat, world.post(chat, actor, {service: {}}, thread=topic.id))


def _tell(world: World, chat: Chat, message: Json) -> None:
    # Telegram tells a bot of its own topics' service messages too, unlike of its other messages.
    world.tell_bot("message", chat, message)


def _forum(world: World, values: Json, doing: str) -> Chat:
    chat = world.writable_chat(values["chat_id"])
    if not chat.forum:
        raise refused("the chat is not a forum")
    if not chat.bot().may("can_manage_topics"):
        raise refused(f"not enough rights to {doing}")
    return chat


def _topic(chat: Chat, values: Json) -> ForumTopic:
    topic = chat.topics.get(values["message_thread_id"])
    if topic is None:
        raise refused("TOPIC_ID_INVALID")
    return topic


def _icon_stickers(world: World, values: Json) -> list[Json]:
    form = {"type": "custom_emoji", "width": 100, "height": 100, "is_animated": True, "is_video": False}
    return [
        {**form, "file_id": f"icon{icon}", "file_unique_id": f"unique{icon}", "emoji": emoji, "custom_emoji_id": icon}
        for icon, emoji in ICONS.items()
    ]


def _icon(values: Json) -> str | None:
    icon: str | None = values.get("icon_custom_emoji_id") or None
    if icon is not None and icon not in ICONS:
        raise refused("TOPIC_ICON_INVALID")
    return icon


def _create(world: World, values: Json) -> Json:
    color = values.get("icon_color", COLORS[0])
    if color not in COLORS:
        raise breach("TOPIC_ICON_COLOR_INVALID")
    chat = _forum(world, values, "create a topic")
    icon = _icon(values)
    topic = open_topic(world, chat, world.bot, values["name"].strip(), color)
    topic.icon = icon
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": color}


def _edit(world: World, values: Json) -> bool:
    chat = _forum(world, values, "edit a topic")
    topic = _topic(chat, values)
    name = values.get("name", "").strip() or topic.name
    icon = _icon(values) if "icon_custom_emoji_id" in values else topic.icon
    if (name, icon) == (topic.name, topic.icon):
        raise refused("TOPIC_NOT_MODIFIED")
    changed = {"name": name} if name != topic.name else {}
    if icon != topic.icon:
        changed["icon_custom_emoji_id"] = icon or ""
    topic.name, topic.icon = name, icon
    message = world.post(chat, world.bot, {"forum_topic_edited": changed}, thread=topic.id)
    _tell(world, chat, message)
    return True


def _toggle(closed: bool) -> Method:
    def toggle(world: World, values: Json) -> bool:
        chat = _forum(world, values, "close or reopen a topic")
        topic = _topic(chat, values)
        if topic.closed == closed:
            raise refused("TOPIC_NOT_MODIFIED")
        toggle_topic(world, chat, world.bot, topic, closed=closed)
        return True

    return toggle


def _delete(world: World, values: Json) -> bool:
    chat = _forum(world, values, "delete a topic")
    if not chat.bot().may("can_delete_messages"):
        raise refused("not enough rights to delete a topic")
    topic = _topic(chat, values)
    del chat.topics[topic.id]
    for message in list(chat.messages.values()):
        if message.get("message_thread_id") == topic.id:
            del chat.messages[message["message_id"]]
    return True


TOPICS: dict[str, Method] = {
    "getForumTopicIconStickers": _icon_stickers,
    "createForumTopic": _create,
    "editForumTopic": _edit,
    "closeForumTopic": _toggle(True),
    "reopenForumTopic": _toggle(False),
    "deleteForumTopic": _delete,
}
