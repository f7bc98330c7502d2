"""The local Bot API server keeps the Bot API's rules: the real python-telegram-bot drives it over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from telegram import (
    Bot,
    CallbackQuery,
    ChatMemberAdministrator,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    Message,
    MessageOriginUser,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from tests.botapi import TOKEN, BotApiServer, Person, Room
from tests.botapi.clients import bot_at

CLAIM = InlineKeyboardMarkup([[InlineKeyboardButton("Claim", callback_data="claim:7")]])


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with bot_at(server) as started:
        yield started


@pytest.fixture
async def amara(server: BotApiServer) -> Person:
    return server.person("Amara", language_code="en", started=True)


@pytest.fixture
async def forum(server: BotApiServer, amara: Person) -> Room:
    return server.group("Beratung", forum=True, members=[amara])


async def news(bot: Bot) -> tuple[Update, ...]:
    """Every update, none of them confirmed."""
    return await bot.get_updates(timeout=0)


async def heard(bot: Bot) -> list[Message]:
    """The messages among the updates."""
    return [update.message for update in await news(bot) if update.message is not None]


async def pressed(bot: Bot) -> CallbackQuery:
    """The last update, which is a pressed button."""
    query = (await news(bot))[-1].callback_query
    assert query is not None
    return query


class TestPublishedApi:
    async def test_the_bot_knows_itself(self, bot: Bot) -> None:
        me = await bot.get_me()
        assert me.is_bot and me.username == "lotse_test_bot" and not me.can_read_all_group_messages

    async def test_a_wrong_token_is_refused(self, server: BotApiServer) -> None:
        with pytest.raises(InvalidToken):
            async with bot_at(server, "1:wrong"):
                pass

    async def test_an_unknown_method_is_not_found(self, server: BotApiServer, bot: Bot) -> None:
        with pytest.raises(EndPointNotFound):
            await bot.do_api_request("sendPigeon")
        assert [v.method for v in server.violations] == ["sendPigeon"]

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"text": "x"}, "chat_id is empty"),
            ({"chat_id": "100001"}, "message text is empty"),
            ({"chat_id": "100001", "text": "x", "colour": "red"}, 'unknown parameter "colour"'),
            ({"chat_id": "100001", "text": "x", "reply_to_message_id": "1"}, "unknown parameter"),
            ({"chat_id": "100001", "text": "x", "message_thread_id": "one"}, "must be of type Integer"),
            ({"chat_id": "100001", "text": "x", "protect_content": "maybe"}, "must be of type Boolean"),
            ({"chat_id": "100001", "text": "x", "reply_markup": "{"}, "it is not JSON"),
            ({"chat_id": "100001", "text": "x", "reply_markup": '{"inline_keyboard":[[{}]]}'}, "required"),
            (
                {
                    "chat_id": "100001",
                    "text": "x",
                    "reply_markup": '{"inline_keyboard":[[{"text":"a","data":"b"}]]}',
                },
                'unknown field "data"',
            ),
            ({"chat_id": "100001", "text": "x", "parse_mode": "Markdown"}, "unsupported parse_mode"),
        ],
    )
    async def test_parameters_are_checked(
        self, server: BotApiServer, amara: Person, fields: dict[str, str], reason: str
    ) -> None:
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{server.url}/bot{TOKEN}/sendMessage", data=fields)
        assert answer.status_code == 400 and answer.json()["ok"] is False
        assert reason in answer.json()["description"] and reason in server.violations[0].description
        assert amara.chat == [] and server.sent == []

    async def test_json_and_query_are_understood_too(self, server: BotApiServer, amara: Person) -> None:
        async with httpx.AsyncClient() as client:
            url = f"{server.url}/bot{TOKEN}/sendMessage"
            assert (await client.post(url, json={"chat_id": amara.id, "text": "one"})).is_success
            assert (await client.get(url, params={"chat_id": amara.id, "text": "two"})).is_success
        assert [message.text for message in amara.chat] == ["one", "two"]

    async def test_a_published_method_that_is_not_simulated_is_a_violation(
        self, server: BotApiServer, bot: Bot, amara: Person
    ) -> None:
        with pytest.raises(TelegramError):
            await bot.send_dice(amara.id)
        assert server.violations


class TestTexts:
    async def test_length_counts_utf16_units_after_parsing(self, bot: Bot, amara: Person) -> None:
        await bot.send_message(amara.id, "<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(amara.id, "😀" * 2048 + "x")

    @pytest.mark.parametrize("text", ["  \n ", "<b> </b>"])
    async def test_white_space_is_no_text(self, bot: Bot, amara: Person, text: str) -> None:
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(amara.id, text, parse_mode="HTML")

    async def test_stored_text_has_entities(self, bot: Bot, amara: Person) -> None:
        message = await bot.send_message(amara.id, "😀 <b>Anmeldung</b> &amp; mehr ", parse_mode="HTML")
        assert message.text == "😀 Anmeldung & mehr" and message.date.year > 2020
        assert message.parse_entities() == {message.entities[0]: "Anmeldung"}
        assert message.entities[0].offset == 3

    @pytest.mark.parametrize(
        "source",
        ["<b>a", "<p>a</p>", "A & B"],
    )
    async def test_broken_markup_is_refused(self, server: BotApiServer, bot: Bot, amara: Person, source: str) -> None:
        with pytest.raises(BadRequest, match="Can't parse entities"):
            await bot.send_message(amara.id, source, parse_mode="HTML")
        assert len(server.violations) == 1

    async def test_captions_are_shorter(self, bot: Bot, amara: Person) -> None:
        await bot.send_photo(amara.id, b"picture", caption="x" * 1024)
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_photo(amara.id, b"picture", caption="x" * 1025)

    @pytest.mark.parametrize(
        ("button", "reason"),
        [
            (InlineKeyboardButton("x", callback_data="ä" * 33), "Button_data_invalid"),
            (InlineKeyboardButton(" ", callback_data="x"), "text must be non-empty"),
            (InlineKeyboardButton("x", api_kwargs={}), "Text buttons are unallowed"),
            (InlineKeyboardButton("x", url="kein link"), "Wrong HTTP URL"),
        ],
    )
    async def test_buttons_are_checked(
        self, bot: Bot, amara: Person, button: InlineKeyboardButton, reason: str
    ) -> None:
        with pytest.raises(BadRequest, match=f"(?i){reason}"):
            await bot.send_message(amara.id, "x", reply_markup=InlineKeyboardMarkup([[button]]))


class TestPrivateChats:
    async def test_talking_and_pressing(self, server: BotApiServer, bot: Bot) -> None:
        amara = server.person("Amara", language_code="uk")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(amara.id, "too early")
        await amara.says("/start now")
        (message,) = await heard(bot)
        assert message.from_user is not None and message.from_user.language_code == "uk"
        assert message.parse_entities(["bot_command"]).popitem()[1] == "/start"
        sent = await bot.send_message(amara.id, "Willkommen", reply_markup=CLAIM)
        seen = await amara.next_message()
        assert seen.text == "Willkommen" and seen.labels == ["Claim"] and seen.id == sent.id
        press = await amara.presses("Claim")
        query = await pressed(bot)
        assert query.data == "claim:7" and query.message is not None and not press.answered
        assert query.message.message_id == sent.id
        await query.answer("done")
        assert (await press.answer())["text"] == "done"
        edited = await query.edit_message_text("Geschafft")
        assert isinstance(edited, Message)
        assert edited.edit_date is not None and edited.reply_markup is None
        assert (await amara.receives("Geschafft")).edited
        assert [message.text for message in amara.chat] == ["/start now", "Geschafft"]
        assert [record.text for record in server.sent] == ["Willkommen"]
        with pytest.raises(AssertionError, match="no button"):
            await amara.presses("Claim")
        assert server.violations == []

    async def test_old_queries(self, bot: Bot, amara: Person) -> None:
        await bot.send_message(amara.id, "x", reply_markup=CLAIM)
        (await amara.presses(1)).expires()
        with pytest.raises(BadRequest, match="Query is too old"):
            await (await pressed(bot)).answer()
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query("12345")

    async def test_edits_and_deletions(self, bot: Bot, amara: Person) -> None:
        message = await bot.send_message(amara.id, "a", reply_markup=CLAIM)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await message.edit_text("a", reply_markup=CLAIM)
        await message.edit_reply_markup(None)
        assert amara.chat[0].labels == []
        own = await amara.says("mine")
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("x", amara.id, own.id)
        assert await message.delete() and await bot.delete_message(amara.id, own.id)
        assert amara.chat == []
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await message.edit_text("b")
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await message.delete()

    async def test_answers_reactions_copies(self, bot: Bot, amara: Person) -> None:
        question = await amara.says("Wann?")
        answer = await bot.send_message(amara.id, "Um 9", reply_parameters=ReplyParameters(question.id))
        assert amara.chat[-1].reply_to_id == question.id
        assert answer.reply_to_message is not None and answer.reply_to_message.text == "Wann?"
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await bot.send_message(amara.id, "x", reply_parameters=ReplyParameters(999))
        gentle = ReplyParameters(999, allow_sending_without_reply=True)
        await bot.send_message(amara.id, "x", reply_parameters=gentle)
        await bot.set_message_reaction(amara.id, question.id, "👍")
        with pytest.raises(BadRequest, match=r"(?i)reaction_invalid"):
            await bot.set_message_reaction(amara.id, question.id, ReactionTypeEmoji("🦖"))
        forwarded = await bot.forward_message(amara.id, amara.id, question.id)
        assert isinstance(forwarded.forward_origin, MessageOriginUser)
        assert forwarded.forward_origin.sender_user.first_name == "Amara"
        copied = await bot.copy_message(amara.id, amara.id, question.id)
        assert amara.chat[-1].id == copied.message_id and amara.chat[-1].text == "Wann?"
        assert await bot.send_chat_action(amara.id, "typing")

    async def test_files_both_ways(self, bot: Bot, amara: Person) -> None:
        document = InputFile(b"BEGIN:VCALENDAR", filename="termin.ics")
        message = await bot.send_document(amara.id, document, caption="<b>Termin</b>", parse_mode="HTML")
        assert message.document is not None and message.caption == "Termin"
        assert message.document.file_name == "termin.ics"
        for send in (bot.send_voice, bot.send_video, bot.send_audio, bot.send_animation, bot.send_sticker):
            await send(amara.id, b"content")
        await bot.send_video_note(amara.id, b"content")
        await bot.send_document(amara.id, message.document.file_id)
        await bot.send_venue(amara.id, 50.77, 6.08, "Rathaus", "Markt")
        location = (await bot.send_location(amara.id, 50.77, 6.08)).location
        assert location is not None and location.latitude == 50.77
        await amara.sends_photo(b"letter", caption="Was heißt das?")
        for sends in (amara.sends_voice, amara.sends_sticker, amara.sends_document):
            await sends()
        await amara.sends_location(50.7, 6.1)
        await amara.sends_contact("+49 241 1")
        messages = await heard(bot)
        assert messages[0].caption == "Was heißt das?" and messages[-1].contact is not None
        file = await messages[0].photo[-1].get_file()
        assert bytes(await file.download_as_bytearray()) == b"letter"
        with pytest.raises(BadRequest, match="Invalid file_id"):
            await bot.get_file("nothing")
        with pytest.raises(BadRequest, match="Wrong file identifier"):
            await bot.send_photo(amara.id, "nothing")

    async def test_reply_keyboard(self, bot: Bot, amara: Person) -> None:
        keyboard = ReplyKeyboardMarkup([[KeyboardButton("Deutsch"), KeyboardButton("English")]])
        await bot.send_message(amara.id, "?", reply_markup=keyboard)
        await amara.taps("English")
        assert (await heard(bot))[0].text == "English"

    async def test_people_edit_block_and_vanish(self, bot: Bot, amara: Person) -> None:
        await amara.edits(await amara.says("Helo"), "Hello")
        await amara.blocks_bot()
        _, edited, blocked = await news(bot)
        assert edited.edited_message is not None and edited.edited_message.text == "Hello"
        assert blocked.my_chat_member is not None
        assert blocked.my_chat_member.new_chat_member.status == "kicked"
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(amara.id, "x")
        await amara.unblocks_bot()
        unblocked = (await news(bot))[-1].my_chat_member
        assert unblocked is not None and unblocked.new_chat_member.status == "member"
        await bot.send_message(amara.id, "x")
        await amara.deactivates()
        with pytest.raises(Forbidden, match="user is deactivated"):
            await bot.send_message(amara.id, "x")


class TestGroups:
    async def test_topics(self, server: BotApiServer, bot: Bot, amara: Person, forum: Room) -> None:
        created = await bot.create_forum_topic(forum.id, "Fall 7")
        topic = forum.topic("Fall 7")
        await bot.send_message(forum.id, "Neu", message_thread_id=created.message_thread_id)
        assert (await topic.next_message()).kind == "service" and (await topic.next_message()).text == "Neu"
        await amara.says("Ich mache das", to=topic)
        said = (await heard(bot))[-1]
        assert said.is_topic_message and said.message_thread_id == topic.id
        opening = said.reply_to_message
        assert opening is not None and opening.forum_topic_created is not None
        assert opening.forum_topic_created.name == "Fall 7"
        assert await bot.edit_forum_topic(forum.id, topic.id, name="Fall 7 ✓") and topic.name == "Fall 7 ✓"
        with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
            await bot.edit_forum_topic(forum.id, topic.id, name="Fall 7 ✓")
        assert await bot.close_forum_topic(forum.id, topic.id) and topic.closed
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
        assert await bot.reopen_forum_topic(forum.id, topic.id) and not topic.closed
        assert await bot.delete_forum_topic(forum.id, topic.id) and topic.deleted and topic.messages == []
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=topic.id)
        with pytest.raises(BadRequest, match=r"(?i)topic_id_invalid"):
            await bot.close_forum_topic(forum.id, topic.id)
        with pytest.raises(BadRequest, match=r"(?i)topic_title"):
            await bot.create_forum_topic(forum.id, "x" * 129)

    async def test_rights(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        weak = server.group("Forum", forum=True, members=[amara], bot="member")
        with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
            await bot.create_forum_topic(weak.id, "x")
        topic = await amara.opens_topic(weak, "Offen")
        await amara.closes(topic)
        with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
            await bot.send_message(weak.id, "x", message_thread_id=topic.id)
        group = server.group("Gruppe", members=[amara])
        with pytest.raises(BadRequest, match=r"(?i)not a forum"):
            await bot.create_forum_topic(group.id, "x")

    async def test_members(self, server: BotApiServer, bot: Bot, amara: Person, forum: Room) -> None:
        ben = server.person("Ben")
        assert (await bot.get_chat_member(forum.id, ben.id)).status == "left"
        forum.let_in(ben)
        forum.promote(ben, by=amara)
        owner, me, other = await bot.get_chat_administrators(forum.id)
        assert (owner.status, me.user.id, other.user.id) == ("creator", bot.id, ben.id)
        assert isinstance(me, ChatMemberAdministrator) and me.can_manage_topics
        assert await bot.get_chat_member_count(forum.id) == 3
        assert (await bot.get_chat(forum.id)).is_forum
        with pytest.raises(BadRequest, match=r"(?i)user not found"):
            await bot.get_chat_member(forum.id, 1)
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(ben.id, "x")
        forum.remove_bot(by=amara)
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await bot.send_message(forum.id, "x")
        forum.add_bot(by=amara)
        assert await bot.leave_chat(forum.id)
        with pytest.raises(Forbidden, match="not a member"):
            await bot.send_message(forum.id, "x")

    async def test_privacy_mode_hides_small_talk(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        room = server.group("Gruppe", members=[amara], bot="member")
        await amara.says("nur so", to=room)
        await amara.says("/faelle", to=room)
        asked = await bot.send_message(room.id, "Was?")
        await amara.says("das", to=room, reply_to=room.messages[-1])
        messages = await heard(bot)
        assert [message.text for message in messages] == ["/faelle", "das"]
        answered = messages[-1].reply_to_message
        assert answered is not None and answered.message_id == asked.message_id

    async def test_migration(self, server: BotApiServer, bot: Bot, amara: Person) -> None:
        old = server.group("Gruppe", members=[amara])
        new = old.migrate(by=amara)
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(old.id, "x")
        assert caught.value.new_chat_id == new.id
        assert [message.migrate_to_chat_id for message in await heard(bot)] == [new.id, None]
        await bot.send_message(new.id, "hier")
        assert (await new.receives("hier")).chat_id == new.id
