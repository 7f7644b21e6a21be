"""Compares pipelines on the same questions: `python compare.py [--pipelines ours,svc] [--share 0.2] [--epochs 20]`.

Each pipeline is trained in a process of its own and asked in another, one message at a time. Prints a Markdown
table: shares of held-out questions understood, seconds of training, milliseconds a message, memory while asking.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from contenders import CONTENDERS
from held_out import Block, measure, read_blocks, read_questions
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

ROOM = Path(__file__).resolve().parent
COLUMNS = ("topic", "macro_f1", "out_of_scope", "matter", "points")
HEAD = """\
| pipeline | topic | macro-F1 | out of scope kept out | matter | point in first 3 | training | parse mean | memory |
|---|---|---|---|---|---|---|---|---|"""
_WARM_UP = 20
_LINE = "result: "


def main() -> int:
    """The command."""
    arguments = _arguments()
    if arguments.step:
        result = _STEPS[arguments.step](arguments)
        print(_LINE + json.dumps(result))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        room = _room(Path(folder) / "room", arguments)
        print(HEAD)
        for name in arguments.pipelines.split(","):
            model = Path(folder) / name
            model.mkdir()
            trained = _child("train", name, room, model, arguments)
            asked = _child("ask", name, room, model, arguments) if trained else None
            print(_row(CONTENDERS[name].title, trained, asked), flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOM / "data", help="folder of training questions")
    parser.add_argument(
        "--held-out", type=Path, default=ROOM.parent / "tests" / "nlu", help="folder of questions to ask"
    )
    parser.add_argument("--pipelines", default=",".join(CONTENDERS), help="names, by comma: " + ", ".join(CONTENDERS))
    parser.add_argument("--share", type=float, default=1.0, help="share of the training questions of each block")
    parser.add_argument("--epochs", type=int, help="for the pipelines that have epochs in their configuration")
    parser.add_argument("--step", choices=["train", "ask"], help=argparse.SUPPRESS)
    parser.add_argument("--room", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _room(room: Path, arguments: argparse.Namespace) -> Path:
    """A room whose data is the chosen share of each block, at least two questions."""
    shutil.copytree(ROOM / "domain", room / "domain")
    (room / "data").mkdir()
    blocks = [_cut(block, arguments.share) for block in read_blocks(arguments.data)]
    rows = [
        {
            "intent": block.intent,
            **({"metadata": {"point": block.point}} if block.point else {}),
            "examples": LiteralScalarString("".join(f"- {text}\n" for text in block.texts)),
        }
        for block in blocks
    ]
    with (room / "data" / "questions.yml").open("w", encoding="utf-8") as file:
        YAML().dump({"version": "3.1", "nlu": rows}, file)
    return room


def _cut(block: Block, share: float) -> Block:
    count = max(2, math.ceil(len(block.texts) * share))
    step = max(1.0, len(block.texts) / count)
    chosen = [block.texts[int(index * step)] for index in range(min(count, len(block.texts)))]
    return Block(block.intent, block.point, tuple(chosen))


def _child(step: str, name: str, room: Path, model: Path, arguments: argparse.Namespace) -> dict[str, Any] | None:
    command = [
        sys.executable,
        __file__,
        "--step",
        step,
        "--pipelines",
        name,
        "--room",
        str(room),
        "--model",
        str(model),
    ]
    command += [
        "--held-out",
        str(arguments.held_out),
        *(["--epochs", str(arguments.epochs)] if arguments.epochs else []),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # this very command
    results = [line for line in done.stdout.splitlines() if line.startswith(_LINE)]
    if done.returncode or not results:
        print(f"{name}, {step}: {done.stderr.strip()[-500:]}", file=sys.stderr)
        return None
    return dict(json.loads(results[-1].removeprefix(_LINE)))


def _train(arguments: argparse.Namespace) -> dict[str, Any]:
    started = time.perf_counter()
    blocks = read_blocks(arguments.room / "data")
    CONTENDERS[arguments.pipelines].train(arguments.room, blocks, arguments.model, arguments.epochs)
    return {"seconds": time.perf_counter() - started}


def _ask(arguments: argparse.Namespace) -> dict[str, Any]:
    questions = read_questions(arguments.held_out)
    parse = CONTENDERS[arguments.pipelines].load(arguments.model)
    for question in questions[:_WARM_UP]:
        parse(question.text)
    started = time.perf_counter()
    parses = [parse(question.text) for question in questions]
    each = (time.perf_counter() - started) / len(questions)
    measures = measure(questions, parses, read_blocks(arguments.room / "data"))
    return {**measures, "ms": each * 1000, "mb": _memory(), "questions": len(questions)}


def _memory() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _row(title: str, trained: dict[str, Any] | None, asked: dict[str, Any] | None) -> str:
    if trained is None or asked is None:
        return f"| {title} | failed |"
    shares = ["–" if asked[key] is None else f"{asked[key]:.3f}".removeprefix("0") for key in COLUMNS]
    cost = [f"{trained['seconds']:.0f} s", f"{asked['ms']:.1f} ms", f"{asked['mb']:.0f} MB"]
    return "| " + " | ".join([title, *shares, *cost]) + " |"


_STEPS = {"train": _train, "ask": _ask}

if __name__ == "__main__":
    sys.exit(main())
