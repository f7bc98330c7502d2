"""Whatever newcomers and advisers do in whatever order: nothing goes to the wrong person, nothing is lost, nothing
raises. Everything that people write carries a word of its own, which is looked for in what the bot sends.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.core.assistant import COMMANDS
from bot.core.model import Address, Attachment, Case, Choice, Content, Departure, Edit, Guide, Sender, Status, Utterance
from bot.core.replying import literal
from bot.markup import parse, plain_text
from tests.core.notebook import Notebook, Posted
from tests.core.scenes import AMARA, JONAS, KOFI, MARIA, ROOM, sends

newcomers = st.sampled_from([AMARA, KOFI])
advisers = st.sampled_from([MARIA, JONAS])
wholes = st.integers(min_value=0, max_value=10**6)

# {} is the word that marks the message
NEWCOMERS_WORDS = ("{}", "Tax {}", "*{}* [x](y) _\\", "!{}", "1. {}\n\n2. {}", "{} " * 900, "// {}", "🙂 {}")
ADVISERS_WORDS = ("{}", "Bringen 1 {} mit", "2 1 {}", "!!! {}", "*{}*\n- b\n# c", "claim 1 {}", "Ja.\n// intern\n{}")
INTERNAL = ("//{}", " // {}", "//claim 1 {}", "// {}\n{}")
ROOM_COMMANDS = (
    "/cases",
    "/help",
    "/claim {n}",
    "/close {n}",
    "/release {n}",
    "!claim {n}",
    "/claim",
    "/entry blue-card",
    "/entry karte",
    "/say",
    "/name Zoe",
    "/transfer {n} Jonas",
    "/transfer {n}",
    "/note {n} merken",
    "/reopen {n}",
    "/case {n}",
    "/block {n} zu laut",
    "/unblock {n}",
    "/blocked",
    "/foo",
    "/ ",
    "!",
)
SHORT = ("1", "2", "3", "9", "", "🙂", "?", "/", "! ")


class Handoffs(RuleBasedStateMachine):
    """Two newcomers and two advisers."""

    guide: Guide

    def __init__(self) -> None:
        super().__init__()
        self.book = Notebook()
        self.words = 0

    @initialize(handoffs=st.sampled_from(["none", "open", "open", "claimed", "claimed"]))
    def begin(self, handoffs: str) -> None:
        """Long before anything happens by chance, two people talk to advisers; often that has happened already."""
        if handoffs != "none":
            self.agree_to_a_handoff(AMARA)
            self.agree_to_a_handoff(KOFI)
        if handoffs == "claimed":
            self._play(ROOM, MARIA, Choice("case:1:claim"), None)

    # --- newcomers ---

    @rule(who=newcomers, form=st.sampled_from(NEWCOMERS_WORDS), changed=st.booleans())
    def write(self, who: Address, form: str, changed: bool) -> None:
        word = self._word()
        text = form.replace("{}", word)
        case = self.book.case_of(who)
        sent = self._newcomer(who, Edit(text) if changed else Utterance(text))
        self._heard_in_room(case, sent, word)
        assert not [posted for posted in self._to_others(sent, who) if word in posted.send.reply.text]

    @rule(who=newcomers, text=st.sampled_from(SHORT))
    def write_little(self, who: Address, text: str) -> None:
        case = self.book.case_of(who)
        sent = self._newcomer(who, Utterance(text))
        if case and case.status is Status.CLAIMED:
            assert [p.send.reply.text.endswith(literal(text.strip() or "-")) for p in sent] == [True] or text == "/"

    @rule(who=newcomers, nth=wholes)
    def type_a_label(self, who: Address, nth: int) -> None:
        labels = [b.label for posted in self.book.in_chat(who) for b in posted.send.reply.buttons]
        if labels:
            case = self.book.case_of(who)
            text = labels[nth % len(labels)]
            sent = self._newcomer(who, Utterance(text))
            if case and case.status is Status.CLAIMED:
                # after a deletion the words are gone with everything else
                self._heard_in_room(case if case.number in self.book.cases else None, sent, text)

    @rule(who=newcomers)
    def type_that_everything_is_to_be_deleted(self, who: Address) -> None:
        self._newcomer(who, Utterance("/delete"))
        label = self.book.in_chat(who)[-1].send.reply.buttons[0].label
        sent = self._newcomer(who, Utterance(label))
        assert self.book.case_of(who) is None
        assert not [posted for posted in sent if literal(label) in posted.send.reply.text]

    @rule(who=newcomers, command=st.sampled_from([c.name for c in COMMANDS]), sign=st.sampled_from("/!"))
    def command(self, who: Address, command: str, sign: str) -> None:
        sent = self._newcomer(who, Utterance(f"{sign}{command}"))
        assert not [posted for posted in sent if posted.send.to == ROOM]

    @rule(who=newcomers, nth=wholes)
    def press_any_button_ever_seen(self, who: Address, nth: int) -> None:
        seen = [b.action for posted in self.book.in_chat(who) for b in posted.send.reply.buttons]
        if seen:
            self._newcomer(who, Choice(seen[nth % len(seen)]))

    @rule(who=newcomers)
    def agree_to_a_handoff(self, who: Address) -> None:
        self._newcomer(who, Utterance("/human"))
        self._newcomer(who, Choice("consent:yes"))
        assert (self.book.case_of(who) is None) == (who in self.book.blocks)

    @rule(who=newcomers)
    def send_a_photo(self, who: Address) -> None:
        case = self.book.case_of(who)
        sent = self._newcomer(who, Attachment("photo"))
        copies = [posted.send for posted in sent if posted.send.reply.copy is not None]
        assert [(send.to, send.case) for send in copies] == ([(ROOM, case.number)] if case else [])

    @rule(who=newcomers)
    def block_the_bot(self, who: Address) -> None:
        sent = self._newcomer(who, Departure("blocked"))
        assert not [posted for posted in sent if posted.send.to == who]

    # --- advisers ---

    @rule(by=advisers, form=st.sampled_from(ADVISERS_WORDS), nth=wholes, changed=st.booleans())
    def answer(self, by: Sender, form: str, nth: int, changed: bool) -> None:
        word, to = self._word(), self._any_in_room(nth)
        text = form.replace("{}", word)
        case = self.book.spoken_of(Utterance(text), to)
        sent = self._adviser(by, Edit(text) if changed else Utterance(text), to, case)
        reached = [posted.send.to for posted in sent if word in plain_text(parse(posted.send.reply.text))]
        assert reached == ([case.newcomer] if case and self._may_answer(case, by) else [])
        assert not [posted for posted in sent if "intern" in posted.send.reply.text]

    @rule(by=advisers, form=st.sampled_from(INTERNAL), nth=wholes)
    def write_internally(self, by: Sender, form: str, nth: int) -> None:
        to = self._any_in_room(nth)
        assert self._adviser(by, Utterance(form.replace("{}", self._word())), to, None) == []

    @rule(by=advisers, text=st.sampled_from(SHORT), nth=wholes)
    def write_little_in_the_room(self, by: Sender, text: str, nth: int) -> None:
        to = self._any_in_room(nth)
        self._adviser(by, Utterance(text), to, self.book.spoken_of(Utterance(text), to))

    @rule(by=advisers, form=st.sampled_from(ROOM_COMMANDS), number=st.integers(0, 5), nth=wholes)
    def command_in_the_room(self, by: Sender, form: str, number: int, nth: int) -> None:
        content, to = Utterance(form.replace("{n}", str(number))), self._any_in_room(nth)
        self._adviser(by, content, to, self.book.spoken_of(content, to))

    @rule(by=advisers, nth=wholes)
    def send_a_canned_sentence(self, by: Sender, nth: int) -> None:
        content, to = Utterance("/say hello"), self._any_in_room(nth)
        own = [case for case in self.book.cases.values() if case.status is Status.CLAIMED and case.adviser == by]
        case = self.book.spoken_of(content, to) or (own[0] if len(own) == 1 else None)
        sentences = [self.guide.texts.say(language, "canned.hello.text") for language in self.guide.languages]
        sent = self._adviser(by, content, to, case)
        reached = [p.send.to for p in sent if p.send.to != ROOM and p.send.reply.text.endswith(tuple(sentences))]
        assert reached == ([case.newcomer] if case and self._may_answer(case, by) else [])

    @rule(by=advisers, nth=wholes)
    def press_any_button_of_the_room(self, by: Sender, nth: int) -> None:
        seen = [b.action for posted in self.book.in_chat(ROOM) for b in posted.send.reply.buttons]
        if seen:
            content = Choice(seen[nth % len(seen)])
            self._adviser(by, content, None, self.book.spoken_of(content, None))

    @rule(by=advisers, caption=st.sampled_from(["", "Formular", "//intern"]), nth=wholes)
    def send_a_file(self, by: Sender, caption: str, nth: int) -> None:
        to = self._any_in_room(nth)
        content = Attachment("document", caption)
        case = self.book.spoken_of(content, to)
        sent = self._adviser(by, content, to, case)
        copies = [posted.send.to for posted in sent if posted.send.reply.copy is not None]
        sendable = case is not None and self._may_answer(case, by) and not caption.startswith("//")
        assert copies == ([case.newcomer] if case and sendable else [])

    # --- what always holds ---

    def _newcomer(self, who: Address, content: Content) -> list[Posted]:
        """A newcomer's turn speaks to that newcomer and, once there is a case, to the advisers' room."""
        case = self.book.case_of(who)
        sent = self._play(who, Sender(str(who), "Somebody"), content, None)
        case = self.book.case_of(who) or case
        assert {posted.send.to for posted in sent} <= ({who, ROOM} if case else {who})
        assert all(case and posted.send.case in (case.number, None) for posted in sent if posted.send.to == ROOM)
        return sent

    def _adviser(self, by: Sender, content: Content, to: Posted | None, case: Case | None) -> list[Posted]:
        """A turn in the room speaks to the room and, where it is about a case, to the newcomer of that case."""
        before = dict(self.book.cases)
        sent = self._play(ROOM, by, content, to)
        assert {posted.send.to for posted in sent} <= ({ROOM, case.newcomer} if case else {ROOM})
        changed = {number for number, now in self.book.cases.items() if before.get(number) != now}
        assert changed <= ({case.number} if case else set())
        return sent

    def _play(self, origin: Address, sender: Sender, content: Content, to: Posted | None) -> list[Posted]:
        note(f"{sender.name} at {origin}: {content} answering {to.key if to else None}")
        before, numbers = len(self.book.posted), self.book.last_case
        decision = self.book.play(self.guide, origin, sender, content, to)
        opened = decision.state.case
        assert opened is None or opened.number in self.book.cases or opened.number <= numbers + 1
        assert len(self.book.posted) - before == len(sends(decision))
        return self.book.posted[before:]

    def _word(self) -> str:
        self.words += 1
        return f"zq{self.words}x"

    def _any_in_room(self, nth: int) -> Posted | None:
        """Any message of the bot in the room, or none."""
        posted = self.book.in_chat(ROOM)
        chosen = nth % (len(posted) + 1)
        return posted[chosen] if chosen < len(posted) else None

    def _may_answer(self, before: Case, by: Sender) -> bool:
        return before.status is Status.OPEN or (before.status is Status.CLAIMED and before.adviser == by)

    def _heard_in_room(self, case: Case | None, sent: list[Posted], words: str) -> None:
        """During a case the advisers read what the newcomer writes; without one they do not."""
        read = [p.send.case for p in sent if p.send.to == ROOM and words in plain_text(parse(p.send.reply.text))]
        assert read[:1] == ([case.number] if case else []) or not words.strip()

    def _to_others(self, sent: list[Posted], who: Address) -> list[Posted]:
        return [posted for posted in sent if posted.send.to not in (who, ROOM)]


@pytest.mark.parametrize("steps", [10, 50])
def test_nothing_goes_to_the_wrong_person_nothing_is_lost_nothing_raises(guide: Guide, steps: int) -> None:
    class WithGuide(Handoffs):
        pass

    WithGuide.guide = guide
    run_state_machine_as_test(
        WithGuide,
        settings=settings(max_examples=60, stateful_step_count=steps, suppress_health_check=list(HealthCheck)),
    )
