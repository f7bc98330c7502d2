"""Turns as the shell would put them together, in few words, and what is said in a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.model import (
    Address,
    Case,
    Choice,
    Content,
    Conversation,
    Decision,
    Incoming,
    Send,
    Sender,
    Status,
    Turn,
    Utterance,
)
from scheduler.agenda import Event, Place

CAFE = Event(
    id="cafe",
    zone=ZoneInfo("Europe/Berlin"),
    start=datetime(2026, 12, 3, 18, 0),  # noqa: DTZ001  # wall time
    end=datetime(2026, 12, 3, 20, 0),  # noqa: DTZ001
    title={"de": "Café *Welt*", "en": "Café *World*"},
    text={"de": "Komm\nvorbei!", "en": "Come\nalong!"},
    place=Place(name={"de": "Haus", "en": "House"}, address="Markt 1"),
    topics=("welcome",),
    registration="https://example.org/cafe",
)
NONSENSE = "qwer yxcv asdf"  # what no entry answers
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=5)
ROOM = Address("telegram", "-100")
AMARA, KOFI = Address("telegram", "1"), Address("telegram", "2")
MARIA, JONAS = Sender("telegram:11", "Maria", shown="Maria"), Sender("telegram:12", "Jonas")


def a_conversation(address: Address = AMARA, language: str = "en", **known: object) -> Conversation:
    """What is remembered of a chat."""
    return replace(Conversation(address, language=language), **known)  # type: ignore[arg-type]


def a_case(status: Status = Status.OPEN, number: int = 7, newcomer: Address = AMARA) -> Case:
    """A case; when it is not open, it is or was Maria's."""
    adviser = None if status is Status.OPEN else MARIA
    return Case(number, newcomer, "en", status, EARLIER, EARLIER, "What about my diploma?", (), adviser)


def from_newcomer(
    content: Content | str,
    conversation: Conversation | None = None,
    *,
    case: Case | None = None,
    room: Address | None = ROOM,
    locale: str | None = "en",
    message: str | None = "31",
) -> Turn:
    """A newcomer does something in a private chat; a string is what they write."""
    conversation = conversation or a_conversation()
    read = Utterance(content) if isinstance(content, str) else content
    sender = Sender(str(conversation.address), "Amara")
    incoming = Incoming("telegram:1:1", conversation.address, sender, read, locale=locale, message=message)
    return Turn(incoming, NOW, conversation, advisers_room=room, case=case, fresh_case=7)


def from_room(
    content: Content | str,
    by: Sender = MARIA,
    *,
    case: Case | None = None,
    replied_key: str | None = None,
    waiting: tuple[Case, ...] = (),
    conversation: Conversation | None = None,
    message: str | None = "32",
) -> Turn:
    """An adviser does something in the advisers' room, which reads German; `case` is the one spoken of."""
    read = Utterance(content) if isinstance(content, str) else content
    incoming = Incoming("telegram:1:2", ROOM, by, read, private=False, locale="de", message=message)
    return Turn(
        incoming,
        NOW,
        conversation or Conversation(ROOM),
        in_advisers_room=True,
        advisers_room=ROOM,
        case=case,
        replied_key=replied_key,
        waiting=waiting,
    )


def pressing(action: str) -> Choice:
    """A button with that action is pressed."""
    return Choice(action)


def said_to(decision: Decision, address: Address) -> list[str]:
    """The texts that a decision sends to a chat, in order."""
    return [send.reply.text for send in sends(decision) if send.to == address]


def sends(decision: Decision) -> list[Send]:
    """The messages of a decision, in order."""
    return [effect for effect in decision.effects if isinstance(effect, Send)]


def actions(send: Send) -> list[str]:
    """What the buttons of a message do."""
    return [button.action for button in send.reply.buttons]


def conversation_after(decision: Decision) -> Conversation:
    """What is remembered of the chat after a turn that remembers it."""
    assert decision.state.conversation is not None
    return decision.state.conversation
