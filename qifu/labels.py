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
