"""What of a room's history is answered, and which rooms are followed."""

from __future__ import annotations

from typing import Any

import pytest
from nio import Event

from bot.channels.matrix_rooms import names_predecessor, since_invitation, successor

ME, AMARA = "@lotse:localhost", "@amara:localhost"


def an_event(name: str, kind: str, content: dict[str, Any], **more: Any) -> Any:
    return Event.parse_event(
        {"event_id": f"${name}", "type": kind, "sender": AMARA, "origin_server_ts": 1, "content": content, **more}
    )


def member(name: str, who: str, membership: str, before: str | None = None) -> Any:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    return an_event(name, "m.room.member", {"membership": membership}, state_key=who, unsigned=unsigned)


def said(name: str) -> Any:
    return an_event(name, "m.room.message", {"msgtype": "m.text", "body": name})


INVITE, JOIN = member("invite", ME, "invite"), member("join", ME, "join", before="invite")
RENAMED = member("renamed", ME, "join", before="join")
EARLIER, EARLY, LATE = said("earlier"), said("early"), said("late")


@pytest.mark.parametrize(
    ("events", "before_joining", "joined", "answered"),
    [
        ([EARLIER, INVITE, EARLY, JOIN, LATE], True, True, ["early", "late"]),
        ([EARLIER, INVITE, EARLY, JOIN, LATE], False, True, ["late"]),
        ([EARLY, JOIN, LATE], True, True, ["early", "late"]),
        ([EARLY, member("amara", AMARA, "join"), RENAMED, LATE], True, False, ["early", "late"]),
        ([INVITE, EARLIER, JOIN, member("out", ME, "leave"), INVITE, EARLY, JOIN, LATE], True, True, ["early", "late"]),
        ([], True, False, []),
    ],
)
def test_what_was_said_since_the_invitation_is_answered(
    events: list[Any], before_joining: bool, joined: bool, answered: list[str]
) -> None:
    own, rest = since_invitation(events, ME, before_joining)
    assert (own is not None) == joined
    assert [event.body for event in rest if event.source["type"] == "m.room.message"] == answered


def test_a_room_is_followed_only_where_both_ends_say_so() -> None:
    tombstone = an_event("end", "m.room.tombstone", {"body": "moved", "replacement_room": "!new"}, state_key="")
    assert successor(tombstone.source) == "!new"
    assert successor(said("x").source) is None
    assert successor({"type": "m.room.tombstone", "content": {"replacement_room": 5}}) is None
    created = an_event("begin", "m.room.create", {"predecessor": {"room_id": "!old"}, "creator": AMARA}, state_key="")
    assert names_predecessor([said("x"), created], "!old")
    assert not names_predecessor([created], "!other")
    assert not names_predecessor([said("x")], "!old")
