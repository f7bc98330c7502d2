"""The tables. Times are seconds since 1970 (UTC); addresses are written `channel:chat`."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

# every incoming that was dealt with, so that a repeated one is not dealt with twice; holds nothing about people
inbox = Table(
    "inbox",
    metadata,
    Column("uid", String, primary_key=True),
    Column("received_at", Float, nullable=False),
    Column("parked", Boolean, nullable=False, default=False),
)

# one row per chat: the columns that are searched, and the rest of bot.core.model.Conversation as JSON
conversations = Table(
    "conversations",
    metadata,
    Column("address", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("language", String),
    Column("subscribed", Boolean, nullable=False, default=False),
    Column("paused", Boolean, nullable=False, default=False),
    Column("person", String, nullable=False, server_default=""),
    Column("state", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
)

# the chats of one person, where they can have several
Index("conversations_of_person", conversations.c.person, sqlite_where=text("person != ''"))

# whom a broadcast is for: the wishes of every conversation, as its state says them
wishes = Table(
    "wishes",
    metadata,
    Column("wish", String, primary_key=True),
    Column("address", String, primary_key=True),
)
Index("wishes_of_address", wishes.c.address)

cases = Table(
    "cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("newcomer", String, nullable=False),
    Column("status", String, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    sqlite_autoincrement=True,
)
# at most one case at a time per newcomer
Index("cases_current", cases.c.newcomer, unique=True, sqlite_where=text("status != 'closed'"))

# the thread (forum topic) of a case in the advisers' room
threads = Table(
    "threads",
    metadata,
    Column("case_number", Integer, primary_key=True, autoincrement=False),
    Column("room", String, nullable=False),
    Column("thread", String, nullable=False),
)
Index("threads_by_thread", threads.c.room, threads.c.thread)

# what happened to a case, for who works on it
history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_number", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("what", String, nullable=False),
    Column("by", String, nullable=False),
    Column("note", Text, nullable=False),
)
Index("history_of_case", history.c.case_number)

# newcomers who reach no adviser, by a mark of their address, which stays when they delete everything else
blocks = Table(
    "blocks",
    metadata,
    Column("mark", String, primary_key=True),
    Column("case_number", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", Text, nullable=False),
)

# advisers who have worked on a case: what the messenger calls them, and the name they have chosen to show to newcomers
# (empty: none); the id is the messenger's, as in Sender
advisers = Table(
    "advisers",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("called", String, nullable=False, server_default=""),
    Column("seen_at", Float, nullable=False, server_default="0"),
)

# the outbox: one row per message to be sent; the body is removed once it was sent
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("thread", String),
    Column("topic", String),
    Column("lane", Integer, nullable=False),
    Column("status", String, nullable=False),  # due, sent, failed, dropped, expired
    Column("body", Text),
    Column("file", LargeBinary),
    Column("broadcast", String),
    Column("language", String),
    Column("case_number", Integer),
    Column("replaces", String),
    Column("forget", Boolean, nullable=False, default=False),
    Column("parts_sent", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("leased_until", Float, nullable=False, default=0.0),
    Column("settled_at", Float),
    Column("reason", String),
    sqlite_autoincrement=True,
)
Index(
    "deliveries_due", *(deliveries.c[name] for name in ("channel", "status", "lane", "due_at", "id"))
)  # in the order in which they are claimed
Index("deliveries_expiring", deliveries.c.status, deliveries.c.expires_at)
Index("deliveries_of_address", deliveries.c.address, deliveries.c.status, deliveries.c.id)
Index("deliveries_settled", deliveries.c.settled_at)
Index("deliveries_of_broadcast", deliveries.c.broadcast, deliveries.c.status)

# what people were told of an occurrence, so that they hear once when it has changed; times in UTC
told = Table(
    "told",
    metadata,
    Column("ref", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("starts_at", Float, nullable=False),
    Column("version", String, nullable=False),  # time, place and state as they were told
    Column("seen", String, nullable=False),  # as they were last seen in the calendar
    Column("seen_at", Float, nullable=False),  # since when
    Column("words", Text, nullable=False),  # title and time as they were told, by language (JSON)
)

# announcements of the staff: stage is draft, sending, done, stopped or discarded, the state JSON
announcements = Table(
    "announcements",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("stage", String, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

# events that were in a weekly list already
listed = Table(
    "listed",
    metadata,
    Column("event", String, primary_key=True),
    Column("listed_at", Float, nullable=False),
)

# the text of a broadcast, once per language
broadcasts = Table(
    "broadcasts",
    metadata,
    Column("key", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("body", Text, nullable=False),
    Column("expires_at", Float, nullable=False),
)

# which message in a messenger carries which delivery: to change a card, and to know what is replied to
postings = Table(
    "postings",
    metadata,
    Column("address", String, primary_key=True),
    Column("message", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("case_number", Integer),
    Column("posted_at", Float, nullable=False),
)
Index("postings_by_key", postings.c.key)
Index("postings_of_case", postings.c.case_number)

# how answers were found, per day, without the person
feedback = Table(
    "feedback",
    metadata,
    Column("day", String, primary_key=True),
    Column("entry", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("helpful", Integer, nullable=False, default=0),
    Column("unhelpful", Integer, nullable=False, default=0),
)

# chats that have a new address
moves = Table(
    "moves",
    metadata,
    Column("old", String, primary_key=True),
    Column("new", String, nullable=False),
)

# how far a channel has taken what came in, as its messenger names the place
bookmarks = Table(
    "bookmarks",
    metadata,
    Column("channel", String, primary_key=True),
    Column("place", String, nullable=False),
)

# messages of encrypted chats that wait for their keys, as the messenger delivered them
sealed = Table(
    "sealed",
    metadata,
    Column("uid", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("event", Text, nullable=False),
    Column("arrived_at", Float, nullable=False),
    Column("told", Boolean, nullable=False, default=False),
)
Index("sealed_of_address", sealed.c.address)

# numbers and instants that the program must remember, such as the last tick
marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Float, nullable=False),
)
