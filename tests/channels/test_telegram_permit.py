"""The path to a residence permit on Telegram, over HTTP: by buttons and by typing."""

from __future__ import annotations

from bot.core.model import Guide
from tests.botapi import Message, Person
from tests.channels.telegram_stage import Stage

CALLBACK_BYTES = 64


def test_every_button_of_the_path_fits_into_64_bytes(guide: Guide) -> None:
    answers = [f"permit:answer:{aspect.id}:{value}" for aspect in guide.permits.aspects for value in aspect.values]
    begun = [f"permit:begin:{entry}" for entry in guide.permits.entries]
    assert max(len(action.encode()) for action in (*answers, *begun)) <= CALLBACK_BYTES


async def answered(person: Person, button: str) -> Message:
    await person.presses(button)
    return await person.next_message()


async def test_an_engineer_gets_to_the_blue_card_by_buttons_and_typing(alone: Stage, amara: Person) -> None:
    await amara.says("/start")
    await amara.next_message()
    await amara.says("Blaue Karte Gehalt")
    assert "Welcher Aufenthaltstitel passt?" in (await amara.next_message()).labels
    assert "Staatsangehörigkeit" in (await answered(amara, "Welcher Aufenthaltstitel passt?")).text
    await amara.says("Indien")
    await amara.next_message()
    for button in ("Im Ausland", "Studium im Ausland", "Ja, voll oder vergleichbar", "Ja: Technik, Naturwissenschaft"):
        question = await answered(amara, button)
    assert "Wie alt" in question.text
    await amara.says("34")
    assert "Bruttogehalt" in (await amara.next_message()).text
    await amara.says("3900 im Monat")
    result = await amara.next_message()
    figures = result.text.replace("\u00a0", " ")
    assert "Blaue Karte EU" in figures and "45.934,20 €" in figures and "46.800 € brutto im Jahr" in figures
    assert "Orientierung, keine Entscheidung" in result.text
    assert "text_link" in [entity["type"] for entity in result.json["entities"]]
