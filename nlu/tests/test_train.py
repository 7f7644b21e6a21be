"""The training command: once for the same data, again for other data, and plain words for broken data."""

import os
from pathlib import Path

import pytest
from checksum import checksum
from data_check import check_room

from tests.conftest import CONFIG, NLU, run_training

HEAD = 'version: "3.1"\nnlu:\n'


def test_a_model_is_trained_once_for_the_same_data(model: Path) -> None:
    room, trained = model.parent.parent / "room", model.stat().st_mtime_ns
    assert model.name == f"{checksum(CONFIG, room)}.tar.gz"
    again = run_training(room, model.parent)
    assert again.stdout.splitlines()[-1] == str(model)
    assert model.stat().st_mtime_ns == trained


def test_each_epoch_is_told_on_stderr(room: Path, tmp_path: Path) -> None:
    done = run_training(room, tmp_path / "models", "--nice", "1", "--parent", str(os.getpid()))
    epochs = [line for line in done.stderr.splitlines() if line.startswith("epoch ")]
    count = len(epochs)
    assert count > 1
    assert epochs == [f"epoch {number}/{count}" for number in range(1, count + 1)]


def test_training_leaves_nothing_but_the_model(model: Path) -> None:
    assert list(model.parent.iterdir()) == [model]


def test_other_data_has_another_checksum(room: Path) -> None:
    before = checksum(CONFIG, room)
    with (room / "data" / "questions.yml").open("a", encoding="utf-8") as file:
        file.write("    - 再加一句\n")
    assert checksum(CONFIG, room) != before


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "- intent: taxes/x\n  examples: |\n    - 退税\n- intent: [taxes\n", 7, "not valid YAML"),
        (HEAD + "- intent: taxis/x\n  examples: |\n    - 退税\n", 3, "taxis isn't an intent of the domain"),
        (HEAD + "- intent: 税务/退税\n  examples: |\n    - 退税\n", 3, "small Latin letters"),
        (HEAD + "- intent: taxes/x\n  exampels: |\n    - 退税\n", 3, "exampels: isn't known here"),
        (HEAD + "- intent: taxes/x\n  examples: |\n    - 退税\n    几天到\n", 6, "begins with `- `"),
        (HEAD + "- intent: taxes/x\n  examples:\n  - 退税\n", 3, "needs `examples: |`"),
        (HEAD + "- intent: taxes/x\n  metadata: {points: a}\n  examples: |\n    - 退税\n", 4, "metadata needs point:"),
        ("questions: []\n", 1, "neither nlu: nor rules:"),
        ("", 1, "holds nothing"),
        ('version: "3.1"\nrules:\n- rule: a\n  steps:\n  - intent: taxes\n  - action: action_x\n', 6, "isn't in the"),
    ],
)
def test_a_finding_names_file_line_and_remedy(room: Path, text: str, line: int, words: str) -> None:
    broken = room / "data" / "broken.yml"
    broken.write_text(text, encoding="utf-8")
    findings = check_room(room, CONFIG)
    assert any(finding.startswith(f"{broken}:{line}: ") and words in finding for finding in findings), findings


def test_all_findings_come_at_once_and_end_with_code_2(room: Path, tmp_path: Path) -> None:
    (room / "data" / "one.yml").write_text(HEAD + "- intent: nothing\n", encoding="utf-8")
    (room / "data" / "two.yml").write_bytes(b'version: "3.1"\nnlu:\n- intent: \xff\n')
    (room / "lookups" / "three.yml").write_text("entity: district\nvalues: {minhang: }\n", encoding="utf-8")
    done = run_training(room, tmp_path / "models")
    assert done.returncode == 2
    assert not done.stdout
    for wanted in ("one.yml:3: nothing isn't", "two.yml:3: not valid UTF-8", "three.yml:2: minhang needs"):
        assert wanted in done.stderr
    assert not (tmp_path / "models").exists()


def test_the_room_as_it_is_has_no_findings() -> None:
    assert check_room(NLU, CONFIG) == []
