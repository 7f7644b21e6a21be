"""What the user says of himself: district, profile, language."""

from actions.base import QifuAction
from actions.compose import reply
from actions.result import Result
from actions.situation import Situation
from bot.dialogue.turn import Button
from qifu.labels import Act, District, Language, Outcome

_PROFILE = ("industry", "company_size", "company_type", "organisation")


class SetDistrictAction(QifuAction):
    """我在闵行: chooses a district."""

    action = "action_set_district"

    async def decide(self, situation: Situation) -> Result:
        """Remembers the district; a question that only looks like a choice is answered."""
        if situation.understood.other_city and not situation.understood.districts:
            return self.answerer.replies.turned_away(situation)
        districts = situation.understood.districts
        composer, language = self.services.composer, situation.language
        if not districts:
            buttons = [Button(composer.district(d, language), set_district_payload(d)) for d in District]
            blocks = [composer.say("text", "district_ask", language)]
            return Result(Outcome.ACT, (reply(blocks, buttons),), act=Act.SET_DISTRICT)
        if situation.state.asked:
            return await self.answerer.answer(situation)
        if self.answerer.asks(situation):
            return await self.answerer.answer(situation)
        return self._chosen(situation, districts[0])

    def _chosen(self, situation: Situation, district: str) -> Result:
        composer, language = self.services.composer, situation.language
        situation.state.district, situation.state.focus = district, [district]
        name = composer.district(district, language)
        if not self.services.knowledge.has_plan(district):
            block = composer.say("text", "district_set_without_plan", language, district=name)
        elif district == District.SHANGHAI:
            block = composer.say("text", "district_set_shanghai", language)
        else:
            block = composer.say("text", "district_set", language, district=name)
        return Result(Outcome.ACT, (reply([block]),), act=Act.SET_DISTRICT)


class SetProfileAction(QifuAction):
    """我们是三个人的科技公司: remembers industry, size, type and name."""

    action = "action_set_profile"

    async def decide(self, situation: Situation) -> Result:
        """Says what was noted; asks for a profile where the message had none."""
        composer, language = self.services.composer, situation.language
        noted = {entity: value for entity in _PROFILE if (value := situation.value(entity))}
        situation.state.profile.update(noted)
        if districts := situation.understood.districts:
            situation.state.district, situation.state.focus = districts[0], districts[:1]
        items = [
            composer.wording.say(f"profile_{entity}", language, value=composer.wording.profile(value, language))
            for entity, value in noted.items()
        ]
        items += [composer.district(district, language) for district in districts[:1]]
        separator = "，" if language is Language.ZH else ", "
        if items:
            block = composer.say("text", "profile_set", language, items=separator.join(items))
        else:
            block = composer.say("text", "profile_ask", language)
        return Result(Outcome.ACT, (reply([block]),), act=Act.SET_PROFILE)


class SwitchLanguageAction(QifuAction):
    """用英文回答: switches to the other language, or to the one named."""

    action = "action_switch_language"

    async def decide(self, situation: Situation) -> Result:
        """Confirms in the new language."""
        current = situation.state.language or Language.ZH
        named = self._named(situation.text)
        language = named or (Language.ZH if current is Language.EN else Language.EN)
        situation.state.language = language
        block = self.services.composer.say("text", "language_set", language)
        return Result(Outcome.ACT, (reply([block]),), act=Act.SWITCH_LANGUAGE)

    def _named(self, text: str) -> Language | None:
        english = self.services.cues.has("to_english", text)
        chinese = self.services.cues.has("to_chinese", text)
        return None if english == chinese else Language.EN if english else Language.ZH


def set_district_payload(district: str) -> str:
    """The payload of a button that chooses a district."""
    return f'/set_district{{"district":"{district}"}}'
