"""Answers a question: what it leans on, which points fit, how sure we are.

The outcome is decided here, by thresholds fitted on a development split of questions.
"""

import re
from dataclasses import replace

from actions.knowledge.ranking import Candidate, Context
from actions.parts import parts_of
from actions.replying import Found, Replies
from actions.result import Result
from actions.selecting import Selector, Thresholds
from actions.services import Services
from actions.situation import Situation
from actions.understanding import Understanding
from qifu.labels import OUT_OF_SCOPE, District

# One word: what asks something definite (退税几天) is longer.
_SHORTEST = 2
_NOUN = re.compile("[\u4e00-\u9fff]{2,3}")


class Answerer:
    """Makes the answer to a question out of knowledge, understanding and conversation."""

    def __init__(self, services: Services, thresholds: Thresholds | None = None) -> None:
        self.services = services
        self.thresholds = thresholds or Thresholds()
        self.selector = Selector(services.knowledge, services.cues, self.thresholds)
        self.replies = Replies(services, self.selector)

    async def answer(self, situation: Situation) -> Result:
        """The result for a message that asks something."""
        understood = await self._whole(situation)
        if parts := await self._parts(situation, understood):
            return self.replies.several(situation, parts)
        situation = replace(situation, understood=understood)
        districts = self._districts(situation)
        if self._none_of_ours(understood):
            return self.outside(situation)
        named = bool(understood.districts)
        context = Context(
            self.selector.known(districts), self._context_matters(situation), self._only(districts, named)
        )
        candidates = self.services.ranker.rank(understood, context)
        if self._of_other_city(understood) and not self._reaches_beyond(candidates):
            return self.replies.turned_away(situation)
        return self._judge(situation, self.selector.preferred(candidates, situation.text), districts)

    def _none_of_ours(self, understood: Understanding) -> bool:
        """Whether a message is taken for none of ours surely enough; a single character never asks back."""
        sure = understood.out_of_scope >= self.thresholds.out_of_scope or len(understood.text.strip()) < _SHORTEST
        return understood.intent == OUT_OF_SCOPE and sure

    def outside(self, situation: Situation) -> Result:
        """The result for a message taken for none of ours: turned away, unless it names a place that a plan names."""
        if placed := self._of_place(situation.understood):
            return self.replies.answered(situation, placed, self._districts(situation))
        return self.replies.turned_away(situation)

    async def _whole(self, situation: Situation) -> Understanding:
        """The message as meant: an answer to a clarify with its question."""
        text = situation.text
        if situation.state.asked:
            whole = await self.services.parser.parse(f"{situation.state.asked}，{text}")
            alone = situation.understood
            if not self.sure(alone) or self.sure(whole):
                return whole.naming(alone)
        return situation.understood

    async def _parts(self, situation: Situation, whole: Understanding) -> list[Found]:
        """What was found for each question of a message that asks several; empty for one that asks a single one.

        A part counts where it asks and is plainly about a matter of its own; those that no plan answers come last.
        """
        if situation.state.asked or self._of_other_city(whole):
            return []
        texts = parts_of(situation.text, self.services.cues)
        found: dict[str, Found] = {}
        beyond: list[Found] = []
        districts = self._districts(situation, whole)
        for text in texts:
            understood = await self.services.parser.parse(text)
            none_of_ours = understood.out_of_scope > self.thresholds.out_of_scope or self._of_other_city(understood)
            if none_of_ours or not self.sure(understood, self.thresholds.sure_part):
                continue
            districts = understood.districts or districts
            context = Context(self.selector.known(districts), named=self._only(districts, bool(whole.districts)))
            ranked = self.selector.preferred(self.services.ranker.rank(understood, context), text)
            if self._is_general(max(understood.matters, key=understood.matters.__getitem__)):
                beyond.append(Found(text, [], districts))
            elif ranked:
                found.setdefault(ranked[0].matter, Found(text, ranked, districts))
        leading = {part.candidates[0].point for part in found.values()}
        return [*found.values(), *beyond] if len(leading) > 1 else []

    def asks(self, situation: Situation) -> bool:
        """Whether a message taken for an act asks something of its own, beyond the districts it names."""
        text = situation.understood.without_districts
        return len(text) > self.thresholds.short and self.services.cues.has("asks", text)

    def sure(self, understood: Understanding, enough: float | None = None) -> bool:
        """Whether one matter plainly leads."""
        return max(understood.matters.values(), default=0.0) > (enough or self.thresholds.sure)

    def _districts(self, situation: Situation, understood: Understanding | None = None) -> list[str]:
        """The districts the question is about: named now, else chosen, else named last; empty for any."""
        state = situation.state
        if named := (understood or situation.understood).districts:
            state.focus = named
            return named
        if state.district:
            return [state.district]
        return state.focus

    def _only(self, districts: list[str], named: bool) -> bool:
        """Whether other districts' measures are hardly meant: one is named, or the chosen one has no plan at all.

        “上海” names the city that all districts lie in.
        """
        if any(self.services.knowledge.has_plan(district) for district in districts):
            return named and districts != [District.SHANGHAI]
        return bool(districts)

    def _context_matters(self, situation: Situation) -> dict[str, float]:
        """The last matter, where the message leans on it and doesn't tell clearly what it is about itself."""
        last = situation.state.last
        if last.matter and self.services.cues.has("follow_up", situation.text) and not self.sure(situation.understood):
            return {last.matter: 1.0}
        return {}

    def _of_place(self, understood: Understanding) -> list[Candidate]:
        """Points that name the place of a short message (七宝适合做啥): that they do is hardly chance."""
        if len(understood.text) > self.thresholds.short_place:
            return []
        names = [name for name in understood.places if not self.services.knowledge.is_district_name(name)]
        ranked = self.services.ranker.rank(understood, Context())
        points = self.services.knowledge.points
        return [c for c in ranked if any(name in points[c.point].text for name in names)]

    @staticmethod
    def _of_other_city(understood: Understanding) -> bool:
        """Whether a message is about another city and no district of Shanghai."""
        return bool(understood.other_city) and not understood.districts

    def _reaches_beyond(self, candidates: list[Candidate]) -> bool:
        """Whether the best measure is about dealings with other places (跨省通办, 长三角), where another city fits."""
        if not candidates or candidates[0].score < self.thresholds.answer:
            return False
        return self.services.cues.has("beyond", self.services.knowledge.points[candidates[0].point].text)

    def _judge(self, situation: Situation, candidates: list[Candidate], districts: list[str]) -> Result:
        understood, limits = situation.understood, self.thresholds
        best = candidates[0] if candidates else None
        general = sum(p for m, p in understood.matters.items() if self._is_general(m))
        leaning = bool(best and best.shares["context"])
        if options := self._options(situation):
            return self.replies.clarify(situation, options)
        if general >= limits.general and understood.topic and not leaning:
            return self.replies.general(situation, understood.topic, candidates)
        if best is None or best.score < limits.answer:
            return self.replies.no_answer(situation, candidates)
        return self.replies.answered(situation, candidates, districts)

    def _is_general(self, matter: str) -> bool:
        known = self.services.knowledge.matters.get(matter)
        return bool(known and known.general)

    def _options(self, situation: Situation) -> list[str]:
        """Two to four matters that compete for a message too short to tell; empty where one leads."""
        text = situation.text.strip()
        if len(text) > self.thresholds.short or situation.state.asked or self.services.cues.has("who", text):
            return []
        if self._context_matters(situation):
            return []
        if named := self._named_alike(situation):
            return named
        matters = [m for m in situation.understood.matters if not self._is_general(m)]
        leader = max((situation.understood.matters[m] for m in matters), default=0.0)
        return matters[:4] if len(matters) > 1 and leader < self.thresholds.clarify_share else []

    def _named_alike(self, situation: Situation) -> list[str]:
        """The likeliest of the matters whose names hold the bare noun that a message is (变更); empty for a few."""
        noun = self.services.cues.pattern("wishing").sub("", situation.understood.without_districts)
        if not _NOUN.fullmatch(noun):
            return []
        share = situation.understood.matters
        alike = [m.id for m in self.services.knowledge.matters.values() if noun in m.name and not m.general]
        return sorted(alike, key=lambda m: -share.get(m, 0.0))[:4] if len(alike) >= self.thresholds.alike else []
