"""Driving the server from another process: a few HTTP endpoints under /control, and messages as plain text.

    curl -s localhost:8081/control/says -d '{"person": "Amara", "text": "/start"}'
    curl -s localhost:8081/control/press -d '{"person": "Amara", "button": 2}'
    curl -s localhost:8081/control/chat/Amara?as=text

People and rooms are named by first name and title; people come into being when they first speak.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from aiohttp import web

from tests.botapi.driving import Person, Place, Room
from tests.botapi.errors import Json
from tests.botapi.faults import Fault
from tests.botapi.seen import Message
from tests.botapi.server import BotApiServer


def add_control(server: BotApiServer) -> None:
    """Add the endpoints to a server that has not been started yet."""
    posts: dict[str, Callable[[BotApiServer, Json], Awaitable[Json]]] = {
        "person": _person,
        "room": _room,
        "says": _says,
        "press": _press,
        "block": _block,
        "unblock": _unblock,
        "fault": _fault,
        "redeliver": _redeliver,
    }
    for name, act in posts.items():
        server.app.router.add_post(f"/control/{name}", _posted(server, act))

    async def chat(request: web.Request) -> web.Response:
        try:
            seen = find_inbox(server, request.match_info["name"]).messages
        except AssertionError as error:
            return web.json_response({"error": str(error)}, status=404)
        if request.query.get("as") == "text":
            return web.Response(text="\n".join(map(rendered, seen)) + "\n")
        return web.json_response([_described(message) for message in seen])

    async def violations(_: web.Request) -> web.Response:
        return web.json_response([asdict(violation) for violation in server.violations])

    async def sent(_: web.Request) -> web.Response:
        return web.json_response([asdict(message) for message in server.sent])

    server.app.router.add_get("/control/chat/{name}", chat)
    server.app.router.add_get("/control/violations", violations)
    server.app.router.add_get("/control/sent", sent)


def known_person(server: BotApiServer, name: str, language_code: str = "en") -> Person:
    """The person of this name, who is created if need be."""
    return server.people.get(name) or server.person(name, language_code=language_code)


def find_place(server: BotApiServer, room: str | None, topic: str | None) -> Place | None:
    """A room or topic by name; None for the private chat. Raises AssertionError."""
    if room is None:
        return None
    assert room in server.rooms, f"no room {room!r}, only {list(server.rooms)}"
    return server.rooms[room] if topic is None else server.rooms[room].topic(topic)


def find_inbox(server: BotApiServer, name: str) -> Person | Room:
    """A private chat or a room by name or chat id. Raises AssertionError."""
    inboxes: list[Person | Room] = [*server.people.values(), *server.rooms.values()]
    for inbox in inboxes:
        if name in (inbox.name, str(inbox.id)):
            return inbox
    raise AssertionError(f"nobody and no room called {name!r}")


def rendered(message: Message) -> str:
    """A message as a terminal shows it: who, text, links, numbered buttons."""
    edited = " (edited)" if message.edited else ""
    lines = [f"#{message.id} {message.sender}{edited}:"]
    kind = "" if message.kind == "text" else f"[{_kind_of(message)}] "
    lines += [f"    {line}" for line in (kind + message.text).rstrip().splitlines()]
    for entity in message.json.get("entities", []) + message.json.get("caption_entities", []):
        if entity["type"] == "text_link":
            lines.append(f"    -> {entity['url']}")
    number = 0
    for row in message.buttons:
        cells = []
        for button in row:
            number += 1
            cells.append(f"[{number}] {button.label}" + (f" -> {button.url}" if button.url else ""))
        lines.append("    " + "   ".join(cells))
    return "\n".join(lines)


def _kind_of(message: Message) -> str:
    if message.kind != "service":
        return message.kind
    frame = {
        "message_id",
        "from",
        "chat",
        "date",
        "message_thread_id",
        "is_topic_message",
        "reply_to_message",
    }
    return " ".join(sorted(set(message.json) - frame))


def _described(message: Message) -> Json:
    return {
        "id": message.id,
        "sender": message.sender,
        "from_bot": message.from_bot,
        "kind": message.kind,
        "text": message.text,
        "edited": message.edited,
        "labels": message.labels,
        "thread_id": message.thread_id,
    }


def _posted(
    server: BotApiServer, act: Callable[[BotApiServer, Json], Awaitable[Json]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await act(server, json.loads(await request.text() or "{}")))
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return answer


async def _person(server: BotApiServer, asked: Json) -> Json:
    return {"id": known_person(server, asked["person"], asked.get("language_code", "en")).id}


async def _room(server: BotApiServer, asked: Json) -> Json:
    members = [known_person(server, name) for name in asked.get("members", [])]
    return {"id": server.group(asked["room"], forum=asked.get("forum", False), members=members).id}


async def _says(server: BotApiServer, asked: Json) -> Json:
    place = find_place(server, asked.get("room"), asked.get("topic"))
    return {"id": (await known_person(server, asked["person"]).says(asked["text"], to=place)).id}


async def _press(server: BotApiServer, asked: Json) -> Json:
    place = find_place(server, asked.get("room"), asked.get("topic"))
    press = await known_person(server, asked["person"]).presses(asked["button"], to=place)
    return {"answer": await press.answer()}


async def _block(server: BotApiServer, asked: Json) -> Json:
    await known_person(server, asked["person"]).blocks_bot()
    return {}


async def _unblock(server: BotApiServer, asked: Json) -> Json:
    await known_person(server, asked["person"]).unblocks_bot()
    return {}


async def _fault(server: BotApiServer, asked: Json) -> Json:
    return asdict(server.inject(Fault(**asked)))


async def _redeliver(server: BotApiServer, asked: Json) -> Json:
    server.updates.redeliver(asked.get("last", 1))
    return {}
