"""The local Bot API server by hand: `python -m tests.botapi --port 8081`, then point a bot at it.

Type a line to write it as a person; what the bot says appears below. Commands of this prompt:
/press 2 or /press LABEL, /as NAME, /in ROOM or /in ROOM/TOPIC or /in, /room TITLE or /forum TITLE,
/photo, /voice, /block, /unblock, /redeliver, /violations, /quit. Everything else goes to the bot.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import threading
from collections.abc import Awaitable, Callable

from tests.botapi.control import add_control, find_place, known_person, rendered
from tests.botapi.driving import Place
from tests.botapi.seen import view
from tests.botapi.server import TOKEN, BotApiServer

# How often the terminal looks for news, in seconds.
GLANCE = 0.2


class Prompt:
    """Who is typing and where, and what the prompt's commands do."""

    def __init__(self, server: BotApiServer, name: str, language_code: str) -> None:
        self._server = server
        self._person = known_person(server, name, language_code)
        self._place: Place | None = None
        self._printed: dict[int, int] = {}
        self._commands: dict[str, Callable[[str], Awaitable[object]]] = {
            "/press": self._press,
            "/as": self._as,
            "/in": self._in,
            "/room": lambda title: self._found(title, forum=False),
            "/forum": lambda title: self._found(title, forum=True),
            "/photo": lambda caption: self._person.sends_photo(caption=caption, to=self._place),
            "/voice": lambda _: self._person.sends_voice(to=self._place),
            "/block": lambda _: self._person.blocks_bot(),
            "/unblock": lambda _: self._person.unblocks_bot(),
            "/redeliver": self._redeliver,
            "/violations": self._violations,
        }

    async def obey(self, line: str) -> None:
        """Do what a typed line asks for; a mistake is printed."""
        word, _, rest = line.partition(" ")
        command = self._commands.get(word)
        try:
            if command is not None:
                await command(rest.strip())
            elif line.strip():
                await self._person.says(line, to=self._place)
        except AssertionError as error:
            print(f"! {error}")

    async def show(self) -> None:
        """Print whatever the bot says anywhere, for ever."""
        while True:
            for chat in list(self._server.world.chats.values()):
                start = self._printed.get(chat.id, 0)
                self._printed[chat.id] = len(chat.journal)
                for heard in chat.journal[start:]:
                    message = view(heard.message)
                    if message.from_bot:
                        place = chat.names.get("title") or chat.names["first_name"]
                        print(f"\n({place}) {rendered(message)}", flush=True)
            await asyncio.sleep(GLANCE)

    async def _press(self, button: str) -> None:
        wanted = int(button) if button.isdecimal() else button
        press = await self._person.presses(wanted, to=self._place)
        answer = await press.answer()
        if answer:
            print(f"  answered: {answer}")

    async def _as(self, name: str) -> None:
        self._person = known_person(self._server, name)
        self._let_in()
        print(f"  you are {self._person.name}")

    async def _in(self, name: str) -> None:
        room, _, topic = name.partition("/")
        self._place = find_place(self._server, room or None, topic or None)
        self._let_in()

    async def _found(self, title: str, *, forum: bool) -> None:
        room = self._server.group(title, forum=forum, members=[self._person])
        self._place = room
        print(f"  {title}: chat id {room.id}")

    async def _redeliver(self, _: str) -> None:
        self._server.updates.redeliver()

    async def _violations(self, _: str) -> None:
        for violation in self._server.violations:
            print(f"  {violation.method}: {violation.description}")

    def _let_in(self) -> None:
        for room in self._server.rooms.values():
            here = self._place is not None and room.chat is self._place.chat
            if here and self._person.id not in room.chat.members:
                room.let_in(self._person)


async def run(port: int, token: str, name: str, language_code: str) -> None:
    """Serve until /quit; when the terminal's input ends, serve on for the control endpoints."""
    server = BotApiServer(port, token=token)
    add_control(server)
    prompt = Prompt(server, name, language_code)
    async with server:
        print(f"Bot API at {server.url}/bot, files at {server.url}/file/bot, token {token}", flush=True)
        lines = _typed_lines()
        showing = asyncio.create_task(prompt.show())
        try:
            while (line := await lines.get()) != "/quit":
                await prompt.obey(line)
        finally:
            showing.cancel()


def _typed_lines() -> asyncio.Queue[str]:
    """Lines from standard input, read by a thread that does not keep the process alive."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())

    threading.Thread(target=read, daemon=True).start()
    return lines


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--person", default="Amara", help="the first name to write under")
    parser.add_argument("--language", default="en", help="that person's language code")
    asked = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(asked.port, asked.token, asked.person, asked.language))


if __name__ == "__main__":
    main()
