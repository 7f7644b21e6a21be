"""What a trainer decides on proposals: first the data are edited, whole or not at all, then it is noted and audited."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.inbox.wordings import Wording
from console.training.editing import Editing
from qifu.labels import District
from qifu.training.checks import Finding
from qifu.training.draft import Draft
from qifu.training.held_out import add_held_out
from qifu.training.holding import about_held_out, held_out_of, style_of
from qifu.training.labels import ProposalState, Rejection
from qifu.training.questions import Block, add_questions, clean
from seeds.check import bare
from store.repositories import AuditRepository, Decision, ProposalRepository


@dataclass(frozen=True)
class Accepted:
    """How many wordings were accepted, and what kept out the others, by wording."""

    count: int = 0
    refused: Mapping[int, Sequence[Finding]] = field(default_factory=dict)


class Deciding:
    """For one trainer on one page.

    `turn` is shared by all of a process: an edit takes a moment, and nothing should be added twice meanwhile.
    """

    def __init__(self, editing: Editing, turn: asyncio.Lock) -> None:
        self._editing, self._services, self._turn = editing, editing.services, turn

    async def look(self, state: ProposalState, block: Block, text: str) -> list[Finding]:
        """What is to be said of a text before it is accepted. Raises SeedError."""
        if state is ProposalState.ACCEPTED_TRAINING:
            return await self._editing.checks.question(block, text)
        catalogue = await self._editing.workspace.read()
        return await asyncio.to_thread(lambda: list(about_held_out(catalogue, block, text)))

    async def add(
        self,
        state: ProposalState,
        block: Block,
        texts: Sequence[str],
        *,
        style: str | None = None,
        district: District | None = None,
    ) -> bool:
        """Adds texts to training, or to the held-out questions; says so, or why not. Whether it was done."""
        editing, count = self._editing, len(texts)
        if state is ProposalState.ACCEPTED_TRAINING:
            done = editing.words("inbox.trained", n=count, name=editing.names.intent(block.intent))
            return await editing.make(
                lambda draft: add_questions(draft, block, texts),
                what="questions_added",
                subject=block.intent,
                count=count,
                done=done,
            )
        rows = [held_out_of(editing.catalogue, block, text, style or style_of(text), district) for text in texts]

        def edit(draft: Draft) -> None:
            add_held_out(draft, rows)

        done = editing.words("inbox.held_out", n=count, name=editing.names.intent(block.intent))
        return await editing.make(edit, what="held_out_added", subject=block.intent, count=count, done=done)

    async def accept(
        self, state: ProposalState, block: Block, offered: Sequence[Wording], style: str | None = None
    ) -> Accepted:
        """Accepts what nothing speaks against. Raises SeedError where the data can't be read."""
        async with self._turn:
            taken: dict[str, list[Wording]] = {}
            refused: dict[int, Sequence[Finding]] = {}
            for place, wording in enumerate(await self._still_open(offered)):
                if wording is None:
                    continue
                bad = [found for found in await self.look(state, block, wording.text) if found.tone == "bad"]
                if bad:
                    refused[place] = bad
                else:
                    taken.setdefault(bare(clean(wording.text)), []).append(wording)
            texts = [clean(group[0].text) for group in taken.values()]
            if not texts or not await self.add(state, block, texts, style=style):
                return Accepted(0, refused)
            for group, text in zip(taken.values(), texts, strict=True):
                ids = [number for wording in group for number in wording.ids]
                await self._note(
                    ids,
                    Decision(state=state, by=self._editing.staff.id, intent=block.intent, point=block.point, text=text),
                )
            return Accepted(sum(map(len, taken.values())), refused)

    async def reject(self, offered: Sequence[Wording], why: Rejection) -> None:
        """Notes that these are of no use."""
        ids = [number for wording in offered for number in wording.ids]
        decision = Decision(state=ProposalState.REJECTED, by=self._editing.staff.id, rejection=why)
        async with self._turn:
            await self._note(ids, decision)

    async def reopen(self, proposal_id: int) -> None:
        """Opens a rejected one again."""
        async with self._services.database.session() as session:
            if await ProposalRepository(session, self._services.clock).reopen(proposal_id):
                audit = AuditRepository(session, self._services.clock)
                await audit.write(self._editing.staff.id, "inbox.reopen", f"proposal:{proposal_id}")

    async def _still_open(self, offered: Sequence[Wording]) -> list[Wording | None]:
        """The wordings without what somebody else decided meanwhile."""
        ids = [number for wording in offered for number in wording.ids]
        async with self._services.database.session() as session:
            rows = await ProposalRepository(session, self._services.clock).get(ids)
        is_open = {row.id for row in rows if row.state is ProposalState.OPEN}
        return [wording if is_open & set(wording.ids) else None for wording in offered]

    async def _note(self, ids: Sequence[int], decision: Decision) -> None:
        clock = self._services.clock
        async with self._services.database.session() as session:
            count = await ProposalRepository(session, clock).decide(ids, decision)
            if count:
                detail = {"intent": decision.intent, "reason": decision.rejection, "count": count}
                told = {key: str(value) for key, value in detail.items() if value}
                await AuditRepository(session, clock).write(
                    decision.by, f"inbox.{decision.state}", f"proposal:{ids[0]}", told
                )
