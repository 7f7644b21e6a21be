"""`qifu ask`: conversations in, a JSON object a line; the same with their turns out, in the same order."""

import asyncio
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.turn import Incoming, Turn
from qifu.errors import QifuError
from qifu.labels import Channel, District

_PAUSES = (0.5, 1, 2, 4, 8, 16)
"""Seconds between the tries of a message while Rasa is away."""


@dataclass(frozen=True)
class Case:
    """One conversation: what the user says in turn, and the district chosen before. `id` comes back as it was."""

    id: str | int | float | None
    said: tuple[str, ...]
    district: District | None = None


def read_cases(lines: Iterable[str]) -> list[Case]:
    """The cases of a JSONL file. Raises QifuError that names every bad line by its number."""
    cases: list[Case] = []
    findings: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line)))
        except json.JSONDecodeError as error:
            findings.append(f"line {number}: not valid JSON: {error.msg}")
        except RecursionError:
            findings.append(f"line {number}: nested too deeply")
        except (TypeError, ValueError) as error:
            findings.append(f"line {number}: {error}")
    if findings:
        raise QifuError("\n".join(findings))
    return cases


def _case(content: Any) -> Case:
    if not isinstance(content, dict):
        raise TypeError("a case is a JSON object")
    if ("q" in content) == ("turns" in content):
        raise ValueError("a case needs either q or turns")
    turns = content.get("turns", [{"u": content.get("q")}])
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        raise TypeError('turns is a list of {"u": text}')
    said = tuple(turn.get("u") for turn in turns)
    if not all(isinstance(text, str) for text in said):
        raise TypeError("q and turns[].u are texts")
    number = content.get("id", "")
    if not isinstance(number, str | int | float | None):
        raise TypeError("id is a text or a number")
    return Case(number, said, _district(content.get("district")))


def _district(name: Any) -> District | None:
    if name in (None, ""):
        return None
    if name not in set(District):
        raise ValueError(f"district is one of {', '.join(District)}, not {name}")
    return District(name)


async def ask(
    dialogue: Dialogue, cases: list[Case], done: Callable[[], None], at_once: int = 4
) -> list[dict[str, Any]]:
    """Runs every case through the dialogue, `at_once` side by side; the answers stand in the cases' order."""
    places = asyncio.Semaphore(at_once)

    async def run(case: Case) -> dict[str, Any]:
        async with places:
            answer = await _converse(dialogue, case)
            done()
            return answer

    return list(await asyncio.gather(*(run(case) for case in cases)))


async def _converse(dialogue: Dialogue, case: Case) -> dict[str, Any]:
    conversation = f"batch:{uuid.uuid4().hex}"
    if case.district:
        await dialogue.set_district(conversation, Channel.BATCH, case.district)
    turns = []
    for number, text in enumerate(case.said):
        turns.append(await _answered(dialogue, Incoming(conversation, Channel.BATCH, str(number), text)))
    return {"id": case.id, "turns": [turn_json(turn) for turn in turns]}


async def _answered(dialogue: Dialogue, incoming: Incoming) -> Turn:
    """The turn of a message, waited for while Rasa is away; after half a minute, what can be said without it."""
    for pause in _PAUSES:
        turn = await dialogue.handle(incoming)
        if not turn.parse.get("pending"):
            return turn
        await asyncio.sleep(pause)
    return await dialogue.handle(incoming)


def turn_json(turn: Turn) -> dict[str, Any]:
    """A turn in the batch interface's form."""
    return {
        "u": turn.text,
        "replies": [
            {"text": reply.text, "buttons": [asdict(button) for button in reply.buttons]} for reply in turn.replies
        ],
        "outcome": turn.outcome,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "topic": turn.topic,
        "matter": turn.matter,
        "act": turn.act,
        "entities": list(turn.entities),
        "points": list(turn.points),
        "contacts": list(turn.contacts),
        "ms": turn.ms,
    }
