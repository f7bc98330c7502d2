"""The path to the right authority on Telegram, over HTTP: typing with mistakes, then buttons."""

from __future__ import annotations

from bot.core.model import Guide
from tests.botapi import Person
from tests.channels.telegram_stage import Stage

CALLBACK_BYTES = 64


def test_every_button_of_the_path_fits_into_64_bytes(guide: Guide) -> None:
    answers = [f"recognition:set:occupation:{each}" for each in guide.occupations.by_id]
    begun = [f"recognition:begin:{each}" for each in guide.occupations.by_id]
    assert max(len(action.encode()) for action in (*answers, *begun)) <= CALLBACK_BYTES


async def test_an_educator_gets_to_the_authority_of_her_country_of_training(alone: Stage, amara: Person) -> None:
    await amara.says("/recognition")
    assert "Was haben Sie gelernt?" in (await amara.next_message()).text
    await amara.says("Ertzieherin")
    assert "In welchem Land" in (await amara.next_message()).text
    await amara.says("Ukrane")
    await amara.next_message()
    await amara.presses("Schon in Deutschland")
    result = await amara.next_message()
    assert "Bezirksregierung Detmold" in result.text
    await amara.presses("Meine Checkliste")
    assert "EWR oder Schweiz" in (await amara.next_message()).text
