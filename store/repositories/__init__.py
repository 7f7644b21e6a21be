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
from store.repositories.proposal_sources import ProposalSourceRepository
from store.repositories.proposals import Decision, GroupKey, NewProposal, ProposalFilter, ProposalRepository
from store.repositories.review import ReviewRepository
from store.repositories.review_cards import Card, ReviewCardRepository
from store.repositories.review_figures import ReviewFigureRepository
from store.repositories.review_filter import ReviewFilter
from store.repositories.review_list import Key, Listed, ReviewListRepository
from store.repositories.saved import ExportRepository, SavedFilterRepository
from store.repositories.search import SearchRepository
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
    "Card",
    "ConversationRepository",
    "Decision",
    "DeskMessageRepository",
    "DeskViewRepository",
    "DutyRepository",
    "ExportRepository",
    "FeedbackRepository",
    "FigureRepository",
    "GroupKey",
    "HandoffFilter",
    "HandoffRepository",
    "Kept",
    "Key",
    "KnowledgeRepository",
    "Listed",
    "ModelRepository",
    "NewProposal",
    "NoticeRepository",
    "NumberRepository",
    "ProposalFilter",
    "ProposalRepository",
    "ProposalSourceRepository",
    "Recorded",
    "ReviewCardRepository",
    "ReviewFigureRepository",
    "ReviewFilter",
    "ReviewListRepository",
    "ReviewRepository",
    "SavedFilterRepository",
    "ScheduleRepository",
    "SearchRepository",
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
