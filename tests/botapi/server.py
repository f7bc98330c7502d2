"""The local Bot API server: HTTP in front of the world, with checks, faults and records."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import parse_qsl

from aiohttp import web

from tests.botapi.asking import perform
from tests.botapi.checks import Upload, read_call
from tests.botapi.driving import Person, Room
from tests.botapi.errors import ApiError, Json, Violation
from tests.botapi.faults import Fault, FloodGate, Limits
from tests.botapi.files import UPLOAD_BYTES
from tests.botapi.limits import check_lengths
from tests.botapi.seen import PATIENCE
from tests.botapi.sending import SENDING
from tests.botapi.updates import Pulse
from tests.botapi.world import ADMIN_RIGHTS, BOT_ID, Membership, World

TOKEN = "4711:local-test-bot"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that the bot put into a chat; `at` is monotonic time in seconds."""

    method: str
    chat_id: int
    text: str
    at: float
    message_id: int
    thread_id: int | None


class BotApiServer:
    """A Bot API server for one bot on a loopback port, to be used as an async context manager.

    `violations` lists every call that broke the published API, `sent` every message of the bot, `calls`
    counts calls per method, `flood_hits` the refusals by `limits`. The state stays in this object: the bot
    may be killed and started again, and the server stopped and started again.
    """

    def __init__(self, port: int = 0, *, token: str = TOKEN, privacy_mode: bool = True) -> None:
        self.token = token
        self.world = World(privacy_mode=privacy_mode)
        self.updates = self.world.updates
        self.violations: list[Violation] = []
        self.sent: list[Sent] = []
        self.calls: Counter[str] = Counter()
        self.people: dict[str, Person] = {}
        self.rooms: dict[str, Room] = {}
        self._pulse = Pulse()
        self._faults: list[Fault] = []
        self._gate = FloodGate()
        self._port = port
        self._runner: web.AppRunner | None = None
        self.app = web.Application(client_max_size=2 * UPLOAD_BYTES)
        self.app.router.add_route("*", "/bot{token}/{method}", self._call)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._download)

    @property
    def url(self) -> str:
        """Where the server is; a bot's base URL is this plus "/bot", for files "/file/bot"."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises OSError if the port is taken."""
        self._runner = web.AppRunner(self.app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening; what is known stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # the driving side

    def person(
        self,
        first_name: str = "Amara",
        *,
        language_code: str = "en",
        username: str | None = None,
        started: bool = False,
    ) -> Person:
        """A new person. The bot may write to them once they have written first (or with `started`)."""
        names: Json = {"first_name": first_name, "language_code": language_code}
        if username is not None:
            names["username"] = username
        chat = self.world.add_person(names)
        chat.started = started
        person = Person(self.world, chat)
        self.people[first_name] = person
        return person

    def group(
        self,
        title: str,
        *,
        forum: bool = False,
        supergroup: bool = False,
        members: Iterable[Person] = (),
        bot: Literal["administrator", "member", "absent"] = "administrator",
        rights: Iterable[str] = ADMIN_RIGHTS,
    ) -> Room:
        """A new group (a forum is a supergroup); the first member owns it and adds the bot."""
        chat = self.world.add_group("supergroup" if supergroup or forum else "group", title, forum=forum)
        room = Room(self.world, chat)
        people = list(members)
        for number, person in enumerate(people):
            chat.members[person.id] = Membership("member" if number else "creator")
        if bot != "absent":
            granted = frozenset(rights) if bot == "administrator" else frozenset()
            membership = Membership(bot, granted)
            if people:
                self.world.change_member(chat, people[0].user, BOT_ID, membership)
            else:
                chat.members[BOT_ID] = membership
        self.rooms[title] = room
        return room

    # faults and limits

    def inject(self, fault: Fault) -> Fault:
        """Let something go wrong; of several faults for a call the first injected strikes."""
        self._faults.append(fault)
        return fault

    @property
    def limits(self) -> Limits | None:
        """Telegram's limits if they are switched on."""
        return self._gate.limits

    @limits.setter
    def limits(self, limits: Limits | None) -> None:
        self._gate.limits = limits

    @property
    def flood_hits(self) -> int:
        """How many messages the limits refused."""
        return self._gate.hits

    async def called(self, method: str, times: int = 1, within: float = PATIENCE) -> None:
        """Wait until the method was called so often. Raises AssertionError after `within` seconds."""
        deadline = time.monotonic() + within
        while self.calls[method] < times:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{method} was called {self.calls[method]} times within {within} s")
            await self._pulse.wait(left)

    # HTTP

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls[method] += 1
        self._pulse.fire()
        fault = None
        answer: Json | ApiError
        try:
            if request.match_info["token"] != self.token:
                raise ApiError(401, "Unauthorized")
            values = read_call(method, await _fields(request))
            check_lengths(method, values)
            fault = self._strikes(method, values.get("chat_id"))
            if fault is not None:
                await asyncio.sleep(fault.delay)
            if fault is not None and fault.kind == "status" and not fault.processed:
                raise fault.error()
            if fault is not None and fault.kind == "drop" and not fault.processed:
                return _dropped(request)
            answer = {"ok": True, "result": await self._result(method, values)}
        except ApiError as error:
            if error.breach:
                self.violations.append(Violation(method, error.description))
            answer = error
        if fault is not None and fault.processed and fault.kind == "status":
            answer = fault.error()
        if fault is not None and fault.kind == "drop":
            return _dropped(request)
        return _answered(answer, cut=fault is not None and fault.kind == "malformed")

    async def _result(self, method: str, values: Json) -> object:
        if method == "getUpdates":
            return await self.updates.poll(values)
        if method not in SENDING:
            return perform(self.world, method, values)
        chat_id = values["chat_id"]
        if isinstance(chat_id, int):
            self._gate.admit(chat_id)
        result = perform(self.world, method, values)
        assert isinstance(result, dict)
        message = self.world.chats[chat_id].messages[result["message_id"]]
        text = str(message.get("text") or message.get("caption") or "")
        thread = message.get("message_thread_id")
        self.sent.append(Sent(method, chat_id, text, time.monotonic(), message["message_id"], thread))
        return result

    def _strikes(self, method: str, chat_id: object) -> Fault | None:
        return next((fault for fault in self._faults if fault.matches(method, chat_id)), None)

    async def _download(self, request: web.Request) -> web.Response:
        stored = self.world.files.by_path(request.match_info["path"])
        if request.match_info["token"] != self.token or stored is None:
            return _answered(ApiError(404, "Not Found"))
        return web.Response(body=stored.content, content_type=stored.content_type)


async def _fields(request: web.Request) -> dict[str, object]:
    """The parameters of a call from the query, a form, a multipart form or JSON. Raises ApiError (400)."""
    fields: dict[str, object] = dict(request.query)
    kind = request.content_type
    if kind == "multipart/form-data":
        for name, part in (await request.post()).items():
            if isinstance(part, web.FileField):
                fields[name] = Upload(part.filename, part.content_type, part.file.read())
            else:
                fields[name] = part if isinstance(part, str) else bytes(part).decode()
        return fields
    body = await request.read()
    try:
        if kind == "application/json" and body:
            return fields | dict(json.loads(body))
        return fields | dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise ApiError(400, "Bad Request: can't parse request body", breach=True) from None


def _answered(answer: Json | ApiError, *, cut: bool = False) -> web.Response:
    if isinstance(answer, ApiError):
        body: Json = {"ok": False, "error_code": answer.status, "description": answer.description}
        if answer.parameters:
            body["parameters"] = answer.parameters
        status = answer.status
    else:
        body, status = answer, 200
    text = json.dumps(body, ensure_ascii=False)
    text = text[: len(text) // 2] if cut else text
    return web.Response(text=text, status=status, content_type="application/json")


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
