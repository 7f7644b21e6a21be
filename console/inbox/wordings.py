"""Proposals that say the same in the same words, as one line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.review.speech import answer_of
from qifu.training.labels import ProposalReason
from seeds.check import bare
from store.masking import mask
from store.models import ProposalRow, TurnRow

_MASKED = re.compile(r"\[(email|id|card|mobile|landline)\]")
_SPACE = re.compile(r"\s+(?=[，。、；：？！])|(?<=[，。、；：？！])\s+")
_LONGEST_REPLY = 400


@dataclass(eq=False)
class Wording:
    """One way to put it. `rows` are the proposals, the latest first; `text` is what a trainer may change and accept."""

    rows: list[ProposalRow] = field(default_factory=list)
    text: str = ""
    chosen: bool = True

    @property
    def ids(self) -> list[int]:
        """The proposals' ids."""
        return [row.id for row in self.rows]

    @property
    def said(self) -> str:
        """As it was said, masked."""
        return self.rows[0].text

    @property
    def masked(self) -> list[str]:
        """The kinds of personal data that were taken out of it."""
        return list(dict.fromkeys(_MASKED.findall(self.said)))

    @property
    def reasons(self) -> list[ProposalReason]:
        """Why trainers should look at it."""
        bits = 0
        for row in self.rows:
            bits |= row.reasons
        return ProposalReason.of(bits)

    @property
    def at(self) -> datetime:
        """When it was said last."""
        return self.rows[0].at

    @property
    def answered(self) -> ProposalRow | None:
        """The proposal to which staff gave an answer, where one did."""
        return next((row for row in self.rows if row.answer), None)


def wordings(rows: Iterable[ProposalRow]) -> list[Wording]:
    """Proposals by wording, those most often said first."""
    found: dict[str, Wording] = {}
    for row in rows:
        found.setdefault(bare(row.text), Wording()).rows.append(row)
    for wording in found.values():
        wording.text = without_masks(wording.said)
    return sorted(found.values(), key=lambda wording: -len(wording.rows))


def without_masks(text: str) -> str:
    """A masked text on one line, without what stands for personal data."""
    return _SPACE.sub("", " ".join(_MASKED.sub(" ", text).split()))


def reply_to(wording: Wording, turns: Mapping[int, TurnRow]) -> str:
    """What the bot answered to it last, masked."""
    turn = next((turns[row.turn_id] for row in wording.rows if row.turn_id and row.turn_id in turns), None)
    said = mask(answer_of(turn.replies)) if turn else ""
    return said if len(said) <= _LONGEST_REPLY else f"{said[:_LONGEST_REPLY]}…"
