"""A local Telegram Bot API server for tests: strict about the published API, drivable, breakable.

Inside a test: `async with BotApiServer() as server:`; by hand: `python -m tests.botapi --port 8081`.
"""

from tests.botapi.driving import Person, Room, Topic
from tests.botapi.errors import Violation
from tests.botapi.faults import Fault, Limits
from tests.botapi.seen import Button, Message, Press
from tests.botapi.server import TOKEN, BotApiServer, Sent

__all__ = [
    "TOKEN",
    "BotApiServer",
    "Button",
    "Fault",
    "Limits",
    "Message",
    "Person",
    "Press",
    "Room",
    "Sent",
    "Topic",
    "Violation",
]
