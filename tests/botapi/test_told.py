"""What the local server tells the bot conforms to the published API as well."""

from __future__ import annotations

import aiogram.types
import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.botapi import TOKEN, BotApiServer
from tests.botapi.checks import unknown_field
from tests.botapi.clients import bot_at


async def test_updates_and_messages_are_of_published_types() -> None:
    async with BotApiServer() as server, bot_at(server) as bot:
        amara = server.person("Amara")
        forum = server.group("Beratung", forum=True, members=[amara])
        claim = InlineKeyboardMarkup([[InlineKeyboardButton("Claim", callback_data="claim:7")]])
        topic = await amara.opens_topic(forum, "Fall 7")
        for place in (None, forum, topic):
            for sends in (amara.sends_photo, amara.sends_voice, amara.sends_document, amara.sends_sticker):
                await sends(to=place)
            await amara.sends_location(50.7, 6.1, to=place)
            await amara.sends_contact("+49 241 1", to=place)
            await amara.edits(await amara.says("/start https://aachen.de", to=place), "fertig")
        await bot.send_message(amara.id, "<b>x</b>", parse_mode="HTML", reply_markup=claim)
        await bot.send_venue(forum.id, 50.77, 6.08, "Rathaus", "Markt", message_thread_id=topic.id)
        for send in (bot.send_video, bot.send_audio, bot.send_animation, bot.send_video_note):
            await send(amara.id, b"content")
        await bot.forward_message(amara.id, forum.id, topic.messages[-1].id)
        await amara.presses("Claim")
        await amara.closes(topic)
        await amara.reopens(topic)
        server.group("Gruppe", members=[amara]).migrate(by=amara)
        await amara.blocks_bot()
        async with httpx.AsyncClient() as client:
            told = (await client.get(f"{server.url}/bot{TOKEN}/getUpdates")).json()["result"]
        for update in told:
            assert unknown_field(aiogram.types.Update.model_validate(update)) is None, update
        for chat in server.world.chats.values():
            for message in chat.messages.values():
                assert unknown_field(aiogram.types.Message.model_validate(message)) is None, message
        assert len(told) > 25 and server.violations == []
