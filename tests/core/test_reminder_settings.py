"""/reminders: every press changes what is wanted and the message that shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.assistant import respond
from bot.core.model import Choice, Conversation, Decision, Guide, Hush
from bot.core.wishes import choices_of, wishes_of
from scheduler.agenda import TOPICS, Topic
from tests.core.scenes import AMARA, a_conversation, actions, conversation_after, from_newcomer, said_to, sends

FOLLOWING = replace(a_conversation(language="en"), subscribed=True, topics=("german", "work"))


def pressed(guide: Guide, conversation: Conversation, what: str) -> Decision:
    return respond(from_newcomer(Choice(f"reminders:{what}"), conversation, message="77"), guide)


def labels(decision: Decision) -> list[str]:
    return [button.label for button in sends(decision)[-1].reply.buttons]


def test_the_settings_show_what_is_wanted(guide: Guide) -> None:
    decision = respond(from_newcomer("/reminders", FOLLOWING), guide)
    (text,) = said_to(decision, AMARA)
    assert "from 21 to 8" in text
    assert "1 day before, 2 hours before" in text
    assert sum(label.startswith("☑") for label in labels(decision)) == 4
    assert all(len(action.encode()) <= 64 for action in actions(sends(decision)[0]))


def test_who_wants_nothing_is_told_so(guide: Guide) -> None:
    (text,) = said_to(respond(from_newcomer("/reminders", a_conversation(language="en")), guide), AMARA)
    assert guide.texts.say("en", "reminders.none") in text


def test_a_press_changes_the_message_where_it_stands(guide: Guide) -> None:
    (send,) = sends(pressed(guide, FOLLOWING, "topic:family"))
    assert send.replaces is not None


@pytest.mark.parametrize(
    ("before", "press", "topics"),
    [
        (("german",), "topic:work", ("german", "work")),
        (("german", "work"), "topic:work", ("german",)),
        (("german",), "topic:german", None),  # nothing is left
        ((), "topic:german", tuple(topic for topic in TOPICS if topic != "german")),  # of all
        (("german",), "topic:*", ()),  # all
        ((), "topic:*", None),
        (tuple(topic for topic in TOPICS if topic != "german"), "topic:german", ()),
    ],
)
def test_topics_are_switched(
    before: tuple[Topic, ...], press: str, topics: tuple[str, ...] | None, guide: Guide
) -> None:
    kept = replace(FOLLOWING, topics=before)
    after = conversation_after(pressed(guide, kept, press))
    assert after.subscribed == (topics is not None)
    assert after.topics == (topics or ())


def test_without_a_topic_left_nothing_waits_any_more(guide: Guide) -> None:
    decision = pressed(guide, replace(FOLLOWING, topics=("german",)), "topic:german")
    assert [effect for effect in decision.effects if isinstance(effect, Hush)] == [Hush(AMARA)]


def test_leads_the_weekly_list_and_quiet_hours_are_chosen(guide: Guide) -> None:
    kept = FOLLOWING
    for press in ("lead:one-week", "lead:one-day", "lead:weekly", "quiet:22-7"):
        kept = conversation_after(pressed(guide, kept, press))
    assert (kept.leads, kept.digest, kept.quiet) == (("one-week", "two-hours"), True, "22-7")
    assert choices_of(kept) == {"lead:one-week", "lead:two-hours", "quiet:22-7", "digest:german,work"}


def test_the_quiet_hours_go_round(guide: Guide) -> None:
    kept, seen = FOLLOWING, []
    for _ in range(4):
        decision = respond(from_newcomer("/reminders", kept), guide)
        (press,) = [action for action in actions(sends(decision)[0]) if action.startswith("reminders:quiet:")]
        kept = conversation_after(respond(from_newcomer(Choice(press), kept), guide))
        seen.append(kept.quiet)
    assert seen == ["22-7", "never", "20-9", "21-8"]


@pytest.mark.parametrize("what", ["topic:gardening", "lead:one-year", "quiet:1-2", "nothing", ""])
def test_a_button_that_does_not_exist_changes_nothing(what: str, guide: Guide) -> None:
    decision = pressed(guide, FOLLOWING, what)
    assert decision.outcome == "old_button"
    assert conversation_after(decision) == replace(FOLLOWING, buttons=())


def test_stop_ends_everything_at_once(guide: Guide) -> None:
    decision = respond(from_newcomer("/stop", replace(FOLLOWING, digest=True)), guide)
    assert [effect for effect in decision.effects if isinstance(effect, Hush)] == [Hush(AMARA)]
    after = conversation_after(decision)
    assert (wishes_of(after), choices_of(after)) == (frozenset(), frozenset())
