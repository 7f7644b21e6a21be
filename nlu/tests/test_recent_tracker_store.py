"""Trackers stay short, and keep what matters."""

import asyncio
from pathlib import Path

import pytest
from components.recent_tracker_store import RecentTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [greet]
actions: [action_greet]
slots:
  district: {type: text, mappings: [{type: custom}]}
  firm: {type: text, mappings: [{type: custom}]}
forms:
  appeal_form: {required_slots: [firm]}
""")


@pytest.fixture
def store() -> RecentTrackerStore:
    return RecentTrackerStore(DOMAIN, turns=2, conversations=3)


def turn(store: RecentTrackerStore, sender: str, text: str, *events: object) -> DialogueStateTracker:
    """One turn as Rasa runs it: fetch, say, act, listen, save."""
    tracker = asyncio.run(store.get_or_create_tracker(sender, append_action_listen=False))
    if not tracker.applied_events():
        tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], DOMAIN)
        tracker.update(ActionExecuted("action_listen"), DOMAIN)
    said = [UserUttered(text, {"name": "greet"}), ActionExecuted("action_greet"), *events, BotUttered("你好")]
    tracker.update_with_events([*said, ActionExecuted("action_listen")], DOMAIN)
    asyncio.run(store.save(tracker))
    return tracker


def again(store: RecentTrackerStore, sender: str) -> DialogueStateTracker:
    tracker = asyncio.run(store.retrieve(sender))
    assert tracker is not None
    return tracker


def test_a_conversation_stops_growing(store: RecentTrackerStore) -> None:
    lengths = []
    for number in range(30):
        turn(store, "a", f"第{number}句")
        lengths.append(len(again(store, "a").events))
    assert len(set(lengths[3:])) == 1


def test_the_newest_turns_are_kept_whole(store: RecentTrackerStore) -> None:
    for number in range(5):
        turn(store, "a", f"第{number}句")
    events = list(again(store, "a").events)
    assert [event.text for event in events if isinstance(event, UserUttered)] == ["第3句", "第4句"]
    assert isinstance(events[0], ActionExecuted)
    assert again(store, "a").latest_action_name == "action_listen"


def test_slots_outlive_the_turn_that_set_them(store: RecentTrackerStore) -> None:
    turn(store, "a", "闵行", SlotSet("district", "minhang"), SlotSet("firm", "甲"))
    turn(store, "a", "换一家", SlotSet("firm", "乙"))
    for number in range(10):
        turn(store, "a", f"第{number}句")
    assert again(store, "a").get_slot("district") == "minhang"
    assert again(store, "a").get_slot("firm") == "乙"
    turn(store, "a", "不是闵行", SlotSet("district", None))
    for number in range(10):
        turn(store, "a", f"第{number}句")
    assert again(store, "a").get_slot("district") is None


def test_a_form_stays_open(store: RecentTrackerStore) -> None:
    turn(store, "a", "我要投诉", ActiveLoop("appeal_form"))
    for number in range(10):
        turn(store, "a", f"第{number}句")
    assert again(store, "a").active_loop_name == "appeal_form"
    turn(store, "a", "好了", ActiveLoop(None))
    for number in range(10):
        turn(store, "a", f"第{number}句")
    assert again(store, "a").active_loop_name is None


def test_a_new_session_forgets_the_turns_before_it(store: RecentTrackerStore) -> None:
    turn(store, "a", "昨天")
    tracker = again(store, "a")
    tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], DOMAIN)
    tracker.update_with_events([SlotSet("district", "putuo"), ActionExecuted("action_listen")], DOMAIN)
    asyncio.run(store.save(tracker))
    assert not [event for event in again(store, "a").events if isinstance(event, UserUttered)]
    assert again(store, "a").get_slot("district") == "putuo"


def test_the_conversation_longest_unused_is_dropped(store: RecentTrackerStore) -> None:
    for sender in ("a", "b", "c"):
        turn(store, sender, "你好")
    turn(store, "a", "还在")
    turn(store, "d", "新来的")
    assert asyncio.run(store.keys()) == ["c", "a", "d"]
    assert asyncio.run(store.retrieve("b")) is None


def test_what_is_kept_does_not_change_with_the_tracker(store: RecentTrackerStore, tmp_path: Path) -> None:
    tracker = turn(store, "a", "你好")
    tracker.update(SlotSet("district", "minhang"), DOMAIN)
    assert again(store, "a").get_slot("district") is None
