"""The tables, by subject. Importing this package makes all of them known to `Base.metadata`."""

from store.models.appeals import AppealEventRow, AppealNoteRow, AppealRow
from store.models.base import Base
from store.models.contacts import StaffContactRow
from store.models.conversations import ConversationRow, DialogueStateRow, FeedbackRow, TurnRow
from store.models.desk import (
    CannedReplyRow,
    DeskMessageRow,
    DutyDayOffRow,
    DutyShiftRow,
    HandoffEventRow,
    HandoffRow,
    NoticeRow,
    PresenceRow,
    RequestCounter,
)
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
from store.models.proposals import ProposalCursorRow, ProposalRow
from store.models.review import (
    ConversationLabelRow,
    ConversationReviewRow,
    ExportRow,
    ReviewCommentRow,
    ReviewLabelRow,
    SavedFilterRow,
    TurnMarkRow,
)
from store.models.search import SearchBacklogRow, SearchPlaceRow, SearchTextRow
from store.models.staff import AuditRow, StaffRow, StaffSessionRow, SwitchRow
from store.models.subscriptions import SubscriptionRow
from store.models.telegram import TelegramCodeRow, TelegramMessageRow, TelegramThreadRow
from store.models.training import ModelChangeRow, ModelVersionRow, TrainingScheduleRow
from store.models.updates import UpdateRow

__all__ = [
    "AppealEventRow",
    "AppealNoteRow",
    "AppealRow",
    "AuditRow",
    "Base",
    "CannedReplyRow",
    "ContactRow",
    "ConversationLabelRow",
    "ConversationReviewRow",
    "ConversationRow",
    "DeskMessageRow",
    "DialogueStateRow",
    "DutyDayOffRow",
    "DutyShiftRow",
    "ExportRow",
    "FeedbackRow",
    "HandoffEventRow",
    "HandoffRow",
    "MatterContact",
    "MatterPoint",
    "MatterRow",
    "MeasureContact",
    "MeasureRow",
    "ModelChangeRow",
    "ModelVersionRow",
    "NoticeRow",
    "PlanRow",
    "PointContact",
    "PointRow",
    "PresenceRow",
    "ProposalCursorRow",
    "ProposalRow",
    "QuestionRow",
    "RequestCounter",
    "ReviewCommentRow",
    "ReviewLabelRow",
    "SavedFilterRow",
    "SearchBacklogRow",
    "SearchPlaceRow",
    "SearchTextRow",
    "SeedLoad",
    "StaffContactRow",
    "StaffRow",
    "StaffSessionRow",
    "SubscriptionRow",
    "SwitchRow",
    "TelegramCodeRow",
    "TelegramMessageRow",
    "TelegramThreadRow",
    "TrainingScheduleRow",
    "TurnMarkRow",
    "TurnRow",
    "UpdateRow",
]
