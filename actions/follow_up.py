"""Follow-ups on the last answer: more of it, its source, whom to contact."""

from dataclasses import replace

from actions.base import QifuAction
from actions.compose import MOST_CHARACTERS, MOST_POINTS, pack, reply
from actions.result import Result
from actions.situation import Situation
from qifu.labels import OUT_OF_SCOPE, Act, Outcome

_SHORTEST_SUBJECT = 2


class FollowUpAction(QifuAction):
    """A follow-up; before any answer it says so, and a question in disguise is answered."""

    act: Act

    async def decide(self, situation: Situation) -> Result:
        """The follow-up on the last answer."""
        if situation.text and self._asks(situation):
            return await self.answerer.answer(situation)
        if not situation.state.last.shown:
            blocks = [self.services.composer.say("text", "nothing_before", situation.language)]
            return Result(Outcome.ACT, (reply(blocks),), act=self.act)
        return self.follow(situation)

    @staticmethod
    def _asks(situation: Situation) -> bool:
        """Whether the message names a subject of its own (那普陀招商归哪个部门管) rather than lean on the last one."""
        enough = 0.3 if situation.state.last.shown else 0.1
        return bool(situation.understood.districts) or situation.understood.in_scope > enough

    def follow(self, situation: Situation) -> Result:
        """The reply that rests on the last answer."""
        raise NotImplementedError


class MoreAction(FollowUpAction):
    """还有吗: the next points of the last answer."""

    action, act = "action_more", Act.MORE

    def follow(self, situation: Situation) -> Result:
        """The next points, at most three, and what they are worth."""
        composer, language, last = self.services.composer, situation.language, situation.state.last
        if not last.rest:
            blocks = [composer.say("text", "more_none", language)]
            buttons = [composer.button("handoff", "/handoff", language)]
            return Result(Outcome.ACT, (reply(blocks, buttons),), act=self.act)
        quotes, used = composer.quotes(last.rest[:MOST_POINTS], language, MOST_CHARACTERS - 150)
        last.shown = last.shown + used
        last.rest = [point for point in last.rest if point not in used]
        blocks = [composer.say("lead", "more_lead", language), *quotes, *composer.notes(used, language)]
        replies = pack(blocks, self.answerer.replies.buttons(situation, bool(last.rest)))
        return Result(Outcome.ACT, replies, topic=last.topic, matter=last.matter, act=self.act, points=tuple(used))


class SourceAction(FollowUpAction):
    """依据: the documents behind the last answer, and what they are worth."""

    action, act = "action_source", Act.SOURCE

    def follow(self, situation: Situation) -> Result:
        """Title, issuer, number, date and state of each document, and the places quoted."""
        composer, language, last = self.services.composer, situation.language, situation.state.last
        citations = [self.services.knowledge.citation(point) for point in last.shown]
        blocks = [composer.say("lead", "source_lead", language)]
        for plan in {citation.plan.id: citation.plan for citation in citations}.values():
            places = dict.fromkeys(f"{c.measure.place} {c.measure.title}" for c in citations if c.plan.id == plan.id)
            blocks.append(
                composer.say(
                    "citation",
                    f"source_{plan.status}",
                    language,
                    title=plan.title,
                    issuer=plan.issuer,
                    number=plan.number,
                    date=plan.date,
                    year=plan.year,
                )
            )
            blocks.append(composer.say("text", "source_places", language, places="；".join(places)))
        return Result(
            Outcome.ACT,
            pack(blocks, self.answerer.replies.buttons(situation, bool(last.rest))),
            topic=last.topic,
            matter=last.matter,
            act=self.act,
            points=tuple(last.shown),
        )


class ContactAction(FollowUpAction):
    """找谁: the contacts for the last answer, in full."""

    action, act = "action_contact_followup", Act.CONTACT_FOLLOWUP

    async def decide(self, situation: Situation) -> Result:
        """The contacts of the last answer; “上市找谁” names its own subject."""
        subject = self._subject(situation)
        if len(subject) >= _SHORTEST_SUBJECT:
            asked = await self.services.parser.parse(subject)
            last = situation.state.last
            another = asked.topic != last.topic or self.answerer.sure(asked) or not last.shown
            if asked.act is None and asked.intent != OUT_OF_SCOPE and another:
                about = replace(asked, entities=situation.understood.entities)
                return await self.answerer.answer(replace(situation, understood=about))
        return await super().decide(situation)

    def _subject(self, situation: Situation) -> str:
        """What a question for somebody to turn to is about: the rest of it."""
        rest = self.services.cues.pattern("who").sub("", situation.text)
        return self.services.cues.pattern("wishing").sub("", rest)

    def follow(self, situation: Situation) -> Result:
        """Whom to contact, with what a source gives; an honest line where no plan names anyone."""
        composer, language, last = self.services.composer, situation.language, situation.state.last
        if not last.contacts:
            blocks = [composer.say("contact", "contacts_none", language)]
        else:
            name = composer.heading(last.matter, language) if last.matter else ""
            lead = [composer.say("lead", "contacts_for", language, matter=name)] if name else []
            blocks = [*lead, *composer.contact_details(last.contacts, language)]
        replies = pack(blocks, [composer.button("handoff", "/handoff", language)])
        contacts = tuple(last.contacts[:4])
        return Result(Outcome.ACT, replies, topic=last.topic, matter=last.matter, act=self.act, contacts=contacts)
