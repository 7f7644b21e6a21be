"""Makes one spelling of the many ways people type the same message; stands before everything else in the pipeline."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from opencc import OpenCC
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

# A button's payload: an intent's name, perhaps with a JSON object. Rasa reads it after the pipeline; it stays as it is.
PAYLOAD = re.compile(r"/[a-z_]+(\{.*\})?")
SPACE = re.compile(r"\s+")
# Emoji come with or without a variation selector or skin tone; the thumb is the same thumb.
EMOJI_MODIFIERS = {*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400)}


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _visible(character: str) -> bool:
    """Whether a character is neither control, format, surrogate, private nor unassigned."""
    return unicodedata.category(character)[0] != "C" and ord(character) not in EMOJI_MODIFIERS


def normalize(text: str, max_characters: int = 1000) -> str:
    """NFKC, simplified characters, lower case, single spaces, nothing invisible; at most `max_characters`.

    NFKC may lengthen a text, so it is cut before (cost) and after (bound). The result may be empty.
    """
    text = unicodedata.normalize("NFKC", SPACE.sub(" ", text[: 2 * max_characters]))
    text = "".join(filter(_visible, text))
    text = _simplifier().convert(text).lower()
    return SPACE.sub(" ", text).strip()[:max_characters].strip()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextNormalizer(GraphComponent):
    """Sets a message's text to its normalised form, in training and when parsing.

    Registered as a featurizer because Rasa's recipe runs only tokenizers and featurizers over training data, and
    allows one tokenizer. What the user typed stays in the tracker's user event.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`max_characters` bounds the cost of a message; `placeholder` stands for one with nothing visible in it."""
        return {"max_characters": 1000, "placeholder": "?"}

    def __init__(self, config: dict[str, Any]) -> None:
        """Takes the merged configuration."""
        self._max_characters: int = config["max_characters"]
        self._placeholder: str = config["placeholder"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormalizer:
        """Rasa's constructor; nothing is stored."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalises every example in place."""
        for message in training_data.training_examples:
            if message.get(TEXT) is not None:
                message.set(TEXT, self.clean(message.get(TEXT)))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalises messages in place; a payload of a button passes untouched unless it was typed."""
        for message in messages:
            text = message.get(TEXT) or ""
            if not (PAYLOAD.fullmatch(text.strip()) and not _typed(message)):
                message.set(TEXT, self.clean(text))
        return messages

    def clean(self, text: str) -> str:
        """The normalised text, never empty and never something that Rasa would read as a payload."""
        return normalize(text, self._max_characters).lstrip("/ ") or self._placeholder


def _typed(message: Message) -> bool:
    """Whether the sender says in the metadata (`is_payload: false`) that a person typed this."""
    return (message.get("metadata") or {}).get("is_payload") is False
