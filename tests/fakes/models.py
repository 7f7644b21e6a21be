"""What makes, measures and serves models, without a single process: each can be held up, and fails when told to."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from actions.knowledge.base import Knowledge
from actions.knowledge.search import PointSearch
from qifu.errors import ServiceError, TrainingError
from qifu.lines import Known
from qifu.models.measuring import Measured
from qifu.settings import Settings
from tests.actions.knowledge import small_seeds


def scores(held_out: str = "aaaa", fact: float = 96.0, **more: Any) -> dict[str, Any]:
    """What a version reaches."""
    return {
        "held_out": held_out,
        "figures": {"topic": [95.0, 200], "fact in the reply": [fact, 200], "in scope, turned away": [1.0, 200]},
        "groups": {"topic": {"taxes": [100, 97, 96]}, "style": {"short": [100, 97, 96]}, "matter": {}, "act": {}},
        "falls": [],
        "misses": [],
    } | more


FALL = {"figure": "topic", "value": 80.0, "limit": 93, "word": "below", "kind": "", "group": "", "shown": ""}


def answer(text: str, outcome: str = "answered") -> dict[str, Any]:
    """An answer as it is compared."""
    return {"outcome": outcome, "act": None, "topic": "taxes", "matter": None, "points": [], "text": text}


class Held:
    """Work that waits while `go` isn't set, and fails with `error` where there is one."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()
        self.begun = asyncio.Event()
        self.error: Exception | None = None
        self.calls = 0

    async def pass_(self) -> None:
        """Waits and fails as told."""
        self.calls += 1
        self.begun.set()
        await self.go.wait()
        if self.error:
            raise self.error


class FakeTrain(Held):
    """Writes a file; a new one where `file` is changed."""

    file = "model.tar.gz"

    async def __call__(self, settings: Settings, *, home: Path, niceness: int, tell: Callable[[str], None]) -> Path:
        assert niceness > 0, "training steps back for answering"
        tell("epoch 1/4")
        await self.pass_()
        model = settings.models / self.file
        model.write_text(home.name, encoding="utf-8")
        return model


class FakeMeasure(Held):
    """Gives `results` by the model's name; `asked` holds model, whether held-out was asked, and the questions."""

    def __init__(self) -> None:
        super().__init__()
        self.results: dict[str, dict[str, Any]] = {}
        self.says = "一样"
        self.texts: dict[str, str] = {}
        self.asked: list[tuple[str, bool, list[str]]] = []

    async def __call__(
        self, model: Path, data: Path, held_out: Path | None, questions: list[str], tell: Callable[[str], None]
    ) -> Measured:
        self.asked.append((model.name, held_out is not None, list(questions)))
        tell("progress 1/2")
        await self.pass_()
        found = self.results.get(model.name, scores()) if held_out else None
        return Measured(found, [answer(self.texts.get(model.name, self.says)) for _ in questions])


class FakeKnow(Held):
    """The small seeds."""

    async def __call__(self, data: Path) -> Known:
        await self.pass_()
        knowledge = Knowledge(small_seeds())
        return Known(knowledge, PointSearch(knowledge))


class FakeLines(Held):
    """`serves` is the model that answers."""

    def __init__(self) -> None:
        super().__init__()
        self.serves = ""
        self.known: list[Known | None] = []

    async def change(self, model: Path, known: Known | None, publish: Callable[[], Awaitable[None]]) -> None:
        await self.pass_()
        self.known.append(known)
        await publish()
        self.serves = model.name


AWAY = ServiceError("Rasa didn't come up within 180 s")
WRONG = TrainingError("nlu/data/taxes.yml:7: a block has no examples")
