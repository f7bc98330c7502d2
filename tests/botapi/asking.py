"""The methods that ask or set something about the bot, a chat or a file."""

from __future__ import annotations

import json

from tests.botapi.editing import EDITING
from tests.botapi.errors import ApiError, Json, breach, refused
from tests.botapi.files import DOWNLOAD_BYTES
from tests.botapi.sending import IN_CHAT, SENDING, Method
from tests.botapi.topics import TOPICS
from tests.botapi.world import BOT_ID, LEFT, PRESENT, World


def _get_me(world: World, values: Json) -> Json:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_inline_queries": False,
    }


def _scope(values: Json) -> str:
    return json.dumps(values.get("scope") or {"type": "default"}, sort_keys=True)


def _set_commands(world: World, values: Json) -> bool:
    if not values["commands"]:
        return _delete_commands(world, values)
    world.commands[_scope(values), values.get("language_code", "")] = values["commands"]
    return True


def _get_commands(world: World, values: Json) -> list[Json]:
    return world.commands.get((_scope(values), values.get("language_code", "")), [])


def _delete_commands(world: World, values: Json) -> bool:
    world.commands.pop((_scope(values), values.get("language_code", "")), None)
    return True


def _set_profile(name: str) -> Method:
    def set_profile(world: World, values: Json) -> bool:
        world.profile[name, values.get("language_code", "")] = values.get(name, "")
        return True

    return set_profile


def _get_profile(name: str) -> Method:
    def get_profile(world: World, values: Json) -> Json:
        own = world.profile.get((name, values.get("language_code", "")))
        return {name: own or world.profile.get((name, ""), "")}

    return get_profile


def _delete_webhook(world: World, values: Json) -> bool:
    if values.get("drop_pending_updates"):
        world.updates.drop()
    return True


def _webhook(world: World, values: Json) -> Json:
    return {"url": "", "has_custom_certificate": False, "pending_update_count": world.updates.pending}


def _get_file(world: World, values: Json) -> Json:
    stored = world.files.by_id(values["file_id"], "invalid file_id")
    if len(stored.content) > DOWNLOAD_BYTES:
        raise refused("file is too big")
    return {**stored.seen(), "file_path": stored.path}


def _get_chat(world: World, values: Json) -> Json:
    chat = world.known_chat(values["chat_id"])
    shown = {
        **chat.seen(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.pinned and chat.pinned[-1] in chat.messages:
        shown["pinned_message"] = chat.messages[chat.pinned[-1]]
    return shown


def _get_member(world: World, values: Json) -> Json:
    chat = world.known_chat(values["chat_id"])
    user = world.user(values["user_id"])
    return chat.members.get(user["id"], LEFT).seen(user)


def _get_administrators(world: World, values: Json) -> list[Json]:
    chat = world.known_chat(values["chat_id"])
    if chat.kind == "private":
        raise refused("there are no administrators in the private chat")
    return [
        member.seen(world.users[user_id])
        for user_id, member in chat.members.items()
        if member.standing in ("creator", "administrator")
    ]


def _count_members(world: World, values: Json) -> int:
    chat = world.known_chat(values["chat_id"])
    return sum(member.standing in PRESENT for member in chat.members.values())


def _leave(world: World, values: Json) -> bool:
    chat = world.known_chat(values["chat_id"])
    if chat.kind == "private":
        raise breach("chat member status can't be changed in private chats")
    world.change_member(chat, world.bot, BOT_ID, LEFT)
    return True


METHODS: dict[str, Method] = {
    **SENDING,
    **IN_CHAT,
    **EDITING,
    **TOPICS,
    "getMe": _get_me,
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "setMyName": _set_profile("name"),
    "getMyName": _get_profile("name"),
    "setMyDescription": _set_profile("description"),
    "getMyDescription": _get_profile("description"),
    "setMyShortDescription": _set_profile("short_description"),
    "getMyShortDescription": _get_profile("short_description"),
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook,
    "getFile": _get_file,
    "getChat": _get_chat,
    "getChatMember": _get_member,
    "getChatAdministrators": _get_administrators,
    "getChatMemberCount": _count_members,
    "leaveChat": _leave,
}


def perform(world: World, method: str, values: Json) -> object:
    """Carry out a checked call and return its result. Raises ApiError.

    A published method that this server does not know is a violation too: better a failing test than an
    invented answer.
    """
    known = METHODS.get(method)
    if known is None:
        raise ApiError(501, f"Not Implemented: {method} is not part of this test server", breach=True)
    return known(world, values)
