"""Findings about trainers' questions and matters, and refusals of their edits, in words."""

from console.wording import Words
from qifu.errors import EditError
from qifu.labels import OUT_OF_SCOPE, Act
from qifu.training.checks import Finding

_ACTS = frozenset(Act)


def finding_words(words: Words, finding: Finding) -> str:
    """A finding in a sentence that names the thing and the remedy."""
    values = dict(finding.values)
    if "intent" in values:
        values["name"] = intent_name(words, str(values["intent"]), str(values.get("name", values["intent"])))
    return words(f"check.{finding.code}", **values)


def refusal_words(words: Words, error: EditError) -> str:
    """Why an edit was refused."""
    return words(f"edit_error.{error.code}", **error.values)


def intent_name(words: Words, intent: str, name: str) -> str:
    """What trainers call an intent: an act by the console's words, a matter by its own name."""
    if intent in _ACTS:
        return words(f"act.{intent}")
    return words(f"outcome.{OUT_OF_SCOPE}") if intent == OUT_OF_SCOPE else name
