"""The checklist of papers on Telegram, over HTTP: ticks change the list where it stands, the file opens on a phone."""

from __future__ import annotations

from bot.core.model import Guide
from tests.botapi import Person
from tests.channels.telegram_stage import Stage

CALLBACK_BYTES = 64


def test_every_button_of_the_checklist_fits_into_64_bytes(guide: Guide) -> None:
    answers = [f"papers:answer:{aspect.id}:{value}" for aspect in guide.papers.aspects for value in aspect.values]
    ticks = [f"papers:tick:{paper.id}" for paper in guide.papers.papers]
    begun = [f"papers:entry:{entry}" for entry in guide.papers.entries]
    assert max(len(action.encode()) for action in (*answers, *ticks, *begun)) <= CALLBACK_BYTES


async def test_papers_are_ticked_where_the_list_stands(alone: Stage, amara: Person) -> None:
    await amara.says("/documents")
    await amara.next_message()
    await amara.presses("Adresse anmelden")
    await amara.next_message()
    await amara.presses("Nein")
    shown = await amara.next_message()
    assert "☐ Pässe von allen" in shown.labels
    await amara.presses("☐ Pässe von allen")
    ticked = await amara.receives("1 von 2")
    assert ticked.edited and ticked.id == shown.id
    assert "☑ Pässe von allen" in ticked.labels
    await amara.presses("☐ Wohnungsgeberbestätigung")
    full = await amara.receives("alle 2 Papiere")
    assert full.edited and full.id == shown.id
    await amara.presses("Als Datei")
    file = await amara.next_message()
    assert file.json["document"]["file_name"] == "unterlagen.txt"
    assert [message.id for message in amara.messages].count(shown.id) == 1
