"""`qifu export-training` and `qifu import-training`: trainers' edits and a checkout of the repository."""

import re
from pathlib import Path

import typer

from qifu.errors import EditError, QifuError, SeedError
from qifu.training.carrying import export_to, import_from
from qifu.training.workspace import Workspace

_PLACE = re.compile(r"^\S*/(?=(?:seeds|nlu|tests)/)")
"""The folder before a file's path, which may be a copy that is gone."""


async def export_training(workspace: Workspace, folder: Path, force: bool) -> None:
    """Writes trainers' edits into a checkout; prints the files that changed."""
    try:
        changed = await export_to(workspace, folder, wins=force)
    except SeedError as error:
        raise _refused(error, folder, "trainers' edits") from None
    _tell(changed, "trainers have changed nothing that the folder lacks")


async def import_training(workspace: Workspace, folder: Path, force: bool) -> None:
    """Brings what is new in a checkout into trainers' data; prints the files that changed."""
    try:
        changed = await import_from(workspace, folder, wins=force)
    except SeedError as error:
        raise _refused(error, folder, "the folder's form") from None
    except EditError as error:
        raise QifuError(f"trainers' data are being edited ({error.code}); try again in a moment") from None
    _tell(changed, "the folder has nothing that trainers' data lack")


def _refused(error: SeedError, folder: Path, wins: str) -> QifuError:
    findings = "\n".join(_PLACE.sub("", finding) for finding in error.findings)
    return QifuError(
        f"{findings}\nnothing was changed: {folder} and trainers' data don't go together there; "
        f"settle it on one side, or let {wins} count with --force"
    )


def _tell(changed: list[str], nothing: str) -> None:
    for name in changed:
        typer.echo(name)
    typer.echo(f"{len(changed)} files changed" if changed else nothing, err=True)
