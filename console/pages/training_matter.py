"""One matter, act or what is out of scope: its questions, what it is confused with, how it does, and its content."""

from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.training.add_card import AddCard
from console.training.banner import Banner
from console.training.change_matter import ChangeMatter, SplitMatter
from console.training.clash_card import ClashCard
from console.training.editing import Editing
from console.training.figures import read_figures
from console.training.held_out_card import HeldOutCard
from console.training.matter_dialogs import MatterDialogs
from console.training.moving import Moving
from console.training.names import PLACE, group_of, is_known, url_of
from console.training.pickers import contact_under
from console.training.question_card import QuestionCard
from console.training.rows import Query, Table
from console.training.sheet import opened
from qifu.labels import OUT_OF_SCOPE
from seeds.model import Matter


def register(console: Console) -> None:
    """Registers the pages."""
    services, workspace = console.services, console.services.training
    if workspace is None:
        return

    @console.page("training", "/training/matter", services.words("training.matter_title"))
    async def one(staff: Staff, id: str = "") -> None:  # noqa: A002  # the name in the address
        editing = await opened(console, workspace, staff)
        if editing and _there(editing, id):
            await _Intent(editing, id).show()

    @console.page("training", "/training/matter/edit", services.words("training.matter_title"))
    async def change(staff: Staff, id: str = "") -> None:  # noqa: A002
        editing = await opened(console, workspace, staff)
        if editing and (matter := _matter(editing, id)):
            await ChangeMatter(editing, matter).show()

    @console.page("training", "/training/matter/split", services.words("training.matter_title"))
    async def split(staff: Staff, id: str = "") -> None:  # noqa: A002
        editing = await opened(console, workspace, staff)
        if editing and (matter := _matter(editing, id)):
            await SplitMatter(editing, matter).show()


def _there(editing: Editing, intent: str) -> bool:
    """Whether there is such an intent; says so where there is none."""
    if is_known(editing.catalogue, intent):
        return True
    parts.empty(editing.words("training.gone"), editing.words("training.gone_detail"), "search_off")
    parts.link(editing.words("training.back"), PLACE)
    return False


def _matter(editing: Editing, intent: str) -> Matter | None:
    return editing.catalogue.seeds.matters.get(intent) if _there(editing, intent) else None


class _Intent:
    """The page of an intent."""

    def __init__(self, editing: Editing, intent: str) -> None:
        self._editing, self._words, self._intent = editing, editing.words, intent
        self._banner = Banner(editing, self._redraw)
        self._moving = Moving(editing, self._edited)
        self._questions = QuestionCard(editing, intent, self._moving)
        self._head = ui.refreshable(self._draw_head)

    async def show(self) -> None:
        """Draws it."""
        editing, intent = self._editing, self._intent
        figures = self._figures = await read_figures(editing.services.models, editing.catalogue)
        self._clashes = ClashCard(editing, figures, intent, self._moving)
        self._links()
        self._head()
        await self._banner.show()
        with parts.box("div", "intent-columns"):
            with parts.box("div", "intent-main"):
                if editing.may:
                    AddCard(editing, intent, self._edited).show()
                await self._clashes.show()
                await self._questions.show()
            with parts.box("aside", "intent-side"):
                self._content()
                HeldOutCard(editing, figures, intent).show()

    async def _edited(self) -> None:
        """After an edit on this page."""
        await self._banner.again()
        await self._redraw()

    async def _redraw(self) -> None:
        self._head.refresh()
        await self._questions.again()
        await self._clashes.again()

    def _links(self) -> None:
        words, group = self._words, group_of(self._intent)
        with parts.box("nav", "crumbs", aria_label=words("training.crumbs")):
            parts.link(words("training.back"), PLACE, "link back")
            if group != OUT_OF_SCOPE:
                parts.link(self._editing.names.group(group), Query(topic=group).url(), "link back")

    def _draw_head(self) -> None:
        words, editing, intent = self._words, self._editing, self._intent
        matter = editing.catalogue.seeds.matters.get(intent)
        row = Table(editing.catalogue, self._figures, editing.names).row(intent)
        with parts.heading(editing.names.intent(intent), matter.name_en if matter else words("training.fixed")):
            if matter and editing.may:
                self._actions(matter)
        with parts.box("div", "badges"):
            parts.badge(intent)
            parts.badge(words("training.questions_n", n=row.questions), "warn" if row.few else "calm")
            if row.percent is not None and self._figures.live is not None:
                score = words("training.score_badge", n=self._figures.live, percent=f"{row.percent:.0f}", of=row.score)
                parts.badge(score, "bad" if row.below else "good")
            if len(row.trend) > 1:
                way = "、".join(f"{percent:.0f}%" for _, percent in row.trend)
                parts.badge(words("training.trend_badge", way=way))

    def _actions(self, matter: Matter) -> None:
        words, dialogs = self._words, MatterDialogs(self._editing, matter)
        edit = url_of(matter.id, "/edit").removeprefix("/console")
        ui.button(words("training.change"), icon="edit", on_click=lambda: ui.navigate.to(edit))
        with ui.button(icon="more_horiz").props("outline") as more:
            more.props["aria-label"] = words("training.more_actions")
            with ui.menu():
                split = url_of(matter.id, "/split").removeprefix("/console")
                ui.menu_item(words("training.merge_into"), on_click=dialogs.merge)
                ui.menu_item(words("training.split_action"), on_click=lambda: ui.navigate.to(split))
                ui.menu_item(words("training.rename"), on_click=dialogs.rename)

    def _content(self) -> None:
        words, editing = self._words, self._editing
        matter = editing.catalogue.seeds.matters.get(self._intent)
        if matter is None:
            return
        with parts.card(words("training.content_card"), classes="wide-card"), parts.box("dl", "content-facts"):
            parts.text("dt", words("training.contacts"))
            with parts.box("dd"):
                self._contacts(matter)
            for key, value in (("audience", matter.audience), ("keywords", "、".join(matter.keywords))):
                if value:
                    parts.text("dt", words(f"training.{key}"))
                    parts.text("dd", value)
            if matter.general:
                parts.text("dt", words("training.kind"))
                parts.text("dd", words("training.general"))

    def _contacts(self, matter: Matter) -> None:
        known = self._editing.catalogue.seeds.contacts
        if not matter.contacts:
            parts.text("p", self._words("training.contacts_default"), "lead")
        for contact in matter.contacts:
            parts.text("p", known[contact].name if contact in known else contact)
            if contact in known:
                parts.text("span", contact_under(self._editing, known[contact]), "pick-cite")
