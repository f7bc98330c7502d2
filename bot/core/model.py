"""The values that the core decides on: what came in, what is remembered, what is to be done.

All are frozen; nothing here does I/O, reads a clock or knows a messenger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from bot.core.announcement import Announcement as Announcement
from bot.core.announcement import Audience as Audience
from bot.core.announcement import Counted as Counted
from bot.core.effects import Block as Block
from bot.core.effects import Drop as Drop
from bot.core.effects import Erase as Erase
from bot.core.effects import Export as Export
from bot.core.effects import Feedback as Feedback
from bot.core.effects import FindRoom as FindRoom
from bot.core.effects import Hush as Hush
from bot.core.effects import LoseRoom as LoseRoom
from bot.core.effects import Relocate as Relocate
from bot.core.effects import Rename as Rename
from bot.core.effects import Unblock as Unblock
from bot.core.incoming import Address as Address
from bot.core.incoming import Arrival as Arrival
from bot.core.incoming import Attachment as Attachment
from bot.core.incoming import Choice as Choice
from bot.core.incoming import Company as Company
from bot.core.incoming import Content as Content
from bot.core.incoming import Departure as Departure
from bot.core.incoming import Edit as Edit
from bot.core.incoming import Incoming as Incoming
from bot.core.incoming import Medium as Medium
from bot.core.incoming import MessageRef as MessageRef
from bot.core.incoming import Move as Move
from bot.core.incoming import Place as Place
from bot.core.incoming import Redaction as Redaction
from bot.core.incoming import Removal as Removal
from bot.core.incoming import Sender as Sender
from bot.core.incoming import ThreadLost as ThreadLost
from bot.core.incoming import Undelivered as Undelivered
from bot.core.incoming import Unreadable as Unreadable
from bot.core.incoming import Utterance as Utterance
from bot.core.incoming import Verification as Verification
from bot.core.moment import Blocked as Blocked
from bot.core.moment import Moment as Moment
from bot.core.moment import Record as Record
from bot.core.moment import Said as Said
from bot.core.moment import Silence as Silence
from bot.core.promise import Promise
from knowledge.deciding import Candidate, Understanding
from knowledge.model import KnowledgeBase
from knowledge.occupations import Occupations
from knowledge.office_hours import OfficeHours
from knowledge.papers import Papers
from knowledge.permits import Permits
from knowledge.recognition import Recognition
from knowledge.texts import Texts
from scheduler.agenda import Event, Topic
from scheduler.finding import EventWords

# --- what is said ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """A label to read and the action that pressing it means (at most 64 bytes, a Telegram limit).

    A button with a web address opens that; messengers without buttons show the address.
    """

    label: str
    action: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A document to hand over."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, in the entries' small markup and without any messenger's format.

    copy: a message of the same messenger that is sent again as it is.
    medium: a file that lies with another messenger and is passed through; the text is said only if that fails.
    reacts: the message that the text, a single emoji, is put under as a reaction.
    removes: nothing is said, messages are taken away.
    mention: whose attention is asked for, in a chat of several people.
    public: it may be read by whoever else is in a person's chat.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    place: Place | None = None
    file: File | None = None
    copy: MessageRef | None = None
    medium: Medium | None = None
    mention: Sender | None = None
    reacts: MessageRef | None = None
    removes: Removal | None = None
    public: bool = False


class Lane(IntEnum):
    """Priority of a delivery; the lowest number goes first."""

    REPLY = 0
    CARD = 1
    CASE = 2
    CORRECTION = 3
    REMINDER = 4
    DIGEST = 5


# --- effects --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Deliver a reply to one chat.

    key: makes the delivery unique; None lets the shell derive one from the incoming.
    case: the case this message belongs to.
    topic: title of the case's thread in the advisers' room, for messengers that have threads.
    replaces: key of an earlier delivery whose message is changed instead of sending a new one.
    source: the message that a person wrote and that this is the copy of; or, with `replaces`, the message to change.
    forget: no trace of the delivery is kept after it was sent.
    """

    to: Address
    reply: Reply
    key: str | None = None
    lane: Lane = Lane.REPLY
    case: int | None = None
    topic: str | None = None
    replaces: str | None = None
    source: MessageRef | None = None
    expires: datetime | None = None
    forget: bool = False


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Deliver a text in their language to everybody with one of the wishes, once per key and person.

    among: of them only those who have one of the wishes in each of these groups. without: not those who have one of
    these.
    languages: only those who read one of these; empty for all.
    variant: tells apart texts of one key, where people get one or the other.
    told: also everybody to whom a broadcast was sent whose key begins like one of these. due: not before then.
    """

    key: str
    replies: Mapping[str, Reply]
    expires: datetime
    wishes: tuple[str, ...]
    among: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    lane: Lane = Lane.REMINDER
    due: datetime | None = None
    variant: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Announce:
    """Keep an announcement at its stage, and show it in the room where this was decided."""

    announcement: Announcement
    origin: Address


OnCases = Rename | Record | Block | Unblock | LoseRoom | FindRoom
OnPeople = Feedback | Hush | Export | Erase | Drop | Relocate
Effect = Send | Broadcast | Announce | OnCases | OnPeople


# --- what is remembered ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """The entry whose answer was shown last, and when: what a message like "and how much is it?" goes on from."""

    entry: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The occupation (its id) and the country of training (ISO 3166) that were told last, and when."""

    occupation: str | None
    country: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Excuse:
    """A language that somebody wrote in and that is not spoken here, and when that was said last."""

    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered of one chat; the least that the assistant needs.

    language is what replies are written in, chosen says whether the person picked it.
    question and shown are the last question and what was shown for it: an adviser sees them if asked for.
    paused: the chat could not be reached; offered_to_resume: the person was asked since whether reminders shall go on.
    person is a mark of the person whose chat it is, where the messenger gives each chat of theirs its own address.
    latest is the entry shown last, by which a question that goes on from it is understood; told the occupation and
    the country that are spoken of, excuse the language that was last said not to be spoken here.
    asking names the question that the assistant has put and that the next choice answers.
    subscribed: reminders of events are wanted, of all or, where topics are named, of events about one of them.
    leads says how long before an event reminders are wanted, by the names in scheduler.agenda, quiet in which hours
    nothing is (`21-8`), digest whether a list of new events is wanted every week.
    coming names the occurrences that the person wants to go to; they are reminded of those in any case.
    permit holds the answers on the path to a residence permit, by aspect in the order they were given (empty: the
    person cannot say); None where the path was not begun or was left.
    papers holds what the checklist of papers is for, recognition the answers on the path to the authority that
    recognises a qualification, in the same way; ticked names the papers that the person has.
    """

    address: Address
    language: str | None = None
    chosen: bool = False
    question: str | None = None
    shown: tuple[Candidate, ...] = ()
    misses: int = 0
    buttons: tuple[Button, ...] = ()
    asking: str | None = None
    subscribed: bool = False
    paused: bool = False
    offered_to_resume: bool = False
    topics: tuple[Topic, ...] = ()
    coming: tuple[str, ...] = ()
    leads: tuple[str, ...] = ("one-day", "two-hours")
    quiet: str = "21-8"
    digest: bool = False
    permit: tuple[tuple[str, str], ...] | None = None
    recognition: tuple[tuple[str, str], ...] | None = None
    papers: tuple[tuple[str, str], ...] | None = None
    ticked: tuple[str, ...] = ()
    latest: Shown | None = None
    told: Told | None = None
    excuse: Excuse | None = None
    person: str = ""


class Status(StrEnum):
    """Where a case is in its life."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


def card_key(number: int) -> str:
    """The key of the delivery that is a case's card in the advisers' room."""
    return f"case:{number}:card"


@dataclass(frozen=True, slots=True)
class Case:
    """One handoff from start to end.

    silence: who has to say something, while it is claimed. said: what the newcomer wrote before it was claimed.
    person: a mark of the newcomer, as in the conversation.
    """

    number: int
    newcomer: Address
    language: str
    status: Status
    opened: datetime
    changed: datetime
    question: str = ""
    shown: tuple[Candidate, ...] = ()
    adviser: Sender | None = None
    promise: Promise | None = None
    silence: Silence | None = None
    said: tuple[Said, ...] = ()
    person: str = ""

    @property
    def card_key(self) -> str:
        """The key of the delivery that is the case's card in the advisers' room."""
        return card_key(self.number)


@dataclass(frozen=True, slots=True)
class State:
    """All that one turn may change; a conversation or case that is None is left as it is."""

    conversation: Conversation | None = None
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One incoming with everything that is needed to decide on it, the time included.

    case: the newcomer's open or claimed case; in the advisers' room the case that is spoken of.
    room_language: what the advisers' room reads.
    replied_key: key of the delivery that the incoming is a reply to, if it is one of ours.
    here: the number of the case in whose thread, or as the answer to whose message, it was written in the room.
    waiting: all cases that are not closed, oldest first.
    original: key of the delivery that is the copy of the message that was changed or deleted.
    room_lost: the advisers' room cannot be written to at present.
    last_case: the newcomer's last closed case, where there is no other.
    blocked: the newcomer reaches no adviser. blocks: the newcomers who do not, by their case, in the advisers' room.
    announcement: the one that a button speaks of; two_announce: another adviser than its author has to confirm it.
    history: what happened to the case, in the advisers' room. colleagues: the advisers that were seen there.
    fresh_case: the number that a new case would get.
    """

    incoming: Incoming
    now: datetime
    conversation: Conversation
    in_advisers_room: bool = False
    advisers_room: Address | None = None
    room_language: str = "de"
    case: Case | None = None
    replied_key: str | None = None
    here: int | None = None
    waiting: tuple[Case, ...] = ()
    original: str | None = None
    room_lost: bool = False
    fresh_case: int = 1
    last_case: Case | None = None
    blocked: bool = False
    blocks: tuple[Blocked, ...] = ()
    history: tuple[Moment, ...] = ()
    colleagues: tuple[Sender, ...] = ()
    announcement: Announcement | None = None
    two_announce: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """All that was loaded and does not change within a turn."""

    knowledge: KnowledgeBase
    occupations: Occupations
    permits: Permits
    papers: Papers
    recognition: Recognition
    understanding: Understanding
    texts: Texts
    events: tuple[Event, ...]
    event_words: Mapping[str, EventWords]
    hours: OfficeHours
    zone: ZoneInfo

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the assistant speaks, in the order they are offered."""
        return self.texts.languages


@dataclass(frozen=True, slots=True)
class Decision:
    """What a turn comes to: the new state, the effects in order, and a word for the log."""

    state: State
    effects: tuple[Effect, ...] = ()
    outcome: str = "ignored"
