"""An advisers' room that shuts the bot out and lets it in again; nobody who waits is left in the dark."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram_wire import parse
from bot.config import Settings
from bot.core.model import Arrival, Content, Departure, Guide
from tests.botapi import BotApiServer, Fault, Person, Room
from tests.botapi.world import ADMIN_RIGHTS, Membership
from tests.channels.telegram_stage import Stage, on_telegram, opens_case, soon

LOST = "Ich erreiche die Beratung gerade nicht"


@pytest.fixture
async def stage(telegram: BotApiServer, settings: Settings, guide: Guide, group: Room) -> AsyncIterator[Stage]:
    """Lotse with a group as advisers' room."""
    async with on_telegram(telegram, settings, guide, group) as running:
        yield running


def told(person: Person) -> int:
    """How often somebody was told that the advisers cannot be reached."""
    return sum(LOST in message.text for message in person.chat)


async def test_who_waits_is_told_at_once_that_the_bot_was_thrown_out(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    await group.next_message()
    group.remove_bot(by=maria)
    await amara.receives(LOST)
    await amara.says("Das ist wichtig.")
    await amara.receives("weitergegeben")
    group.add_bot(by=maria)
    await group.receives("Das ist wichtig.", within=10)  # long before the next try that the refusal put off
    assert told(amara) == 1
    group.remove_bot(by=maria)
    await soon(lambda: told(amara) == 2)


@pytest.mark.parametrize(
    ("before", "after", "means"),
    [
        ("member", "left", Departure("left")),
        ("administrator", "kicked", Departure("left")),
        ("member", "silent", Departure("left")),
        ("silent", "member", Arrival()),
        ("left", "administrator", Arrival()),
        ("member", "administrator", None),
    ],
)
def test_what_a_change_of_membership_means(before: str, after: str, means: Content | None) -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "Lotse"}
    change = {
        "chat": {"id": -5, "type": "supergroup", "title": "Beratung"},
        "from": {"id": 2, "is_bot": False, "first_name": "Maria"},
        "date": 1_800_000_000,
        "old_chat_member": standing(before, bot),
        "new_chat_member": standing(after, bot),
    }
    incoming = parse(Update.de_json({"update_id": 3, "my_chat_member": change}, None), 1, "lotse_bot")
    assert (incoming and incoming.content) == means


def standing(status: str, user: dict[str, Any]) -> dict[str, Any]:
    """The Bot API's ChatMember; silent: in the group, but without the permission to write."""
    sent = ("audios", "documents", "photos", "videos", "video_notes", "voice_notes", "polls", "other_messages")
    may = {f"can_send_{name}": False for name in ("messages", *sent)}
    others = ("change_info", "invite_users", "pin_messages", "manage_topics", "edit_tag", "react_to_messages")
    may |= {f"can_{name}": False for name in (*others, "add_web_page_previews")}
    match status:
        case "silent":
            return {"user": user, "status": "restricted", "is_member": True, "until_date": 0, **may}
        case "kicked":
            return {"user": user, "status": status, "until_date": 0}
        case "administrator":
            return {"user": user, **Membership("administrator", frozenset(ADMIN_RIGHTS)).seen(user)}
        case _:
            return {"user": user, "status": status}


async def test_cases_survive_a_refusal_that_nobody_announced(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    await group.next_message()
    telegram.inject(Fault("sendMessage", status=403, chat_id=group.id, description="Forbidden: bot was kicked"))
    await amara.says("Das ist wichtig.")
    await amara.receives(LOST)
    group.remove_bot(by=maria)
    await soon(lambda: telegram.updates.pending == 0)
    group.add_bot(by=maria)
    await group.receives("Das ist wichtig.", within=10)
    assert told(amara) == 1


async def test_another_group_that_throws_the_bot_out_worries_nobody(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, group: Room
) -> None:
    other = telegram.group("Kaffee", members=[maria])
    await opens_case(amara)
    await group.next_message()
    other.remove_bot(by=maria)
    other.add_bot(by=maria)
    await soon(lambda: telegram.updates.pending == 0)
    await amara.says("Sind Sie da?")
    await group.receives("Sind Sie da?")
    assert told(amara) == 0 and other.messages == []


async def test_an_edited_caption_changes_what_stands_under_the_copy(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    await group.next_message()
    photo = await amara.sends_photo(caption="Mein Zeugnis")
    copy = await group.receives("Mein Zeugnis")
    while copy.kind != "photo":
        copy = await group.next_message()
    await amara.edits(photo, "Mein Diplom")
    changed = await group.next_message()
    assert (changed.id, changed.kind, changed.edited) == (copy.id, "photo", True)
    assert "Mein Diplom" in changed.text
