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


@dataclass(frozen=True)
class Case:
    """One conversation: what the user says in turn, and the district chosen before."""

    id: str
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
        except (KeyError, TypeError, ValueError) as error:
            findings.append(f"line {number}: {error}")
    if findings:
        raise QifuError("\n".join(findings))
    return cases


def _case(content: Any) -> Case:
    if not isinstance(content, dict):
        raise TypeError("a case is a JSON object")
    if "q" not in content and "turns" not in content:
        raise ValueError("a case needs q or turns")
    said = [turn["u"] for turn in content["turns"]] if "turns" in content else [content["q"]]
    if not said or not all(isinstance(text, str) for text in said):
        raise ValueError("q and turns[].u are texts")
    district = content.get("district")
    return Case(str(content.get("id", "")), tuple(said), District(district) if district else None)


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
        turns.append(await dialogue.handle(Incoming(conversation, Channel.BATCH, str(number), text)))
    return {"id": case.id, "turns": [turn_json(turn) for turn in turns]}


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
