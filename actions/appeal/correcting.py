"""Recognises what changes a field that was filled in: 电话改成…, 公司名写错了, change my phone to …."""

from collections.abc import Mapping
from dataclasses import dataclass

from actions.appeal.sheet import CONFIRM, Field
from actions.cues import Cues

_SIGNS = " \t\n，,。.；;：:！!"
_MOST_BARE = 24
"""A message longer than this that names no new value tells a story."""


@dataclass(frozen=True)
class Correction:
    """A wish to change: `field` None means the one meant goes without saying; `value` None is still to be asked."""

    field: Field | None
    value: str | None = None


class Corrections:
    """Reads corrections by the patterns of cues.yml."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues

    def of(self, text: str, asked: str) -> Correction | None:
        """The correction that a message is, None where it is none."""
        if self._cues.has("bare_correction", text):
            return Correction(None)
        whole = self._cues.match("field_named", text.strip(_SIGNS)) if asked == CONFIRM else None
        if whole and whole.end() == len(text.strip(_SIGNS)):
            return Correction(Field(str(whole.lastgroup)))
        return self._named(text, asked) or self._unnamed(text)

    def of_value(self, text: str, values: Mapping[str, str]) -> Correction | None:
        """The correction that names what was written: 王建国写错了，是王建华."""
        for name, value in values.items():
            _, found, after = text.partition(value)
            if name != Field.TEXT and found and self._slip(after):
                return Correction(Field(name), self._value(after))
        return None

    def added(self, text: str) -> str | None:
        """What is to be added to the content (补充：…)."""
        match = self._cues.match("addition", text)
        return text[match.end() :].strip() or None if match else None

    def _named(self, text: str, asked: str) -> Correction | None:
        start = self._cues.match("correction_start", text)
        lead = start.group(0) if start else ""
        match = self._cues.match("field_named", text, len(lead))
        if match is None:
            return None
        name, after = Field(str(match.lastgroup)), text[match.end() :]
        after = after[: self._next_label(after, name)]
        if not (self._cues.has("corrects", after) or self._cues.has("corrects", lead)):
            return None
        value = self._value(after)
        if value is None and (len(text) > _MOST_BARE or (asked == Field.TEXT and not self._slip(lead + after))):
            return None
        return Correction(name, value)

    def _next_label(self, text: str, name: Field) -> int:
        """Where another field's label begins: what stands behind it (内容：系统报错) corrects nothing before it."""
        labels = (label.start() for label in self._cues.all("label", text) if label.lastgroup != name)
        return next(labels, len(text))

    def _unnamed(self, text: str) -> Correction | None:
        match = self._cues.match("value_correction", text)
        value = text[match.end() :].strip(_SIGNS) if match else ""
        return Correction(None, value) if value else None

    def _slip(self, text: str) -> bool:
        return self._cues.has("slip", text)

    def _value(self, after: str) -> str | None:
        """The new value: behind 改成 and the like, else behind 是, else behind a comma."""
        for name in ("corrected", "corrected_weak"):
            match = self._cues.pattern(name).search(after)
            if match:
                value = after[match.end() :].strip(_SIGNS)
                return value if value and not (len(value) < 6 and self._cues.has("slip", value)) else None
        _, sign, value = after.replace("，", ",").partition(",")
        return value.strip(_SIGNS) or None if sign and not self._cues.has("slip", value) else None
