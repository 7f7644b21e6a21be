"""Trains a model for the training data as it is: `python train.py --out DIR [--force]`.

Prints the model's path as its last line. A model is named by the checksum of what it is made of; where it exists,
nothing is trained. Exit code 2: the data is wrong, with a line for each finding on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOM = Path(__file__).resolve().parent


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for models")
    parser.add_argument("--config", type=Path, default=ROOM.parent / "config.yml")
    parser.add_argument("--force", action="store_true", help="train even where the model exists")
    arguments = parser.parse_args()
    os.environ.update({"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "RASA_MAX_CACHE_SIZE": "0"})
    sys.path.insert(0, str(ROOM))
    from checksum import checksum

    model = arguments.out / f"{checksum(arguments.config)}.tar.gz"
    if arguments.force or not model.exists():
        try:
            _train(arguments.config, model)
        except Exception as error:  # Rasa raises many kinds; each is told by its own words
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 2
    print(model)
    return 0


def _train(config: Path, model: Path) -> None:
    import warnings

    warnings.filterwarnings("ignore")
    from rasa.model_training import train

    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        result = train(
            domain=str(ROOM / "domain"),
            config=str(config),
            training_files=[str(ROOM / "data")],
            output=folder,
            fixed_model_name=model.name.removesuffix(".tar.gz"),
            force_training=True,
        )
        if result.model is None:
            raise RuntimeError(f"Rasa trained no model (code {result.code})")
        os.replace(result.model, model)


if __name__ == "__main__":
    sys.exit(main())
