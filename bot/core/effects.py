"""What a turn causes beside messages: about people and about those who advise them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.incoming import Address, Sender


@dataclass(frozen=True, slots=True)
class Feedback:
    """Somebody found an answer helpful, or not. Counted without the person."""

    entry: str
    language: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """From now on newcomers read this name of an adviser; empty: none."""

    adviser: Sender
    name: str


@dataclass(frozen=True, slots=True)
class Block:
    """From now on this person reaches no adviser; for what reason, by whom, after which case.

    person: a mark of them, as in the conversation; they may begin further chats.
    """

    address: Address
    case: int
    reason: str
    by: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Unblock:
    """The person of this case may ask for an adviser again."""

    case: int


@dataclass(frozen=True, slots=True)
class Hush:
    """The person wants no broadcast any more, also none that waits to be sent."""

    address: Address


@dataclass(frozen=True, slots=True)
class Export:
    """Send the person everything that is stored about them, as a JSON file.

    person: the messenger's id of who asked; where it differs from the chat, advisers are known by it.
    """

    to: Address
    person: str
    text: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Remove everything that is stored about the person at this address, and what of it lies in the advisers' room.

    person: the messenger's id of who asked, as in Export.
    instead: what a message there says from then on that cannot be deleted.
    """

    address: Address
    person: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget what still waits to be sent to this address, because it cannot arrive."""

    address: Address


@dataclass(frozen=True, slots=True)
class Relocate:
    """From now on the chat is reached at another address."""

    old: Address
    new: Address


@dataclass(frozen=True, slots=True)
class LoseRoom:
    """The advisers' room cannot be written to until further notice; why, in a word."""

    why: str


@dataclass(frozen=True, slots=True)
class FindRoom:
    """The advisers' room can be written to again: what waits for it goes out now."""

    room: Address
