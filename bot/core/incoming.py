"""What comes in: who wrote what, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chat is reached: channel and chat, and the thread in it where there is one."""

    channel: str
    chat: str
    thread: str | None = None

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `channel:chat`; the chat may hold further colons (`matrix:!room:server`).

        Raises ValueError when the channel or the chat is missing.
        """
        channel, colon, chat = text.partition(":")
        if not (channel and colon and chat):
            raise ValueError(f"{text!r} is not an address; write channel:chat, such as telegram:-1001234567")
        return cls(channel, chat)

    def __str__(self) -> str:
        return f"{self.channel}:{self.chat}"

    @property
    def whole_chat(self) -> Address:
        """The chat without the thread."""
        return replace(self, thread=None)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the messenger's id of the person and the name that others in the chat see.

    shown: the name that an adviser has chosen to show to newcomers, empty if none.
    """

    id: str
    name: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map; latitude and longitude in degrees (WGS 84)."""

    name: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Medium:
    """A file that lies with a messenger, by the id that the messenger knows it by."""

    channel: str
    id: str
    name: str


# --- what came in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that a person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A button was pressed."""

    action: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something other than text: kind is photo, voice, sticker, document, video, audio, location, contact, other.

    medium or place: what it is, where it can be brought to another messenger.
    """

    kind: str
    caption: str = ""
    medium: Medium | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A message was changed afterwards."""

    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of an encrypted chat whose key did not arrive: nobody but its sender knows what it says."""


@dataclass(frozen=True, slots=True)
class Departure:
    """The bot can no longer write to this chat; the reason is blocked, left, deleted or company."""

    reason: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """The bot was let into this chat, or may write there again."""


@dataclass(frozen=True, slots=True)
class Company:
    """Somebody else has come into a person's own chat and reads along."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Somebody wants to verify the bot. Its keys, public and in groups of four: of its device, and of its identity."""

    device: str
    fingerprint: str
    identity: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A message was deleted by who wrote it; `Incoming.message` says which."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message of a case could not be delivered to its newcomer.

    why: blocked, deleted, left, too_long, too_large, away or refused.
    """

    case: int
    why: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that already exists in a messenger."""

    chat: Address
    message: str


@dataclass(frozen=True, slots=True)
class Removal:
    """Messages of ours that are taken away from a chat, with their whole thread where `chat` names one.

    instead: what those say from then on that the messenger does not let us delete.
    """

    chat: Address
    messages: tuple[str, ...]
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ThreadLost:
    """The thread of a case was deleted. recent: the last messages of the case that can be copied, oldest first."""

    case: int
    recent: tuple[MessageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The chat has a new address (a Telegram group became a supergroup)."""

    to: Address


Content = (
    Utterance
    | Choice
    | Attachment
    | Edit
    | Unreadable
    | Departure
    | Arrival
    | Company
    | Redaction
    | Undelivered
    | ThreadLost
    | Move
    | Verification
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that came in, unique by `uid` over all messengers and for ever.

    doubt: why the sender may not act in a room of several people: outside, anonymous or unknown; empty if they may.
    """

    uid: str
    origin: Address
    sender: Sender
    content: Content
    private: bool = True
    locale: str | None = None
    message: str | None = None
    reply_to: str | None = None
    doubt: str = ""
