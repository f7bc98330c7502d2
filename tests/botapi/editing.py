"""The methods that change what is there: edits, deletions, reactions, answers to pressed buttons."""

from __future__ import annotations

from tests.botapi.errors import Json, breach, refused
from tests.botapi.limits import check_markup, message_text
from tests.botapi.sending import Method, captioned
from tests.botapi.world import BOT_ID, Chat, World

_EMOJI = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡
🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈
😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿
🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(_EMOJI.split())


def _editable(world: World, values: Json) -> tuple[Chat, Json]:
    if "chat_id" not in values or "message_id" not in values:
        raise breach("message identifier is not specified")
    check_markup(values.get("reply_markup"))
    chat = world.writable_chat(values["chat_id"])
    message = chat.messages.get(values["message_id"])
    if message is None:
        raise refused("message to edit not found")
    if message["from"]["id"] != BOT_ID:
        raise refused("message can't be edited")
    return chat, message


def _rewrite(world: World, chat: Chat, message: Json, content: Json, values: Json) -> Json:
    """Store the new content; without reply_markup the edited message loses its keyboard, as on Telegram."""
    markup = values.get("reply_markup")
    names = {"text": ("text", "entities"), "caption": ("caption", "caption_entities"), "markup": ()}
    part = "text" if "text" in content else "caption" if "caption" in values else "markup"
    edited = {k: v for k, v in message.items() if k not in names[part] and k != "reply_markup"}
    edited |= content
    if markup is not None and markup.get("inline_keyboard"):
        edited["reply_markup"] = markup
    watched = ("text", "entities", "caption", "caption_entities", "reply_markup", "link_preview_options")
    if all(edited.get(name) == message.get(name) for name in watched):
        raise refused(
            "message is not modified: specified new message content and reply markup are exactly the same as "
            "a current content and reply markup of the message"
        )
    return world.rewrite(chat, edited)


def _edit_text(world: World, values: Json) -> Json:
    if "text" not in values:
        raise breach("message text is empty")
    formatted = message_text(values)
    chat, message = _editable(world, values)
    if "text" not in message:
        raise refused("there is no text in the message to edit")
    content: Json = {"text": formatted.text}
    if entities := world.named(formatted.entities):
        content["entities"] = entities
    if "link_preview_options" in values:
        content["link_preview_options"] = values["link_preview_options"]
    return _rewrite(world, chat, message, content, values)


def _edit_caption(world: World, values: Json) -> Json:
    values = {"caption": "", **values}
    caption = captioned(values)
    chat, message = _editable(world, values)
    if "text" in message or "location" in message or "sticker" in message:
        raise refused("there is no caption in the message to edit")
    return _rewrite(world, chat, message, caption, values)


def _edit_markup(world: World, values: Json) -> Json:
    chat, message = _editable(world, values)
    return _rewrite(world, chat, message, {}, values)


def _delete(world: World, values: Json) -> bool:
    chat = world.writable_chat(values["chat_id"])
    message = chat.messages.get(values["message_id"])
    if message is None:
        raise refused("message to delete not found")
    own = message["from"]["id"] == BOT_ID
    if not own and chat.kind != "private" and not chat.bot().may("can_delete_messages"):
        raise refused("message can't be deleted")
    del chat.messages[message["message_id"]]
    chat.pulse.fire()
    return True


def _delete_many(world: World, values: Json) -> bool:
    if not 1 <= len(values["message_ids"]) <= 100:
        raise breach("message identifiers are not specified")
    chat = world.writable_chat(values["chat_id"])
    for message_id in values["message_ids"]:
        if message_id in chat.messages:
            _delete(world, {"chat_id": chat.id, "message_id": message_id})
    return True


def _react(world: World, values: Json) -> bool:
    chat = world.writable_chat(values["chat_id"])
    reactions = values.get("reaction", [])
    if len(reactions) > 1:
        raise breach("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if reaction["type"] == "emoji" and reaction["emoji"] not in REACTIONS:
            raise breach("REACTION_INVALID")
    if values["message_id"] not in chat.messages:
        raise refused("message to react not found")
    chat.reactions[values["message_id"]] = reactions
    chat.pulse.fire()
    return True


def _answer_press(world: World, values: Json) -> bool:
    pressed = world.presses.get(values["callback_query_id"])
    if pressed is None or pressed.too_old:
        raise refused("query is too old and response timeout expired or query ID is invalid")
    pressed.answer = {name: value for name, value in values.items() if name != "callback_query_id"}
    pressed.pulse.fire()
    return True


EDITING: dict[str, Method] = {
    "editMessageText": _edit_text,
    "editMessageCaption": _edit_caption,
    "editMessageReplyMarkup": _edit_markup,
    "deleteMessage": _delete,
    "deleteMessages": _delete_many,
    "setMessageReaction": _react,
    "answerCallbackQuery": _answer_press,
}
