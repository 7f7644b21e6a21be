"""The text a point stands in: its whole measure, with the point picked out."""

from console import parts
from console.review.names import ReviewNames
from console.services import ConsoleServices


def show_source(services: ConsoleServices, names: ReviewNames, point_id: str) -> None:
    """Opens the measure of a point in a dialog."""
    words, answering = services.words, services.answering
    if answering is None or point_id not in answering.knowledge.points:
        parts.failed(words("conversation.source_gone"))
        return
    knowledge = answering.knowledge
    citation = knowledge.citation(point_id)
    plan, measure = citation.plan, citation.measure
    with parts.dialog(measure.title, names.place(point_id, words), "wide source"):
        with parts.box("div", "source-text"):
            for point in measure.points:
                parts.text("p", point.text, "picked" if point.id == point_id else "")
        facts = (plan.issuer, plan.number, plan.date, names.district(plan.district), point_id)
        parts.text("p", " · ".join(str(fact) for fact in facts if fact), "lead")
