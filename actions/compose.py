"""Composes replies: the points quoted exactly, each with its citation, notes on validity, contacts, buttons."""

import re
from collections.abc import Sequence

from actions.knowledge.base import Knowledge
from actions.wording import Wording
from bot.dialogue.turn import Block, BlockKind, Button, Reply
from qifu.labels import Language, PlanStatus
from seeds.model import Contact, Plan

MOST_CHARACTERS = 900
MOST_POINTS = 3
MOST_CONTACTS = 3
MOST_UNITS = 7
"""How many contacts an answer names when the question is who handles it."""
_REMARK = re.compile(r"\s?[（(][^（）()]*[）)]$")
_EXPLORES = re.compile("探索|争取|力争|试点|研究明确|研究制订")


class Composer:
    """Makes replies of facts; every word around the facts comes from the wording files."""

    def __init__(self, knowledge: Knowledge, wording: Wording, districts: dict[str, dict[str, str]]) -> None:
        self.knowledge, self.wording, self.districts = knowledge, wording, districts

    def district(self, name: str, language: Language) -> str:
        """A district's name as users read it."""
        return str(self.districts.get(name, {}).get(language, name))

    def matter(self, matter_id: str, language: Language) -> str:
        """A matter's name as users read it."""
        matter = self.knowledge.matters[matter_id]
        return matter.name if language is Language.ZH else matter.name_en

    def heading(self, matter_id: str, language: Language) -> str:
        """A matter's name above its points, without the remark in brackets at its end.

        The remark tells matters apart in a list (登记时限（普陀半个工作日、长宁即报即办）); above the measure of one
        district it would promise another's.
        """
        return _REMARK.sub("", self.matter(matter_id, language))

    def quotes(self, points: Sequence[str], language: Language, room: int) -> tuple[list[Block], list[str]]:
        """Quotations with citations for as many of `points` as fit into `room` characters, at least one.

        Returns the blocks and the points they quote. Points of one measure share a citation.
        """
        blocks: list[Block] = []
        used: list[str] = []
        for index, point in enumerate(points):
            following = points[index + 1] if index + 1 < len(points) else None
            piece = self._quote(point, language, following)
            size = sum(len(block.text) + 1 for block in piece)
            if used and size > room:
                break
            room -= size
            blocks += piece
            used.append(point)
        if used and blocks[-1].kind != "citation":
            blocks.append(self._citation(used[-1], language))
        return blocks, used

    def _quote(self, point: str, language: Language, following: str | None) -> list[Block]:
        blocks = [Block("quote", f"“{self.knowledge.points[point].text}”")]
        if self.knowledge.citation(point).plan.status is PlanStatus.CASE_STUDY:
            blocks = [Block("quote", self.knowledge.points[point].text)]
        english = self.knowledge.english(point)
        if language is Language.EN and english:
            blocks.append(Block("translation", self.wording.say("translation", language, text=english)))
        if following is None or following.split("#")[0] != point.split("#", maxsplit=1)[0]:
            blocks.append(self._citation(point, language))
        return blocks

    def _citation(self, point: str, language: Language) -> Block:
        citation = self.knowledge.citation(point)
        text = self.wording.say(
            "citation",
            language,
            title=citation.plan.title,
            place=citation.measure.place,
            date=citation.plan.date,
            status=self.wording.say(f"status_{citation.plan.status}", language),
        )
        if citation.measure.note:
            text += self.wording.say("citation_note", language, note=citation.measure.note)
        return Block("citation", text)

    def notes(self, points: Sequence[str], language: Language) -> list[Block]:
        """What these points are worth, in plain words, each remark once."""
        plans: dict[str, Plan] = {plan.id: plan for plan in (self.knowledge.citation(p).plan for p in points)}
        blocks = []
        for status in (PlanStatus.DRAFT, PlanStatus.YEAR_PLAN):
            if years := sorted({plan.year for plan in plans.values() if plan.status is status}):
                year = "、".join(str(year) for year in years)
                blocks.append(Block("note", self.wording.say(f"note_{status}", language, year=year)))
        words = dict.fromkeys(word for point in points for word in _EXPLORES.findall(self.knowledge.points[point].text))
        if words:
            blocks.append(Block("note", self.wording.say("note_explore", language, words="、".join(list(words)[:2]))))
        return blocks

    def contacts(self, contact_ids: Sequence[str], language: Language, most: int = MOST_CONTACTS) -> list[Block]:
        """Contacts in one line each; the lead only where there is one."""
        contacts = [self.knowledge.contacts[contact] for contact in contact_ids[:most]]
        # A unit whose number is known stands by itself; the others are named together.
        together = [contact for contact in contacts if contact.kind == "unit" and not contact.phone]
        lines = [self._contact_line(contact, language) for contact in contacts if contact not in together]
        if units := together:
            place = 0 if contacts[0] in together else len(lines)
            lines.insert(place, self._units_line(units, language))
        if not lines:
            return []
        lead, separator = self.wording.say("contacts_lead", language), "；" if language is Language.ZH else "; "
        return [Block("contact", lead + ("" if language is Language.ZH else " ") + separator.join(lines))]

    def _contact_line(self, contact: Contact, language: Language) -> str:
        name = contact.name if language is Language.ZH else f"{contact.name_en} ({contact.name})"
        phone = contact.phone if contact.phone and contact.phone not in name else None
        return self.wording.say("contact", language, name=name, phone=phone)

    def _units_line(self, units: Sequence[Contact], language: Language) -> str:
        """Units that a plan lists as responsible, named together."""
        chinese = language is Language.ZH
        names = [unit.name if chinese else f"{unit.name_en} ({unit.name})" for unit in units]
        return self.wording.say("contact_units", language, names=("、" if chinese else ", ").join(names))

    def contact_details(self, contact_ids: Sequence[str], language: Language, most: int = 4) -> list[Block]:
        """Contacts in full: what they handle, phone, address and hours where a source gives them, the source."""
        return [
            Block("contact", self._contact_detail(self.knowledge.contacts[c], language)) for c in contact_ids[:most]
        ]

    def _contact_detail(self, contact: Contact, language: Language) -> str:
        chinese = language is Language.ZH
        return (
            self.wording.say(
                "contact_detail",
                language,
                name=contact.name if chinese else f"{contact.name_en} ({contact.name})",
                handles=(contact.handles if chinese else contact.handles_en).rstrip("。."),
                phone=contact.phone,
                address=contact.address,
                hours=contact.hours,
            )
            + ("" if chinese else " ")
            + self.wording.say("contact_source", language, source=contact.source)
        )

    def say(self, kind: BlockKind, key: str, language: Language, **values: object) -> Block:
        """A block that says one phrase."""
        return Block(kind, self.wording.say(key, language, **values))

    def button(self, key: str, payload: str, language: Language) -> Button:
        """A button with a title from the wording."""
        return Button(self.wording.say(f"button_{key}", language), payload)


def pack(blocks: Sequence[Block], buttons: Sequence[Button] = (), most: int = MOST_CHARACTERS) -> tuple[Reply, ...]:
    """Blocks as replies of at most `most` characters each, mostly one; the buttons stand below the last.

    An English rendering beside the Chinese text may need a second message; no quotation is ever cut.
    """
    messages: list[list[Block]] = [[]]
    room = most
    for block in (piece for whole in blocks for piece in _pieces(whole, most)):
        if messages[-1] and len(block.text) > room:
            messages.append([])
            room = most
        messages[-1].append(block)
        room -= len(block.text) + 1
    last = len(messages) - 1
    return tuple(reply(message, buttons if index == last else ()) for index, message in enumerate(messages))


def _pieces(block: Block, most: int) -> list[Block]:
    """A block, or a rendering that is longer than a message in sentences of it."""
    if len(block.text) <= most or block.kind == "quote":
        return [block]
    middle = block.text.rfind("; ", 0, most) + 1 or block.text.rfind(" ", 0, most) + 1 or most
    first, others = block.text[:middle].rstrip(), block.text[middle:].lstrip()
    return [Block(block.kind, first), *_pieces(Block(block.kind, others), most)]


def reply(blocks: Sequence[Block], buttons: Sequence[Button] = ()) -> Reply:
    """A reply of blocks; its plain text is theirs, a line each."""
    return Reply("\n".join(block.text for block in blocks if block.text), tuple(buttons), tuple(blocks))
