"""Files a confirmed appeal with the desk, once."""

from actions.appeal.asking import Asker
from actions.appeal.draft import Draft
from actions.appeal.sheet import Field, Sheet
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from qifu.errors import DeskError
from qifu.labels import District, Language

_IN_SCOPE = 0.3
"""How likely the content must be about some topic for the desk to be told which."""


class Filing:
    """The last step of the form."""

    def __init__(self, services: Services, asker: Asker) -> None:
        self._services, self._asker = services, asker

    async def file(self, situation: Situation, sheet: Sheet) -> Result:
        """Files the appeal and closes the form; the same form is filed once, however often this runs."""
        draft, state = await self._draft(sheet), situation.state
        try:
            appeal = await self._services.desk.appeal(situation.conversation, draft, f"form:{sheet.begun}")
        except DeskError as error:
            return self._refused(sheet, error)
        state.form = None
        state.filed = {
            "turn": state.turn,
            "number": appeal.number,
            "joined": appeal.joined,
            "language": sheet.language,
            "refused": draft.phone_refused,
        }
        return self._asker.filed(appeal, sheet.language, refused=draft.phone_refused, joined=appeal.joined)

    async def told_again(self, situation: Situation) -> Result | None:
        """The answer to the turn that filed an appeal, where that turn is run again after a crash."""
        state = situation.state
        filed = state.filed
        if not filed or state.turn is None or filed["turn"] != state.turn:
            return None
        appeals = await self._services.desk.appeals(situation.conversation, filed["number"])
        if not appeals:
            return None
        language = Language(filed["language"])
        return self._asker.filed(appeals[0], language, refused=filed["refused"], joined=filed["joined"])

    async def _draft(self, sheet: Sheet) -> Draft:
        values, text = sheet.values, sheet.values[Field.TEXT]
        understood = await self._services.parser.parse(text)
        topic = understood.topic if understood.in_scope >= _IN_SCOPE else None
        matters = {m: p for m, p in understood.matters.items() if m.split("/")[0] == topic}
        district = values.get(Field.DISTRICT)
        if district and district not in set(District):
            # The desk's districts are those with a plan; where else the firm is stands in the text.
            name = self._services.composer.district(district, Language.ZH)
            text += "\n" + self._services.wording.say("appeal_elsewhere", Language.ZH, district=name)
        return Draft(
            text,
            company=values.get(Field.COMPANY),
            contact_name=values.get(Field.CONTACT_NAME),
            phone=values.get(Field.PHONE),
            phone_refused=Field.PHONE in sheet.left_out,
            district=district,
            topic=topic,
            matter=max(matters, key=matters.__getitem__, default=None),
            files=tuple(sheet.files),
            language=sheet.language,
            after_hours=sheet.after_hours,
        )

    def _refused(self, sheet: Sheet, error: DeskError) -> Result:
        """What the desk doesn't take: one too many, or a field after all."""
        if error.code == "invalid":
            problem = error.values["problems"][0]  # type: ignore[index]
            sheet.asked = problem.field if problem.field in set(Field) else Field.TEXT
            return self._asker.asks(sheet, [self._asker.problem(problem.code, sheet.language)])
        if error.code != "too_many":
            raise error
        refusal = self._asker.refusal(error, sheet.language)
        return self._asker.only(sheet, [refusal, self._asker.block("appeal_kept", sheet.language)])
