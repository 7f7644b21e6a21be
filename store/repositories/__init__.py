"""The only place of SQL: one repository a subject, each works in the caller's session and leaves the commit to it."""

from store.repositories.appeals import AppealRepository, Recorded
from store.repositories.canned import CannedRepository
from store.repositories.conversations import ConversationRepository, StateRepository
from store.repositories.desk_figures import FigureRepository
from store.repositories.desk_views import AppealFilter, DeskViewRepository, HandoffFilter
from store.repositories.duty import DutyRepository
from store.repositories.handoffs import DeskMessageRepository, HandoffRepository, Kept
from store.repositories.knowledge import KnowledgeRepository
from store.repositories.notices import NoticeRepository
from store.repositories.numbers import NumberRepository
from store.repositories.staff import (
    AuditFilter,
    AuditRepository,
    StaffRepository,
    StaffSessionRepository,
    SwitchRepository,
)
from store.repositories.staff_contacts import StaffContactRepository
from store.repositories.subscriptions import SubscriptionRepository
from store.repositories.telegram import TelegramRepository
from store.repositories.training import ModelRepository, ScheduleRepository
from store.repositories.turns import Accepted, FeedbackRepository, TurnRepository, Waiting
from store.repositories.updates import UpdateRepository

__all__ = [
    "Accepted",
    "AppealFilter",
    "AppealRepository",
    "AuditFilter",
    "AuditRepository",
    "CannedRepository",
    "ConversationRepository",
    "DeskMessageRepository",
    "DeskViewRepository",
    "DutyRepository",
    "FeedbackRepository",
    "FigureRepository",
    "HandoffFilter",
    "HandoffRepository",
    "Kept",
    "KnowledgeRepository",
    "ModelRepository",
    "NoticeRepository",
    "NumberRepository",
    "Recorded",
    "ScheduleRepository",
    "StaffContactRepository",
    "StaffRepository",
    "StaffSessionRepository",
    "StateRepository",
    "SubscriptionRepository",
    "SwitchRepository",
    "TelegramRepository",
    "TurnRepository",
    "UpdateRepository",
    "Waiting",
]
