"""A small set of trainers' data that trains in seconds: one topic whole, of the others a question a point."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qifu.settings import ROOT
from qifu.training.draft import HELD_OUT, PARTS, Draft

WHOLE = "taxes"
_ENOUGH = {"out_of_scope": 150}
"""Questions kept of an intent without points; of an act 25."""


def small_data(home: Path) -> Path:
    """Makes the trainers' data of a home, as the link and folder that Workspace would make."""
    folder = home / "training-000001"
    for path in Draft(ROOT).files(*PARTS):
        to = folder / path.relative_to(ROOT)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    for path in Draft(ROOT).files(*HELD_OUT):
        if path.stem == WHOLE:
            to = folder / path.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
    draft = Draft(folder)
    for path in draft.files("nlu/data/*.yml"):
        if path.stem not in (WHOLE, "rules"):
            _thin(draft, path, lambda block: _ENOUGH.get(block["intent"], 1 if "/" in block["intent"] else 25))
    (home / "training").symlink_to(folder.name)
    return folder


def _thin(draft: Draft, path: Path, most: Callable[[Any], int]) -> None:
    content = draft.load(path)
    for block in content.get("nlu") or []:
        if "intent" in block:
            lines = str(block["examples"]).splitlines(keepends=True)[: most(block)]
            block["examples"] = type(block["examples"])("".join(lines))
    draft.save(path, content)
