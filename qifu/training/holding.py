"""Held-out questions that trainers write: what they expect, how they are put, and what speaks against them."""

import re
from collections.abc import Iterator

from qifu.evaluation.held_out import HeldOut
from qifu.labels import OUT_OF_SCOPE, Act, District, Language
from qifu.training.catalogue import Catalogue
from qifu.training.checks import LONGEST, Finding, named
from qifu.training.questions import Block, clean
from seeds.check import bare
from store.masking import mask

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SHORT, _LONG = 6, 40


def held_out_of(
    catalogue: Catalogue, block: Block, text: str, style: str = "", district: District | None = None
) -> HeldOut:
    """The held-out question: an act, what is out of scope, or a question; without a point any of the matter's counts.

    Without a style it has the one it likely is. Raises KeyError for a matter that isn't there.
    """
    text = clean(text)
    language, style = language_of(text), style or style_of(text)
    if block.intent == OUT_OF_SCOPE:
        return HeldOut(text, OUT_OF_SCOPE, OUT_OF_SCOPE, style, language)
    if block.intent in {str(act) for act in Act}:
        return HeldOut(text, "act", Act(block.intent), style, language)
    matter = catalogue.seeds.matters[block.intent]
    points = (block.point,) if block.point else matter.points
    return HeldOut(text, "question", str(matter.topic), style, language, points, district)


def language_of(text: str) -> str:
    """zh where there is any Chinese in it, else en."""
    return str(Language.ZH if _CHINESE.search(text) else Language.EN)


def style_of(text: str) -> str:
    """How a question is likely put, for a trainer to correct."""
    if language_of(text) == Language.EN:
        return "english"
    length = len(clean(text))
    return "short" if length <= _SHORT else "long" if length >= _LONG else "colloquial"


def about_held_out(catalogue: Catalogue, block: Block, text: str) -> Iterator[Finding]:
    """What speaks against a held-out question; bad stops it."""
    text = clean(text)
    if not text:
        yield Finding("empty", "bad")
        return
    if len(text) > LONGEST:
        yield Finding("too_long", "bad", {"most": LONGEST})
    if (masked := mask(text)) != text:
        yield Finding("personal", "bad", {"text": masked})
    if bare(text) in catalogue.held_out_words:
        yield Finding("held_out_there", "bad")
    if trained := catalogue.by_words.get(bare(text)):
        yield Finding("held_out_trained", "bad", {"text": trained.text, **named(catalogue, trained.intent)})
    elif near := catalogue.nearness.alike(text):
        question = near[0].question
        yield Finding("held_out_alike", "warn", {"text": question.text, **named(catalogue, question.intent)})
    if "/" in block.intent and block.intent not in catalogue.seeds.matters:
        yield Finding("held_out_matter", "bad")
