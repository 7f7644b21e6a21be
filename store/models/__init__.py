"""The tables, by subject. Importing this package makes all of them known to `Base.metadata`."""

from store.models.base import Base
from store.models.conversations import ConversationRow, DialogueStateRow, FeedbackRow, TurnRow
from store.models.knowledge import MeasureRow, PlanRow, PointRow, SeedLoad
from store.models.matters import (
    ContactRow,
    MatterContact,
    MatterPoint,
    MatterRow,
    MeasureContact,
    PointContact,
    QuestionRow,
)
from store.models.requests import RequestCounter, RequestKind, RequestRow, RequestState, SubscriptionRow
from store.models.staff import AuditRow, StaffRow, StaffSessionRow, SwitchRow
from store.models.updates import UpdateRow

__all__ = [
    "AuditRow",
    "Base",
    "ContactRow",
    "ConversationRow",
    "DialogueStateRow",
    "FeedbackRow",
    "MatterContact",
    "MatterPoint",
    "MatterRow",
    "MeasureContact",
    "MeasureRow",
    "PlanRow",
    "PointContact",
    "PointRow",
    "QuestionRow",
    "RequestCounter",
    "RequestKind",
    "RequestRow",
    "RequestState",
    "SeedLoad",
    "StaffRow",
    "StaffSessionRow",
    "SubscriptionRow",
    "SwitchRow",
    "TurnRow",
    "UpdateRow",
]
