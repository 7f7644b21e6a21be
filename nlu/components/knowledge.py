"""The points' own words, handed over by the main process as a JSON file: `{point id: [text, English rendering]}`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from components.text_normalizer import normalize

VARIABLE = "QIFU_POINTS"
"""The environment variable that names the file."""


def point_texts() -> dict[str, list[str]]:
    """Each point's texts, normalised; nothing where no file is named."""
    path = os.environ.get(VARIABLE)
    if not path:
        return {}
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return {point: [normalize(text) for text in texts] for point, texts in content.items()}
