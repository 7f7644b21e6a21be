"""The held-out messages of an intent, with what the live version made of each; read, not edited here."""

from console import parts
from console.training.editing import Editing
from console.training.figures import Figures, Owners
from console.training.names import url_of
from qifu.evaluation.held_out import HeldOut

_MOST = 100


class HeldOutCard:
    """The card of one intent."""

    def __init__(self, editing: Editing, figures: Figures, intent: str) -> None:
        self._editing, self._words, self._figures, self._intent = editing, editing.words, figures, intent

    def show(self) -> None:
        """Draws it where it stands."""
        words, owners = self._words, Owners(self._editing.catalogue)
        rows = [row for row in self._editing.catalogue.held_out if owners.intent(row) == self._intent]
        missed = {miss.text: miss for miss in self._figures.missed if miss.wanted == self._intent}
        # Those that went wrong are what somebody comes for.
        rows.sort(key=lambda row: row.text not in missed)
        with parts.card(words("training.held_out_title", n=len(rows)), words("training.held_out_lead"), "wide-card"):
            if not rows:
                parts.text("p", words("training.held_out_none"), "lead")
                return
            with parts.box("ul", "held-out-list"):
                for row in rows[:_MOST]:
                    with parts.box("li", "held-out-line"):
                        self._line(row, missed, asked=self._asked(len(rows)))
            if len(rows) > _MOST:
                parts.text("p", words("training.held_out_more", n=len(rows) - _MOST), "lead")

    def _asked(self, count: int) -> bool:
        """Whether the report asked just as many; else nobody knows which of them."""
        score = self._figures.score(self._intent)
        return score is not None and score.of == count

    def _line(self, row: HeldOut, missed: dict, *, asked: bool) -> None:  # type: ignore[type-arg]
        words, names = self._words, self._editing.names
        parts.text("span", row.text)
        with parts.box("span", "held-out-tags"):
            miss = missed.get(row.text)
            if miss is not None:
                parts.badge(words("training.wrong"), "bad")
                if miss.got and miss.got != miss.wanted:
                    parts.link(words("training.took_for", name=names.intent(miss.got)), url_of(miss.got), "link small")
                elif miss.got:
                    parts.text("span", words("training.other_point"), "tag")
                else:
                    parts.text("span", words.group("outcome").get(miss.outcome, miss.outcome), "tag")
            elif asked:
                parts.badge(words("training.right"), "good")
            style = words.group("model_style").get(row.style, row.style)
            parts.text("span", style, "tag")
            if row.district:
                district = self._editing.services.districts.get(row.district, {}).get("zh", str(row.district))
                parts.text("span", district, "tag")
