"""Writes the evaluation: a table in Markdown, the misses, and pictures."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from qifu.evaluation.conversations import Talked
from qifu.evaluation.conversations import misses as talk_misses
from qifu.evaluation.score import Scored, Share, grouped, share
from qifu.labels import OUT_OF_SCOPE, Outcome


def summary(rows: Sequence[Scored], talked: Sequence[Talked] = ()) -> dict[str, Share | float]:
    """The figures that the project promises, by name."""
    contacts = [row for row in rows if row.case.kind == "contact"]
    verdicts = [verdict for one in talked for verdict in one.verdicts]
    questions = [row for row in rows if row.case.kind == "question"]
    acts = [row for row in rows if row.case.kind == "act"]
    outside = [row for row in rows if row.case.kind == OUT_OF_SCOPE]
    return {
        "topic": share(questions, lambda row: row.right),
        "fact in the reply": share(questions, lambda row: row.fact),
        "fact first": share(questions, lambda row: row.first),
        "contact in the reply": share(contacts, lambda row: row.fact),
        "in scope, turned away": share(questions, lambda row: row.turned_away),
        "acts": share(acts, lambda row: row.right),
        "out of scope kept out": share(outside, lambda row: row.kept_out),
        "conversation turns": Share(sum(verdicts), len(verdicts)),
        "whole conversations": Share(sum(all(one.verdicts) for one in talked), len(talked)),
        "median characters of a reply": median(row.characters for row in questions) if questions else 0.0,
        "median milliseconds": median(row.turn["ms"] for row in rows) if rows else 0.0,
    }


def table(rows: Sequence[Scored], talked: Sequence[Talked] = ()) -> str:
    """The whole table: figures, then by topic, style, plan and language."""
    lines = ["| figure | value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in summary(rows, talked).items()]
    questions = [row for row in rows if row.case.kind == "question"]
    groupings: dict[str, Callable[[Scored], str]] = {
        "topic": lambda row: row.case.label,
        "style": lambda row: row.case.style,
        "plan": lambda row: row.case.points[0].split("/")[0],
        "language": lambda row: row.case.language,
        "outcome": lambda row: str(row.turn["outcome"]),
    }
    for name, key in groupings.items():
        lines += ["", f"| {name} | questions | topic right | fact in reply | fact first |", "|---|---|---|---|---|"]
        for value, group in grouped(questions, key).items():
            shares = [share(group, test) for test in (lambda r: r.right, lambda r: r.fact, lambda r: r.first)]
            lines.append(f"| {value} | {len(group)} | " + " | ".join(f"{s.percent:.0f}%" for s in shares) + " |")
    acts = [row for row in rows if row.case.kind == "act"]
    lines += ["", "| act | messages | right |", "|---|---|---|"]
    for value, group in grouped(acts, lambda row: row.case.label).items():
        lines.append(f"| {value} | {len(group)} | {share(group, lambda r: r.right).percent:.0f}% |")
    return "\n".join(lines) + "\n"


def misses(rows: Sequence[Scored]) -> list[dict[str, object]]:
    """Every message that went wrong, with what the bot made of it."""
    wrong = [
        row
        for row in rows
        if (row.case.kind in ("question", "contact") and not row.fact)
        or (row.case.kind == "act" and not row.right)
        or (row.case.kind == OUT_OF_SCOPE and not row.kept_out)
    ]
    return [
        {
            "where": row.case.where,
            "q": row.case.text,
            "wanted": row.case.label,
            "points": row.case.points or row.case.must,
            "got": row.label,
            "outcome": row.turn["outcome"],
            "matter": row.turn["matter"],
            "quoted": row.turn["points"],
        }
        for row in wrong
    ]


def write_report(rows: Sequence[Scored], talked: Sequence[Talked], folder: Path) -> None:
    """Writes evaluation.md, misses.jsonl, conversations.jsonl, confusion.png and calibration.png into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.md").write_text(table(rows, talked), encoding="utf-8")
    _write_lines(folder / "misses.jsonl", misses(rows))
    _write_lines(folder / "conversations.jsonl", talk_misses(talked))
    from qifu.evaluation.pictures import calibration_picture, confusion_picture  # noqa: PLC0415  # matplotlib is heavy

    confusion_picture(rows, folder / "confusion.png")
    calibration_picture([row for row in rows if row.turn["outcome"] != Outcome.ERROR], folder / "calibration.png")


def _write_lines(path: Path, rows: Sequence[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
