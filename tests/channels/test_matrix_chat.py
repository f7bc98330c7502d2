"""Direct chats on a real homeserver, plain and encrypted: what newcomers read and press."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from nio.api import RoomPreset

from bot.config import Settings
from bot.core.model import Guide
from bot.store.schema import conversations, feedback, inbox
from tests.channels.matrix_stage import ANSWER, QUESTION, Stage, on_matrix, soon
from tests.homeserver import Homeserver
from tests.homeserver.chat import Chat
from tests.homeserver.people import People, Person
from tests.store_reading import rows

pytestmark = pytest.mark.slow
ENCRYPTED = pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])


@pytest.fixture
async def stage(homeserver: Homeserver, settings: Settings, guide: Guide) -> AsyncIterator[Stage]:
    """Lotse without an advisers' room."""
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    async with on_matrix(account, settings, guide) as running:
        yield running


@pytest.fixture
async def amara(people: People) -> Person:
    """A newcomer."""
    return await people("Amara")


def bot(stage: Stage) -> str:
    return stage.client.user_id


@ENCRYPTED
async def test_a_question_is_answered(stage: Stage, amara: Person, encrypted: bool) -> None:
    chat = await amara.start_chat(bot(stage), encrypted=encrypted)
    greeting = await chat.wait_for("!privacy")
    assert greeting.encrypted == encrypted
    await chat.say(QUESTION)
    answer = await chat.wait_for(ANSWER)
    assert answer.encrypted == encrypted
    assert answer.kind == "m.text" and "<strong>" in answer.html and "**" not in answer.body
    assert answer.mentions == [] and "m.mentions" in answer.content
    assert "1\ufe0f\u20e3" in answer.body
    await amara.until(lambda: (chat.room, bot(stage)) in amara.typing, "the typing notice")
    await amara.until(lambda: any(user == bot(stage) for _, user in amara.receipts), "the read receipt")
    assert amara.unreadable == []


async def test_the_greeting_is_in_every_language(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    greeting = await chat.wait_for("!privacy")
    assert "Willkommen in Aachen" in greeting.body and "Welcome to Aachen" in greeting.body
    assert greeting.body.endswith("1\ufe0f\u20e3 Deutsch\n2\ufe0f\u20e3 English")


async def test_a_number_a_label_and_a_reaction_press_a_button(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.wait_for("Lotse")
    await chat.say("1")
    chosen = await chat.wait_for("Deutsch")
    await chat.say("Deutschkurs")
    await chat.wait_for("Deutschkurs")
    await chat.react(chosen.id, "3\ufe0f\u20e3")
    await chat.wait_for("Anmeld")
    await chat.react(chosen.id, "🦄")
    await chat.say("!privacy")
    await chat.wait_for("Was ich speichere")


async def test_a_thumb_under_an_answer_is_feedback_on_it(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.say("blue card salary")
    answer = await chat.wait_for("Blue Card")
    await chat.say("Where do I register my address?")
    await chat.wait_for("👍")
    await chat.react(answer.id, "👍🏽")
    await chat.wait_for("Thank")
    counted = await rows(stage.lotse.database, feedback)
    assert [(row["entry"], row["helpful"]) for row in counted] == [("blue-card", 1)] or counted[0]["helpful"] == 1


async def test_a_changed_question_is_answered_anew(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.wait_for("Lotse")
    question = await chat.say("qwer yxcv asdf")
    await chat.wait_for("")
    await chat.edit(question, QUESTION)
    assert (await chat.wait_for(ANSWER)).encrypted


async def test_notices_of_other_bots_are_ignored(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.wait_for("Lotse")
    await chat.say(QUESTION, msgtype="m.notice")
    await chat.say("!privacy")
    assert "Bezirksregierung" not in (await chat.wait_for("")).body
    kinds = [row["uid"] for row in await rows(stage.lotse.database, inbox)]
    assert len(kinds) == 2


async def test_what_is_stored_comes_as_an_encrypted_file(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.say(QUESTION)
    await chat.wait_for(ANSWER)
    await chat.say("!mydata")
    file = await chat.wait_for("lotse-data.json")
    assert file.encrypted and "url" not in file.content and file.content["file"]["key"]
    assert json.loads(await chat.download(file))["address"] == f"matrix:{chat.room}"
    await chat.say("!delete")
    await chat.wait_for("1\ufe0f\u20e3")
    await chat.say("1")
    await chat.wait_for("gelöscht")
    assert await rows(stage.lotse.database, conversations) == []


async def test_a_photo_is_no_question_and_a_sticker_neither(stage: Stage, amara: Person) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.wait_for("Lotse")
    await chat.send_file("foto.jpg", b"jpeg", "image/jpeg", "m.image")
    await chat.wait_for("pictures")
    await chat.send_file("stimme.ogg", b"ogg", "audio/ogg", "m.audio", **{"org.matrix.msc3245.voice": {}})
    await chat.wait_for("voice message")


async def test_a_room_that_is_no_direct_chat_is_refused(stage: Stage, amara: Person) -> None:
    room = await amara.start_room("Nachbarn", [bot(stage)], encrypted=False)
    await amara.until(lambda: bot(stage) not in amara.client.rooms[room.room].users, "the refusal")
    assert bot(stage) not in amara.members(room.room)


async def test_too_many_invitations_wait_for_their_turn(
    homeserver: Homeserver, people: People, settings: Settings, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.matrix_rooms.JOINS", 1)
    monkeypatch.setattr("bot.channels.matrix_rooms.JOINS_WITHIN", 3.0)
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    amara = await people("Amara")
    async with on_matrix(account, settings, guide):
        first = await amara.start_chat(account.user_id)
        second = await amara.start_chat(account.user_id, joined=False)
        await first.wait_for("Lotse")
        assert account.user_id not in amara.members(second.room)
        await amara.joined(second.room, account.user_id)
        await second.wait_for("Lotse")


async def test_a_chat_that_the_person_leaves_is_left(stage: Stage, amara: Person, settings: Settings) -> None:
    chat = await amara.start_chat(bot(stage))
    await chat.say(QUESTION)
    await chat.wait_for(ANSWER)
    await chat.leave()

    async def paused() -> bool:
        (kept,) = await rows(stage.lotse.database, conversations)
        return bool(kept["paused"])

    async def forgotten() -> bool:
        return chat.room not in stage.client.rooms

    assert await soon(paused)
    assert await soon(forgotten)
    keys = (settings.data_dir / "matrix" / "store.db").read_bytes()
    assert amara.id.encode() not in keys and chat.room.encode() not in keys
    again = await amara.start_chat(bot(stage))
    await again.say(QUESTION)
    await again.wait_for(ANSWER)


async def test_who_throws_the_bot_out_is_written_to_no_more(stage: Stage, amara: Person) -> None:
    private = RoomPreset.private_chat
    made = await amara.asked(amara.client.room_create(is_direct=True, preset=private, invite=[bot(stage)]))
    chat = Chat(amara, made.room_id)
    await chat.wait_for("Lotse")
    await chat.say(QUESTION)
    await chat.wait_for(ANSWER)
    await amara.asked(amara.client.room_kick(chat.room, bot(stage)))

    async def paused() -> bool:
        (kept,) = await rows(stage.lotse.database, conversations)
        return bool(kept["paused"])

    assert await soon(paused)
    assert not stage.receiving.done()


async def test_fifty_ask_at_once_and_each_has_one_answer(stage: Stage, people: People) -> None:
    everybody = [await people(f"Newcomer{number}") for number in range(10)]
    chats = [await person.start_chat(bot(stage)) for person in everybody for _ in range(5)]
    for chat in chats:
        await chat.wait_for("Lotse")
    await asyncio.gather(*(chat.say(QUESTION) for chat in chats))
    await asyncio.gather(*(chat.wait_for(ANSWER, within=60) for chat in chats))
    for chat in chats:
        assert len([message for message in chat.heard if ANSWER in message.body]) == 1
    assert [person.unreadable for person in everybody] == [[]] * 10
