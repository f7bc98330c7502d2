"""Telegram: the Bot API by long polling. Receives and sends; decides nothing.

Rules of the wire: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeDefault,
    ChatMemberRestricted,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatAction, ChatMemberStatus, ParseMode
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels import ChannelStoppedError, Limits, Rate, Take, take_until_kept
from bot.channels.telegram_topics import Topics
from bot.channels.telegram_wire import Part, failure, parse, render, seconds_to_wait
from bot.core.model import Address, Choice, Incoming, Medium, MessageRef, Removal, Reply, Utterance

log = structlog.get_logger("lotse.telegram")

POLL_SECONDS = 30
MEMBER_SECONDS = 60.0  # so long nobody is asked about again who was in the group
INSIDE = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)
BULK_DELETED = 100  # messages in one call of deleteMessages (Bot API)
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries while Telegram cannot be reached
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
# Bot API FAQ, "My bot is hitting limits": about 30 messages a second overall, 1 a second to a chat, 20 a minute to a
# group.
# What is overall left beside reminders is kept free for replies. A burst of two, since the outbox looks every 50 ms.
LIMITS = Limits(overall=Rate(1 / 28, burst=2), bulk=Rate(1 / 24, burst=2), chat=Rate(1.05), group=Rate(4.0, burst=4))


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
        self._topics = Topics(self._bot)
        self._members: dict[tuple[int, int], float] = {}
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
                    await take_until_kept(take, await self._vouched(incoming))
                offset = update.update_id + 1

    async def _rest(self, error: TelegramError) -> None:
        """Wait after trouble with Telegram, longer each time, or as long as Telegram asks."""
        seconds = PAUSES[min(self._troubles, len(PAUSES) - 1)]
        if isinstance(error, RetryAfter):
            seconds = max(seconds, seconds_to_wait(error))
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

    async def _vouched(self, incoming: Incoming) -> Incoming:
        """With a doubt, if who presses a button in a group is not in it any more (Bot API: ChatMember)."""
        if incoming.private or incoming.doubt or not isinstance(incoming.content, Choice):
            return incoming
        chat, user = int(incoming.origin.chat), int(incoming.sender.id.removeprefix("telegram:"))
        now = time.monotonic()
        self._members = {key: until for key, until in self._members.items() if until > now}
        if (chat, user) in self._members:
            return incoming
        try:
            member = await self._bot.get_chat_member(chat, user)
        except TelegramError as error:
            log.warning("membership cannot be checked", error=type(error).__name__)
            return replace(incoming, doubt="unknown")
        inside = member.status in INSIDE or (isinstance(member, ChatMemberRestricted) and member.is_member)
        if not inside:
            return replace(incoming, doubt="outside")
        self._members[chat, user] = now + MEMBER_SECONDS
        return incoming

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
        elif part.place is not None and not part.place.name:
            sent = await bot.send_location(
                chat,
                part.place.latitude,
                part.place.longitude,
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
        """Change a message's text, or what stands under its file, and buttons; it being so already is no error."""
        try:
            await self._change(to, message, part)
        except BadRequest as error:
            if "message is not modified" not in error.message.casefold():
                raise failure(error) from error
        except TelegramError as error:
            raise failure(error) from error

    async def _change(self, to: Address, message: str, part: Part) -> None:
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
            if "there is no text in the message" not in error.message.casefold():
                raise
            await self._bot.edit_message_caption(
                int(to.chat), int(message), caption=part.html, parse_mode=ParseMode.HTML, reply_markup=part.keyboard
            )

    async def remove(self, removal: Removal, key: str) -> None:
        """Delete the topic with all that is in it, or else the messages.

        A topic and messages of others need the right to delete messages; without it a bot may delete its own messages
        only, in the first 48 hours (Bot API, deleteForumTopic and deleteMessage); what is older loses its text.
        """
        chat, thread = int(removal.chat.chat), removal.chat.thread
        try:
            if thread is not None:
                try:
                    await self._bot.delete_forum_topic(chat, int(thread))
                except BadRequest as error:
                    log.warning("a topic cannot be deleted; its messages are", reason=error.message)
                else:
                    return
            for begin in range(0, len(removal.messages), BULK_DELETED):
                await self._delete(removal, removal.messages[begin : begin + BULK_DELETED])
        except TelegramError as error:
            raise failure(error) from error

    async def _delete(self, removal: Removal, messages: Sequence[str]) -> None:
        """Delete messages together; where one of them may not be deleted, each by itself as far as it goes.

        Of those that stay the text goes: a bot may always change its own.
        """
        chat = int(removal.chat.chat)
        try:
            await self._bot.delete_messages(chat, [int(message) for message in messages])
        except BadRequest:
            for message in messages:
                try:
                    await self._bot.delete_message(chat, int(message))
                except BadRequest:
                    with suppress(BadRequest):
                        await self._change(removal.chat, message, Part(removal.instead))

    async def react(self, message: MessageRef, sign: str, key: str) -> None:
        """Put a reaction under a message. Raises SendError."""
        try:
            await self._bot.set_message_reaction(int(message.chat.chat), int(message.message), sign)
        except TelegramError as error:
            raise failure(error) from error

    async def show_thread(self, room: Address, thread: str, title: str, closed: bool) -> None:
        """Rename the topic, and close or reopen it. Raises SendError."""
        await self._topics.show(room, thread, title, closed)

    async def fetch(self, medium: Medium) -> bytes:
        """The content of a file; Telegram hands out at most 20 MB. Raises SendError."""
        try:
            return bytes(await (await self._bot.get_file(medium.id)).download_as_bytearray())
        except TelegramError as error:
            raise failure(error) from error

    async def open_thread(self, room: Address, title: str) -> str | None:
        """A topic in a forum group; None in a group without topics or without the right to make them."""
        return await self._topics.begin(room, title)

    async def close(self) -> None:
        """End the connections."""
        for errand in self._errands:
            errand.cancel()
        for request in self._requests:
            await request.shutdown()
