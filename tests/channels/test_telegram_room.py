"""Cases in an advisers' room that is a plain group: card, claim, replies both ways, files, mishaps."""

from __future__ import annotations

import asyncio
import string
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from bot.config import Settings
from bot.core.model import Guide
from bot.store.schema import deliveries
from tests.botapi import BotApiServer, Fault, Message, Person, Room
from tests.channels.telegram_stage import Stage, brings, card_in, let_time_pass, on_telegram, opens_case, soon
from tests.store_reading import rows

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
MARKUP = (
    string.punctuation,
    "*fett* _kursiv_ **x** __y__ ~~z~~ `code` [Text](https://example.org) <b>fett</b> &amp; &#38; <script>",
    "1. eins\n2) zwei\n- drei\n+ vier\n# fünf\n> sechs\n---\n===",
    "![Bild](https://example.org/a.png) <https://example.org> https://example.org/?a=1&b=2_c_d",
    "\\*kein Kursiv\\* \\\\ ende\\",
)


@pytest.fixture
async def stage(telegram: BotApiServer, settings: Settings, guide: Guide, group: Room) -> AsyncIterator[Stage]:
    """Lotse with a plain group as advisers' room."""
    async with on_telegram(telegram, settings, guide, group) as running:
        yield running


async def test_a_case_from_card_to_close(stage: Stage, amara: Person, maria: Person, group: Room) -> None:
    await opens_case(amara)
    card = await group.next_message()
    assert "Anfrage 1" in card.text and card.labels == ["Übernehmen", "Weitergeben", "Beenden"]
    await amara.says("Ich habe eine Frage zu meinem Diplom.")
    passed = await group.receives("Diplom")
    await maria.presses("Übernehmen", to=group)
    claimed = await group.next_message()
    assert claimed.id == card.id and claimed.edited and "Maria" in claimed.text
    assert "Eine Person" in (await amara.receives("für Sie da")).text
    await maria.says("Guten Tag! Welches Diplom?", to=group, reply_to=passed)
    assert (await amara.next_message()).text == "👤 Eine Person (Beratung):\n\nGuten Tag! Welches Diplom?"
    await amara.says("Maschinenbau.")
    assert (await group.next_message()).text == "@Maria 💬 Anfrage 1:\n\nMaschinenbau."
    await maria.presses("Beenden", to=group)
    closed = await group.next_message()
    assert closed.id == card.id and closed.labels == ["Wieder öffnen"]
    assert "beendet" in (await amara.next_message()).text
    await amara.presses("Gespräch fortsetzen")
    opened = await group.next_message()
    assert opened.id == card.id and "wartet seit" in opened.text
    assert "wieder offen" in (await amara.next_message()).text
    assert len([m for m in group.messages if "🙋" in m.text]) == 1


async def test_a_reply_to_the_card_claims_the_case(stage: Stage, amara: Person, maria: Person, group: Room) -> None:
    await opens_case(amara)
    await maria.says("Ich bin für Sie da.", to=group, reply_to=await group.next_message())
    assert "Ich bin für Sie da." in (await amara.next_message()).text
    assert "Maria" in (await group.next_message()).text


async def test_messages_of_a_case_answer_its_card(stage: Stage, amara: Person, group: Room) -> None:
    await opens_case(amara)
    card = await group.next_message()
    await amara.says("Noch etwas.")
    assert (await group.next_message()).reply_to_id == card.id


async def test_what_advisers_say_to_each_other_stays_in_the_room(
    stage: Stage, amara: Person, maria: Person, jonas: Person, group: Room
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    own = await maria.says("Wer nimmt das?", to=group)
    await jonas.says("Ich nicht.", to=group, reply_to=own)
    await maria.says("// nur für uns", to=group, reply_to=card)
    await maria.says("/start@other_bot", to=group)
    await maria.sends_photo(to=group)
    await maria.says("/cases", to=group)
    assert "Anfrage" not in (await group.next_message()).text
    assert len(amara.chat) == 3  # /human, consent, the case is open: nothing since
    assert "wartet seit" in card_in(group).text


async def test_two_advisers_claim_at_the_same_moment(
    stage: Stage, amara: Person, maria: Person, jonas: Person, group: Room
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    first, second = await asyncio.gather(
        maria.presses("Übernehmen", on=card, to=group), jonas.presses("Übernehmen", on=card, to=group)
    )
    await first.answer()
    await second.answer()
    refused = await group.receives("schon bei")
    assert "schon bei Maria" in refused.text and "übernommen von Maria" in card_in(group).text
    assert "Eine Person" in (await amara.next_message()).text
    await jonas.says("Doch ich!", to=group, reply_to=card)
    await group.receives("schon bei Maria")
    assert "Doch ich!" not in amara.chat[-1].text


async def test_an_administrator_may_stay_anonymous(stage: Stage, amara: Person, maria: Person, group: Room) -> None:
    await opens_case(amara)
    card = await group.next_message()
    hidden: dict[str, Any] = {"from": ANONYMOUS, "sender_chat": group.chat.seen(), "author_signature": "Leitung"}
    brings(stage.server, maria, {"text": "Guten Tag!", "reply_to_message": card.json, **hidden}, to=group)
    assert (await amara.next_message()).text == "👤 Eine Person (Beratung):\n\nGuten Tag!"
    assert "übernommen von Leitung" in (await group.next_message()).text


async def test_who_has_left_the_group_presses_nothing(stage: Stage, amara: Person, maria: Person, group: Room) -> None:
    await opens_case(amara)
    card = await group.next_message()
    group.put_out(maria)
    pressing(stage.server, maria.user, card, "case:1:claim")
    assert "nur Mitglieder" in (await group.next_message()).text
    assert "wartet seit" in card_in(group).text


async def test_a_membership_that_cannot_be_checked_is_no_membership(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    await group.next_message()
    stage.server.inject(Fault("getChatMember", status=500))
    await maria.presses("Übernehmen", to=group)
    assert "noch einmal" in (await group.next_message()).text
    await maria.presses("Übernehmen", to=group)
    assert "übernommen von Maria" in (await group.next_message()).text


async def test_an_anonymous_administrator_is_told_why_a_button_does_nothing(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    pressing(stage.server, ANONYMOUS, card, "case:1:claim")
    assert "Anonym bleiben" in (await group.next_message()).text
    assert "wartet seit" in card_in(group).text


def pressing(server: BotApiServer, user: dict[str, Any], card: Message, action: str) -> None:
    """A button is pressed by somebody who, by the rules, no longer can, or who is not shown."""
    server.world.users.setdefault(user["id"], user)
    server.world.press(user["id"], card.json, action)


async def test_an_impatient_newcomer_is_one_message_that_grows(stage: Stage, amara: Person, group: Room) -> None:
    await opens_case(amara)
    await group.next_message()
    for number in range(25):
        await amara.says(f"Hallo {number}!")
    last = await group.receives("Hallo 24!")
    assert all(f"Hallo {number}!" in last.text for number in range(25))
    assert len([message for message in group.messages if "Hallo" in message.text]) == 1


async def test_posts_of_other_channels_and_bots_in_the_room_are_not_heard(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    channel = {"id": -1009, "type": "channel", "title": "Nachrichten"}
    for hidden in ({"from": ANONYMOUS, "sender_chat": channel}, {"from": {**ANONYMOUS, "id": 7}}):
        brings(stage.server, maria, {"text": "Werbung", "reply_to_message": card.json, **hidden}, to=group)
    await soon(lambda: stage.server.updates.pending == 0)
    assert "wartet seit" in card_in(group).text


@pytest.mark.parametrize("text", MARKUP, ids=range(len(MARKUP)))
async def test_what_people_write_arrives_letter_by_letter(
    stage: Stage, amara: Person, maria: Person, group: Room, text: str
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    await maria.says(text, to=group, reply_to=card)
    assert (await amara.next_message()).text.endswith(f":\n\n{text}")
    await amara.says(text)
    heard = await group.receives("💬")
    assert heard.text == f"@Maria 💬 Anfrage 1:\n\n{text}"
    styles = [entity["type"] for entity in heard.json.get("entities", [])]
    assert set(styles) <= {"bold", "url", "email", "text_mention"}


async def test_a_long_message_is_cut_at_the_end_of_a_paragraph(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    card = await group.next_message()
    first, second = "Erstens. " + "a" * 2036, "Zweitens. " + "😀" * 1015
    await maria.says(f"{first}\n\n{second}", to=group, reply_to=card)
    assert (await amara.next_message()).text == f"👤 Eine Person (Beratung):\n\n{first}"
    assert (await amara.next_message()).text == second


async def test_files_are_copied_both_ways(stage: Stage, amara: Person, maria: Person, group: Room) -> None:
    await opens_case(amara)
    await group.next_message()
    for kind, send in (
        ("photo", amara.sends_photo),
        ("document", amara.sends_document),
        ("voice", amara.sends_voice),
        ("sticker", amara.sends_sticker),
        ("location", partial(amara.sends_location, 50.77, 6.08)),
    ):
        await send()
        assert "📎 Anfrage 1" in (await group.next_message()).text
        assert (await group.next_message()).kind == kind
    copied = group.messages[-1]
    for kind in ("photo", "document", "voice", "sticker", "location"):
        file = {key: value for key, value in _sent(amara, kind).items() if key == kind}
        brings(stage.server, maria, {**file, "reply_to_message": copied.json}, to=group)
        assert (await amara.receives("👤")).text == "👤 Eine Person (Beratung):"
        assert (await amara.next_message()).kind == kind


def _sent(person: Person, kind: str) -> dict[str, Any]:
    return next(message.json for message in person.chat if message.kind == kind)


async def test_release_and_withdrawal(stage: Stage, amara: Person, maria: Person, jonas: Person, group: Room) -> None:
    await opens_case(amara)
    await group.next_message()
    await maria.says("/claim 1", to=group)
    await group.receives("übernommen von Maria")
    await jonas.says("/release 1", to=group)
    await group.receives("bei Maria")
    await maria.presses("Freigeben", to=group)
    assert "wartet seit" in (await group.receives("🙋")).text
    await jonas.says("/claim 1", to=group)
    await group.receives("übernommen von Jonas")
    await amara.presses("Gespräch beenden")
    await amara.receives("beendet")
    await group.receives("🔒")
    assert "beendet" in (await group.next_message()).text


async def test_the_room_is_served_on_when_it_becomes_a_supergroup(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    await opens_case(amara)
    await group.next_message()
    moved = group.migrate(by=maria)
    await amara.says("Sind Sie noch da?")
    passed = await moved.receives("Sind Sie noch da")
    await maria.says("Ja!", to=moved, reply_to=passed)
    assert "Ja!" in (await amara.receives("👤")).text
    assert "übernommen von Maria" in (await moved.next_message()).text


async def test_a_move_that_only_a_refusal_tells_of(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, group: Room
) -> None:
    moved = group.migrate(by=maria)
    telegram.updates.drop()  # the bot was down when the group moved, and the update is gone
    await opens_case(amara)
    assert "Anfrage 1" in (await moved.receives("🙋")).text
    await maria.presses("Übernehmen", to=moved)
    assert (await moved.next_message()).edited


async def test_cases_wait_while_the_bot_is_not_in_the_room(
    stage: Stage, amara: Person, maria: Person, group: Room
) -> None:
    group.remove_bot(by=maria)
    await opens_case(amara)
    assert "Ich erreiche die Beratung gerade nicht" in amara.chat[-1].text
    await _put_off(stage)
    let_time_pass(stage, 120)
    await amara.says("Ist jemand da?")
    await amara.receives("weitergegeben")
    await _put_off(stage)
    group.add_bot(by=maria)
    let_time_pass(stage, 240)
    assert "Anfrage 1" in (await group.next_message()).text
    await group.receives("Ist jemand da?")
    assert sum("Ich erreiche die Beratung" in message.text for message in amara.chat) == 1, "told once"


async def test_a_group_that_is_asked_to_wait_keeps_back_no_newcomer(
    stage: Stage, telegram: BotApiServer, amara: Person, group: Room
) -> None:
    await opens_case(amara)
    await group.next_message()
    telegram.inject(Fault("sendMessage", status=429, retry_after=3, chat_id=group.id))
    await amara.says("Das ist wichtig.")
    await amara.receives("weitergegeben")
    await amara.says("/help")
    await amara.receives("Befehle", within=2.0)
    assert not [message for message in group.messages if "wichtig" in message.text], "the group still rests"
    let_time_pass(stage, 10)
    await group.receives("Das ist wichtig.")
    assert sum("wichtig" in message.text for message in group.messages) == 1


async def _put_off(stage: Stage) -> None:
    """Wait until a delivery was refused and waits for its next try."""
    for _ in range(200):
        if any(row["reason"] and row["status"] == "due" for row in await rows(stage.lotse.database, deliveries)):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("no delivery was put off")
