"""Lengths and shapes that the published API prescribes: texts, captions, keyboards, commands.

All lengths of texts are UTF-16 code units after entity parsing; callback data is counted in bytes.
"""

from __future__ import annotations

import re
from typing import Any

from tests.botapi.errors import Json, breach
from tests.botapi.html import Formatted, MarkupError, parse_html, trimmed, utf16_length

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
CALLBACK_BYTES = 64
KEYBOARD_BUTTONS = 100

# (method, parameter): fewest and most units, and what Telegram answers outside of them.
LENGTHS: dict[tuple[str, str], tuple[int, int, str]] = {
    ("createForumTopic", "name"): (1, 128, "TOPIC_TITLE_EMPTY"),
    ("editForumTopic", "name"): (0, 128, "TOPIC_TITLE_INVALID"),
    ("answerCallbackQuery", "text"): (0, 200, "MESSAGE_TOO_LONG"),
    ("setMyDescription", "description"): (0, 512, "BOT_DESCRIPTION_TOO_LONG"),
    ("setMyShortDescription", "short_description"): (0, 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
    ("setMyName", "name"): (0, 64, "BOT_TITLE_INVALID"),
    ("sendVenue", "title"): (1, TEXT_UNITS, "VENUE_TITLE_EMPTY"),
    ("sendVenue", "address"): (1, TEXT_UNITS, "VENUE_ADDRESS_EMPTY"),
    ("sendContact", "first_name"): (1, TEXT_UNITS, "first name must be non-empty"),
}

_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"|[a-z]{2}")
_LINK = re.compile(r"(?i)(https?|tg|ton)://\S+|[\w.-]+\.[a-z]{2,}\S*")


def check_lengths(method: str, values: Json) -> None:
    """Refuse parameters outside their published length or choice. Raises ApiError (400)."""
    for (limited, name), (low, high, description) in LENGTHS.items():
        if limited == method and name in values:
            length = utf16_length(values[name].strip())
            if not low <= length <= high:
                raise breach(description)
    if method == "sendChatAction" and values["action"] not in _ACTIONS:
        raise breach("wrong parameter action in request")
    if not _LANGUAGE.fullmatch(values.get("language_code", "")):
        raise breach("invalid language code specified")
    if "latitude" in values and not (-90 <= values["latitude"] <= 90 and -180 <= values["longitude"] <= 180):
        raise breach("wrong latitude or longitude specified")
    if method == "setMyCommands":
        _check_commands(values["commands"])


def message_text(values: Json) -> Formatted:
    """The text of a message as Telegram stores it: 1-4096 units after parsing. Raises ApiError (400)."""
    formatted = _formatted(values, "text", "entities")
    if not formatted.text:
        raise breach("message text is empty")
    if utf16_length(formatted.text) > TEXT_UNITS:
        raise breach("message is too long")
    return formatted


def caption_text(values: Json) -> Formatted:
    """The caption of a message: 0-1024 units after parsing. Raises ApiError (400)."""
    formatted = _formatted(values, "caption", "caption_entities")
    if utf16_length(formatted.text) > CAPTION_UNITS:
        raise breach("message caption is too long")
    return formatted


def _formatted(values: Json, name: str, entities: str) -> Formatted:
    text = values.get(name, "")
    mode = values.get("parse_mode", "")
    if mode:
        if mode.lower() != "html":
            raise breach("unsupported parse_mode")
        try:
            parsed = parse_html(text)
        except MarkupError as error:
            raise breach(f"can't parse entities: {error}") from None
        return trimmed(parsed.text, parsed.entities)
    given = tuple(values.get(entities, ()))
    for entity in given:
        _check_bounds(entity, text)
    return trimmed(text, given)


def _check_bounds(entity: Json, text: str) -> None:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    total = utf16_length(text)
    if begin < 0 or entity["length"] <= 0 or end > total:
        raise breach(
            f"can't parse entities: entity beginning at UTF-16 offset {begin} ends after the end of the text "
            f"at UTF-16 offset {total}"
        )
    encoded = text.encode("utf-16-le", "surrogatepass")
    for offset in (begin, end):
        unit = int.from_bytes(encoded[2 * offset : 2 * offset + 2], "little")
        if 0xDC00 <= unit <= 0xDFFF:
            raise breach("can't parse entities: entity begins or ends in a middle of a UTF-16 symbol")


def check_markup(markup: Json | None) -> None:
    """Refuse a keyboard that Telegram would: labels, exactly one action, 64 bytes. Raises ApiError (400)."""
    if markup is None:
        return
    rows = markup.get("inline_keyboard")
    if rows is not None:
        buttons = [button for row in rows for button in row]
        for button in buttons:
            _check_inline_button(button)
    else:
        buttons = [button for row in markup.get("keyboard", ()) for button in row]
        for button in buttons:
            label = button if isinstance(button, str) else button["text"]
            if not label.strip():
                raise breach("can't parse keyboard button: text must be non-empty")
    if len(buttons) > KEYBOARD_BUTTONS:
        raise breach("reply markup is too long")


def _check_inline_button(button: dict[str, Any]) -> None:
    if not button["text"].strip():
        raise breach("can't parse inline keyboard button: text must be non-empty")
    actions = set(button) - {"text", "icon_custom_emoji_id", "style"}
    if not actions:
        raise breach("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise breach("can't parse inline keyboard button: exactly one of its optional fields must be used")
    if "callback_data" in button:
        size = len(button["callback_data"].encode())
        if not 1 <= size <= CALLBACK_BYTES:
            raise breach("BUTTON_DATA_INVALID")
    if "url" in button and not _LINK.fullmatch(button["url"]):
        raise breach(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= utf16_length(button["copy_text"]["text"]) <= 256:
        raise breach("BUTTON_COPY_TEXT_INVALID")


def _check_commands(commands: list[Json]) -> None:
    if len(commands) > 100:
        raise breach("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise breach("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(command["description"].strip()) <= 256:
            raise breach("BOT_COMMAND_DESCRIPTION_INVALID")
