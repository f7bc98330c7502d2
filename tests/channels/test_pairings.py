"""One conversation over all pairings: the newcomer on Telegram or Matrix, the advisers on Telegram or Matrix."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.config import Settings
from bot.core.model import Guide
from tests.botapi import BotApiServer
from tests.channels.pairing_stage import OnMatrix, OnTelegram, Sent, Side, on_both
from tests.homeserver import Homeserver
from tests.homeserver.chat import Chat
from tests.homeserver.people import People
from tests.homeserver.server import Account

pytestmark = pytest.mark.slow
PHOTO = Sent("photo", "zeugnis.jpg", b"\xff\xd8\xff\xe0 a photo", "image/jpeg")
DOCUMENT = Sent("document", "urkunde.pdf", b"%PDF of a newcomer", "application/pdf")
VOICE = Sent("voice", "stimme.ogg", b"OggS a voice", "audio/ogg")
FORM = Sent("document", "formular.pdf", b"%PDF of an adviser", "application/pdf")
SIGNPOST = Sent("photo", "eingang.jpg", b"\xff\xd8\xff\xe0 an entrance", "image/jpeg")
ANSWER = Sent("voice", "antwort.ogg", b"OggS an answer", "audio/ogg")
MESSENGERS = ("telegram", "matrix")


@pytest.fixture
async def account(homeserver: Homeserver) -> Account:
    """The bot's account on Matrix."""
    return await asyncio.to_thread(homeserver.register, "Lotse")


@pytest.fixture(params=MESSENGERS)
async def newcomer(request: pytest.FixtureRequest, telegram: BotApiServer, people: People) -> Side:
    """Somebody who speaks German with the bot."""
    if request.param == "telegram":
        return OnTelegram(telegram, telegram.person("Amara", language_code="de"))
    return OnMatrix(Chat(await people("Amara"), ""))


@pytest.fixture(params=MESSENGERS)
async def adviser(request: pytest.FixtureRequest, telegram: BotApiServer, people: People, account: Account) -> Side:
    """Somebody in the advisers' room."""
    if request.param == "telegram":
        maria: Any = telegram.person("Maria", language_code="de")
        return OnTelegram(telegram, maria, telegram.group("Beratung", forum=True, members=[maria]))
    maria = await people("Maria")
    return OnMatrix(await maria.start_room("Beratung", [account.user_id]))


async def test_a_case_is_the_same_over_every_pairing(
    newcomer: Side, adviser: Side, telegram: BotApiServer, account: Account, settings: Settings, guide: Guide
) -> None:
    async with on_both(telegram, account, settings, guide, adviser.address):
        await opens_case(newcomer, account.user_id)
        await adviser.finds_case()
        await newcomer.says("Ich habe noch eine Frage zu meinem Diplom.")
        await adviser.hears("zu meinem Diplom")

        written = await adviser.says("Guten Tag! Welches Diplom?")
        await adviser.hears("übernommen von Maria")
        await newcomer.hears("Welches Diplom?")
        await adviser.sees_tick(written)
        await adviser.edits(written, "Guten Tag! Welcher Abschluss?")
        await newcomer.hears("Welcher Abschluss?")
        await newcomer.sees_no_more("Welches Diplom?")

        said = await newcomer.says("Maschinenbau.")
        await adviser.hears("Maschinenbau.")
        await newcomer.edits(said, "Maschinenbau, Master.")
        await adviser.hears("Maschinenbau, Master.")

        await files_go_both_ways(newcomer, adviser)
        await newcomer.points_at(50.7753, 6.0839)
        await adviser.gets_place(50.7753, 6.0839)
        await adviser.points_at(50.7766, 6.0834)
        await newcomer.gets_place(50.7766, 6.0834)

        await adviser.commands("say Begrüßung")
        await newcomer.hears("kümmere mich darum")
        await adviser.commands("close Alles Gute für Sie!")
        await adviser.hears("beendet")
        await newcomer.hears("Alles Gute für Sie!")
        await newcomer.presses("Gespräch fortsetzen")
        await newcomer.hears("wieder offen")
        await adviser.hears("wieder offen")
        await adviser.presses("Übernehmen")
        await newcomer.hears("für Sie da")
        await newcomer.says("Danke, jetzt weiß ich alles.")
        await adviser.hears("jetzt weiß ich alles")

        await newcomer.commands("delete")
        await newcomer.hears("wirklich alles löschen")
        await newcomer.presses("Ja, alles löschen")
        await newcomer.hears("gelöscht")
        await adviser.hears_in_room("hat alle ihre Daten gelöscht")
        for words in ("jetzt weiß ich alles", "Maschinenbau", "zu meinem Diplom", "🙋"):
            await adviser.sees_no_more(words)


async def opens_case(newcomer: Side, bot: str) -> None:
    """The newcomer asks something in German, then for a person, and consents."""
    await newcomer.begins(bot)
    await newcomer.says("Wer erkennt meinen Abschluss als Krankenpfleger an?")
    await newcomer.hears("Bezirksregierung")
    await newcomer.commands("human")
    await newcomer.hears("einverstanden")
    await newcomer.presses("Ja, weitergeben")
    await newcomer.hears("Nummer")


async def files_go_both_ways(newcomer: Side, adviser: Side) -> None:
    """Photos, documents and voice messages arrive as they were sent, with the words under them."""
    for sender, reader, files in ((newcomer, adviser, (PHOTO, DOCUMENT)), (adviser, newcomer, (SIGNPOST, FORM))):
        for file in files:
            await sender.sends(file, caption=f"Das ist {file.name}")
            await reader.hears(f"Das ist {file.name}")
            await reader.gets(file)
    await newcomer.sends(VOICE)
    await adviser.gets(VOICE)
    await adviser.sends(ANSWER)
    await newcomer.gets(ANSWER)
