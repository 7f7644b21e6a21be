"""The labels of what trainers are to look at, defined once."""

from enum import StrEnum
from typing import Self


class ProposalReason(StrEnum):
    """Why something said is proposed to trainers. The database keeps them as bits in this order: add at the end.

    clarify: the choices that the bot offered were not taken. low_confidence: answered, but hardly understood. handoff:
    a person took over. trainer: staff who read the conversation handed it on. sample: answered well, looked at all
    the same.
    """

    NO_ANSWER = "no_answer"
    CLARIFY = "clarify"
    THUMB_DOWN = "thumb_down"
    LOW_CONFIDENCE = "low_confidence"
    HANDOFF = "handoff"
    TRAINER = "trainer"
    SAMPLE = "sample"

    @property
    def bit(self) -> int:
        """Its bit in the database."""
        return 1 << list(type(self)).index(self)

    @classmethod
    def of(cls, bits: int) -> list[Self]:
        """The reasons that are set, in order."""
        return [reason for reason in cls if bits & reason.bit]


class ProposalState(StrEnum):
    """What became of a proposal; everything but open is a trainer's decision."""

    OPEN = "open"
    ACCEPTED_TRAINING = "accepted_training"
    ACCEPTED_HELD_OUT = "accepted_held_out"
    REJECTED = "rejected"


class Rejection(StrEnum):
    """Why a proposal is of no use. context: it means nothing outside its conversation."""

    UNCLEAR = "unclear"
    CONTEXT = "context"
    KNOWN = "known"
    PERSONAL = "personal"
    OTHER = "other"
