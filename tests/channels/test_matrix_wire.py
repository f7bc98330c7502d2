"""Matrix's wire both ways, without a homeserver: events as clients send them, and what is sent for every reply."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import matrix_wire as wire
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Choice,
    Content,
    Edit,
    File,
    Medium,
    MessageRef,
    Place,
    Redaction,
    Reply,
    Sender,
    Utterance,
)
from tests.channels.test_contract import replies

ME, AMARA = "@lotse:localhost", "@amara:localhost"
ROOM = "!1PXX6_M0O-of-version-12"  # such an id has no server name
LARGEST_EVENT = 65_536  # bytes, Client-Server API, "Size limits"
BASE64, ENVELOPE = 4 / 3, 2000  # what encrypting adds


def an_event(content: Any, kind: str = "m.room.message", sender: str = AMARA) -> dict[str, Any]:
    return {"type": kind, "event_id": "$1", "sender": sender, "origin_server_ts": 1, "content": content}


def text(body: str, **more: Any) -> dict[str, Any]:
    return an_event({"msgtype": "m.text", "body": body, **more})


def read(event: dict[str, Any]) -> Content | None:
    incoming = wire.parse(event, ME, ROOM, "Amara", private=True)
    return incoming.content if incoming else None


# --- what came in ---


def test_an_incoming_has_all_that_belongs_to_it() -> None:
    incoming = wire.parse(text("Guten Tag"), ME, ROOM, " Ama\nra\u202e ", private=True)
    assert incoming is not None
    assert incoming.uid == "matrix:@lotse:localhost:$1"
    assert incoming.origin == Address("matrix", ROOM)
    assert Address.parse(str(incoming.origin)) == incoming.origin
    assert (incoming.sender, incoming.message) == (Sender(f"matrix:{AMARA}", "Ama ra"), "$1")
    assert incoming.private and incoming.locale is None and incoming.reply_to is None


REPLY = {"m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}
CHANGE = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}
MESSAGES: list[tuple[dict[str, Any], Content | None]] = [
    (text("Hallo"), Utterance("Hallo")),
    (text("winkt") | {"content": {"msgtype": "m.emote", "body": "winkt"}}, Utterance("winkt")),
    (text("> <@lotse:localhost> Antwort\n> mehr\n\nDanke", **REPLY), Utterance("Danke")),
    (text("> kein Zitat, nur ein Pfeil"), Utterance("> kein Zitat, nur ein Pfeil")),
    (text("* neu", **CHANGE, **{"m.new_content": {"msgtype": "m.text", "body": "neu"}}), Edit("neu")),
    (text("* neu", **CHANGE), None),
    (an_event({"msgtype": "m.notice", "body": "I am a bot"}), None),
    (text("eigenes") | {"sender": ME}, None),
    (an_event({"msgtype": "m.image", "body": "foto.jpg", "url": "mxc://x/y"}), Attachment("photo")),
    (
        an_event({"msgtype": "m.image", "body": "Mein Zeugnis", "filename": "foto.jpg"}),
        Attachment("photo", "Mein Zeugnis"),
    ),
    (an_event({"msgtype": "m.file", "body": "a.pdf", "filename": "a.pdf", "file": {}}), Attachment("document")),
    (an_event({"msgtype": "m.audio", "body": "x", "org.matrix.msc3245.voice": {}}), Attachment("voice")),
    (an_event({"msgtype": "m.audio", "body": "x"}), Attachment("audio")),
    (an_event({"msgtype": "m.video", "body": "x"}), Attachment("video")),
    (an_event({"msgtype": "m.location", "body": "hier", "geo_uri": "geo:50,6"}), Attachment("location")),
    (an_event({"body": "hi", "url": "mxc://x/y"}, "m.sticker"), Attachment("sticker")),
    (an_event({"m.poll": {}}, "m.poll.start"), Attachment("other")),
    (an_event({"msgtype": "m.key.verification.request", "body": "verify"}), None),
    (an_event({"membership": "join"}, "m.room.member"), None),
    (an_event({}, "m.room.redaction"), None),
    (an_event({}), None),
]


@pytest.mark.parametrize(("event", "content"), MESSAGES)
def test_every_kind_of_message_is_understood(event: dict[str, Any], content: Content | None) -> None:
    found = read(event)
    if isinstance(found, Attachment):
        assert (found.medium is None) == (found.kind in ("location", "other"))
        assert (found.place is None) == (found.kind != "location")
        found = replace(found, medium=None, place=None)
    assert found == content


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("geo:50.77,-6.08", Place("", "", 50.77, -6.08)),
        ("geo:50.77,6.08,120;u=35", Place("", "", 50.77, 6.08)),
        ("geo:91,6", None),
        ("geo:x,y", None),
        (5, None),
    ],
)
def test_a_place_is_where_the_message_says(uri: object, place: Place | None) -> None:
    content = read(an_event({"msgtype": "m.location", "body": "hier", "geo_uri": uri}))
    assert content == Attachment("location", place=place)


def test_a_file_is_known_by_its_name_and_the_message_that_brought_it() -> None:
    content = read(an_event({"msgtype": "m.file", "body": "../../a\n b.pdf"}))
    assert isinstance(content, Attachment)
    assert content.medium == Medium("matrix", f"{ROOM} $1", "a b.pdf")


def test_a_changed_message_keeps_its_id() -> None:
    changed = text("* neu", **CHANGE, **{"m.new_content": {"msgtype": "m.text", "body": "neu"}})
    incoming = wire.parse(changed, ME, ROOM, "", private=True)
    assert incoming is not None and incoming.message == "$0"
    assert incoming.sender.name == "amara"


@pytest.mark.parametrize("event", [{"redacts": "$0", "content": {}}, {"content": {"redacts": "$0"}}])
def test_a_redaction_names_the_message_that_is_taken_back(event: dict[str, Any]) -> None:
    incoming = wire.parse(an_event({}, "m.room.redaction") | event, ME, ROOM, "Amara", private=True)
    assert incoming is not None
    assert (incoming.uid[-2:], incoming.message, incoming.content) == ("$1", "$0", Redaction())


def test_a_redaction_of_nothing_is_passed_over() -> None:
    assert read(an_event({"redacts": 7}, "m.room.redaction")) is None


def test_a_message_in_a_thread_is_no_reply_unless_it_says_so() -> None:
    thread: dict[str, Any] = {"rel_type": "m.thread", "event_id": "$card", "m.in_reply_to": {"event_id": "$card"}}
    for falling_back, reply_to in ((True, None), (False, "$card")):
        relation = {"m.relates_to": {**thread, "is_falling_back": falling_back}}
        incoming = wire.parse(text("Guten Tag", **relation), ME, ROOM, "Maria", private=False)
        assert incoming is not None
        assert (incoming.origin.thread, incoming.reply_to) == ("$card", reply_to)


KEPT = wire.text_content(
    wire.Part(
        "x", "x", (Button("Anmeldung", "show:registration"), Button("👍", "helpful:x"), Button("👎", "unhelpful:x"))
    )
)


@pytest.mark.parametrize(
    ("sign", "action"),
    [
        ("1\ufe0f\u20e3", "show:registration"),
        ("2\u20e3", "helpful:x"),
        ("3", "unhelpful:x"),
        ("👍", "helpful:x"),
        ("👍🏿", "helpful:x"),
        ("👎\ufe0f", "unhelpful:x"),
        ("4\ufe0f\u20e3", None),
        ("0\ufe0f\u20e3", None),
        ("\U0001f51f", None),
        ("❤️", None),
        ("\ufe0f", None),
        ("²", None),
        ("Anmeldung", "show:registration"),
    ],
)
def test_a_reaction_presses_the_button_that_it_shows(sign: str, action: str | None) -> None:
    assert wire.pressed(KEPT, sign) == action


def test_the_tenth_button_has_an_emoji_of_its_own() -> None:
    buttons = tuple(Button(f"b{n}", f"do:{n}") for n in range(1, 12))
    content = wire.text_content(wire.Part("x", "x", buttons))
    assert wire.pressed(content, "\U0001f51f") == "do:10"
    assert wire.pressed(content, "11") == "do:11"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
relations = st.dictionaries(
    st.sampled_from(["rel_type", "event_id", "key", "m.in_reply_to", "is_falling_back"]),
    st.sampled_from(["m.replace", "m.thread", "m.annotation", "$0"]) | anything,
)
contents = st.dictionaries(
    st.sampled_from(["msgtype", "body", "filename", "m.new_content", "m.relates_to", wire.BUTTONS]),
    st.sampled_from(["m.text", "m.image", "m.audio", "m.notice"]) | relations | anything,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["m.room.message", "m.reaction", "m.sticker", "m.poll.start"]) | anything,
        "event_id": st.just("$1") | anything,
        "sender": st.sampled_from([AMARA, ME]) | anything,
        "content": contents | anything,
        "unsigned": anything,
    },
)


@given(events)
def test_whatever_comes_in_is_read_or_passed_over(event: dict[str, Any]) -> None:
    incoming = wire.parse(event, ME, ROOM, "Amara", private=True)
    assert incoming is None or not isinstance(incoming.content, Choice)
    wire.reaction(event)
    wire.latest_change(event)
    wire.pressed(wire.newest_content(event), "1")
    wire.copied_content(wire.newest_content(event))


# --- what is said ---


@given(reply=replies)
def test_every_message_fits_and_says_the_same_in_both_forms(reply: Reply) -> None:
    for part in wire.render(reply):
        if part.file or part.place or part.copy:
            continue
        content = wire.text_content(part)
        assert content["body"].strip() and content["formatted_body"].strip()
        for sent in (wire.in_thread(content, "$root" * 10), wire.as_change(content, "$root" * 10)):
            assert len(json.dumps(sent).encode()) * BASE64 + ENVELOPE < LARGEST_EVENT
    if reply.copy is None and reply.buttons:
        texts = [part for part in wire.render(reply) if part.body]
        assert all(part.buttons == reply.buttons for part in texts)
        assert "1\ufe0f\u20e3" in texts[-1].body


def test_the_longest_texts_of_all_scripts_fit() -> None:
    for letter in ("a", "ä", "漢", "🙂", "&", '"', "<"):
        for part in wire.render(Reply(letter * 9000, (Button("x", "y"),))):
            size = len(json.dumps(wire.as_change(wire.text_content(part), "$root")))
            assert size * BASE64 + ENVELOPE < LARGEST_EVENT, letter


def test_buttons_are_a_numbered_list_under_the_text() -> None:
    buttons = (
        Button("Anmeldung", "show:registration"),
        Button("Film & Ton", "show:x", url="https://example.org/?a=1&b=2"),
    )
    (part,) = wire.render(Reply("**Wie** weiter?", buttons))
    assert part.body == "Wie weiter?\n\n1️⃣ Anmeldung\n2️⃣ Film & Ton (https://example.org/?a=1&b=2)"
    assert part.html == (
        "<strong>Wie</strong> weiter?<br><br>1️⃣ Anmeldung<br>"
        '2️⃣ <a href="https://example.org/?a=1&amp;b=2">Film &amp; Ton</a>'
    )


def test_commands_are_shown_as_they_are_written_on_matrix() -> None:
    said = "/help oder (/human), aber und/help und https://x.org/help und \\/help und /etc"
    (part,) = wire.render(Reply(said), commands=("help", "human"))
    assert part.body == "!help oder (!human), aber und/help und https://x.org/help und /help und /etc"


def test_who_is_meant_is_mentioned_and_nobody_else() -> None:
    (part,) = wire.render(Reply("Neues", mention=Sender("matrix:@maria:localhost", "Maria")))
    content = wire.text_content(part)
    assert content["m.mentions"] == {"user_ids": ["@maria:localhost"]}
    assert content["body"] == "Maria: Neues" and "https://matrix.to/#/%40maria%3Alocalhost" in content["formatted_body"]
    (part,) = wire.render(Reply("@room Neues", mention=Sender("telegram:11", "Maria")))
    assert wire.text_content(part)["m.mentions"] == {}


def test_a_place_is_a_pin_and_a_file_comes_after_the_text() -> None:
    place, file = Place("Haus", "Markt 1", 50.77, 6.08), File("a.ics", b"x")
    parts = wire.render(Reply("Kommen Sie", place=place, file=file))
    assert [(bool(p.body), p.place, p.file) for p in parts] == [
        (True, None, None),
        (False, place, None),
        (False, None, file),
    ]
    pin = wire.place_content(place)
    assert (pin["geo_uri"], pin["body"]) == ("geo:50.770000,6.080000", "Haus, Markt 1")
    sent = wire.file_content(file, "text/calendar", {"url": "mxc://x/y"})
    assert (sent["body"], sent["info"]["size"], sent["url"]) == ("a.ics", 1, "mxc://x/y")


def test_a_copy_leaves_behind_what_it_was_related_to() -> None:
    content = {
        "msgtype": "m.image",
        "body": "x",
        "file": {"url": "mxc://x/y"},
        "m.relates_to": {},
        "m.mentions": {"room": True},
    }
    assert wire.copied_content(content) == {
        "msgtype": "m.image",
        "body": "x",
        "file": {"url": "mxc://x/y"},
        "m.mentions": {},
    }
    assert wire.render(Reply("", copy=MessageRef(Address("matrix", ROOM), "$1")))[0].copy is not None


# --- refusals ---


@pytest.mark.parametrize(
    ("code", "status", "wait", "is_it"),
    [
        ("M_LIMIT_EXCEEDED", 429, 1500, {"retry_after": 1.5}),
        ("M_LIMIT_EXCEEDED", 429, None, {"retry_after": 5.0}),
        (None, 429, None, {"retry_after": 5.0}),
        ("M_FORBIDDEN", 403, None, {"gone": True}),
        ("M_NOT_FOUND", 404, None, {"gone": True}),
        ("M_UNKNOWN_TOKEN", 401, None, {"temporary": True}),
        ("M_UNKNOWN", 502, None, {"temporary": True}),
        (None, 504, None, {"temporary": True}),
        (None, 0, None, {"temporary": True}),
        ("M_TOO_LARGE", 413, None, {}),
        ("M_BAD_JSON", 400, None, {}),
    ],
)
def test_a_refusal_says_what_to_do(code: str | None, status: int, wait: int | None, is_it: dict[str, Any]) -> None:
    error = wire.failure(code, "no answer", status, wait)
    kinds = {"retry_after": error.retry_after, "gone": error.gone, "temporary": error.temporary}
    assert {name: value for name, value in kinds.items() if value} == is_it


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("M_FORBIDDEN", "left"),
        ("M_USER_DEACTIVATED", "deleted"),
        ("M_TOO_LARGE", "too_large"),
        ("M_BAD_JSON", "refused"),
    ],
)
def test_a_refusal_says_why_to_advisers(code: str, why: str) -> None:
    assert wire.failure(code, "no answer", 400).why == why
