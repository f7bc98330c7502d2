"""A newcomer's conversation on Telegram, over HTTP: greeting, answers, buttons, commands."""

from __future__ import annotations

import json

from bot.core.model import Guide
from tests.botapi import BotApiServer, Fault, Message, Person
from tests.channels.telegram_stage import Stage, menus, soon

CALLBACK_BYTES = 64


async def greeted(newcomer: Person) -> Message:
    await newcomer.says("/start")
    return await newcomer.next_message()


async def test_the_greeting_offers_topics_and_languages(alone: Stage, amara: Person) -> None:
    greeting = await greeted(amara)
    assert "Willkommen" in greeting.text and "/privacy" in greeting.text
    assert "Wohnung anmelden" in greeting.labels and "English" in greeting.labels
    await amara.presses("English")
    chosen = await amara.next_message()
    assert "I will write in English" in chosen.text and "Register your address" in chosen.labels
    await amara.says("/help")
    assert "What I can do" in (await amara.next_message()).text


async def test_the_greeting_speaks_the_language_that_telegram_is_set_to(alone: Stage, telegram: BotApiServer) -> None:
    for code, word in (("de", "Willkommen"), ("de-AT", "Willkommen"), ("en", "Welcome"), ("tlh", "Welcome")):
        assert word in (await greeted(telegram.person(f"Newcomer {code}", language_code=code))).text


async def test_an_answer_has_a_title_sources_and_buttons(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    await amara.presses("Wohnung anmelden")
    answer = await amara.next_message()
    kinds = [entity["type"] for entity in answer.json["entities"]]
    assert answer.json["entities"][0]["offset"] == 0 and kinds[0] == "bold" and "text_link" in kinds
    assert "Quellen" in answer.text and "Geprüft am" in answer.text
    assert answer.labels[-3:] == ["👍", "👎", "Mit einem Menschen sprechen"]
    assert answer.json["link_preview_options"] == {"is_disabled": True}
    for number in (1, "👍"):
        await amara.presses(number, on=answer)
        await amara.next_message()
    assert "freue mich" in amara.chat[-1].text or "Danke" in amara.chat[-1].text


def test_every_button_that_names_an_entry_fits_into_64_bytes(guide: Guide) -> None:
    longest = max(guide.knowledge.entries, key=lambda entry: len(entry.encode()))
    assert len(f"unhelpful:{longest}".encode()) <= CALLBACK_BYTES


async def test_a_pressed_button_is_answered_at_once_even_when_the_reply_takes_long(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    alone.server.inject(Fault("sendMessage", "slow", delay=0.6))
    press = await amara.presses("Wohnung anmelden")
    assert await press.answer(within=0.5) == {}
    assert "Quellen" in (await amara.next_message()).text


async def test_a_press_that_is_too_old_to_be_answered_still_works(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    (await amara.presses("Wohnung anmelden")).expires()
    assert "Quellen" in (await amara.next_message()).text


async def test_buttons_of_old_messages_still_work(alone: Stage, amara: Person) -> None:
    first = await greeted(amara)
    for command in ("/help", "/events"):
        await amara.says(command)
        await amara.next_message()
    await amara.presses("Deutschkurs", on=first)
    assert "Quellen" in (await amara.next_message()).text


async def test_buttons_that_mean_nothing_any_more_say_so(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    await amara.says("/delete")
    question = await amara.next_message()
    await amara.presses("Nein, behalten")
    await amara.next_message()
    await amara.presses("Ja, alles löschen", on=question)
    assert "älteren Nachricht" in (await amara.next_message()).text
    for forgotten in ("gone", "gone:thing", "show:no-such-entry", "language:tlh", "case:1:claim"):
        alone.server.world.press(amara.id, question.json, forgotten)
        assert (await amara.next_message()).text


async def test_a_typed_number_or_label_presses_the_button(alone: Stage, amara: Person) -> None:
    greeting = await greeted(amara)
    place = greeting.labels.index("Wohnung anmelden") + 1
    await amara.says(f"{place}.")
    answer = await amara.next_message()
    assert "Quellen" in answer.text
    await amara.says(answer.labels[-1].upper())
    assert "einverstanden" in (await amara.next_message()).text or "verbinden" in amara.chat[-1].text


async def test_commands(alone: Stage, amara: Person) -> None:
    for command, sign in (
        ("/help", "Das kann ich"),
        ("/help@lotse_test_bot", "Das kann ich"),
        ("/HELP@Lotse_Test_Bot please", "Das kann ich"),
        ("!privacy", "Was ich speichere"),
        ("/language", "Welche Sprache"),
        ("/nonsense", "Das kann ich"),
        ("/help@other_bot", "Das kann ich"),
        ("/", ""),
    ):
        await amara.says(command)
        assert sign in (await amara.next_message()).text, command


async def test_a_corrected_message_is_answered_anew(alone: Stage, amara: Person) -> None:
    message = await amara.says("/hlep")
    await amara.next_message()
    await amara.edits(message, "/privacy")
    assert "Was ich speichere" in (await amara.next_message()).text


async def test_the_command_menu_is_set_in_every_language(alone: Stage, guide: Guide) -> None:
    scope = json.dumps({"type": "default"})
    shown = {language: entries for (where, language), entries in alone.server.world.commands.items() if where == scope}
    expected = {
        language: [{"command": name, "description": words} for name, words in menu]
        for language, menu in menus(guide).items()
    }
    assert shown == {**expected, "": expected["en"]}


async def test_the_assistant_shows_that_it_is_writing(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    actions = alone.server.world.chats[amara.id].actions
    await soon(lambda: actions)
    assert actions == ["typing"]


async def test_the_stored_data_arrive_as_a_file(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    await amara.says("/mydata")
    message = await amara.next_message()
    assert message.kind == "document" and "/delete" in message.text
    stored = alone.server.world.files.by_id(message.json["document"]["file_id"], "")
    assert json.loads(stored.content)["address"] == f"telegram:{amara.id}"
    assert stored.filename == "lotse-data.json"


async def test_deletion_asks_first(alone: Stage, amara: Person) -> None:
    await greeted(amara)
    await amara.says("/delete")
    await amara.next_message()
    await amara.presses("Ja, alles löschen")
    assert "Erledigt" in (await amara.next_message()).text


async def test_events_can_be_subscribed_to(alone: Stage, amara: Person) -> None:
    await amara.says("/events")
    assert "Erinnern Sie mich" in (await amara.next_message()).labels
    await amara.presses("Erinnern Sie mich")
    assert "Ich erinnere Sie" in (await amara.next_message()).text
    await amara.says("/stop")
    assert "keine Erinnerungen mehr" in (await amara.next_message()).text


async def test_bots_and_groups_other_than_the_advisers_room_are_not_answered(
    alone: Stage, telegram: BotApiServer, amara: Person
) -> None:
    other = telegram.group("Nachbarn", members=[amara])
    await amara.says("/start", to=other)
    await amara.says("Wie melde ich mich an?", to=other)
    await amara.sends_photo(to=other)
    bot = telegram.person("Other bot")
    bot.user["is_bot"] = True
    await bot.says("/start")
    await greeted(amara)
    await soon(lambda: telegram.updates.pending == 0)
    assert [sent.chat_id for sent in telegram.sent] == [amara.id]
