"""What people see of a chat: messages with their buttons, and an inbox that waits for the bot."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.botapi.errors import Json
from tests.botapi.world import BOT_ID, Chat, Heard, PressedButton

Wanted = str | re.Pattern[str] | Callable[["Message"], bool]
PATIENCE = 5.0

_KINDS = (
    "text",
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "animation",
    "document",
    "sticker",
    "venue",
    "location",
    "contact",
)


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: its label and either callback data or a link."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as somebody in the chat sees it. `text` is the text or the caption, without markup."""

    id: int
    chat_id: int
    text: str
    kind: str
    sender: str
    from_bot: bool
    edited: bool
    buttons: tuple[tuple[Button, ...], ...]
    thread_id: int | None
    json: Json

    @property
    def labels(self) -> list[str]:
        """All button labels in reading order."""
        return [button.label for row in self.buttons for button in row]

    @property
    def reply_to_id(self) -> int | None:
        """The id of the message that this one answers."""
        answered = self.json.get("reply_to_message")
        return None if answered is None else int(answered["message_id"])


def view(json: Json) -> Message:
    """A stored message as people see it."""
    rows = json.get("reply_markup", {}).get("inline_keyboard", [])
    return Message(
        id=json["message_id"],
        chat_id=json["chat"]["id"],
        text=str(json.get("text") or json.get("caption") or ""),
        kind=next((kind for kind in _KINDS if kind in json), "service"),
        sender=json["from"]["first_name"],
        from_bot=json["from"]["id"] == BOT_ID,
        edited="edit_date" in json,
        buttons=tuple(tuple(Button(b["text"], b.get("callback_data"), b.get("url")) for b in row) for row in rows),
        thread_id=json.get("message_thread_id"),
        json=json,
    )


class Inbox:
    """A chat, or one topic of it, read in order: each message of the bot is handed out once.

    Edited messages count as new ones. What a person says is in `messages`, not in what is handed out.
    """

    def __init__(self, chat: Chat, thread: int | None = None) -> None:
        self._chat = chat
        self._thread = thread
        self._next = 0

    @property
    def messages(self) -> list[Message]:
        """Everything that can be seen now, oldest first, in its present wording."""
        return [view(json) for json in self._chat.messages.values() if self._is_here(json)]

    async def next_message(self, within: float = PATIENCE) -> Message:
        """The next message of the bot not yet handed out. Raises AssertionError after `within` seconds."""
        return await self.receives(lambda message: True, within)

    async def receives(self, wanted: Wanted, within: float = PATIENCE) -> Message:
        """The next message of the bot that matches (a regular expression or a test of the message).

        Messages before it count as read. Raises AssertionError after `within` seconds.
        """
        deadline = time.monotonic() + within
        start = self._next
        while True:
            while self._next < len(self._chat.journal):
                heard = self._chat.journal[self._next]
                self._next += 1
                if self._is_from_bot(heard) and _matches(wanted, view(heard.message)):
                    return view(heard.message)
            left = deadline - time.monotonic()
            if left <= 0:
                unread = [view(h.message).text for h in self._chat.journal[start:] if self._is_from_bot(h)]
                raise AssertionError(f"nothing like {wanted!r} came within {within} s; the bot said {unread}")
            await self._chat.pulse.wait(left)

    async def hears_nothing(self, seconds: float) -> None:
        """Raises AssertionError if the bot says anything new here for so long."""
        deadline = time.monotonic() + seconds
        while True:
            new = [view(h.message).text for h in self._chat.journal[self._next :] if self._is_from_bot(h)]
            if new:
                raise AssertionError(f"silence was expected, the bot said {new}")
            left = deadline - time.monotonic()
            if left <= 0:
                return
            await self._chat.pulse.wait(left)

    def _is_here(self, json: Json) -> bool:
        return self._thread is None or json.get("message_thread_id") == self._thread

    def _is_from_bot(self, heard: Heard) -> bool:
        return heard.message["from"]["id"] == BOT_ID and self._is_here(heard.message)


class Press:
    """A pressed button, and what the bot answers to it."""

    def __init__(self, pressed: PressedButton) -> None:
        self._pressed = pressed

    @property
    def answered(self) -> bool:
        """Whether the bot has answered (the button no longer shows that it is waiting)."""
        return self._pressed.answer is not None

    async def answer(self, within: float = PATIENCE) -> Json:
        """The bot's answer (text, show_alert ...). Raises AssertionError after `within` seconds."""
        deadline = time.monotonic() + within
        while self._pressed.answer is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"the press was not answered within {within} s")
            await self._pressed.pulse.wait(left)
        return self._pressed.answer

    def expires(self) -> None:
        """From now on the query is too old to be answered."""
        self._pressed.too_old = True


def _matches(wanted: Wanted, message: Message) -> bool:
    if isinstance(wanted, str | re.Pattern):
        return re.search(wanted, message.text) is not None
    return wanted(message)
