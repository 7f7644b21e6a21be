"""Trainers' data of two topics, behind a console."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from store.database import Database
from tests.console.training.room import MISS, REFUND, TRANSFER, TRIAL, Room, report, trainers_room
from tests.qifu.training.conftest import small, source

__all__ = ["room", "small", "source"]


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database, small: Path, tmp_path: Path) -> AsyncIterator[Room]:
    """Two versions were measured; the live one is worse at fast bankruptcy trials and mistakes one question."""
    before = report({REFUND: [2, 2, 2], TRIAL: [2, 2, 2], TRANSFER: [1, 1, 1]})
    now = report({REFUND: [2, 2, 2], TRIAL: [2, 1, 1], TRANSFER: [1, 1, 1]}, [MISS], fact=80)
    async with trainers_room(own_database, small, tmp_path / "home", [before, now]) as trainers:
        yield trainers
