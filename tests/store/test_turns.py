"""What a turn reads and writes: incoming, conversations, cases and their numbers, deliveries, feedback."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from bot.core.model import (
    Address,
    Button,
    Case,
    Conversation,
    Feedback,
    File,
    MessageRef,
    Place,
    Reply,
    Send,
    Sender,
    Status,
)
from bot.store import personal, turns
from bot.store.database import Database
from bot.store.encoding import (
    pack_case,
    pack_conversation,
    pack_reply,
    unpack_case,
    unpack_conversation,
    unpack_reply,
)
from bot.store.schema import deliveries, feedback
from knowledge.deciding import Candidate
from tests.store_reading import rows

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
AMARA, KOFI, ROOM = Address("telegram", "1"), Address("telegram", "2"), Address("telegram", "-100")


def a_case(number: int, newcomer: Address = AMARA, status: Status = Status.OPEN) -> Case:
    return Case(number, newcomer, "en", status, NOW, NOW, "What about my diploma?", (Candidate("blue-card", 0.5),))


# --- incoming ---


async def test_an_incoming_is_noted_once(database: Database) -> None:
    async with database.writing(durable=True) as db:
        assert await turns.note_incoming(db, "telegram:1:1", NOW) is True
        assert await turns.note_incoming(db, "telegram:1:1", NOW) is False
        assert await turns.note_incoming(db, "telegram:1:2", NOW) is True


# --- conversations ---


async def test_a_conversation_is_kept_as_it_is_now(database: Database) -> None:
    first = Conversation(AMARA, language="en", question="?", buttons=(Button("A", "show:a", "https://a.example"),))
    second = replace(first, subscribed=True, misses=1, shown=(Candidate("blue-card", 0.25),))
    async with database.writing(durable=True) as db:
        assert await turns.load_conversation(db, AMARA) is None
        assert await turns.language_of(db, AMARA) is None
        for conversation in (first, second):
            await turns.save_conversation(db, conversation, NOW)
            assert await turns.load_conversation(db, AMARA) == conversation
        assert await turns.language_of(db, AMARA) == "en"
        assert await turns.load_conversation(db, KOFI) is None


# --- cases ---


async def test_a_case_number_is_never_used_again(database: Database) -> None:
    async with database.writing(durable=True) as db:
        assert await turns.fresh_case_number(db) == 1
        await turns.save_case(db, a_case(1))
        assert await turns.fresh_case_number(db) == 2
        await turns.save_case(db, a_case(2, KOFI))
        await turns.save_case(db, a_case(1, status=Status.CLOSED))
        await personal.erase(db, KOFI, str(KOFI))
        assert await turns.fresh_case_number(db) == 3
        await personal.erase(db, AMARA, str(AMARA))
        assert await turns.fresh_case_number(db) == 3


async def test_a_newcomer_has_at_most_one_case_that_is_not_closed(database: Database) -> None:
    async with database.writing(durable=True) as db:
        await turns.save_case(db, a_case(1, status=Status.CLOSED))
        await turns.save_case(db, a_case(2))
        await turns.save_case(db, a_case(3, KOFI))
    with pytest.raises(IntegrityError):
        async with database.writing(durable=True) as db:
            await turns.save_case(db, a_case(4, status=Status.CLAIMED))
    async with database.writing(durable=True) as db:
        assert await turns.load_case(db, 4) is None
        assert await turns.load_case_of(db, AMARA) == a_case(2)
        assert [case.number for case in await turns.load_waiting_cases(db)] == [2, 3]


async def test_a_case_is_kept_as_it_is_now(database: Database) -> None:
    claimed = replace(a_case(1), status=Status.CLAIMED, adviser=Sender("telegram:11", "Maria"))
    async with database.writing(durable=True) as db:
        for case in (a_case(1), claimed, replace(claimed, status=Status.CLOSED)):
            await turns.save_case(db, case)
            assert await turns.load_case(db, 1) == case
        assert await turns.load_case_of(db, AMARA) is None
        assert await turns.load_waiting_cases(db) == ()


# --- deliveries ---


async def test_a_delivery_has_its_own_key_or_one_of_the_turn(database: Database) -> None:
    async with database.writing(durable=True) as db:
        await turns.enqueue(db, Send(AMARA, Reply("a")), "telegram:1:1/0", NOW)
        await turns.enqueue(db, Send(ROOM, Reply("b"), key="case:1:card"), "telegram:1:1/1", NOW)
        await turns.enqueue(db, Send(AMARA, Reply("again")), "telegram:1:1/0", NOW)
    kept = await rows(database, deliveries)
    assert [(row["key"], row["address"]) for row in kept] == [
        ("telegram:1:1/0", "telegram:1"),
        ("case:1:card", "telegram:-100"),
    ]


# --- feedback ---


async def test_feedback_is_counted_by_day_entry_and_language(database: Database) -> None:
    async with database.writing(durable=True) as db:
        for helpful in (True, True, False):
            await turns.count_feedback(db, Feedback("blue-card", "en", helpful), NOW)
        await turns.count_feedback(db, Feedback("blue-card", "de", False), NOW)
        await turns.count_feedback(db, Feedback("blue-card", "en", True), NOW + timedelta(days=1))
    assert [tuple(row.values()) for row in await rows(database, feedback)] == [
        ("2026-12-01", "blue-card", "de", 0, 1),
        ("2026-12-01", "blue-card", "en", 2, 1),
        ("2026-12-02", "blue-card", "en", 1, 0),
    ]


# --- values to JSON and back ---

texts = st.text(st.characters(codec="utf-8"), max_size=30)
words = st.text(string.ascii_lowercase, min_size=1, max_size=8)
addresses = st.builds(Address, words, texts.filter(bool), st.none() | texts)
buttons = st.builds(Button, texts, texts, st.none() | texts)
candidates = st.lists(st.builds(Candidate, texts, st.floats(0, 1)), max_size=3).map(tuple)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.builds(
        Conversation,
        addresses,
        language=st.none() | words,
        chosen=st.booleans(),
        question=st.none() | texts,
        shown=candidates,
        misses=st.integers(0, 99),
        buttons=st.lists(buttons, max_size=3).map(tuple),
        asking=st.none() | words,
        subscribed=st.booleans(),
        paused=st.booleans(),
    )
)
def test_a_conversation_survives_being_stored(conversation: Conversation) -> None:
    assert unpack_conversation(pack_conversation(conversation)) == conversation


@given(
    st.builds(
        Case,
        st.integers(1, 10**6),
        addresses,
        words,
        st.sampled_from(Status),
        moments,
        moments,
        texts,
        candidates,
        st.none() | st.builds(Sender, texts, texts),
    )
)
def test_a_case_survives_being_stored(case: Case) -> None:
    assert unpack_case(pack_case(case)) == case


@given(
    st.builds(
        Reply,
        texts,
        st.lists(buttons, max_size=3).map(tuple),
        st.none() | st.builds(Place, texts, texts, st.floats(-90, 90), st.floats(-180, 180)),
        st.none() | st.builds(File, texts, st.binary(max_size=50)),
        st.none() | st.builds(MessageRef, addresses, texts),
    )
)
def test_a_reply_survives_being_stored(reply: Reply) -> None:
    assert unpack_reply(*pack_reply(reply)) == reply
