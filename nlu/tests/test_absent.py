"""TensorFlow is left out exactly where no component computes with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from absent import needs_tensorflow
from conftest import CONFIG


def test_our_own_pipeline_does_without() -> None:
    assert not needs_tensorflow(CONFIG)


@pytest.mark.parametrize(
    ("pipeline", "needed"),
    [
        ("pipeline: [{name: JiebaTokenizer}, {name: LogisticRegressionClassifier}]", False),
        ("pipeline: [components.text_normalizer.TextNormalizer]", False),
        ("pipeline: [{name: JiebaTokenizer}, {name: DIETClassifier, epochs: 5}]", True),
        ("policies: [{name: TEDPolicy}]", True),
        ("pipeline: [{name: somebody.elses.Component}]", True),
        ("pipeline:", False),
    ],
)
def test_what_isnt_known_to_do_without_gets_the_real_one(tmp_path: Path, pipeline: str, needed: bool) -> None:
    config = tmp_path / "config.yml"
    config.write_text(f"recipe: default.v1\n{pipeline}\n", encoding="utf-8")
    assert needs_tensorflow(config) is needed
