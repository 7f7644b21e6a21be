"""Trains a model for the training data as it is: `python train.py --out DIR [--force]`.

Prints the model's path as its last line, and on stderr how far it is: `epoch 3/15` after each epoch. A model is
named by the checksum of what it is made of; where it exists, nothing is trained. Exit code 2: data, domain, look-ups or
configuration are wrong, with a line `file:line: message` for each finding on stderr; 1: the training failed for another
reason.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from checksum import checksum
from data_check import check_room
from parent import end_with
from quiet import hush, prepare

ROOM = Path(__file__).resolve().parent


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for models")
    parser.add_argument("--config", type=Path, default=ROOM.parent / "config.yml")
    parser.add_argument("--room", type=Path, default=ROOM, help="folder that holds data, domain and lookups")
    parser.add_argument("--force", action="store_true", help="train even where the model exists")
    parser.add_argument("--nice", type=int, default=0, help="how much to step back for other processes")
    parser.add_argument("--parent", type=int, help="the process to end with")
    arguments = parser.parse_args()
    if arguments.parent:
        end_with(arguments.parent)
    os.nice(arguments.nice)
    # Told to end, it ends as by an error, so that its temporary folder goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    findings = check_room(arguments.room, arguments.config)
    if findings:
        print("\n".join(findings), file=sys.stderr)
        return 2
    model = arguments.out / f"{checksum(arguments.config, arguments.room)}.tar.gz"
    if arguments.force or not model.exists():
        code = _train(arguments.config, arguments.room, model)
        if code:
            return code
    print(model)
    return 0


def _train(config: Path, room: Path, model: Path) -> int:
    prepare(config)
    from rasa.shared.exceptions import RasaException

    hush()
    tell_epochs()
    try:
        with contextlib.redirect_stdout(sys.stderr):
            train(config, room, model)
    except RasaException as error:  # what Rasa finds wrong in files that passed our own check
        print(f"{config}:1: {error}", file=sys.stderr)
        return 2
    except Exception as error:  # any library below may raise anything; the caller needs one line and a code
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def train(config: Path, room: Path, model: Path) -> None:
    """Trains into a folder beside `model` and moves the whole file into place at the end.

    Raises what Rasa raises, and RuntimeError where it trains nothing.
    """
    from rasa.model_training import _train_graph
    from rasa.shared.data import TrainingType

    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        result = _train_graph(
            _importer(config, room),
            TrainingType.BOTH,
            output_path=folder,
            fixed_model_name=model.name.removesuffix(".tar.gz"),
            force_full_training=True,
        )
        if result.model is None:
            raise RuntimeError(f"Rasa trained no model (code {result.code})")
        os.replace(result.model, model)


def tell_epochs() -> None:
    """Lets each network that is trained tell its epochs.

    Done from outside of the components: a model is named by their checksum, and how it is watched is no part of it.
    """
    from components.network import Network, Recipe

    in_silence = Network.train

    def told(texts: Any, classes: Any, count: int, recipe: Recipe) -> Network:
        def tell(epoch: int) -> None:
            print(f"epoch {epoch}/{recipe.epochs}", file=sys.stderr, flush=True)

        return in_silence(texts, classes, count, recipe, tell)

    Network.train = staticmethod(told)


def _importer(config: Path, room: Path) -> Any:
    """Reads the training data once. Rasa's own chain of importers reads it three times and copies it at every link,
    for responses and end-to-end stories, which this room doesn't have.
    """
    from rasa.shared.importers.rasa import RasaFileImporter

    class ReadOnce(RasaFileImporter):
        _read: Any = None

        def get_nlu_data(self, language: str | None = None) -> Any:
            self._read = self._read or super().get_nlu_data(language)
            return self._read

    return ReadOnce(str(config), str(room / "domain"), [str(room / "data")])


if __name__ == "__main__":
    sys.exit(main())
