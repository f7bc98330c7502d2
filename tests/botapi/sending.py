"""The methods that put a message into a chat: send*, copyMessage, forwardMessage."""

from __future__ import annotations

from collections.abc import Callable

from tests.botapi.errors import Json, breach, refused
from tests.botapi.files import show
from tests.botapi.limits import caption_text, check_markup, message_text
from tests.botapi.world import Chat, World

Method = Callable[[World, Json], object]

_SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
)
_FRAME = (
    "message_id",
    "from",
    "chat",
    "date",
    "edit_date",
    "message_thread_id",
    "is_topic_message",
    "reply_to_message",
    "reply_markup",
    "forward_origin",
    "has_protected_content",
    "effect_id",
)


def _send(world: World, values: Json, content: Json) -> Json:
    """What all methods share: the chat, the topic, the message answered, the keyboard."""
    markup = values.get("reply_markup")
    check_markup(markup)
    chat = world.writable_chat(values["chat_id"])
    reply_to = _replied_to(chat, values.get("reply_parameters"))
    thread = values.get("message_thread_id")
    if thread is None and reply_to is not None and chat.forum:
        thread = reply_to.get("message_thread_id")
    _check_thread(chat, thread)
    if markup is not None:
        if "inline_keyboard" in markup:
            content["reply_markup"] = markup
        else:
            chat.reply_keyboard = markup if "keyboard" in markup else None
    if values.get("protect_content"):
        content["has_protected_content"] = True
    if "message_effect_id" in values:
        content["effect_id"] = values["message_effect_id"]
    return world.post(chat, world.bot, content, thread=thread, reply_to=reply_to)


def _check_thread(chat: Chat, thread: int | None) -> None:
    if thread is None:
        return
    topic = chat.topics.get(thread)
    if topic is None:
        raise refused("message thread not found")
    if topic.closed and not chat.bot().may("can_manage_topics"):
        raise refused("TOPIC_CLOSED")


def _replied_to(chat: Chat, reply: Json | None) -> Json | None:
    if reply is None:
        return None
    found = chat.messages.get(reply["message_id"]) if reply.get("chat_id", chat.id) == chat.id else None
    if found is None and not reply.get("allow_sending_without_reply"):
        raise refused("message to be replied not found")
    return found


def send_message(world: World, values: Json) -> Json:
    """sendMessage."""
    formatted = message_text(values)
    content: Json = {"text": formatted.text}
    if entities := world.named(formatted.entities):
        content["entities"] = entities
    if "link_preview_options" in values:
        content["link_preview_options"] = values["link_preview_options"]
    return _send(world, values, content)


def captioned(values: Json) -> Json:
    """The message fields for a caption, if there is one."""
    formatted = caption_text(values)
    content: Json = {}
    if formatted.text:
        content["caption"] = formatted.text
        if formatted.entities:
            content["caption_entities"] = list(formatted.entities)
    return content


def _send_file(kind: str) -> Method:
    def send(world: World, values: Json) -> Json:
        caption = captioned(values)
        world.writable_chat(values["chat_id"])
        return _send(world, values, show(kind, world.files.take(kind, values[kind])) | caption)

    return send


def _send_location(world: World, values: Json) -> Json:
    return _send(world, values, {"location": _location(values)})


def _location(values: Json) -> Json:
    names = ("latitude", "longitude", "horizontal_accuracy")
    return {name: values[name] for name in names if name in values}


def _send_venue(world: World, values: Json) -> Json:
    names = ("title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
    venue = {name: values[name] for name in names if name in values}
    location = _location(values)
    return _send(world, values, {"venue": {"location": location, **venue}, "location": location})


def _send_contact(world: World, values: Json) -> Json:
    names = ("phone_number", "first_name", "last_name", "vcard")
    return _send(world, values, {"contact": {name: values[name] for name in names if name in values}})


def _source(world: World, values: Json, verb: str) -> Json:
    chat = world.known_chat(values["from_chat_id"])
    message = chat.messages.get(values["message_id"])
    if message is None:
        raise refused(f"message to {verb} not found")
    if message.get("has_protected_content") or any(name in message for name in _SERVICE):
        raise refused("message can't be copied" if verb == "copy" else "message can't be forwarded")
    return message


def _content(message: Json) -> Json:
    return {name: value for name, value in message.items() if name not in _FRAME}


def _copy_message(world: World, values: Json) -> Json:
    source = _source(world, values, "copy")
    content = _content(source)
    if "caption" in values:
        if "text" in content:
            raise breach("there is no caption in the message to copy")
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= captioned(values)
    return {"message_id": _send(world, values, content)["message_id"]}


def _forward_message(world: World, values: Json) -> Json:
    source = _source(world, values, "forward")
    origin = source.get("forward_origin") or {
        "type": "user",
        "sender_user": source["from"],
        "date": source["date"],
    }
    return _send(world, values, {**_content(source), "forward_origin": origin})


def _send_chat_action(world: World, values: Json) -> bool:
    chat = world.writable_chat(values["chat_id"])
    _check_thread(chat, values.get("message_thread_id"))
    chat.actions.append(values["action"])
    return True


def _pin(world: World, values: Json) -> bool:
    chat = world.writable_chat(values["chat_id"])
    message = chat.messages.get(values["message_id"])
    if message is None:
        raise refused("message to pin not found")
    if chat.kind != "private" and not chat.bot().may("can_pin_messages"):
        raise refused("not enough rights to manage pinned messages in the chat")
    chat.pinned.append(message["message_id"])
    service = world.post(chat, world.bot, {"pinned_message": message}, thread=message.get("message_thread_id"))
    world.updates.push("message", service)
    return True


def _unpin(world: World, values: Json) -> bool:
    chat = world.writable_chat(values["chat_id"])
    if chat.kind != "private" and not chat.bot().may("can_pin_messages"):
        raise refused("not enough rights to manage pinned messages in the chat")
    if chat.pinned:
        chat.pinned = [pinned for pinned in chat.pinned if pinned != values.get("message_id", chat.pinned[-1])]
    return True


SENDING: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": _send_file("photo"),
    "sendDocument": _send_file("document"),
    "sendVoice": _send_file("voice"),
    "sendVideo": _send_file("video"),
    "sendAudio": _send_file("audio"),
    "sendAnimation": _send_file("animation"),
    "sendVideoNote": _send_file("video_note"),
    "sendSticker": _send_file("sticker"),
    "sendLocation": _send_location,
    "sendVenue": _send_venue,
    "sendContact": _send_contact,
    "copyMessage": _copy_message,
    "forwardMessage": _forward_message,
}
IN_CHAT: dict[str, Method] = {
    "sendChatAction": _send_chat_action,
    "pinChatMessage": _pin,
    "unpinChatMessage": _unpin,
}
