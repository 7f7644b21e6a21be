"""The only place of SQL: one repository a subject, each works in the caller's session and leaves the commit to it."""

from store.repositories.conversations import ConversationRepository, StateRepository
from store.repositories.knowledge import KnowledgeRepository
from store.repositories.requests import RequestRepository, SubscriptionRepository
from store.repositories.staff import (
    AuditFilter,
    AuditRepository,
    StaffRepository,
    StaffSessionRepository,
    SwitchRepository,
)
from store.repositories.turns import Accepted, FeedbackRepository, TurnRepository, Waiting
from store.repositories.updates import UpdateRepository

__all__ = [
    "Accepted",
    "AuditFilter",
    "AuditRepository",
    "ConversationRepository",
    "FeedbackRepository",
    "KnowledgeRepository",
    "RequestRepository",
    "StaffRepository",
    "StaffSessionRepository",
    "StateRepository",
    "SubscriptionRepository",
    "SwitchRepository",
    "TurnRepository",
    "UpdateRepository",
    "Waiting",
]
