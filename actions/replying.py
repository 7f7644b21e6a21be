"""Writes the reply of each outcome: answered, clarify, no_answer, out_of_scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.compose import MOST_CHARACTERS, MOST_CONTACTS, MOST_UNITS, pack, reply
from actions.knowledge.ranking import Candidate
from actions.result import Result
from actions.selecting import Selector, figure_clause
from actions.services import Services
from actions.situation import Situation
from actions.state import LastAnswer
from bot.dialogue.turn import Block, Button
from qifu.labels import District, Language, Outcome, PlanStatus

_MOST_MORE = 6
"""How many points “more” brings after an answer to several questions."""


@dataclass(frozen=True)
class Found:
    """What was found for one question of a message: its text and the candidates for it, best first, if any."""

    text: str
    candidates: list[Candidate]
    districts: list[str]

    @property
    def matter(self) -> str:
        """The matter it is about."""
        return self.candidates[0].matter


class Replies:
    """Writes results; whatever an answer leaves behind for follow-ups goes into the situation's state."""

    def __init__(self, services: Services, selector: Selector) -> None:
        self.services, self.selector = services, selector

    def answered(self, situation: Situation, candidates: list[Candidate], districts: list[str]) -> Result:
        """The answer out of ranked candidates for the districts asked about."""
        composer, language = self.services.composer, situation.language
        kept = self.selector.kept(candidates, districts)
        matter, points = kept[0].matter, [candidate.point for candidate in kept]
        who = self.services.cues.has("who", situation.text)
        contacts = self.services.knowledge.contacts_of(points, matter, situation.text, who)
        lead = self._lead(points, matter, districts, situation, who)
        lines = composer.contacts(contacts, language, MOST_UNITS if who else MOST_CONTACTS)
        notes = composer.notes(points, language)
        room = MOST_CHARACTERS - _size((*lead, *notes, *lines))
        quotes, used = composer.quotes(points, language, room)
        notes = composer.notes(used, language)
        blocks = [*lead, *lines, *quotes, *notes] if who else [*lead, *quotes, *notes, *lines]
        rest = self.selector.rest(candidates, matter, used)
        topic = matter.split("/")[0]
        question = situation.text or situation.state.last.question
        situation.state.last = LastAnswer(question, topic, matter, used, rest, contacts, districts)
        return Result(
            Outcome.ANSWERED,
            pack(blocks, self.buttons(situation, bool(rest))),
            topic=topic,
            matter=matter,
            points=tuple(used),
            contacts=tuple(contacts[:MOST_UNITS]),
            extra={"candidates": [_explained(candidate) for candidate in candidates[:8]]},
        )

    def several(self, situation: Situation, parts: Sequence[Found]) -> Result:
        """The answers to several questions of one message, each with its own lead and quotations.

        Questions that no plan answers are named behind them.
        """
        beyond, parts = [part for part in parts if not part.candidates], [part for part in parts if part.candidates]
        composer, language = self.services.composer, situation.language
        knowledge = self.services.knowledge
        contacts: dict[str, None] = {}
        leads: list[list[Block]] = []
        wanted: list[list[str]] = []
        for part in parts:
            kept = self.selector.kept(part.candidates, part.districts, most=1 if len(parts) > 2 else 2)
            # A sentence that answers two of the questions is quoted once.
            points = [candidate.point for candidate in kept if not any(candidate.point in other for other in wanted)]
            if not points:
                continue
            who = self.services.cues.has("who", part.text)
            nearest = knowledge.contacts_of(points, part.matter, part.text, who)
            contacts |= dict.fromkeys(nearest[: 2 if who else 1])
            name, where = composer.heading(part.matter, language), self._only_place(points, part.districts, language)
            lead = composer.say("lead", "several_lead", language, number=len(leads) + 1, matter=name, district=where)
            leads.append([lead, *self._elsewhere(points, part.districts, language)])
            wanted.append(points)
        lines = composer.contacts(list(contacts), language, MOST_UNITS)
        notes = composer.notes([point for points in wanted for point in points], language)
        left = [composer.say("note", "several_beyond", language, text=part.text) for part in beyond]
        room = (MOST_CHARACTERS - _size((*(block for lead in leads for block in lead), *notes, *left, *lines))) // len(
            leads
        )
        blocks: list[Block] = []
        used: list[str] = []
        for lead_blocks, points in zip(leads, wanted, strict=True):
            quotes, shown = composer.quotes(points, language, room)
            blocks += [*lead_blocks, *quotes]
            used += shown
        last = parts[-1]
        more = dict.fromkeys(r for p in parts for r in self.selector.rest(p.candidates, p.matter, used))
        rest = list(more)[:_MOST_MORE]
        situation.state.last = LastAnswer(
            last.text, last.matter.split("/")[0], last.matter, used, rest, list(contacts), last.districts
        )
        blocks += [*composer.notes(used, language), *left, *lines]
        return Result(
            Outcome.ANSWERED,
            pack(blocks, self.buttons(situation, bool(rest))),
            topic=parts[0].matter.split("/")[0],
            matter=parts[0].matter,
            points=tuple(used),
            contacts=tuple(contacts),
            extra={"parts": [{"matter": part.matter, "text": part.text} for part in parts]},
        )

    def chosen(self, situation: Situation, matter: str) -> Result:
        """The answer for a matter that was chosen, to the question that the choice was offered for."""
        state = situation.state
        situation.text = state.asked or self.services.knowledge.matters[matter].name
        districts = [state.district] if state.district else state.focus
        return self.answered(situation, self.selector.of_matter(matter, districts), districts)

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

    def general(self, situation: Situation, topic: str, candidates: list[Candidate]) -> Result:
        """A question of a topic that no plan answers: say so, show the nearest passage, name the hotline.

        Who asks for somebody to turn to gets those of the nearest passage, too.
        """
        composer, language, knowledge = self.services.composer, situation.language, self.services.knowledge
        name = self.services.topics[topic][language]
        catch_all = knowledge.matters.get(f"{topic}/general")
        nearest = [c.point for c in candidates] or list(catch_all.points if catch_all else ())
        quotes, used = composer.quotes(nearest[:1], language, MOST_CHARACTERS)
        who = self.services.cues.has("who", situation.text)
        hotlines = knowledge.hotlines(topic)
        if who and candidates:
            hotlines = knowledge.contacts_of(used, candidates[0].matter, situation.text, who=True)[:MOST_CONTACTS]
        blocks = [
            composer.say("lead", "general_lead", language, topic=name),
            composer.say("text", "general_advice", language),
            *composer.contacts(hotlines, language),
            composer.say("text", "general_nearest", language),
            *quotes,
            *composer.notes(used, language),
        ]
        situation.state.last = LastAnswer(situation.text, topic, None, used, [], hotlines, [])
        replies = pack(blocks, self._ways_out(situation, candidates))
        matter = catch_all.id if catch_all else None
        return Result(
            Outcome.NO_ANSWER, replies, topic=topic, matter=matter, points=tuple(used), contacts=tuple(hotlines[:3])
        )

    def no_answer(self, situation: Situation, candidates: list[Candidate]) -> Result:
        """Nothing fits: an honest line, other matters, a person."""
        composer, language = self.services.composer, situation.language
        topic = situation.understood.topic
        blocks = [
            composer.say("lead", "no_answer", language),
            composer.say("text", "no_answer_topics", language),
            *composer.contacts(self.services.knowledge.hotlines(topic), language, most=2),
        ]
        return Result(Outcome.NO_ANSWER, (reply(blocks, self._ways_out(situation, candidates)),), topic=topic)

    def turned_away(self, situation: Situation) -> Result:
        """The reply to a message that is none of ours."""
        composer, language, city = self.services.composer, situation.language, situation.understood.other_city
        said = composer.say("text", "other_city" if city else "out_of_scope", language, place=city)
        buttons = [composer.button("topics", "/help", language), composer.button("handoff", "/handoff", language)]
        return Result(Outcome.OUT_OF_SCOPE, (reply([said], buttons),))

    def _lead(
        self, points: list[str], matter: str, districts: list[str], situation: Situation, who: bool
    ) -> list[Block]:
        composer, language = self.services.composer, situation.language
        case = self.services.knowledge.citation(points[0]).plan.status is PlanStatus.CASE_STUDY
        key = "answer_who_lead" if who else "answer_case_lead" if case else "answer_lead"
        where = self._only_place(points, districts, language)
        lead = composer.say("lead", key, language, matter=composer.heading(matter, language), district=where)
        return [*self._elsewhere(points, districts, language), lead, *self._figure(points[0], situation, case or who)]

    def _elsewhere(self, points: list[str], districts: list[str], language: Language) -> list[Block]:
        """A remark where no point is of the districts asked about."""
        knowledge = self.services.knowledge
        found = {str(knowledge.district(point)) for point in points}
        asked = [district for district in districts if district != District.SHANGHAI]
        if not asked or found & set(asked):
            return []
        known = any(knowledge.has_plan(district) for district in asked)
        if District.SHANGHAI in found:
            key = "not_in_district" if known else "district_without_plan"
        else:
            key = "not_in_district_others" if known else "district_without_plan_none"
        names, others = self._names(asked, language), self._names(sorted(found), language)
        return [self.services.composer.say("note", key, language, district=names, others=others)]

    def _only_place(self, points: list[str], districts: list[str], language: Language) -> str | None:
        """The one district whose measures these are, where none was asked about: they don't hold everywhere."""
        found = {str(self.services.knowledge.district(point)) for point in points}
        asked = any(district != District.SHANGHAI for district in districts)
        return None if asked or len(found) > 1 or District.SHANGHAI in found else self._names(list(found), language)

    def _figure(self, point: str, situation: Situation, otherwise: bool) -> list[Block]:
        """The figure alone, before the sentence it stands in, where a short question asks for one."""
        if otherwise or situation.language is not Language.ZH or not self.services.cues.has("figure", situation.text):
            return []
        clause = figure_clause(self.services.knowledge.points[point].text, situation.text)
        return [self.services.composer.say("lead", "answer_figure", Language.ZH, clause=clause)] if clause else []

    def _names(self, districts: list[str], language: Language) -> str:
        """Districts as users read them."""
        names = [self.services.composer.district(district, language) for district in districts]
        return ("、" if language is Language.ZH else ", ").join(names)

    def _ways_out(self, situation: Situation, candidates: list[Candidate]) -> list[Button]:
        """Buttons for the nearest matters and a person."""
        composer, language = self.services.composer, situation.language
        matters = list(dict.fromkeys(candidate.matter for candidate in candidates))[:3]
        buttons = [Button(composer.matter(m, language), choose_payload(m)) for m in matters]
        return [*buttons, composer.button("handoff", "/handoff", language)]

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


def _size(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) + 1 for block in blocks)


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
