"""Carries trainers' edits to a checkout of the repository, and what is new in a checkout to the trainers."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from qifu.errors import SeedError, ServiceError
from qifu.training.draft import HELD_OUT, PARTS, Draft
from qifu.training.joining import join, settle
from qifu.training.workspace import Workspace

_NEEDED = ("seeds/matters", "nlu/data", "tests/nlu")


async def export_to(workspace: Workspace, folder: Path, *, wins: bool = False) -> list[str]:
    """Writes trainers' edits into a checkout and gives the paths of the files that changed.

    What is new there stays; `wins`: trainers' form counts where both changed the same. Raises SeedError with the
    conflicts, and nothing is written; ServiceError.
    """
    _prove_checkout(folder)
    if not workspace.edited:
        return []
    changed = await asyncio.to_thread(_export, workspace, folder, wins)
    await workspace.note_export(folder)
    return changed


async def import_from(workspace: Workspace, folder: Path, *, wins: bool = False) -> list[str]:
    """Brings what is new in a checkout into trainers' data and gives the paths of the files that changed.

    Trainers' edits stay; `wins`: the checkout's form counts where both changed the same. Raises SeedError with the
    conflicts, and nothing is changed; EditError busy, ServiceError.
    """
    _prove_checkout(folder)
    changed: list[str] = []
    with _copied(folder) as given:
        if await asyncio.to_thread(workspace.knows, given.root):
            return []
        base = await asyncio.to_thread(_base, workspace, given)

        def edit(draft: Draft) -> None:
            _join(workspace, base, given.root, draft, wins)
            changed.extend(_differing(workspace.folder, draft.root))

        await workspace.change(edit, by=None, what="carried", subject=folder.name, origin=given.root)
    return changed


def _export(workspace: Workspace, folder: Path, wins: bool) -> list[str]:
    with _copied(folder) as into:
        before = workspace.read_beside(folder)
        _join(workspace, _base(workspace, into), workspace.folder, into, wins)
        if new := workspace.read_beside(into.root).findings_beside(before):
            raise SeedError(new)
        changed = _differing(folder, into.root)
        try:
            for name in changed:
                _put(into.root / name, Draft(folder), name)
        except OSError as error:
            raise ServiceError(f"{folder} can't be written to ({error.strerror})") from None
    return changed


def _join(workspace: Workspace, base: Path, given: Path, into: Draft, wins: bool) -> None:
    joined = join(base, given, into, given_wins=wins)
    if joined.conflicts:
        raise SeedError(joined.conflicts)
    if wins:
        settle(workspace.read_beside(given), into, workspace.read_beside(into.root))


def _differing(one: Path, other: Path) -> list[str]:
    """The paths of the files that differ."""
    first, second = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in Draft(folder).files(*PARTS, *HELD_OUT)}
        for folder in (one, other)
    )
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def _base(workspace: Workspace, other: Draft) -> Path:
    """What both sides come from: what was exported last where the other side holds all of it, else the origin."""
    if workspace.exported is None:
        return workspace.origin
    with _copied(other.root) as copy:
        missing = join(workspace.origin, workspace.exported, copy)
    return workspace.origin if missing.files or missing.conflicts else workspace.exported


@contextmanager
def _copied(folder: Path) -> Iterator[Draft]:
    """The data of a folder to work on, and as they are now, whatever becomes of the folder."""
    with TemporaryDirectory() as copy:
        for path in Draft(folder).files(*PARTS, *HELD_OUT):
            to = Path(copy) / path.relative_to(folder)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
        yield Draft(Path(copy))


def _put(path: Path, into: Draft, name: str) -> None:
    if path.exists():
        into.write(into.root / name, path.read_bytes().decode())
    else:
        (into.root / name).unlink(missing_ok=True)


def _prove_checkout(folder: Path) -> None:
    for name in _NEEDED:
        if not (folder / name).is_dir():
            raise ServiceError(f"{folder} is no checkout of qifu: it has no {name}/")
