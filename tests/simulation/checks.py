"""What must hold in the end. Each check returns what is wrong, in words; nothing wrong is an empty list."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.fakes.telegram_world import Json
from tests.simulation.diary import STAFF_TOKEN, USER_TOKEN, Diary
from tests.simulation.facts import Facts, Row

_ENDS = ("closed", "returned", "cancelled")
_TOLERANCE = timedelta(seconds=20)
"""A transaction takes its moment when it begins: what happens at once may bear moments in another order."""


@dataclass
class Sides:
    """What people have on their screens in the end: by conversation the tokens of staff, by login those of users.

    Tokens are counted by the channel's own messages.
    """

    users: Mapping[str, Counter[str]]
    phones: Mapping[str, Counter[str]]


@dataclass(frozen=True)
class Owned:
    """A span in which a handoff had an owner; `until` is None where it never ended."""

    staff: int
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.since - _TOLERANCE <= at and (self.until is None or at <= self.until + _TOLERANCE)


def users_messages(diary: Diary, facts: Facts) -> list[str]:
    """Each message of a user is one turn, answered, with its own words; what staff are to get they have once."""
    turns: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for turn in facts.turns:
        turns[turn["conversation_id"], turn["message_id"]].append(turn)
    words = Counter(token for turn in facts.turns for token in USER_TOKEN.findall(turn["text"]))
    kept = Counter(token for row in facts.messages for token in USER_TOKEN.findall(row["text"]))
    wrong = []
    for said in diary.said:
        found = turns.pop((said.conversation, said.key), [])
        if len(found) != 1:
            wrong.append(f"{said.conversation} {said.key}: in {len(found)} turns")
            continue
        [turn] = found
        if turn["answered_at"] is None:
            wrong.append(f"{said.conversation} {said.key}: never answered")
        if said.token is None:
            continue
        if said.token not in turn["text"] or words[said.token] != 1:
            wrong.append(f"{said.conversation} {said.key}: its words are in {words[said.token]} turns")
        if kept[said.token] > 1:
            wrong.append(f"{said.conversation} {said.key}: staff have it {kept[said.token]} times")
        if not turn["replies"] and not kept[said.token]:
            wrong.append(f"{said.conversation} {said.key}: neither answered nor with staff")
        if not said.cue and not kept[said.token] and _in_handoff(turn, facts):
            wrong.append(f"{said.conversation} {said.key}: said in a handoff, staff never got it")
    wrong += [f"{conversation} {key}: a turn that nobody asked for" for conversation, key in turns]
    return wrong


def _in_handoff(turn: Row, facts: Facts) -> bool:
    """Whether a turn began and ended while a handoff was open."""
    for row in facts.handoffs:
        if row["conversation_id"] != turn["conversation_id"] or turn["answered_at"] is None:
            continue
        since, until = row["requested_at"] + _TOLERANCE, row["closed_at"]
        if since < turn["accepted_at"] and (until is None or turn["answered_at"] < until - _TOLERANCE):
            return True
    return False


def silence(facts: Facts) -> list[str]:
    """From the claim to the end the bot says nothing to what users write; outside of handoffs it never keeps silent."""
    wrong = []
    kept = {row["turn_id"] for row in facts.messages if row["turn_id"]}
    for turn in facts.turns:
        spoken = bool(turn["replies"])
        theirs = [row for row in facts.handoffs if row["conversation_id"] == turn["conversation_id"]]
        if not spoken and turn["id"] not in kept and not turn["is_payload"]:
            wrong.append(f"turn {turn['id']}: silent, and not with staff")
        for row in theirs:
            if row["claimed_at"] is None or turn["is_payload"] or not spoken:
                continue
            until = row["closed_at"]
            if row["claimed_at"] + _TOLERANCE < turn["accepted_at"] and (
                until is None or turn["answered_at"] < until - _TOLERANCE
            ):
                wrong.append(f"turn {turn['id']}: the bot spoke while {row['number']} had an owner")
    return wrong


def staffs_messages(diary: Diary, facts: Facts, sides: Sides) -> tuple[list[str], Counter[str]]:
    """Each answer is kept once and came to its user; the second value counts what the desk refused, and repeats."""
    kept: dict[str, list[Row]] = defaultdict(list)
    for row in facts.messages:
        if row["direction"] == "staff":
            for token in STAFF_TOKEN.findall(row["text"]):
                kept[token].append(row)
    owners, logins = _owners(facts), {row["login"]: row["id"] for row in facts.staff}
    handoffs = {row["id"]: row for row in facts.handoffs}
    wrong, counted = [], Counter[str]()
    for answer in diary.answered:
        rows = kept.pop(answer.token, [])
        conversation = handoffs[answer.handoff]["conversation_id"]
        seen = sides.users.get(conversation, Counter())[answer.token]
        elsewhere = [other for other, tokens in sides.users.items() if other != conversation and tokens[answer.token]]
        if elsewhere:
            wrong.append(f"{answer.token}: seen by {elsewhere}, meant for {conversation}")
        if len(rows) > 1:
            wrong.append(f"{answer.token}: kept {len(rows)} times")
        elif not rows:
            counted["refused"] += 1
            mine = [one for one in owners[answer.handoff] if one.staff == logins[answer.staff]]
            if any(one.until is None for one in mine):
                wrong.append(f"{answer.token}: lost; {answer.staff} has {conversation} to this moment")
            if seen:
                wrong.append(f"{answer.token}: seen, but not kept")
        elif seen == 0:
            wrong.append(f"{answer.token}: never came to {conversation}")
        else:
            counted["kept"] += 1
            counted["seen again"] += seen - 1
            if rows[0]["delivered_at"] is None:
                wrong.append(f"{answer.token}: came, but counts as not delivered")
    wrong += [f"{token}: kept, but nobody wrote it" for token in kept]
    return wrong, counted


def staff_got(facts: Facts, sides: Sides, on_phones: set[int]) -> tuple[list[str], Counter[str]]:
    """Whoever has a handoff on a phone has all that its user said until then; the second value counts repeats."""
    logins = {row["id"]: row["login"] for row in facts.staff}
    owners = _owners(facts)
    wrong, counted = [], Counter[str]()
    for row in facts.messages:
        if row["direction"] != "user":
            continue
        for owned in owners[row["handoff_id"]]:
            begins_before = owned.until is None or row["at"] < owned.until - _TOLERANCE
            if owned.staff not in on_phones or not begins_before:
                continue
            for token in USER_TOKEN.findall(row["text"]):
                seen = sides.phones[logins[owned.staff]][token]
                counted["to phones"] += 1
                if not seen:
                    wrong.append(f"{token}: {logins[owned.staff]} had handoff {row['handoff_id']} and never saw it")
    return wrong, counted


def _owners(facts: Facts) -> dict[int, list[Owned]]:
    found: dict[int, list[Owned]] = defaultdict(list)
    for event in facts.handoff_events:
        spans = found[event["handoff_id"]]
        if event["kind"] == "claimed":
            spans.append(Owned(event["staff_id"], event["at"], None))
        elif event["kind"] in ("transferred", *_ENDS) and spans and spans[-1].until is None:
            spans[-1] = Owned(spans[-1].staff, spans[-1].since, event["at"])
    return found


def one_owner(facts: Facts) -> list[str]:
    """Replays the events: nobody claims what somebody has, nobody speaks or ends what isn't theirs."""
    wrong = []
    managers = {row["id"] for row in facts.staff if row["role"] == "manager"}
    by_handoff: dict[int, list[Row]] = defaultdict(list)
    for event in facts.handoff_events:
        by_handoff[event["handoff_id"]].append(event)
    for handoff, events in by_handoff.items():
        wrong += [f"handoff {handoff}: {what}" for what in _replay(events, managers)]
    for row in facts.messages:
        if row["direction"] == "staff":
            spans = _owners(facts)[row["handoff_id"]]
            if not any(span.staff == row["staff_id"] and span.holds(row["at"]) for span in spans):
                wrong.append(f"message {row['id']}: by somebody who didn't have handoff {row['handoff_id']}")
    return wrong


def _replay(events: list[Row], managers: set[int]) -> Iterator[str]:
    owner: int | None = None
    ended = False
    counts = Counter(event["kind"] for event in events)
    if events[0]["kind"] != "requested" or counts["requested"] != 1:
        yield "doesn't begin with one request"
    if counts["answered"] > 1 or sum(counts[end] for end in _ENDS) > 1:
        yield f"happened more than once: {dict(counts)}"
    for event in events:
        kind, by = event["kind"], event["staff_id"]
        if ended and kind not in ("rated", "edited"):
            yield f"{kind} after its end"
        elif kind == "claimed":
            if owner is not None:
                yield f"claimed by {by} while {owner} had it"
            owner = by
        elif kind in ("transferred", "closed", "returned", "answered"):
            if owner is None or (by != owner and (by not in managers or kind == "answered")):
                yield f"{kind} by {by} while {owner} had it"
            owner = None if kind != "answered" else owner
        elif kind == "cancelled" and owner is not None:
            yield f"cancelled while {owner} had it"
        ended = ended or kind in _ENDS


def everything_ended(facts: Facts) -> list[str]:
    """Every handoff has an end, at most one was open for a conversation at a time, and the columns say the same."""
    last = {}
    for event in facts.handoff_events:
        if event["kind"] in ("requested", "claimed", "transferred", *_ENDS):
            last[event["handoff_id"]] = event["kind"]
    states = {"requested": "waiting", "transferred": "waiting"}
    wrong = []
    before: dict[str, Row] = {}
    for row in facts.handoffs:
        kind = last[row["id"]]
        if kind not in _ENDS:
            wrong.append(f"{row['number']}: not ended, it is {row['state']}")
        if states.get(kind, kind) != row["state"]:
            wrong.append(f"{row['number']}: {row['state']}, but its last event is {kind}")
        other = before.get(row["conversation_id"])
        if other and (other["closed_at"] is None or other["closed_at"] > row["requested_at"] + _TOLERANCE):
            wrong.append(f"{row['number']}: called while {other['number']} was open")
        before[row["conversation_id"]] = row
    return wrong


def appeals_once(diary: Diary, facts: Facts) -> list[str]:
    """What was confirmed is filed once, under the number that was told; nothing else is."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in facts.appeals:
        for token in USER_TOKEN.findall(row["text"]) or [f"appeal {row['id']}"]:
            rows[token].append(row)
    filed = Counter(event["appeal_id"] for event in facts.appeal_events if event["kind"] == "filed")
    wrong = []
    for token, (conversation, number) in diary.appeals.items():
        found = rows.pop(token, [])
        if len(found) != 1:
            wrong.append(f"{token}: confirmed by {conversation}, filed {len(found)} times, told as {number}")
        elif number is None or number != found[0]["number"] or found[0]["conversation_id"] != conversation:
            wrong.append(f"{token}: {conversation} was told {number}, filed is {found[0]['number']}")
        elif found[0]["joined_to"] is None and filed[found[0]["id"]] != 1:
            wrong.append(f"{number}: {filed[found[0]['id']]} events of its filing")
    wrong += [f"{token}: filed, but nobody confirmed it" for token in rows]
    if len({row["number"] for row in facts.appeals}) != len(facts.appeals):
        wrong.append("two appeals have the same number")
    return wrong


def outbox(facts: Facts) -> list[str]:
    """Everything in the outbox was delivered, and every update of Telegram is done."""
    late = [row for row in facts.notices if row["delivered_at"] is None and row["kind"] != "called"]
    wrong = [f"notice {row['id']} ({row['kind']}): not delivered after {row['attempts']} tries" for row in late]
    return wrong + [f"update {row['update_id']}: not handled" for row in facts.updates if not row.get("handled_at")]


def alerts(facts: Facts) -> list[str]:
    """Nobody is alerted twice for one wait, nor reminded twice of one message."""
    wrong = []
    state: dict[int, Counter[str]] = defaultdict(Counter)
    for event in facts.handoff_events:
        counts, kind = state[event["handoff_id"]], event["kind"]
        if kind == "transferred":
            counts.clear()
        counts[kind] += 1
        if kind in ("alerted", "escalated") and counts[kind] > 1:
            wrong.append(f"handoff {event['handoff_id']}: {kind} {counts[kind]} times in one wait")
    return wrong


def tokens_of(messages: list[Json], pattern: re.Pattern[str]) -> Counter[str]:
    """How many messages hold each token."""
    return Counter(token for message in messages for token in set(pattern.findall(str(message.get("text", "")))))
