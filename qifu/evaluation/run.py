"""`qifu evaluate`: asks every held-out message and writes the report."""

from collections.abc import Callable

from bot.batch.ask import Case, ask
from bot.dialogue.dialogue import Dialogue
from qifu.evaluation.held_out import HeldOut
from qifu.evaluation.score import Scored


async def score(dialogue: Dialogue, held_out: list[HeldOut], done: Callable[[], None]) -> list[Scored]:
    """Each held-out message in a conversation of its own, scored."""
    cases = [Case(str(number), (row.text,), row.district) for number, row in enumerate(held_out)]
    answers = await ask(dialogue, cases, done)
    return [Scored(row, answer["turns"][0]) for row, answer in zip(held_out, answers, strict=True)]
