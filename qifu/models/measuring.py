"""What a version reaches: on the held-out questions and conversations, and on questions that users asked.

`python -m qifu.models.measuring JOB OUT` does it in a process of its own, with a Rasa, actions and a database beside
those that answer users; it reads its job from a JSON file and writes what it found to another.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from actions.knowledge.base import Knowledge
from bot.batch.ask import Case, ask
from bot.dialogue.dialogue import Dialogue
from qifu.errors import QifuError
from qifu.evaluation.conversations import hold, read_conversations
from qifu.evaluation.floors import falls
from qifu.evaluation.held_out import read_held_out
from qifu.evaluation.report import misses, summary
from qifu.evaluation.run import score
from qifu.evaluation.score import Scored, Share, grouped, share
from qifu.logs import set_up_logs
from qifu.models import child
from qifu.models.data import held_out_checksum
from qifu.running import running
from qifu.seeding import seed
from qifu.settings import Settings, read_settings
from store.database import Database
from store.masking import mask

_MOST_MISSES = 500
_NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d{4}")

type Json = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """What a version reaches.

    `scores` is None where only questions were asked. `answers` stand in the order of the questions.
    """

    scores: Json | None
    answers: list[Json]


async def measured(
    model: Path, data: Path, held_out: Path | None, questions: Sequence[str], tell: Callable[[str], None]
) -> Measured:
    """Measures a model with its data in a process of its own; `held_out` is the folder whose tests/ it is asked.

    Raises TrainingError.
    """
    with tempfile.TemporaryDirectory(prefix="qifu-") as folder:
        job, out = Path(folder) / "job.json", Path(folder) / "out.json"
        content = {
            "model": str(model),
            "data": str(data),
            "held_out": str(held_out) if held_out else None,
            "questions": list(questions),
        }
        job.write_text(json.dumps(content), encoding="utf-8")
        await child.work("qifu.models.measuring", str(job), str(out), tell=tell)
        found = json.loads(await asyncio.to_thread(out.read_text, "utf-8"))
    return Measured(found["scores"], found["answers"])


async def measure(settings: Settings, job: Json) -> Json:
    """The work of the child."""
    alone = settings.model_copy(update={"rasa_port": 0, "action_port": 0})
    with tempfile.TemporaryDirectory(prefix="qifu-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'qifu.db'}")
        try:
            await seed(database, check=False, home=Path(job["data"]))
            async with running(alone, database, Path(job["model"])) as started:
                services = started.house.services
                return await _ask_all(started.house.dialogue, services.knowledge, job)
        finally:
            await database.dispose()


async def _ask_all(dialogue: Dialogue, knowledge: Knowledge, job: Json) -> Json:
    held_out = job["held_out"] and Path(job["held_out"])
    cases = read_held_out(held_out / "tests" / "nlu") if held_out else []
    conversations = read_conversations(held_out / "tests" / "dialogue") if held_out else []
    questions = [Case(str(number), (text,)) for number, text in enumerate(job["questions"])]
    done, total = 0, len(cases) + len(conversations) + len(questions)

    def step() -> None:
        nonlocal done
        done += 1
        if done % 20 == 0 or done == total:
            child.tell(done, total)

    scores = None
    if held_out:
        rows = await score(dialogue, cases, step)
        talked = await hold(dialogue, conversations, step)
        figures = summary(rows, talked)
        scores = {
            "held_out": held_out_checksum(held_out),
            "figures": {name: _figure(value) for name, value in figures.items()},
            "groups": groups_of(rows, knowledge),
            "falls": [asdict(fall) for fall in falls(figures, rows)],
            "misses": misses(rows)[:_MOST_MISSES],
        }
    answers = await ask(dialogue, questions, step)
    return {"scores": scores, "answers": [answer_of(answer["turns"][0]) for answer in answers]}


def groups_of(rows: Sequence[Scored], knowledge: Knowledge) -> Json:
    """By topic, style, matter and act: of how many, how many were right, and whose reply held the fact."""

    def matter(row: Scored) -> str:
        known = next((knowledge.matters_of[point] for point in row.case.points if point in knowledge.matters_of), None)
        return known[0] if known else ""

    questions = [row for row in rows if row.case.kind == "question"]
    acts = [row for row in rows if row.case.kind == "act"]
    kinds = {
        "topic": grouped(questions, lambda row: row.case.label),
        "style": grouped(questions, lambda row: row.case.style),
        "matter": grouped(questions, matter),
        "act": grouped(acts, lambda row: row.case.label),
    }
    return {
        kind: {
            name: [len(group), share(group, lambda row: row.right).right, share(group, lambda row: row.fact).right]
            for name, group in groups.items()
            if name
        }
        for kind, groups in kinds.items()
    }


def answer_of(turn: Json) -> Json:
    """What is compared of an answer; the numbers of what was filed differ each time."""
    text = "\n".join(reply["text"] for reply in turn["replies"])
    kept = {name: turn[name] for name in ("outcome", "act", "topic", "matter", "points")}
    return {**kept, "text": mask(_NUMBER.sub("…", text))}


def _figure(value: Share | float) -> list[float]:
    return [value.percent, value.of] if isinstance(value, Share) else [value, 0]


def main(job: Path, out: Path) -> int:
    """The command; exit code 1 with one line on stderr."""
    child.begin()
    try:
        settings = read_settings()
        set_up_logs("ERROR")
        found = asyncio.run(measure(settings, json.loads(job.read_text(encoding="utf-8"))))
    except QifuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    out.write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
