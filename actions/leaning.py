"""Messages that lean on the conversation: a correction, another district for the last question, a pleasantry first.

They are recognised whatever the classifier makes of them: “闵行呢” tells nothing of its own.
"""

import re
from dataclasses import replace

from actions.answering import Answerer
from actions.knowledge.ranking import Candidate, Context
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from actions.state import LastAnswer
from actions.understanding import Understanding
from qifu.labels import OUT_OF_SCOPE, Act, District

_PLEASANTRIES = {Act.GREET, Act.THANKS, Act.GOODBYE, Act.AFFIRM, Act.DENY, Act.FEEDBACK_UP, Act.FEEDBACK_DOWN}
_SHORTEST_QUESTION = 4
_ENOUGH_PAIRS = 2


class Leaning:
    """Answers what only makes sense with the conversation before it."""

    def __init__(self, services: Services, answerer: Answerer) -> None:
        self._services, self._answerer = services, answerer

    async def result(self, situation: Situation) -> Result | None:
        """The answer to a message that leans on the conversation; None for one that stands by itself."""
        if not situation.text:
            return None
        if situation.state.asked:
            return self._numbered(situation)
        if meant := self._services.cues.meant(situation.text):
            return await self._corrected(situation, meant)
        if situation.understood.act in _PLEASANTRIES:
            return await self._after_pleasantry(situation)
        return (
            await self._another_district(situation, situation.understood, fresh=True)
            or await self._of_district(situation)
            or await self._with_last(situation)
        )

    def _numbered(self, situation: Situation) -> Result | None:
        """“2”, “第二个”: the option of that number, where a choice is open."""
        match = self._services.cues.pattern("numbered").fullmatch(situation.text.strip())
        options = situation.state.options
        number = next((n for n in range(1, len(options) + 1) if match and match.group(f"n{n}")), None)
        return self._answerer.replies.chosen(situation, options[number - 1]) if number else None

    async def _corrected(self, situation: Situation, meant: str) -> Result | None:
        """“不是普陀，我说的是闵行”: the same question for what was meant, or the question that was meant."""
        understood = await self._services.parser.parse(meant)
        if result := await self._another_district(situation, understood, fresh=False):
            situation.state.district = situation.state.district and understood.districts[-1]
            return result
        if understood.act is None and not (understood.intent == OUT_OF_SCOPE and not situation.state.last.matter):
            return await self._answerer.answer(replace(situation, understood=understood, text=meant))
        return None

    async def _after_pleasantry(self, situation: Situation) -> Result | None:
        """“算了，我问具体点，首次响应多久”: the question behind a thank-you, a no or a greeting."""
        whole = situation.text.rstrip("，,。！!~ \n")
        cuts = list(re.finditer(r"[，,。！!~]\s*|(?<![a-zA-Z])\s+", whole)) or list(re.finditer(r"\s+", whole))
        later = [whole[cut.end() :] for cut in cuts]
        for text in dict.fromkeys((*later[-1:], *later[:1])):
            if len(text) >= _SHORTEST_QUESTION and self._services.cues.has("asks", text):
                understood = await self._services.parser.parse(text)
                if self._answerer.sure(understood):
                    return await self._answerer.answer(replace(situation, understood=understood, text=text))
        return None

    async def _another_district(self, situation: Situation, understood: Understanding, fresh: bool) -> Result | None:
        """“那闵行呢”: the last question for another district. `fresh`: a message that may just choose a district."""
        last = situation.state.last
        if not understood.districts or not last.question:
            return None
        if fresh and self._services.cues.has("settles", understood.text):
            return None
        if self._beyond_district(understood):
            return None
        return await self.same_question(situation, understood.districts[-1:] if not fresh else understood.districts)

    async def _of_district(self, situation: Situation) -> Result | None:
        """“长宁的公寓呢”, taken for the choice of a district: what it says beside the district is asked there."""
        understood = situation.understood
        if understood.act != Act.SET_DISTRICT or not understood.districts:
            return None
        if self._services.cues.has("settles", understood.text) or not self._beyond_district(understood):
            return None
        asked = await self._services.parser.parse(understood.without_districts.lstrip("的和跟与、"))
        if not self._services.cues.has("asks", asked.text) and not self._answerer.sure(asked):
            return None  # 阿拉是长宁额, 办公室在古北: it is a choice
        there = replace(situation, understood=asked.also_naming(understood))
        if asked.intent == OUT_OF_SCOPE:
            return await self._with_last(there) or self._answerer.outside(situation)
        return None if asked.act else await self._answerer.answer(there)

    async def _with_last(self, situation: Situation) -> Result | None:
        """“驿站新增几个” after talent flats, “多少天”: a question only together with the one before it."""
        last, understood = situation.state.last, situation.understood
        bare = understood.act is None and self._services.cues.pattern("bare").fullmatch(understood.text.strip())
        if not last.matter or understood.other_city or not (bare or understood.intent == OUT_OF_SCOPE):
            return None
        if not (bare or understood.districts or self._takes_up(understood.text, last)):
            return None
        whole = await self._services.parser.parse(f"{last.question}，{understood.text}")
        if whole.topic != last.topic or whole.intent == OUT_OF_SCOPE:
            return None
        return await self._answerer.answer(replace(situation, understood=whole.naming(understood)))

    def _takes_up(self, text: str, last: LastAnswer) -> bool:
        """Whether a message takes up words of what was quoted last: two pairs of characters at least."""
        quoted = "".join(self._services.knowledge.points[point].text for point in last.shown)
        pairs = {text[i : i + 2] for i in range(len(text) - 1) if text[i : i + 2].isalpha()}
        return sum(pair in quoted for pair in pairs) >= _ENOUGH_PAIRS

    def _beyond_district(self, understood: Understanding) -> str:
        """What a message says apart from its districts and words that only lead over to them."""
        return self._services.cues.pattern("leading_over").sub("", understood.without_districts)

    async def same_question(self, situation: Situation, districts: list[str]) -> Result:
        """The last question again, for other districts; where they have nothing on it, that is said."""
        services, last = self._services, situation.state.last
        situation.state.focus = districts
        before = await services.parser.parse(last.question)
        understood = await services.parser.parse(before.without_districts or last.question)
        if last.matter is None:
            named = tuple({"entity": "district", "value": district} for district in districts)
            again = replace(understood, entities=named)
            return await self._answerer.answer(replace(situation, text=last.question, understood=again))
        knowledge = services.knowledge
        known = tuple(d for d in districts if knowledge.has_plan(d)) or (District.SHANGHAI,)
        ranked = services.ranker.rank(understood, Context(known, {last.matter: 1.0}, named=True), most=40)
        candidates = self._of(known, ranked, last.topic) or self._answerer.selector.of_matter(last.matter, list(known))
        asked = replace(situation, text=last.question, understood=understood)
        return self._answerer.replies.answered(asked, candidates, districts)

    def _of(self, districts: tuple[str, ...], ranked: list[Candidate], topic: str | None) -> list[Candidate]:
        """The candidates of these districts, then the city's, each as near as the thresholds ask.

        Within the topic asked about the nearest measure is of use, though it treats another matter.
        """
        limits, district = self._answerer.thresholds, self._services.knowledge.district

        def fits(candidate: Candidate) -> bool:
            near = candidate.matter.split("/")[0] == topic
            return candidate.score >= (limits.again_near if near else limits.again)

        wanted = (*districts, District.SHANGHAI)
        found = [c for c in ranked if district(c.point) in wanted and fits(c)]
        return sorted(found, key=lambda candidate: district(candidate.point) not in districts)
