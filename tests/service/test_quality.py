"""The whole bot with its real model, on every held-out message and conversation: nothing falls below its floor."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from qifu.commands import apart
from qifu.evaluation.conversations import Talked, hold, read_conversations
from qifu.evaluation.conversations import misses as talk_misses
from qifu.evaluation.floors import below
from qifu.evaluation.held_out import read_held_out
from qifu.evaluation.report import misses, summary
from qifu.evaluation.run import score
from qifu.evaluation.score import Scored
from qifu.labels import Outcome
from tests.service.conftest import home_with
from tests.service.support import free_settings

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

_SHOWN = 20


@dataclass(frozen=True)
class Evaluated:
    """What came of one evaluation."""

    rows: list[Scored]
    talked: list[Talked]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def evaluated(tmp_path_factory: pytest.TempPathFactory, models: Path, model: Path) -> Evaluated:
    """Everything asked once, as `qifu evaluate` asks it."""
    home = home_with(tmp_path_factory.mktemp("quality") / "home", models)
    async with apart(free_settings(home)) as started:
        rows = await score(started.house.dialogue, read_held_out(), lambda: None)
        talked = await hold(started.house.dialogue, read_conversations(), lambda: None)
    return Evaluated(rows, talked)


async def test_no_figure_falls_below_its_floor(evaluated: Evaluated) -> None:
    low = below(summary(evaluated.rows, evaluated.talked), evaluated.rows)
    missed = [*misses(evaluated.rows), *talk_misses(evaluated.talked)]
    shown = "\n".join(f"{miss['where']}: {miss['q']}" for miss in missed[:_SHOWN])
    assert low == [], f"{'; '.join(low)}\nthe first of {len(missed)} misses:\n{shown}"


async def test_no_message_ends_in_an_error_or_without_a_reply(evaluated: Evaluated) -> None:
    turns = [row.turn for row in evaluated.rows] + [turn for one in evaluated.talked for turn in one.turns]
    assert [turn["u"] for turn in turns if turn["outcome"] == Outcome.ERROR or not turn["replies"]] == []
