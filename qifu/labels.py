"""The labels of the project, defined once: topics, acts, outcomes, districts, plan states.

YAML, database and console are tested against these enums. The words are those of the design's vocabulary.
"""

from enum import StrEnum


class Topic(StrEnum):
    """The 21 subjects of the plans; each is one Rasa intent with its matters as retrieval intents."""

    REGISTRATION = "registration"
    LICENSING = "licensing"
    PREMISES = "premises"
    UTILITIES = "utilities"
    EMPLOYMENT = "employment"
    FINANCE = "finance"
    TRADE = "trade"
    TAXES = "taxes"
    DISPUTES = "disputes"
    COMPETITION = "competition"
    IP = "ip"
    BANKRUPTCY = "bankruptcy"
    GOV_SERVICES = "gov_services"
    POLICY_SUPPORT = "policy_support"
    PARKS = "parks"
    FOREIGN_SERVICES = "foreign_services"
    TALENT = "talent"
    SUPERVISION = "supervision"
    CREDIT = "credit"
    INNOVATION = "innovation"
    INVESTMENT = "investment"


class Act(StrEnum):
    """What a message does besides asking; each is one Rasa intent."""

    HANDOFF = "handoff"
    APPEAL = "appeal"
    APPEAL_STATUS = "appeal_status"
    SET_DISTRICT = "set_district"
    SET_PROFILE = "set_profile"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    MORE = "more"
    SOURCE = "source"
    CONTACT_FOLLOWUP = "contact_followup"
    SWITCH_LANGUAGE = "switch_language"
    FEEDBACK_UP = "feedback_up"
    FEEDBACK_DOWN = "feedback_down"
    GREET = "greet"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    HELP = "help"
    BOT_CHALLENGE = "bot_challenge"
    RESTART = "restart"
    AFFIRM = "affirm"
    DENY = "deny"


OUT_OF_SCOPE = "out_of_scope"


class Outcome(StrEnum):
    """How a turn ends; every turn ends in exactly one."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NO_ANSWER = "no_answer"
    OUT_OF_SCOPE = "out_of_scope"
    ACT = "act"
    FORM = "form"
    HANDOFF = "handoff"
    ERROR = "error"


class District(StrEnum):
    """Where a measure applies; SHANGHAI is city-wide."""

    SHANGHAI = "shanghai"
    CHANGNING = "changning"
    MINHANG = "minhang"
    PUTUO = "putuo"


class PlanStatus(StrEnum):
    """What a plan is worth: shown to the user with every citation."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    YEAR_PLAN = "year_plan"
    CASE_STUDY = "case_study"


class Channel(StrEnum):
    """Where a conversation runs."""

    TELEGRAM = "telegram"
    WEB = "web"
    TERMINAL = "terminal"
    API = "api"
    BATCH = "batch"


class Language(StrEnum):
    """The language of the frame of a reply."""

    ZH = "zh"
    EN = "en"


class StaffRole(StrEnum):
    """What a member of staff may do in the console; each role sees the pages that name it."""

    SERVICE = "service"
    MANAGER = "manager"
    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


class ModelState(StrEnum):
    """What became of a version of the model; exactly one is live once qifu has run.

    training: not ready yet; trained: may be published; retired: was live before; failed: was cancelled or went wrong.
    """

    TRAINING = "training"
    TRAINED = "trained"
    LIVE = "live"
    RETIRED = "retired"
    FAILED = "failed"


class RequestKind(StrEnum):
    """What a user asked people for; each kind counts its numbers by itself."""

    HANDOFF = "handoff"
    APPEAL = "appeal"


class HandoffState(StrEnum):
    """How far a handoff has come: waiting and claimed are open, the others are its end."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class HandoffReason(StrEnum):
    """Why a person was called; TAKEN: staff took a running conversation, nobody had asked."""

    ASKED = "asked"
    FAILED = "failed"
    THUMB_DOWN = "thumb_down"
    ANGER = "anger"
    TAKEN = "taken"


class CloseReason(StrEnum):
    """How a handoff that staff closed came out; only RESOLVED counts as resolved."""

    RESOLVED = "resolved"
    REFERRED = "referred"
    APPEAL_FILED = "appeal_filed"
    NO_REPLY = "no_reply"
    UNRESOLVED = "unresolved"
    ABUSE = "abuse"


class HandoffEvent(StrEnum):
    """What happens to a handoff. `answered` is the first human answer, `alerted` goes to all on duty.

    `escalated` is 督办: nobody claimed in time. `reminded` and `neglected` are about an owner who doesn't answer.
    """

    REQUESTED = "requested"
    OFFERED = "offered"
    ALERTED = "alerted"
    ESCALATED = "escalated"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    REMINDED = "reminded"
    NEGLECTED = "neglected"
    TRANSFERRED = "transferred"
    EDITED = "edited"
    RETURNED = "returned"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    RATED = "rated"


class Direction(StrEnum):
    """Who a message of the desk comes from; a note is for staff only, system is what qifu says itself."""

    USER = "user"
    STAFF = "staff"
    NOTE = "note"
    SYSTEM = "system"


class RatingReason(StrEnum):
    """What a user's rating is about."""

    QUICK = "quick"
    CLEAR = "clear"
    FRIENDLY = "friendly"
    SLOW = "slow"
    UNCLEAR = "unclear"
    UNSOLVED = "unsolved"
    UNFRIENDLY = "unfriendly"
    OTHER = "other"


class AppealState(StrEnum):
    """How far an appeal has come; resolved and rated are its end, from which it can be reopened once."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    RATED = "rated"
    REOPENED = "reopened"


class AppealOrigin(StrEnum):
    """How an appeal came in: by the form, in one message, or as a wish for a person outside service hours."""

    FORM = "form"
    MESSAGE = "message"
    AFTER_HOURS = "after_hours"


class AppealGrade(StrEnum):
    """The plans' four grades: 该办的坚决办, 能办的马上办, 难办的设法办, 合办的协作办 (普陀区2022年方案)."""

    MUST = "must"
    CAN = "can"
    HARD = "hard"
    JOINT = "joint"


class AppealTier(StrEnum):
    """Who deals with an appeal: 街镇, 区, 市."""

    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


class AppealEvent(StrEnum):
    """What happens to an appeal; `overdue` is 督办, `joined` a duplicate of the same user.

    `answered`: a person wrote to the user about it, and it stays open.
    """

    FILED = "filed"
    JOINED = "joined"
    GRADED = "graded"
    ASSIGNED = "assigned"
    STARTED = "started"
    ANSWERED = "answered"
    REFERRED = "referred"
    NOTED = "noted"
    RESOLVED = "resolved"
    RATED = "rated"
    REOPENED = "reopened"
    OVERDUE = "overdue"


class TurnMark(StrEnum):
    """What staff who read a conversation think of an answer; TRAINER hands the turn to the trainers."""

    GOOD = "good"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    TRAINER = "trainer"


class ExportForm(StrEnum):
    """The kind of file of an export."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    """How far an export has come; FULL: the file holds as much as it may, there was more."""

    RUNNING = "running"
    DONE = "done"
    FULL = "full"
    CANCELLED = "cancelled"
    FAILED = "failed"
