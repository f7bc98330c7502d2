"""Matrix's wire: events become incomings, replies become message contents, refusals become SendErrors. Pure.

Rules of the wire: https://spec.matrix.org/v1.16/client-server-api/ (rooms, events, relations, "Instant Messaging")
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import quote

from bot.channels import SendError
from bot.core.model import (
    Address,
    Attachment,
    Button,
    Content,
    Edit,
    File,
    Incoming,
    Medium,
    MessageRef,
    Place,
    Redaction,
    Reply,
    Sender,
    Utterance,
)
from bot.markup import Block, matrix_html, plain_text, split
from bot.markup import parse as parse_markup

Event = Mapping[str, Any]

BUTTONS = "de.aachen.lotse.buttons"
"""Where a message of ours carries its buttons, [[label, action], ...]: a reaction is understood by reading them."""

LONGEST_TEXTS = (4000, 2000, 1000, 500)  # UTF-16 units; the first with which every message fits into an event
LARGEST_CONTENT = 47_000  # bytes of JSON before encryption; an event may have 65,536, and Base64 adds a third
NAME_LETTERS = 60  # of a display name; more is no name
DEFAULT_WAIT = 5.0  # seconds to wait when a server asks to slow down and does not say for how long
_KINDS = {"m.image": "photo", "m.video": "video", "m.audio": "audio", "m.file": "document", "m.location": "location"}
_SHOWN_AS = {"image": "m.image", "audio": "m.audio", "video": "m.video"}
_POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")
_VOICE = ("org.matrix.msc3245.voice", "org.matrix.msc3245.voice.v2", "m.voice")
_QUOTE = re.compile(r"\A(?:> ?.*\n)+\n?")
_SKIN_AND_VARIANT = re.compile("[\\U0001F3FB-\\U0001F3FF\\uFE0E\\uFE0F]")
_COMMAND = re.compile(r"(?<![\w/\\.:])/([a-z]+)\b")
_GEO = re.compile(r"geo:(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)")
_KEYCAP = "\u20e3"
_GONE = ("M_FORBIDDEN", "M_NOT_FOUND", "M_USER_DEACTIVATED", "M_INCOMPATIBLE_ROOM_VERSION")
_WHY = {"M_TOO_LARGE": "too_large", "M_USER_DEACTIVATED": "deleted"}
_LATER = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_USER_SUSPENDED")


@dataclass(frozen=True, slots=True)
class Part:
    """One message to Matrix: text in its two forms, or a file, place or copy; with the buttons of the whole reply."""

    body: str = ""
    html: str = ""
    buttons: tuple[Button, ...] = ()
    file: File | None = None
    place: Place | None = None
    copy: MessageRef | None = None
    mention: Sender | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Reaction:
    """Somebody reacted to a message with an emoji (or another short text)."""

    message: str
    sign: str


# --- what came in ---------------------------------------------------------------------------------


def uid_of(event: Event, me: str) -> str:
    """What an incoming is remembered by, so that it is dealt with once."""
    return f"matrix:{me}:{event.get('event_id')}"


def parse(event: Event, me: str, room: str, name: str, private: bool) -> Incoming | None:
    """What came in, or None for what is not meant for the assistant: its own messages, notices of bots, state.

    `name` is the sender's display name in the room; the event is in clear.
    """
    sender, event_id = event.get("sender"), event.get("event_id")
    if not isinstance(sender, str) or not isinstance(event_id, str) or sender == me:
        return None
    original = _changed_message(event)
    content = _content(event, room)
    if content is None:
        return None
    return Incoming(
        uid_of(event, me),
        Address("matrix", room, _thread(event)),
        Sender(f"matrix:{sender}", shown_name(name, sender)),
        content,
        private=private,
        message=original or _redacted(event) or event_id,
        reply_to=_replied_to(event),
    )


def shown_name(name: str | None, user: str) -> str:
    """A display name in one short line; the local part of the account where there is none."""
    words = " ".join("".join(c if c.isprintable() else " " for c in name or "").split())
    return words[:NAME_LETTERS].strip() or user.removeprefix("@").partition(":")[0]


def reaction(event: Event) -> Reaction | None:
    """The reaction that an event is, if it is one."""
    relation = _relation(event)
    message, sign = relation.get("event_id"), relation.get("key")
    if event.get("type") != "m.reaction" or relation.get("rel_type") != "m.annotation":
        return None
    return Reaction(message, sign) if isinstance(message, str) and isinstance(sign, str) and sign else None


def pressed(content: Mapping[str, Any], sign: str) -> str | None:
    """The action of the button that a reaction to a message of ours presses.

    It presses the button of that number, or the one whose label begins with that emoji, whatever its skin tone.
    """
    sign = _bare(sign).removesuffix(_KEYCAP).strip()
    numbers = {"\U0001f51f": 10}
    number = numbers.get(sign) or (int(sign) if sign.isdecimal() and len(sign) < 3 else 0)
    for position, (label, action) in enumerate(_kept_buttons(content), 1):
        if position == number or (sign and not sign.isdecimal() and _bare(label).split()[:1] == [sign]):
            return action
    return None


def _bare(sign: str) -> str:
    return _SKIN_AND_VARIANT.sub("", sign)


def _kept_buttons(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    kept = content.get(BUTTONS)
    pairs = kept if isinstance(kept, list) else []
    return [(p[0], p[1]) for p in pairs if isinstance(p, list) and len(p) == 2 and all(isinstance(x, str) for x in p)]


def newest_content(event: Event) -> Mapping[str, Any]:
    """The content of a message as it was changed last, by the change itself if the event is one."""
    content = _mapping(event.get("content"))
    return _mapping(content.get("m.new_content")) or content


def latest_change(event: Event) -> Event | None:
    """The last change of a message, which the server delivers with it (bundled aggregation)."""
    unsigned = _mapping(event.get("unsigned"))
    return _mapping(_mapping(unsigned.get("m.relations")).get("m.replace")) or None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _relation(event: Event) -> Mapping[str, Any]:
    return _mapping(_mapping(event.get("content")).get("m.relates_to"))


def _changed_message(event: Event) -> str | None:
    relation = _relation(event)
    changed = relation.get("event_id")
    return changed if relation.get("rel_type") == "m.replace" and isinstance(changed, str) else None


def _thread(event: Event) -> str | None:
    relation = _relation(event)
    root = relation.get("event_id")
    return root if relation.get("rel_type") == "m.thread" and isinstance(root, str) else None


def _replied_to(event: Event) -> str | None:
    """The message that this one answers; in a thread, clients name one for others that know no threads."""
    relation = _relation(event)
    if relation.get("rel_type") == "m.thread" and relation.get("is_falling_back") is True:
        return None
    replied = _mapping(relation.get("m.in_reply_to")).get("event_id")
    return replied if isinstance(replied, str) else None


def _content(event: Event, room: str) -> Content | None:
    match event.get("type"):
        case "m.sticker":
            return Attachment("sticker", medium=_medium(event, room, "sticker"))
        case "m.room.message":
            content = _mapping(event.get("content"))
            changed = _changed_message(event)
            new = _mapping(content.get("m.new_content")) if changed else content
            return _message(new, changed is not None, _medium(event, room, "file"), _place(content))
        case poll if poll in _POLLS:
            return Attachment("other")
        case "m.room.redaction" if _redacted(event):
            return Redaction()
        case _:
            return None


def _redacted(event: Event) -> str | None:
    """The message that a redaction takes back; where it is named depends on the room's version (MSC2174)."""
    if event.get("type") != "m.room.redaction":
        return None
    named = _mapping(event.get("content")).get("redacts") or event.get("redacts")
    return named if isinstance(named, str) else None


def _medium(event: Event, room: str, unnamed: str) -> Medium:
    content = _mapping(event.get("content"))
    names = (content.get("filename"), content.get("body"), unnamed)
    name = next(name for name in names if isinstance(name, str) and name.strip())
    shown = "".join(letter for letter in name.rpartition("/")[2] if letter.isprintable())
    return Medium("matrix", f"{room} {event.get('event_id')}", shown[-NAME_LETTERS:].strip() or unnamed)


def _place(content: Mapping[str, Any]) -> Place | None:
    """The place that a location message names (RFC 5870, `geo:latitude,longitude`)."""
    found = _GEO.match(str(content.get("geo_uri")))
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    return Place("", "", float(found[1]), float(found[2]))


def _message(content: Mapping[str, Any], changed: bool, medium: Medium, place: Place | None) -> Content | None:
    kind, body = content.get("msgtype"), content.get("body")
    if not isinstance(body, str):
        return None
    if kind in ("m.text", "m.emote"):
        replies = "m.in_reply_to" in _mapping(content.get("m.relates_to"))
        text = _QUOTE.sub("", body) if replies else body
        return Edit(text) if changed else Utterance(text)
    if not isinstance(kind, str) or kind not in _KINDS:
        return None
    file_name = content.get("filename")
    caption = body if isinstance(file_name, str) and file_name != body else ""
    if changed:
        return Edit(caption) if caption else None
    if kind == "m.audio" and any(sign in content for sign in _VOICE):
        return Attachment("voice", caption, medium)
    if kind == "m.location":
        return Attachment("location", place=place)
    return Attachment(_KINDS[kind], caption, medium)


# --- what is said ---------------------------------------------------------------------------------


def render(reply: Reply, commands: Collection[str] = ()) -> Sequence[Part]:
    """A reply as Matrix messages; the buttons are a numbered list under the last text.

    The names of `commands` are shown as `!name`: what begins with a slash, clients keep for themselves.
    """
    if reply.copy is not None:
        return (Part(copy=reply.copy),)
    text = _COMMAND.sub(lambda found: f"!{found[1]}" if found[1] in commands else found[0], reply.text)
    blocks = parse_markup(text)
    parts: list[Part] = []
    for longest in LONGEST_TEXTS:
        parts = _texts(reply, [b for b in split(blocks, longest) if plain_text(b).strip()])
        if all(_fits(part) for part in parts):
            break
    if reply.place is not None:
        parts.append(Part(place=reply.place))
    if reply.file is not None:
        parts.append(Part(file=reply.file))
    return tuple(parts)


def _fits(part: Part) -> bool:
    return len(json.dumps(as_change(text_content(part), ""))) <= LARGEST_CONTENT


def _texts(reply: Reply, messages: Sequence[Sequence[Block]]) -> list[Part]:
    texts = [(plain_text(message), matrix_html(message)) for message in messages]
    if not texts and (reply.buttons or (reply.place is None and reply.file is None)):
        texts = [("…", "…")]
    parts = [Part(body, html, reply.buttons, public=reply.public) for body, html in texts]
    if parts and reply.buttons:
        body, html = _numbered(reply.buttons)
        last = parts[-1]
        parts[-1] = replace(last, body=f"{last.body}\n\n{body}", html=f"{last.html}<br><br>{html}")
    if parts and reply.mention is not None and reply.mention.id.startswith("matrix:@"):
        parts[0] = replace(parts[0], mention=reply.mention)
    return parts


def _numbered(buttons: Sequence[Button]) -> tuple[str, str]:
    plain, html = [], []
    for number, button in enumerate(buttons, 1):
        sign = f"{number}\ufe0f{_KEYCAP}" if number < 10 else f"{number}."
        label = " ".join(button.label.split()) or "…"
        plain.append(f"{sign} {label}" + (f" ({button.url})" if button.url else ""))
        shown = f'<a href="{escape(button.url)}">{escape(label)}</a>' if button.url else escape(label)
        html.append(f"{sign} {shown}")
    return "\n".join(plain), "<br>".join(html)


def text_content(part: Part) -> dict[str, Any]:
    """The content of a text message, plain and formatted. Nobody is mentioned unless it says so."""
    body, html, mentions = part.body, part.html, {}
    if part.mention is not None:
        user, name = part.mention.id.removeprefix("matrix:"), part.mention.name
        body, mentions = f"{name}: {body}", {"user_ids": [user]}
        html = f'<a href="https://matrix.to/#/{quote(user)}">{escape(name)}</a>: {html}'
    content: dict[str, Any] = {
        "msgtype": "m.text",
        "body": body,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        "m.mentions": mentions,
    }
    if part.buttons:
        content[BUTTONS] = [[button.label, button.action] for button in part.buttons]
    return content


def place_content(place: Place) -> dict[str, Any]:
    """The content of a location message (`m.location`, and MSC3488 for clients that show a pin)."""
    where = f"geo:{place.latitude:.6f},{place.longitude:.6f}"
    described = ", ".join(words for words in (place.name, place.address) if words) or where
    return {
        "msgtype": "m.location",
        "body": described,
        "geo_uri": where,
        "org.matrix.msc3488.location": {"uri": where, "description": described},
        "org.matrix.msc3488.asset": {"type": "m.pin"},
        "m.mentions": {},
    }


def file_content(file: File, mimetype: str, where: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a file message; `where` holds its `url`, or `file` with the keys of an encrypted one."""
    return {
        "msgtype": _SHOWN_AS.get(mimetype.partition("/")[0], "m.file"),
        "body": file.name,
        "filename": file.name,
        "info": {"mimetype": mimetype, "size": len(file.content)},
        "m.mentions": {},
        **where,
    }


def copied_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of somebody's message for another room: without what it was related to and whom it mentioned."""
    kept = {key: value for key, value in content.items() if key not in ("m.relates_to", "m.new_content", BUTTONS)}
    return {**kept, "m.mentions": {}}


def in_thread(content: Mapping[str, Any], root: str) -> dict[str, Any]:
    """The content as part of the thread that begins with a message."""
    relation = {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": root},
    }
    return {**content, "m.relates_to": relation}


def as_change(content: Mapping[str, Any], message: str) -> dict[str, Any]:
    """The content as change of an earlier message; what clients show that know no changes begins with a star."""
    fallback = {"msgtype": content["msgtype"], "body": f"* {content['body']}", "m.mentions": {}}
    return {**fallback, "m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": message}}


def failure(code: str | None, reason: str, status: int, retry_after_ms: int | None = None) -> SendError:
    """Why a homeserver refused, in the terms of the outbox; the reason is the error code, never a text.

    A server that answers with an error of its own (5xx) or without a code has refused nothing.
    """
    named = code or reason
    if code == "M_LIMIT_EXCEEDED" or status == 429:
        return SendError(named, retry_after=retry_after_ms / 1000 if retry_after_ms else DEFAULT_WAIT)
    if code in _LATER or code is None or status >= 500 or status == 0:
        return SendError(named, temporary=True)
    gone = code in _GONE
    return SendError(named, gone=gone, why=_WHY.get(code, "left" if gone else "refused"))
