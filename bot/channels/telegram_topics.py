"""The topics of an advisers' group on Telegram: begun, renamed, closed and reopened with their cases.

The state of a case is the sign that a title begins with. Where Telegram has an icon for it, the topic bears the icon
and the sign leaves the title (Bot API: getForumTopicIconStickers, editForumTopic).
"""

from __future__ import annotations

import structlog
from telegram import Bot
from telegram.constants import ForumTopicLimit
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram_wire import failure
from bot.core.model import Address

log = structlog.get_logger("lotse.telegram")

ICONS = {"⏳": "❗", "💬": "💬", "🔒": "✅"}  # Telegram offers about a hundred emoji as icons; these come nearest
_EMOJI_STYLE = "\ufe0f"


class Topics:
    """The topics that a bot makes in groups."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._linear_rooms: set[str] = set()
        self._icons: dict[str, str] | None = None

    async def begin(self, room: Address, title: str) -> str | None:
        """A new topic's id; None in a group without topics or without the right to make them. Raises SendError."""
        if room.chat in self._linear_rooms:
            return None
        try:
            if not (await self._bot.get_chat(int(room.chat))).is_forum:
                self._linear_rooms.add(room.chat)
                return None
            name, icon = await self._named(title)
            topic = await self._bot.create_forum_topic(int(room.chat), name, icon_custom_emoji_id=icon)
        except BadRequest as error:
            if "rights" in error.message.casefold():
                log.error("the bot may not make topics in the advisers' room; give it the right 'manage topics'")
                return None
            raise failure(error) from error
        except TelegramError as error:
            raise failure(error) from error
        return str(topic.message_thread_id)

    async def show(self, room: Address, thread: str, title: str, closed: bool) -> None:
        """Rename a topic, and close or reopen it; it being so already is no error. Raises SendError."""
        chat, topic = int(room.chat), int(thread)
        name, icon = await self._named(title)
        settle = self._bot.close_forum_topic if closed else self._bot.reopen_forum_topic
        rename = self._bot.edit_forum_topic(chat, topic, name=name, icon_custom_emoji_id=icon)
        for step in (rename, settle(chat, topic)):
            try:
                await step
            except TelegramError as error:
                if "not_modified" not in error.message.casefold():
                    raise failure(error) from error

    async def _named(self, title: str) -> tuple[str, str | None]:
        """The name of a topic and its icon, if Telegram has one for the sign that the title begins with."""
        sign, _, rest = title.partition(" ")
        icon = (await self._offered()).get(ICONS.get(sign, ""))
        return (rest if icon else title)[: ForumTopicLimit.MAX_NAME_LENGTH], icon

    async def _offered(self) -> dict[str, str]:
        """The icons that Telegram offers, by emoji; asked for once."""
        if self._icons is None:
            try:
                stickers = await self._bot.get_forum_topic_icon_stickers()
            except TelegramError as error:
                log.warning("the icons of topics cannot be had", error=type(error).__name__)
                return {}
            self._icons = {
                sticker.emoji.replace(_EMOJI_STYLE, ""): sticker.custom_emoji_id
                for sticker in stickers
                if sticker.emoji and sticker.custom_emoji_id
            }
        return self._icons
