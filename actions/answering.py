"""Answers a question: what it leans on, which points fit, how sure we are, the reply.

The outcome is decided here, by thresholds fitted on a development split of questions.
"""

from dataclasses import dataclass, replace

from actions.compose import MOST_CHARACTERS, MOST_CONTACTS, MOST_POINTS, MOST_UNITS, reply
from actions.knowledge.ranking import Candidate, Context
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from actions.state import LastAnswer
from actions.understanding import Understanding
from bot.dialogue.turn import Block, Button, Reply
from qifu.labels import District, Language, Outcome, PlanStatus


@dataclass(frozen=True)
class Thresholds:
    """Where one outcome ends and the next begins; scores are those of the ranking."""

    answer: float = 0.12
    again: float = 0.3
    general: float = 0.6
    out_of_scope: float = 0.5
    keep: float = 0.15
    clarify_share: float = 0.35
    short: int = 6


class Answerer:
    """Makes the answer to a question out of knowledge, understanding and conversation."""

    def __init__(self, services: Services, thresholds: Thresholds | None = None) -> None:
        self.services = services
        self.thresholds = thresholds or Thresholds()

    async def answer(self, situation: Situation) -> Result:
        """The result for a message that asks something."""
        understood = await self._whole(situation)
        if understood.intent == "out_of_scope" and understood.out_of_scope >= self.thresholds.out_of_scope:
            return self._turned_away(situation, "out_of_scope")
        situation = replace(situation, understood=understood)
        districts = self._districts(situation)
        named = bool(understood.districts)
        context = Context(self._known(districts), self._context_matters(situation), self._only(districts, named))
        candidates = self.services.ranker.rank(understood, context)
        if (city := understood.other_city) and not named and not self._reaches_beyond(candidates):
            return self._turned_away(situation, "other_city", place=city)
        return self._judge(situation, candidates, districts)

    async def _whole(self, situation: Situation) -> Understanding:
        """The message as meant: a correction without what it denies, an answer to a clarify with its question."""
        text = situation.text
        if meant := self.services.cues.meant(text):
            return await self.services.parser.parse(meant)
        if situation.state.asked:
            whole = await self.services.parser.parse(f"{situation.state.asked}，{text}")
            alone = situation.understood
            if not self._sure(alone) or self._sure(whole):
                return replace(whole, entities=alone.entities or whole.entities)
        return situation.understood

    def _sure(self, understood: Understanding) -> bool:
        return max(understood.matters.values(), default=0.0) > 0.6

    def _districts(self, situation: Situation) -> list[str]:
        """The districts the question is about: named now, else chosen, else named last; empty for any."""
        state = situation.state
        if named := situation.understood.districts:
            state.focus = named
            return named
        if state.district:
            return [state.district]
        return state.focus

    def _known(self, districts: list[str]) -> tuple[str, ...]:
        """Those districts that have a plan; city-wide where none has."""
        known = tuple(district for district in districts if self.services.knowledge.has_plan(district))
        return known or ((District.SHANGHAI,) if districts else ())

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
        if last.matter and self.services.cues.has("follow_up", situation.text) and not self._sure(situation.understood):
            return {last.matter: 1.0}
        return {}

    def _reaches_beyond(self, candidates: list[Candidate]) -> bool:
        """Whether the best measure is about dealings with other places (跨省通办, 长三角), where another city fits."""
        if not candidates or candidates[0].score < self.thresholds.answer:
            return False
        return self.services.cues.has("beyond", self.services.knowledge.points[candidates[0].point].text)

    def _judge(self, situation: Situation, candidates: list[Candidate], districts: list[str]) -> Result:
        understood, limits = situation.understood, self.thresholds
        best = candidates[0] if candidates else None
        general = {m: p for m, p in understood.matters.items() if self._is_general(m)}
        special = max((p for m, p in understood.matters.items() if m not in general), default=0.0)
        leaning = bool(best and best.shares["context"])
        if options := self._options(situation):
            return self.clarify(situation, options)
        if general and max(general.values()) >= limits.general and special < max(general.values()) and not leaning:
            return self._general(situation, max(general, key=general.__getitem__), candidates)
        if best is None or best.score < limits.answer:
            return self._no_answer(situation, candidates)
        return self.answered(situation, candidates, districts)

    def _is_general(self, matter: str) -> bool:
        known = self.services.knowledge.matters.get(matter)
        return bool(known and known.general)

    def _options(self, situation: Situation) -> list[str]:
        """Two to four matters that compete for a question too short to tell; empty where one leads."""
        text = situation.text.strip()
        if len(text) > self.thresholds.short or situation.state.asked or self.services.cues.has("who", text):
            return []
        if self._context_matters(situation):
            return []
        matters = [m for m, p in situation.understood.matters.items() if not self._is_general(m)]
        leader = max((situation.understood.matters[m] for m in matters), default=0.0)
        return matters[:4] if len(matters) > 1 and leader < self.thresholds.clarify_share else []

    def candidates_of(self, matter: str, districts: list[str]) -> list[Candidate]:
        """A chosen matter's points as candidates: those of the districts first, then city-wide, then others."""

        def distance(point: str) -> int:
            district = self.services.knowledge.district(point)
            return 0 if district in districts else 1 if district is District.SHANGHAI else 2

        points = sorted(self.services.knowledge.matters[matter].points, key=distance)
        return [Candidate(point, matter, 1.0 - rank / 100) for rank, point in enumerate(points)]

    def clarify(self, situation: Situation, matters: list[str]) -> Result:
        """Asks which of some matters is meant, with a button each."""
        composer, language = self.services.composer, situation.language
        situation.state.options, situation.state.asked = matters, situation.text
        blocks = [composer.say("lead", "clarify", language)]
        names = list(dict.fromkeys(composer.matter(matter, language) for matter in matters))
        blocks += [Block("text", f"{n}. {name}") for n, name in enumerate(names, start=1)]
        buttons = [Button(composer.matter(m, language), choose_payload(m)) for m in matters]
        topic = matters[0].split("/")[0]
        return Result(Outcome.CLARIFY, (reply(blocks, buttons),), topic=topic, extra={"options": matters})

    def answered(self, situation: Situation, candidates: list[Candidate], districts: list[str]) -> Result:
        """The answer out of ranked candidates for the districts asked about."""
        composer, language = self.services.composer, situation.language
        kept = self._kept(candidates, districts)
        matter = kept[0].matter
        points = [candidate.point for candidate in kept]
        contacts = self.services.knowledge.contacts_of(points, matter)
        who = self.services.cues.has("who", situation.text)
        lead = self._lead(points, matter, districts, language, who)
        lines = composer.contacts(contacts, language, MOST_UNITS if who else MOST_CONTACTS)
        notes = composer.notes(points, language)
        room = MOST_CHARACTERS - sum(len(block.text) + 1 for block in (*lead, *notes, *lines))
        quotes, used = composer.quotes(points, language, room)
        notes = composer.notes(used, language)
        blocks = [*lead, *lines, *quotes, *notes] if who else [*lead, *quotes, *notes, *lines]
        rest = self._rest(candidates, matter, used)
        situation.state.last = LastAnswer(
            situation.text or situation.state.last.question,
            matter.split("/")[0],
            matter,
            used,
            rest,
            contacts,
            districts,
        )
        message = reply(blocks, self.buttons(situation, bool(rest)))
        return Result(
            Outcome.ANSWERED,
            (message,),
            topic=matter.split("/")[0],
            matter=matter,
            points=tuple(used),
            contacts=tuple(contacts[:MOST_UNITS]),
            extra={"candidates": [_explained(candidate) for candidate in candidates[:8]]},
        )

    def _kept(self, candidates: list[Candidate], districts: list[str]) -> list[Candidate]:
        """The candidates to quote: near enough to the best; with several districts, each one's best first."""
        enough = [c for c in candidates if c.score >= self.thresholds.keep * candidates[0].score]
        if len(districts) > 1:
            first: dict[str, Candidate] = {}
            for candidate in enough:
                first.setdefault(self.services.knowledge.district(candidate.point), candidate)
            wanted = [first[d] for d in map(District, self._known(districts)) if d in first]
            enough = wanted + [c for c in enough if c not in wanted]
        return enough[:MOST_POINTS]

    def _rest(self, candidates: list[Candidate], matter: str, used: list[str]) -> list[str]:
        """What “more” brings: the matter's other points, then the next candidates."""
        others = self.services.knowledge.matters[matter].points
        near = [c.point for c in candidates if c.score >= self.thresholds.keep / 3 * candidates[0].score]
        return [point for point in dict.fromkeys((*others, *near)) if point not in used][:6]

    def _lead(self, points: list[str], matter: str, districts: list[str], language: Language, who: bool) -> list[Block]:
        composer = self.services.composer
        knowledge = self.services.knowledge
        found = {str(knowledge.district(point)) for point in points}
        blocks = []
        asked = [district for district in districts if district != District.SHANGHAI]
        names = self._names(asked, language)
        if asked and not any(knowledge.has_plan(district) for district in asked):
            key = "district_without_plan" if District.SHANGHAI in found else "district_without_plan_none"
            others = self._names(sorted(found), language)
            blocks.append(composer.say("note", key, language, district=names, others=others))
        elif asked and not found & set(asked):
            key = "not_in_district" if District.SHANGHAI in found else "not_in_district_others"
            others = self._names(sorted(found), language)
            blocks.append(composer.say("note", key, language, district=names, others=others))
        case = knowledge.citation(points[0]).plan.status is PlanStatus.CASE_STUDY
        key = "answer_who_lead" if who else "answer_case_lead" if case else "answer_lead"
        name = composer.matter(matter, language)
        return [*blocks, composer.say("lead", key, language, matter=name)]

    def _names(self, districts: list[str], language: Language) -> str:
        """Districts as users read them."""
        names = [self.services.composer.district(district, language) for district in districts]
        return ("、" if language is Language.ZH else ", ").join(names)

    def _general(self, situation: Situation, matter: str, candidates: list[Candidate]) -> Result:
        """A question of a topic that no plan answers: say so, show the nearest passage, name the hotline."""
        composer, language = self.services.composer, situation.language
        topic = self.services.knowledge.matters[matter].topic
        name = self.services.topics[topic][language]
        nearest = [c.point for c in candidates] or list(self.services.knowledge.matters[matter].points)
        quotes, used = composer.quotes(nearest[:1], language, MOST_CHARACTERS)
        hotlines = self.services.knowledge.hotlines(topic)
        blocks = [
            composer.say("lead", "general_lead", language, topic=name),
            composer.say("text", "general_advice", language),
            *composer.contacts(hotlines, language),
            composer.say("text", "general_nearest", language),
            *quotes,
            *composer.notes(used, language),
        ]
        situation.state.last = LastAnswer(situation.text, topic, None, used, [], hotlines, [])
        message = reply(blocks, self._ways_out(situation, candidates))
        return Result(
            Outcome.NO_ANSWER, (message,), topic=topic, matter=matter, points=tuple(used), contacts=tuple(hotlines[:3])
        )

    def _no_answer(self, situation: Situation, candidates: list[Candidate]) -> Result:
        composer, language = self.services.composer, situation.language
        topic = situation.understood.topic
        blocks = [
            composer.say("lead", "no_answer", language),
            composer.say("text", "no_answer_topics", language),
            *composer.contacts(self.services.knowledge.hotlines(topic), language, most=2),
        ]
        return Result(Outcome.NO_ANSWER, (reply(blocks, self._ways_out(situation, candidates)),), topic=topic)

    def _ways_out(self, situation: Situation, candidates: list[Candidate]) -> list[Button]:
        """Buttons for the nearest matters and a person."""
        composer, language = self.services.composer, situation.language
        matters = list(dict.fromkeys(candidate.matter for candidate in candidates))[:3]
        buttons = [Button(composer.matter(m, language), choose_payload(m)) for m in matters]
        return [*buttons, composer.button("handoff", "/handoff", language)]

    def _turned_away(self, situation: Situation, key: str, **values: object) -> Result:
        composer, language = self.services.composer, situation.language
        message: Reply = reply(
            [composer.say("text", key, language, **values)],
            [composer.button("topics", "/help", language), composer.button("handoff", "/handoff", language)],
        )
        return Result(Outcome.OUT_OF_SCOPE, (message,))

    def turned_away(self, situation: Situation) -> Result:
        """The reply to a message that is none of ours."""
        if city := situation.understood.other_city:
            return self._turned_away(situation, "other_city", place=city)
        return self._turned_away(situation, "out_of_scope")

    def buttons(self, situation: Situation, more: bool) -> list[Button]:
        """The buttons below an answer."""
        composer, language, turn = self.services.composer, situation.language, situation.state.turn or 0
        rows = [("more", "/more")] if more else []
        rows += [
            ("source", "/source"),
            ("who", "/contact_followup"),
            ("district", "/set_district"),
            ("handoff", "/handoff"),
            ("up", f'/feedback_up{{"turn":"{turn}"}}'),
            ("down", f'/feedback_down{{"turn":"{turn}"}}'),
        ]
        return [composer.button(key, payload, language) for key, payload in rows]


def choose_payload(matter: str) -> str:
    """The payload of a button that chooses a matter or a topic."""
    return f'/choose{{"m":"{matter}"}}'


def _explained(candidate: Candidate) -> dict[str, object]:
    return {
        "point": candidate.point,
        "matter": candidate.matter,
        "score": round(candidate.score, 4),
        "shares": {name: round(share, 4) for name, share in candidate.shares.items()},
    }
