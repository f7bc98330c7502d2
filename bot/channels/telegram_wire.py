"""Telegram's wire: updates become incomings, replies become messages, refusals become SendErrors. Pure.

Rules of the wire: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import ChatMember, ChatMemberRestricted, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatID, ChatMemberStatus, ChatType, MessageLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    RetryAfter,
    TelegramError,
)

from bot.channels import SendError
from bot.core.model import (
    Address,
    Arrival,
    Attachment,
    Button,
    Choice,
    Content,
    Departure,
    Edit,
    File,
    Incoming,
    Medium,
    MessageRef,
    Move,
    Place,
    Reply,
    Sender,
    Utterance,
)
from bot.markup import Block, Span, plain_text, split, telegram_html, utf16_length
from bot.markup import parse as parse_markup

os.environ.setdefault("PTB_TIMEDELTA", "true")  # retry_after as timedelta, which the library will make its default

ROW_LETTERS = 24  # letters of button labels that fit side by side on a phone
ROW_BUTTONS = 3
_ENDINGS = {"photo": ".jpg", "voice": ".ogg", "sticker": ".webp", "video": ".mp4", "audio": ".mp3"}
_KINDS = ("photo", "voice", "sticker", "document", "location", "contact", "video", "audio")
_GONE = (
    "chat not found",
    "user is deactivated",
    "bot was kicked",
    "peer_id_invalid",
    "have no rights",
    "not enough rights",
)
_THREAD_GONE = ("thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")
_REASONS = (
    ("blocked by the user", "blocked"),
    ("deactivated", "deleted"),
    ("chat not found", "left"),
    ("kicked", "left"),
    ("can't initiate", "left"),
    ("not a member", "left"),
    ("too long", "too_long"),
    ("too big", "too_large"),
    ("too large", "too_large"),
)
_MISSING = (
    "message to edit not found",
    "there is no caption in the message",
    "message can't be edited",
    "message_id_invalid",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One message to Telegram: text, or a file, place or copy; the keyboard belongs to the last part of a reply."""

    html: str = ""
    keyboard: InlineKeyboardMarkup | None = None
    file: File | None = None
    place: Place | None = None
    copy: MessageRef | None = None


def parse(update: Update, me: int, username: str) -> Incoming | None:
    """What came in, or None for what is not meant for the assistant.

    `me` and `username` are the bot's own: bots (this one too) are not listened to, nor, in groups, commands for
    other bots.
    """
    uid = f"telegram:{me}:{update.update_id}"
    if update.callback_query is not None:
        return _parse_choice(uid, update)
    if update.my_chat_member is not None:
        return _parse_membership(uid, update)
    message = update.message or update.edited_message
    if message is None:
        return None
    origin = _address(message)
    if message.migrate_to_chat_id is not None:
        to = Address("telegram", str(message.migrate_to_chat_id))
        return Incoming(uid, origin, Sender("", ""), Move(to), private=False)
    sender = _sender(message)
    if sender is None:
        return None
    private = message.chat.type == ChatType.PRIVATE
    content = _content(message, edited=update.edited_message is not None)
    if not private and isinstance(content, Utterance) and _is_for_another_bot(content.text, username):
        return None
    if content is None:
        return None
    return Incoming(
        uid,
        origin,
        sender,
        content,
        private=private,
        locale=message.from_user.language_code if message.from_user else None,
        message=str(message.message_id),
        reply_to=_replied_to(message),
    )


def _address(message: Message) -> Address:
    thread = message.message_thread_id if message.is_topic_message else None
    return Address("telegram", str(message.chat.id), str(thread) if thread is not None else None)


def _sender(message: Message) -> Sender | None:
    """Who wrote; None for bots. Administrators who write anonymously appear as their group."""
    if message.sender_chat is not None:
        if message.sender_chat.id != message.chat.id:
            return None
        name = message.author_signature or message.sender_chat.title or ""
        return Sender(f"telegram:{message.sender_chat.id}:{name}", name)
    if message.from_user is None or message.from_user.is_bot:
        return None
    return Sender(f"telegram:{message.from_user.id}", message.from_user.first_name)


def _is_for_another_bot(text: str, username: str) -> bool:
    """Whether it is a command `/name@bot` of another bot; in a private chat nobody else can be meant."""
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    _, at, addressed = command.partition("@")
    return bool(at) and addressed.casefold() != username.casefold()


def _content(message: Message, edited: bool) -> Content | None:
    text = message.text
    if text is not None:
        return Edit(text) if edited else Utterance(text)
    if edited:
        return Edit(message.caption) if message.caption else None
    if message.effective_attachment is None and message.checklist is None:
        return None
    kind = next((kind for kind in _KINDS if getattr(message, kind)), "other")
    return Attachment(kind, message.caption or "", _medium(message, kind), _place(message))


def _medium(message: Message, kind: str) -> Medium | None:
    """The file that a message carries, of a photo the largest form of it."""
    carried = message.effective_attachment
    file = carried[-1] if isinstance(carried, tuple | list) else carried
    file_id = getattr(file, "file_id", None)
    if not isinstance(file_id, str):
        return None
    return Medium("telegram", file_id, getattr(file, "file_name", None) or f"{kind}{_ENDINGS.get(kind, '')}")


def _place(message: Message) -> Place | None:
    if message.venue is not None:
        venue = message.venue
        return Place(venue.title, venue.address, venue.location.latitude, venue.location.longitude)
    if message.location is not None:
        return Place("", "", message.location.latitude, message.location.longitude)
    return None


def _replied_to(message: Message) -> str | None:
    """The message that this one answers; the beginning of a topic does not count as one."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None:
        return None
    return str(replied.message_id)


def _parse_choice(uid: str, update: Update) -> Incoming | None:
    query = update.callback_query
    if query is None or query.message is None or query.data is None:
        return None
    message = query.message
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return Incoming(
        uid,
        Address("telegram", str(message.chat.id), str(thread) if thread is not None else None),
        Sender(f"telegram:{query.from_user.id}", query.from_user.first_name),
        Choice(query.data),
        private=message.chat.type == ChatType.PRIVATE,
        locale=query.from_user.language_code,
        message=str(message.message_id),
        doubt="anonymous" if query.from_user.id == ChatID.ANONYMOUS_ADMIN else "",
    )


def _parse_membership(uid: str, update: Update) -> Incoming | None:
    """Somebody blocked the bot; or a group shut it out, or let it write (again)."""
    change = update.my_chat_member
    if change is None:
        return None
    chat, private = Address("telegram", str(change.chat.id)), change.chat.type == ChatType.PRIVATE
    sender = Sender(f"telegram:{change.from_user.id}", change.from_user.first_name)
    before, after = _may_write(change.old_chat_member), _may_write(change.new_chat_member)
    if not after:
        return Incoming(uid, chat, sender, Departure("blocked" if private else "left"), private=private)
    return None if before or private else Incoming(uid, chat, sender, Arrival(), private=False)


def _may_write(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return member.status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def render(reply: Reply) -> Sequence[Part]:
    """A reply as Telegram messages of at most 4096 UTF-16 units; the buttons stand under the last text."""
    if reply.copy is not None:
        return (Part(copy=reply.copy),)
    keyboard = _keyboard(reply.buttons)
    blocks = _mentioning(reply.mention, parse_markup(reply.text))
    messages = [b for b in split(blocks, MessageLimit.MAX_TEXT_LENGTH) if plain_text(b).strip()]
    texts = [telegram_html(blocks) for blocks in messages]
    if reply.file is not None and reply.place is None and (not messages or _are_caption(messages)):
        return (Part(html="".join(texts), file=reply.file, keyboard=keyboard),)
    if not texts and (keyboard is not None or reply.place is None):
        texts = ["…"]
    parts = [*map(Part, texts[:-1]), *(Part(html, keyboard) for html in texts[-1:])]
    if reply.place is not None:
        parts.append(Part(place=reply.place))
    if reply.file is not None:
        parts.append(Part(file=reply.file))
    return tuple(parts)


def _mentioning(adviser: Sender | None, blocks: Sequence[Block]) -> Sequence[Block]:
    """The text with a link to the adviser in front, which notifies them (Bot API, "inline mention of a user").

    An administrator who writes anonymously cannot be mentioned.
    """
    user = adviser.id.removeprefix("telegram:") if adviser is not None else ""
    if adviser is None or not user.isdecimal() or not adviser.name or not blocks:
        return blocks
    name = Span(f"@{adviser.name}", link=f"tg://user?id={user}")
    first = replace(blocks[0], spans=(name, Span(" "), *blocks[0].spans))
    return (first, *blocks[1:])


def _are_caption(messages: Sequence[Sequence[Block]]) -> bool:
    return len(messages) == 1 and utf16_length(plain_text(messages[0])) <= MessageLimit.CAPTION_LENGTH


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Short labels side by side, long ones below each other."""
    rows: list[list[InlineKeyboardButton]] = []
    letters = 0
    for button in buttons:
        fits = rows and len(rows[-1]) < ROW_BUTTONS and letters + len(button.label) <= ROW_LETTERS
        if not fits:
            rows.append([])
            letters = 0
        action = button.action if button.url is None else None
        rows[-1].append(InlineKeyboardButton(button.label, callback_data=action, url=button.url))
        letters += len(button.label)
    return InlineKeyboardMarkup(rows) if rows else None


def seconds_to_wait(error: RetryAfter) -> float:
    """How many seconds Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _why(words: str) -> str:
    """A refusal's reason in one of the words that the advisers are told."""
    return next((why for sign, why in _REASONS if sign in words), "refused")


def failure(error: TelegramError) -> SendError:
    """Why Telegram refused, in the terms of the outbox. The order matters: BadRequest is a NetworkError here."""
    reason = error.message
    words = reason.casefold()
    match error:
        case RetryAfter():
            return SendError(reason, retry_after=seconds_to_wait(error))
        case ChatMigrated(new_chat_id=new):
            return SendError(reason, moved_to=Address("telegram", str(new)))
        case Forbidden():
            return SendError(reason, gone=True, why=_why(words))
        case BadRequest():
            return SendError(
                reason,
                gone=any(sign in words for sign in _GONE),
                thread_gone=any(sign in words for sign in _THREAD_GONE),
                missing=any(sign in words for sign in _MISSING),
                why=_why(words),
            )
        case _:  # no connection, a server error, an answer that is no JSON: nobody has refused anything
            return SendError(reason, temporary=True)
