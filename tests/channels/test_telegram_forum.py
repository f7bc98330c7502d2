"""Cases in an advisers' room with topics: a topic per case."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.config import Settings
from bot.core.model import Guide
from tests.botapi import BotApiServer, Fault, Person, Room
from tests.botapi.asking import perform
from tests.channels.telegram_stage import Stage, card_in, case_topic, on_telegram, opens_case, soon


@pytest.fixture
async def stage(telegram: BotApiServer, settings: Settings, guide: Guide, forum: Room) -> AsyncIterator[Stage]:
    """Lotse with a forum as advisers' room."""
    async with on_telegram(telegram, settings, guide, forum) as running:
        yield running


async def test_every_case_has_a_topic_of_its_own(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, forum: Room
) -> None:
    kofi = telegram.person("Kofi", language_code="de")
    for newcomer in (amara, kofi):
        await opens_case(newcomer)
    first, second = await case_topic(forum, 1), await case_topic(forum, 2)
    assert "Anfrage 1" in (await first.receives("🙋")).text and "Anfrage 2" in (await second.receives("🙋")).text
    await kofi.says("Ich bin Kofi.")
    assert "Ich bin Kofi." in (await second.next_message()).text
    await maria.says("Guten Tag, Amara!", to=first)
    assert (await amara.next_message()).text == "👤 Eine Person (Beratung):\n\nGuten Tag, Amara!"
    assert "übernommen von Maria" in card_in(first).text and "wartet seit" in card_in(second).text
    await amara.says("Guten Tag!")
    assert (await first.receives("💬")).text == "@Maria 💬 Anfrage 1:\n\nGuten Tag!"
    assert "Guten Tag" not in kofi.chat[-1].text and telegram.calls["createForumTopic"] == 2


async def test_buttons_and_commands_work_in_the_topic(stage: Stage, amara: Person, maria: Person, forum: Room) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    card = await topic.receives("🙋")
    await maria.presses("Übernehmen", to=topic)
    claimed = await topic.next_message()
    assert claimed.id == card.id and claimed.edited
    await maria.says("/cases", to=topic)
    await topic.receives("bei Ihnen")
    await maria.says("/close 1", to=topic)
    await topic.receives("🔒 beendet")
    await maria.says("Noch etwas.", to=topic)
    await topic.receives("nichts weitergegeben")


async def test_what_is_said_outside_the_topics_stays_there(
    stage: Stage, amara: Person, maria: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    await maria.says("Guten Morgen zusammen", to=forum)
    other = await maria.opens_topic(forum, "Kaffee")
    await maria.says("Milch ist alle", to=other)
    await maria.says("Für Sie!", to=topic)
    assert (await amara.next_message()).text == "👤 Eine Person (Beratung):\n\nFür Sie!"


async def test_files_go_through_the_topic(stage: Stage, amara: Person, maria: Person, forum: Room) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await amara.sends_photo()
    await topic.receives("📎")
    assert (await topic.next_message()).kind == "photo"
    await maria.sends_document(to=topic)
    await amara.receives("👤")
    assert (await amara.next_message()).kind == "document"


async def test_a_deleted_topic_is_made_again_with_the_card_and_the_last_messages(
    stage: Stage, amara: Person, maria: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    await amara.says("Ich komme aus Ghana.")
    await topic.receives("Ghana")
    perform(stage.server.world, "deleteForumTopic", {"chat_id": forum.id, "message_thread_id": topic.id})
    await amara.says("Sind Sie noch da?")
    again = await case_topic(forum)
    assert again.id != topic.id
    await again.receives("🙋")
    await again.receives("gelöscht")
    await again.receives("💬 Anfrage 1:\n\nIch komme aus Ghana.\n\nSind Sie noch da?")
    await maria.says("Ja.", to=again)
    assert "Ja." in (await amara.receives("👤")).text
    assert "übernommen von Maria" in (await again.receives("🙋")).text


async def test_the_topic_shows_the_state_of_its_case(stage: Stage, amara: Person, maria: Person, forum: Room) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    assert topic.name.startswith("Anfrage 1 ·") and topic.icon == "❗️"
    for command, icon, closed in (("/claim 1", "💬", False), ("/release 1", "❗️", False), ("/close 1", "✅", True)):
        await maria.says(command, to=topic)
        wanted = (icon, closed)
        await soon(lambda wanted=wanted: (topic.icon, topic.closed) == wanted)  # type: ignore[misc]
    assert topic.name.startswith("Anfrage 1 ·")


async def test_where_telegram_has_no_icons_the_topics_name_shows_the_state(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, forum: Room
) -> None:
    telegram.inject(Fault("getForumTopicIconStickers", status=400, times=9))
    await opens_case(amara)
    topic = await case_topic(forum)
    assert topic.name.startswith("⏳ Anfrage 1 ·") and not topic.icon
    await maria.says("/claim 1", to=topic)
    await soon(lambda: topic.name.startswith("💬 Anfrage 1 ·"))
    await maria.says("/close 1", to=topic)
    await soon(lambda: (topic.name[0], topic.closed) == ("🔒", True))


async def test_a_topic_is_open_again_with_its_case(stage: Stage, amara: Person, maria: Person, forum: Room) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await maria.says("/close 1 Alles Gute!", to=topic)
    assert "Alles Gute!" in (await amara.receives("beendet")).text
    await soon(lambda: topic.closed)
    await amara.presses("Gespräch fortsetzen")
    await topic.receives("wieder offen")
    await soon(lambda: (topic.icon, topic.closed) == ("❗️", False))
    await maria.says("Was gibt es noch?", to=topic)
    await amara.receives("Was gibt es noch?")


async def test_a_case_is_passed_to_a_colleague_in_its_topic(
    stage: Stage, amara: Person, maria: Person, jonas: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await jonas.says("/claim 1", to=topic)
    await amara.receives("für Sie da")
    await maria.says("/transfer", to=topic)
    await topic.receives("niemanden")
    await maria.says("/close 1", to=topic)
    await maria.says("/reopen 1", to=topic)
    await amara.receives("wieder geöffnet")
    await maria.says("/transfer", to=topic)
    await topic.receives("An wen")
    await maria.presses("Jonas", to=topic)
    told = await topic.receives("➡️")
    assert "jetzt bei Jonas (von Maria)" in told.text
    assert [(entity["type"], entity["user"]["id"]) for entity in told.json["entities"]] == [("text_mention", jonas.id)]
    await amara.receives("ab jetzt für Sie da")
    await soon(lambda: "übernommen von Jonas" in card_in(topic).text)


async def test_a_number_that_begins_a_sentence_moves_no_other_case(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, forum: Room
) -> None:
    kofi = telegram.person("Kofi", language_code="de")
    for newcomer in (amara, kofi):
        await opens_case(newcomer)
    first, second = await case_topic(forum, 1), await case_topic(forum, 2)
    await maria.says("/close 2 Wochen dauert es noch.", to=first)
    assert "/close 1 2 Wochen" in (await first.receives("nichts passiert")).text
    await maria.says("/close 1 2 Wochen dauert es noch.", to=first)
    assert "2 Wochen dauert es noch." in (await amara.receives("beendet")).text
    assert (second.icon, second.closed) == ("❗️", False)
    assert "Wochen" not in kofi.chat[-1].text


async def test_an_advisers_message_is_ticked_when_it_arrived_and_its_edit_changes_the_copy(
    stage: Stage, amara: Person, maria: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    written = await maria.says("Guten Tag!", to=topic)
    copy = await amara.receives("Guten Tag!")
    ticks = stage.server.world.chats[forum.id].reactions
    assert await soon(lambda: ticks.get(written.id)) == [{"type": "emoji", "emoji": "👍"}]
    await maria.edits(written, "Guten Morgen!")
    changed = await amara.receives("Guten Morgen!")
    assert changed.id == copy.id and changed.edited


async def test_why_a_message_did_not_arrive_is_said_in_the_topic(
    stage: Stage, amara: Person, maria: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    await amara.deactivates()
    await maria.says("Guten Tag!", to=topic)
    await topic.receives("Ihr Konto gibt es nicht mehr")


async def test_a_closed_topic_is_written_into_all_the_same(
    stage: Stage, amara: Person, maria: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    await maria.closes(topic)
    await amara.says("Noch eine Frage.")
    assert "Noch eine Frage." in (await topic.receives("💬")).text


async def test_without_the_right_to_make_topics_cases_go_into_the_room_itself(
    telegram: BotApiServer, settings: Settings, guide: Guide, amara: Person, maria: Person
) -> None:
    room = telegram.group("Ohne Rechte", forum=True, members=[maria], rights=["can_delete_messages"])
    async with on_telegram(telegram, settings, guide, room):
        await opens_case(amara)
        card = await room.receives("🙋")
        assert card.thread_id is None
        await maria.says("Guten Tag!", to=room, reply_to=card)
        assert "Guten Tag!" in (await amara.next_message()).text
        await amara.says("Hallo!")
        assert "Hallo!" in (await room.receives("💬")).text
        assert room.topics == []


async def test_a_deletion_takes_the_topic_away(stage: Stage, amara: Person, maria: Person, forum: Room) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    await maria.says("Guten Tag!", to=topic)
    await amara.receives("Guten Tag!")
    await deletes_everything(amara)
    await soon(lambda: topic.deleted)
    assert "Anfrage 1" in (await forum.receives("hat alle ihre Daten gelöscht")).text


async def test_without_the_right_to_delete_topics_the_bots_own_messages_go(
    stage: Stage, telegram: BotApiServer, amara: Person, maria: Person, forum: Room
) -> None:
    await opens_case(amara)
    topic = await case_topic(forum)
    await topic.receives("🙋")
    await maria.says("Guten Tag!", to=topic)
    await amara.receives("Guten Tag!")
    lacks = "Bad Request: not enough rights to delete the topic"
    telegram.inject(Fault("deleteForumTopic", status=400, description=lacks))
    await deletes_everything(amara)
    await soon(lambda: not [message for message in topic.messages if "Anfrage" in message.text])


async def test_what_is_too_old_to_be_deleted_loses_its_text(
    telegram: BotApiServer, settings: Settings, guide: Guide, group: Room, amara: Person, maria: Person
) -> None:
    async with on_telegram(telegram, settings, guide, group):
        await opens_case(amara)
        card = await group.receives("🙋")
        await amara.says("Ich wohne in Burtscheid.")
        passed = await group.receives("Burtscheid")
        written = await maria.says("Guten Tag!", to=group, reply_to=passed)
        await amara.receives("Guten Tag!")
        old = "Bad Request: message can't be deleted"
        for method in ("deleteMessages", "deleteMessage"):
            telegram.inject(Fault(method, status=400, description=old, times=20, chat_id=group.id))
        await deletes_everything(amara)
        said = {message.id: message for message in group.messages}
        emptied = guide.texts.say("de", "erased")
        await soon(lambda: group.chat.messages[passed.id]["text"] == emptied)
        await soon(lambda: group.chat.messages[card.id]["text"] == emptied)
        assert written.id in said and "reply_markup" not in group.chat.messages[card.id]
        assert not [message for message in group.messages if "Burtscheid" in message.text]


async def deletes_everything(person: Person) -> None:
    await person.says("/delete")
    await person.receives("wirklich alles löschen")
    await person.presses("Ja, alles löschen")
    await person.receives("Erledigt")
