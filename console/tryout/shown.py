"""A rehearsal as a page shows it: what the user would see, and how the bot came to it."""

from collections.abc import Mapping

from nicegui import ui

from console import parts
from console.review.names import ReviewNames
from console.review.spoken import analysis, spoken
from console.review.templates import piece, render
from console.training.editing import Editing
from console.training.names import is_known, url_of
from console.tryout.rehearsal import Rehearsal
from qifu.labels import Language
from store.models import TurnRow
from store.turns import answer_columns

_MOST = 5
_SURE = 100


def row_of(rehearsal: Rehearsal, editing: Editing, language: Language | None) -> TurnRow:
    """The turn as it would be stored, with the points that came into question."""
    turn, now = rehearsal.turn, editing.services.clock()
    columns = answer_columns(turn)
    candidates = [
        {"point": found.point, "matter": found.matter, "score": found.score, "shares": found.shares}
        for found in rehearsal.candidates
    ]
    understood = rehearsal.understood
    columns["parse"] = {"candidates": candidates, **(turn.parse or {}), "matters": dict(understood.matters)}
    columns |= {"intent": understood.intent, "confidence": understood.confidence}
    row = TurnRow(
        id=0, conversation_id="", message_id="", text=turn.text, is_payload=False, language=language, **columns
    )
    row.accepted_at = row.answered_at = now
    return row


def show(rehearsal: Rehearsal, row: TurnRow, editing: Editing) -> None:
    """Draws both sides."""
    words, services = editing.words, editing.services
    names = ReviewNames(services)
    with parts.box("div", "tryout"):
        with parts.card(words("tryout.seen"), classes="tryout-seen"):
            said = spoken(
                row, services, names, words_sought="", reveal=True, thumb=0, marks=(), comments=(), offered=()
            )
            piece(render("turn.html", turn=said, analysis=None, here=False, acts=False, words=words), "turn-piece")
            if row.act in ("handoff", "appeal", "subscribe", "unsubscribe", "feedback_up", "feedback_down"):
                parts.text("p", words("tryout.nothing_happened"), "lead")
        with parts.card(words("tryout.thought"), classes="tryout-thought"):
            found = analysis(row, services, names, "")
            piece(
                render(
                    "thought.html",
                    analysis=found,
                    intents=_ranking(rehearsal.understood.intents, editing),
                    matters=_ranking(rehearsal.understood.matters, editing),
                    words=words,
                )
            )


def _ranking(shares: Mapping[str, float], editing: Editing) -> list[tuple[str, str, str, float]]:
    """The likeliest by name, address, share and width; a topic has no page of its own."""
    ranked = sorted(shares.items(), key=lambda item: -item[1])[:_MOST]
    return [
        (
            editing.names.intent(name) if is_known(editing.catalogue, name) else editing.names.group(name),
            url_of(name) if is_known(editing.catalogue, name) else "",
            f"{share:.1%}",
            share * _SURE,
        )
        for name, share in ranked
    ]


def waiting(words: str) -> None:
    """Says that the bot is asked."""
    with parts.box("p", "lead waiting"):
        ui.spinner(size="18px")
        parts.text("span", words)
