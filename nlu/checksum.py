"""The checksum over everything a model is made of; standard library only."""

import hashlib
import os
from pathlib import Path

ROOM = Path(__file__).resolve().parent
_DATA = ("data/*.yml", "domain/*.yml", "lookups/*.yml")
_CODE = "components/*.py"


def checksum(config: Path = ROOM.parent / "config.yml", room: Path = ROOM) -> str:
    """Twelve hexadecimal digits over training data, domain, look-ups, components, the configuration and the points.

    `room` holds data, domain and look-ups; the components are always this room's.
    """
    digest = hashlib.sha256()
    files = [path for pattern in _DATA for path in sorted(room.glob(pattern))]
    files += sorted(ROOM.glob(_CODE))
    points = os.environ.get("QIFU_POINTS")
    for path in [*files, config, *([Path(points)] if points else [])]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
