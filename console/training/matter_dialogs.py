"""Renaming a matter's id, and merging it into another with a look at what moves."""

from nicegui import ui

from console import parts
from console.training.editing import Editing
from console.training.names import url_of
from console.training.pickers import pick_intent
from qifu.training.matters import merge_matters, rename_matter
from seeds.model import Matter


class MatterDialogs:
    """For one matter."""

    def __init__(self, editing: Editing, matter: Matter) -> None:
        self._editing, self._words, self._matter = editing, editing.words, matter

    def rename(self) -> None:
        """Gives it another id; its questions follow."""
        words, matter = self._words, self._matter
        topic, _, own = matter.id.partition("/")
        with parts.dialog(words("training.rename_title", name=matter.name), words("training.rename_lead")) as dialog:
            field = ui.input(words("training.id"), value=own).props("autofocus maxlength=40")
            field.props["hint"] = words("training.id_hint")

            async def save() -> None:
                new = f"{topic}/{(field.value or '').strip()}"
                if new == matter.id:
                    dialog.close()
                elif await self._editing.make(
                    lambda draft: rename_matter(draft, matter.id, new),
                    what="matter_renamed",
                    subject=new,
                    before=matter.id,
                ):
                    dialog.close()
                    _open(new)

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.save"), on_click=save)

    def merge(self) -> None:
        """Asks which matter takes it over, and shows what moves before it does."""
        title = self._words("training.merge_pick", name=self._matter.name)
        pick_intent(self._editing, title, self._preview, but=self._matter.id, matters_only=True)

    def _preview(self, keep: str) -> None:
        words, catalogue, gone = self._words, self._editing.catalogue, self._matter
        kept = catalogue.seeds.matters[keep]
        own, theirs = len(catalogue.by_intent.get(gone.id, ())), len(catalogue.by_intent.get(keep, ()))
        points = [point for point in gone.points if point not in kept.points]
        contacts = [contact for contact in gone.contacts if contact not in kept.contacts]
        with parts.dialog(words("training.merge_title", gone=gone.name, keep=kept.name), classes="wide") as dialog:
            with parts.box("dl", "facts merge-facts"):
                for key, number, after in (
                    ("questions_title", own, own + theirs),
                    ("points", len(points), len(kept.points) + len(points)),
                    ("contacts", len(contacts), len(kept.contacts) + len(contacts)),
                ):
                    with parts.box("div"):
                        parts.text("dt", words(f"training.{key}"))
                        parts.text("dd", words("training.merge_moves", n=number, after=after))
            if points:
                with parts.box("ul", "chosen"):
                    for point in points:
                        with parts.box("li", "chosen-line"), parts.box("div"):
                            parts.text("p", self._editing.names.point(point), "chosen-text")
                            parts.text("span", self._editing.names.place(point), "pick-cite")
            parts.text("p", words("training.merge_lead", gone=gone.name, id=gone.id), "lead")

            async def go() -> None:
                if await self._editing.make(
                    lambda draft: merge_matters(draft, keep, gone.id),
                    what="matter_merged",
                    subject=keep,
                    count=own,
                    done=words("training.merged", gone=gone.name, keep=kept.name),
                    before=gone.id,
                ):
                    dialog.close()
                    _open(keep)

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("training.merge"), on_click=go)


def _open(intent: str) -> None:
    ui.navigate.to(url_of(intent).removeprefix("/console"))
