"""A group of things said that are alike: what was said and answered, what to make of it, and the decision."""

from collections.abc import Mapping, Sequence

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.inbox.choice import Choice
from console.inbox.deciding import Deciding
from console.inbox.wordings import Wording, reply_to, wordings
from console.names import Names
from console.navigation import PREFIX
from console.times import exact, moment
from console.training.editing import Editing
from console.training.said import finding_words, tell
from qifu.errors import SeedError
from qifu.labels import Language, Topic
from qifu.training.checks import LONGEST, Finding
from qifu.training.holding import style_of
from qifu.training.labels import ProposalReason, ProposalState, Rejection
from store.models import ProposalRow, TurnRow
from store.repositories import AuditRepository, CannedRepository, GroupKey, ProposalRepository

_SHOWN = 3
_LONGEST_TITLE = 40
TONES: Mapping[ProposalReason, parts.Tone] = {
    ProposalReason.NO_ANSWER: "bad",
    ProposalReason.THUMB_DOWN: "bad",
    ProposalReason.TRAINER: "calm",
    ProposalReason.HANDOFF: "calm",
    ProposalReason.SAMPLE: "good",
}


class GroupCard:
    """Draws one group; trainers decide, managers read."""

    def __init__(
        self,
        editing: Editing,
        deciding: Deciding,
        key: GroupKey,
        rows: Sequence[ProposalRow],
        turns: Mapping[int, TurnRow],
    ) -> None:
        self._editing, self._deciding, self._key = editing, deciding, key
        self._services, self._words = editing.services, editing.words
        self._names = Names(editing.services)
        self._turns = turns
        self._offered = wordings(rows)
        self._more = False
        self._style: str | None = None
        self._told: dict[Wording, Element] = {}
        self._findings: dict[Wording, Sequence[Finding]] = {}
        labels = max((row.proposed for row in rows), key=lambda proposed: (_staff_told(proposed), len(proposed)))
        self._choice = Choice(editing, labels, self._look)

    def show(self) -> None:
        """Draws it where it stands."""
        label = self._words("inbox.group", text=self._offered[0].said)
        number = self._key.group_no
        self._room = parts.box("article", "card proposal", tabindex="0", data_group=str(number), aria_label=label)
        with self._room:
            self._draw()

    def _draw(self) -> None:
        self._head()
        self._told.clear()
        shown = self._offered if self._more else self._offered[:_SHOWN]
        with parts.box("ul", "word-list"):
            for wording in shown:
                self._wording(wording)
        if len(self._offered) > len(shown):
            more = ui.button(
                self._words("inbox.more_wordings", n=len(self._offered) - len(shown)), on_click=self._expand
            )
            more.props("flat dense size=14px")
        if self._editing.may:
            self._choice.show()
            self._acts(shown)

    def _head(self) -> None:
        words, key = self._words, self._key
        reasons = {reason for wording in self._offered for reason in wording.reasons}
        with parts.box("header", "proposal-head"):
            parts.text("strong", words("inbox.times", n=key.n), "proposal-size")
            for reason in ProposalReason:
                if reason in reasons:
                    parts.badge(words(f"inbox_reason.{reason}"), TONES.get(reason, "warn"))
            topics = dict.fromkeys(row.topic for wording in self._offered for row in wording.rows if row.topic)
            for topic in list(topics)[:2]:
                parts.text("span", self._names.topic(topic), "tag")

    def _wording(self, wording: Wording) -> None:
        words = self._words
        with parts.box("li", "word-line"):
            if self._editing.may:
                with parts.box("div", "word-edit"):
                    if len(self._offered) > 1:
                        tick = ui.checkbox(value=wording.chosen).bind_value(wording, "chosen").props("dense")
                        tick.props["aria-label"] = words("inbox.take", text=wording.said)
                    field = ui.input(value=wording.text).bind_value(wording, "text")
                    field.props(f'dense outlined maxlength={LONGEST} data-said=""').classes("word-text")
                    field.props["aria-label"] = words("inbox.text")
            if not self._editing.may or wording.masked:
                parts.text("p", wording.said, "word-plain")
            if wording.masked:
                kinds = "、".join(words(f"inbox_masked.{kind}") for kind in wording.masked)
                parts.badge(words("inbox.masked", kinds=kinds), "warn")
            self._about(wording)
            self._answers(wording)
            self._told[wording] = parts.box("ul", "findings", role="status")
            self._tell(wording, self._findings.get(wording, ()))

    def _about(self, wording: Wording) -> None:
        words, row = self._words, wording.rows[0]
        with parts.box("p", "word-about lead"):
            if len(wording.rows) > 1:
                parts.text("span", words("inbox.said_times", n=len(wording.rows)))
            parts.text("time", moment(wording.at, self._services.clock(), words), title=exact(wording.at))
            if row.turn_id:
                parts.link(words("inbox.conversation"), f"{PREFIX}/conversations/{row.turn_id}", data_open="")

    def _answers(self, wording: Wording) -> None:
        words = self._words
        if reply := reply_to(wording, self._turns):
            with parts.box("details", "word-reply"):
                parts.text("summary", words("inbox.reply", text=reply.partition("\n")[0]))
                parts.text("p", reply)
        if row := wording.answered:
            with parts.box("div", "staff-answer"):
                parts.text("span", words("inbox.staff_answer"), "lead")
                parts.text("p", row.answer or "")
                if self._editing.may:
                    self._canned(row)

    def _canned(self, row: ProposalRow) -> None:
        words = self._words
        if row.canned_id:
            parts.badge(words("inbox.is_canned"), "good")
            return
        button = ui.button(words("inbox.make_canned"), icon="quickreply").props("outline dense size=14px")

        async def keep() -> None:
            button.disable()
            clock, by = self._services.clock, self._editing.staff.id
            title = row.text[:_LONGEST_TITLE]
            topic = Topic(row.topic) if row.topic in set(Topic) else None
            async with self._services.database.session() as session:
                made = await CannedRepository(session, clock).add(title, row.answer or "", Language.ZH, topic, by)
                await ProposalRepository(session, clock).set_canned(row.id, made.id)
                await AuditRepository(session, clock).write(by, "canned.add", title)
                row.canned_id = made.id
            button.text = words("inbox.is_canned")
            parts.done(words("inbox.canned_done"))

        button.on_click(keep)

    def _acts(self, shown: Sequence[Wording]) -> None:
        words = self._words
        with parts.box("div", "proposal-acts"):
            for key, symbol, state in (
                ("t", "school", ProposalState.ACCEPTED_TRAINING),
                ("h", "quiz", ProposalState.ACCEPTED_HELD_OUT),
            ):
                accept = ui.button(
                    words(f"inbox.{state}"), icon=symbol, on_click=lambda state=state: self._accept(state)
                )
                accept.props(f'data-key="{key}" {"outline" if key == "h" else ""}')
            styles = words.group("model_style")
            guessed = style_of(shown[0].text)
            style = ui.select(styles, label=words("inbox.style"), value=self._style or guessed)
            style.props("dense").classes("style-choice").on_value_change(lambda event: self._set_style(event.value))
            reject = ui.button(words("inbox.reject"), icon="close", on_click=self._reject)
            reject.props('flat data-key="x"')

    def _set_style(self, style: str | None) -> None:
        self._style = style

    def _expand(self) -> None:
        self._more = True
        self._redraw()

    def _redraw(self) -> None:
        self._room.clear()
        with self._room:
            self._draw()

    @property
    def _chosen(self) -> list[Wording]:
        shown = self._offered if self._more else self._offered[:_SHOWN]
        return [wording for wording in shown if wording.chosen]

    async def _look(self) -> None:
        """Says at once what speaks against the label that was chosen."""
        if not self._choice.block:
            return
        try:
            for wording in self._chosen:
                found = await self._deciding.look(ProposalState.ACCEPTED_TRAINING, self._choice.block, wording.text)
                self._tell(wording, [finding for finding in found if finding.tone != "calm"])
        except SeedError as error:
            tell(error, self._words, self._editing.names)

    def _tell(self, wording: Wording, findings: Sequence[Finding]) -> None:
        self._findings[wording] = findings
        place = self._told[wording]
        place.clear()
        with place:
            for finding in findings:
                parts.text("li", finding_words(finding, self._words, self._editing.names), f"finding {finding.tone}")

    async def _accept(self, state: ProposalState) -> None:
        words, chosen, block = self._words, self._chosen, self._choice.block
        if block is None or not chosen:
            parts.failed(words("inbox.no_label" if block is None else "inbox.nothing_chosen"))
            return
        try:
            accepted = await self._deciding.accept(state, block, chosen, self._style)
        except SeedError as error:
            tell(error, words, self._editing.names)
            return
        for place, findings in accepted.refused.items():
            self._tell(chosen[place], findings)
        kept = [chosen[place] for place in accepted.refused]
        if accepted.count:
            name = self._editing.names.intent(block.intent)
            self._gone(chosen, kept, words(f"inbox.done_{state}", n=accepted.count, name=name))
        elif not kept:
            self._gone(chosen, [], words("inbox.decided_by_others"))

    def _gone(self, decided: Sequence[Wording], kept: Sequence[Wording], said: str) -> None:
        """Takes what was decided off the page; what was refused stays, with what was said of it."""
        self._offered = [wording for wording in self._offered if wording not in decided or wording in kept]
        if self._offered:
            self._redraw()
            return
        ui.run_javascript(f"window.inboxNext?.({self._key.group_no})")
        self._room.clear()
        self._room.classes("decided")
        del self._room.props["tabindex"]
        with self._room:
            parts.icon("task_alt")
            parts.text("p", said)

    def _reject(self) -> None:
        words, chosen = self._words, self._chosen
        if not chosen:
            parts.failed(words("inbox.nothing_chosen"))
            return
        with (
            parts.dialog(words("inbox.reject_title"), words("inbox.reject_lead")) as dialog,
            parts.box("div", "rejections"),
        ):
            for place, why in enumerate(Rejection, 1):
                button = ui.button(words("inbox.numbered", n=place, text=words(f"inbox_rejection.{why}")))
                button.props(f'outline no-caps align=left data-reject="{place}"')
                button.on_click(lambda why=why: self._rejected(dialog, chosen, why))

    async def _rejected(self, dialog: ui.dialog, chosen: Sequence[Wording], why: Rejection) -> None:
        dialog.close()
        await self._deciding.reject(chosen, why)
        self._gone(chosen, [], self._words(f"inbox.done_{ProposalState.REJECTED}", n=len(chosen)))


def _staff_told(proposed: Sequence[Mapping[str, object]]) -> bool:
    return any(entry.get("share") is None for entry in proposed)
