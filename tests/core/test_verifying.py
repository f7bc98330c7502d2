"""Who wants to verify the bot is told its keys, in their own chat and in the advisers' room."""

from __future__ import annotations

from bot.core.assistant import respond
from bot.core.model import Address, Conversation, Guide, Verification
from bot.markup import parse, plain_text
from tests.core.scenes import AMARA, ROOM, a_conversation, from_newcomer, from_room, said_to

KEYS = Verification("LTSDVC", "abcd e_fg *hij", "klmn opqr")


def test_the_keys_are_told_letter_for_letter(guide: Guide) -> None:
    for turn, chat in ((from_newcomer(KEYS), AMARA), (from_room(KEYS), ROOM)):
        (text,) = said_to(respond(turn, guide), chat)
        shown = plain_text(parse(text)).splitlines()
        for key in (KEYS.device, KEYS.fingerprint, KEYS.identity):
            assert [line for line in shown if line.endswith(f": {key}")], "on a line of its own"


def test_each_reads_them_in_their_language(guide: Guide) -> None:
    german = from_newcomer(KEYS, a_conversation(language="de"))
    assert "Identität" in said_to(respond(german, guide), AMARA)[0]
    unknown = from_newcomer(KEYS, Conversation(Address("telegram", "1")), locale=None)
    assert "Identity" in said_to(respond(unknown, guide), AMARA)[0]
