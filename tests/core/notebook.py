"""A store in memory: loads, decides and saves as the shell does, and keeps what was delivered where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.core.advising import named_case
from bot.core.assistant import respond
from bot.core.model import (
    Address,
    Announce,
    Block,
    Blocked,
    Case,
    Choice,
    Content,
    Conversation,
    Decision,
    Drop,
    Erase,
    Export,
    Feedback,
    Guide,
    Hush,
    Incoming,
    Moment,
    Record,
    Rename,
    Send,
    Sender,
    Status,
    Turn,
    Unblock,
)
from bot.core.numbered import chosen
from tests.core.scenes import NOW, ROOM


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot in a chat: its number, and the delivery that it carries."""

    number: int
    send: Send
    key: str


@dataclass(slots=True)
class Notebook:
    """Everything that a program would have in its database."""

    conversations: dict[Address, Conversation] = field(default_factory=dict)
    cases: dict[int, Case] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    histories: dict[int, list[Moment]] = field(default_factory=dict)
    colleagues: list[Sender] = field(default_factory=list)
    blocks: dict[Address, Blocked] = field(default_factory=dict)
    last_case: int = 0
    turns: int = 0

    def case_of(self, newcomer: Address) -> Case | None:
        """The newcomer's case that is not closed; there is never a second one."""
        current = [c for c in self.cases.values() if c.newcomer == newcomer and c.status is not Status.CLOSED]
        assert len(current) <= 1
        return current[0] if current else None

    def in_chat(self, chat: Address) -> list[Posted]:
        """The bot's messages of a chat, oldest first."""
        return [posted for posted in self.posted if posted.send.to == chat]

    def spoken_of(self, content: Content, reply_to: Posted | None) -> Case | None:
        """The case that something in the advisers' room is about."""
        number = named_case(content)
        if reply_to is not None and (pressed := chosen(content, reply_to.key, self._room())):
            number = named_case(Choice(pressed))
        if number is None and reply_to is not None:
            number = reply_to.send.case
        return self.cases.get(number) if number is not None else None

    def _room(self) -> Conversation:
        return self.conversations.get(ROOM) or Conversation(ROOM)

    def play(
        self, guide: Guide, origin: Address, sender: Sender, content: Content, reply_to: Posted | None = None
    ) -> Decision:
        """One turn: load, decide, save, deliver."""
        self.turns += 1
        in_room = origin == ROOM
        incoming = Incoming(f"t:{self.turns}", origin, sender, content, private=not in_room, message=f"{self.turns}")
        turn = Turn(
            incoming,
            NOW,
            self.conversations.get(origin) or Conversation(origin),
            in_advisers_room=in_room,
            advisers_room=ROOM,
            case=self.spoken_of(content, reply_to) if in_room else self.case_of(origin),
            replied_key=reply_to.key if reply_to is not None else None,
            here=reply_to.send.case if reply_to is not None else None,
            waiting=tuple(c for c in self.cases.values() if c.status is not Status.CLOSED) if in_room else (),
            fresh_case=self.last_case + 1,
            last_case=None if in_room or self.case_of(origin) else self._last_of(origin),
            colleagues=tuple(self.colleagues) if in_room else (),
            blocked=origin in self.blocks,
            blocks=tuple(self.blocks.values()) if in_room else (),
        )
        turn = replace(turn, history=tuple(self.histories.get(turn.case.number, ())) if in_room and turn.case else ())
        decision = respond(turn, guide)
        if in_room and decision.state.case is not None and sender not in self.colleagues:
            self.colleagues.append(sender)
        self._save(decision)
        return decision

    def _last_of(self, newcomer: Address) -> Case | None:
        closed = [c for c in self.cases.values() if c.newcomer == newcomer and c.status is Status.CLOSED]
        return max(closed, key=lambda case: case.number, default=None)

    def _save(self, decision: Decision) -> None:
        if decision.state.conversation is not None:
            self.conversations[decision.state.conversation.address] = decision.state.conversation
        if (case := decision.state.case) is not None:
            self.cases[case.number] = case
            self.last_case = max(self.last_case, case.number)
        for place, effect in enumerate(decision.effects):
            match effect:
                case Send():
                    key = effect.replaces or effect.key or f"t:{self.turns}/{place}"
                    self.posted.append(Posted(len(self.posted), replace(effect, to=effect.to.whole_chat), key))
                case Erase(address=address):
                    self.conversations.pop(address, None)
                    self.cases = {n: c for n, c in self.cases.items() if c.newcomer != address}
                case Block(address=address, case=number, reason=reason, by=by):
                    self.blocks[address] = Blocked(number, NOW, by, reason)
                case Unblock(case=number):
                    self.blocks = {who: each for who, each in self.blocks.items() if each.case != number}
                case Record(case=number, moment=moment):
                    self.histories.setdefault(number, []).append(moment)
                case Announce() | Drop() | Export() | Feedback() | Hush() | Rename():
                    pass
                case _:
                    raise AssertionError(f"nothing here can cause {effect}")
