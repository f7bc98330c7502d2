"""Telegram: the Bot API by long polling. Parses, renders, sends; decides nothing.

Rules of the wire: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

os.environ.setdefault("PTB_TIMEDELTA", "true")  # retry_after as timedelta, which the library will make its default

import httpx
import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeDefault,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import (
    ChatAction,
    ChatMemberStatus,
    ChatType,
    ForumTopicLimit,
    MessageLimit,
    ParseMode,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels import ChannelStoppedError, Limits, Rate, SendError, Take, take_until_kept
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Choice,
    Content,
    Departure,
    Edit,
    File,
    Incoming,
    MessageRef,
    Move,
    Place,
    Reply,
    Sender,
    Utterance,
)
from bot.markup import Block, plain_text, split, telegram_html, utf16_length
from bot.markup import parse as parse_markup

log = structlog.get_logger("lotse.telegram")

POLL_SECONDS = 30
ROW_LETTERS = 24  # letters of button labels that fit side by side on a phone
ROW_BUTTONS = 3
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries while Telegram cannot be reached
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
# Bot API FAQ, "My bot is hitting limits": about 30 messages a second overall, 1 a second to a chat, 20 a minute to a
# group.
# What is overall left beside reminders is kept free for replies.
LIMITS = Limits(overall=Rate(1 / 28, burst=2), bulk=Rate(1 / 22), chat=Rate(1.05), group=Rate(4.0, burst=4))
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
_MISSING = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True, slots=True)
class Part:
    """One message to Telegram: text, or a file, place or copy; the keyboard belongs to the last part of a reply."""

    html: str = ""
    keyboard: InlineKeyboardMarkup | None = None
    file: File | None = None
    place: Place | None = None
    copy: MessageRef | None = None


# --- parse ----------------------------------------------------------------------------------------


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
    return Attachment(kind, message.caption or "")


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
    )


def _parse_membership(uid: str, update: Update) -> Incoming | None:
    """Somebody blocked the bot. What happens in groups says nothing about a person; a room is tried again anyway."""
    change = update.my_chat_member
    if change is None or change.chat.type != ChatType.PRIVATE:
        return None
    if change.new_chat_member.status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT):
        return None
    sender = Sender(f"telegram:{change.from_user.id}", change.from_user.first_name)
    return Incoming(uid, Address("telegram", str(change.chat.id)), sender, Departure("blocked"))


# --- render ---------------------------------------------------------------------------------------


def render(reply: Reply) -> Sequence[Part]:
    """A reply as Telegram messages of at most 4096 UTF-16 units; the buttons stand under the last text."""
    if reply.copy is not None:
        return (Part(copy=reply.copy),)
    keyboard = _keyboard(reply.buttons)
    messages = [b for b in split(parse_markup(reply.text), MessageLimit.MAX_TEXT_LENGTH) if plain_text(b).strip()]
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


# --- connect --------------------------------------------------------------------------------------


class _Polling(HTTPXRequest):
    """Leaves out what an update holds if the library cannot read it: one such update would block all others."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The server's answer. Raises TelegramError when it is no JSON object."""
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(updates := answer.get("result"), list):
            answer["result"] = [_legible(update) for update in updates]
        return answer


def _legible(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(update, None)
    except Exception as failure:
        log.error("an update could not be read", error=type(failure).__name__)
        return {"update_id": update["update_id"]}
    return update


class Telegram:
    """The connection to a Bot API server for one bot."""

    name = "telegram"
    limits = LIMITS

    def __init__(self, token: str, api_url: str, menus: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """`menus` are the commands with their descriptions, per language."""
        certificates = {"verify": httpx.create_ssl_context()}  # one for both: loading the authorities takes its time
        request = HTTPXRequest(read_timeout=20, httpx_kwargs=certificates)
        polling = _Polling(read_timeout=POLL_SECONDS + 15, httpx_kwargs=certificates)
        base = api_url.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request,
            get_updates_request=polling,
        )
        self._requests = (request, polling)
        self._menus = menus
        self._errands: set[asyncio.Task[None]] = set()
        self._linear_rooms: set[str] = set()
        self._troubles = 0

    def render(self, reply: Reply) -> Sequence[Part]:
        """The messages that a reply becomes."""
        return render(reply)

    def is_group(self, to: Address) -> bool:
        """Telegram gives groups negative ids."""
        return to.chat.startswith("-")

    async def receive(self, take: Take) -> None:
        """Poll until cancelled. An update is confirmed (by the next offset) only after its turn is committed.

        Raises ChannelStoppedError when the token is refused.
        """
        me = await self._introduce()
        offset = None
        while True:
            try:
                updates = await self._bot.get_updates(
                    offset=offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED_UPDATES
                )
            except InvalidToken as error:
                raise ChannelStoppedError("telegram: the token is refused; check LOTSE_TELEGRAM_TOKEN") from error
            except Conflict:
                log.error("another program polls with the same token; stop one of the two")
                await asyncio.sleep(PAUSES[2])
                continue
            except TelegramError as error:
                await self._rest(error)
                continue
            self._troubles = 0
            for update in updates:
                incoming = self._understand(update, me)
                if incoming is not None:
                    self._show_attention(incoming, update)
                    await take_until_kept(take, incoming)
                offset = update.update_id + 1

    async def _rest(self, error: TelegramError) -> None:
        """Wait after trouble with Telegram, longer each time, or as long as Telegram asks."""
        seconds = PAUSES[min(self._troubles, len(PAUSES) - 1)]
        if isinstance(error, RetryAfter):
            seconds = max(seconds, _seconds(error))
        self._troubles += 1
        log.warning("telegram cannot be reached", error=type(error).__name__, pause=seconds)
        await asyncio.sleep(seconds)

    async def _introduce(self) -> tuple[int, str]:
        """Learn who the bot is and set the command menus; tried until Telegram answers."""
        while True:
            try:
                for request in self._requests:
                    await request.initialize()
                me = await self._bot.get_me()
                await self._set_menus()
            except InvalidToken as error:
                raise ChannelStoppedError("telegram: the token is refused; check LOTSE_TELEGRAM_TOKEN") from error
            except TelegramError as error:
                await self._rest(error)
            else:
                log.info("connected", bot=me.username)
                return me.id, me.username or ""

    async def _set_menus(self) -> None:
        for language, menu in self._menus.items():
            commands = [BotCommand(name, description) for name, description in menu]
            await self._bot.set_my_commands(commands, scope=BotCommandScopeDefault(), language_code=language)
        fallback = self._menus.get("en") or next(iter(self._menus.values()))
        await self._bot.set_my_commands([BotCommand(*entry) for entry in fallback], scope=BotCommandScopeDefault())

    def _understand(self, update: Update, me: tuple[int, str]) -> Incoming | None:
        try:
            return parse(update, *me)
        except Exception as failure:
            log.error("an update could not be read", update_id=update.update_id, error=type(failure).__name__)
            return None

    def _show_attention(self, incoming: Incoming, update: Update) -> None:
        """Stop the button's spinner, or show that the assistant is writing; nobody waits for either."""
        if update.callback_query is not None:
            self._run_errand(update.callback_query.answer())
        elif incoming.private and isinstance(incoming.content, Utterance):
            self._run_errand(self._bot.send_chat_action(int(incoming.origin.chat), ChatAction.TYPING))

    def _run_errand(self, errand: Any) -> None:
        async def run() -> None:
            try:
                await errand
            except TelegramError as error:
                log.debug("errand failed", error=type(error).__name__)

        task = asyncio.create_task(run())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def send(self, to: Address, part: Part, key: str, reply_to: str | None) -> str:
        """Send one message. Telegram has no idempotency key, so a repeated call is a second message."""
        thread = int(to.thread) if to.thread is not None else None
        answered = ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to else None
        try:
            return await self._send(int(to.chat), thread, part, answered)
        except TelegramError as error:
            raise failure(error) from error

    async def _send(self, chat: int, thread: int | None, part: Part, answered: ReplyParameters | None) -> str:
        bot = self._bot
        if part.copy is not None:
            copied = await bot.copy_message(
                chat,
                int(part.copy.chat.chat),
                int(part.copy.message),
                message_thread_id=thread,
                reply_parameters=answered,
            )
            return str(copied.message_id)
        if part.file is not None:
            sent = await bot.send_document(
                chat,
                part.file.content,
                filename=part.file.name,
                caption=part.html or None,
                parse_mode=ParseMode.HTML,
                reply_markup=part.keyboard,
                message_thread_id=thread,
                reply_parameters=answered,
            )
        elif part.place is not None:
            sent = await bot.send_venue(
                chat,
                part.place.latitude,
                part.place.longitude,
                part.place.name,
                part.place.address,
                message_thread_id=thread,
            )
        else:
            sent = await bot.send_message(
                chat,
                part.html,
                parse_mode=ParseMode.HTML,
                reply_markup=part.keyboard,
                message_thread_id=thread,
                reply_parameters=answered,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        return str(sent.message_id)

    async def change(self, to: Address, message: str, part: Part, key: str) -> None:
        """Change a message's text and buttons; it being so already is no error."""
        try:
            await self._bot.edit_message_text(
                part.html,
                int(to.chat),
                int(message),
                parse_mode=ParseMode.HTML,
                reply_markup=part.keyboard,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except BadRequest as error:
            if "message is not modified" not in error.message.casefold():
                raise failure(error) from error
        except TelegramError as error:
            raise failure(error) from error

    async def open_thread(self, room: Address, title: str) -> str | None:
        """A topic in a forum group; None in a group without topics or without the right to make them."""
        if room.chat in self._linear_rooms:
            return None
        try:
            if not (await self._bot.get_chat(int(room.chat))).is_forum:
                self._linear_rooms.add(room.chat)
                return None
            topic = await self._bot.create_forum_topic(int(room.chat), title[: ForumTopicLimit.MAX_NAME_LENGTH])
        except BadRequest as error:
            if "rights" in error.message.casefold():
                log.error("the bot may not make topics in the advisers' room; give it the right 'manage topics'")
                return None
            raise failure(error) from error
        except TelegramError as error:
            raise failure(error) from error
        return str(topic.message_thread_id)

    async def close(self) -> None:
        """End the connections."""
        for errand in self._errands:
            errand.cancel()
        for request in self._requests:
            await request.shutdown()


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def failure(error: TelegramError) -> SendError:
    """Why Telegram refused, in the terms of the outbox. The order matters: BadRequest is a NetworkError here."""
    reason = error.message
    words = reason.casefold()
    match error:
        case RetryAfter():
            return SendError(reason, retry_after=_seconds(error))
        case ChatMigrated(new_chat_id=new):
            return SendError(reason, moved_to=Address("telegram", str(new)))
        case Forbidden():
            return SendError(reason, gone=True)
        case BadRequest():
            return SendError(
                reason,
                gone=any(sign in words for sign in _GONE),
                thread_gone=any(sign in words for sign in _THREAD_GONE),
                missing=any(sign in words for sign in _MISSING),
            )
        case NetworkError() | InvalidToken() | Conflict():
            return SendError(reason, temporary=True)
        case _:
            return SendError(reason)
