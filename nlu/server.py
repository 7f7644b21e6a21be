"""Runs Rasa for the main process: loopback only, the REST channel only, and without its slowest detour.

`python server.py --model FILE --port N --action-url URL`. Ends on SIGTERM and when its parent ends.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOM = Path(__file__).resolve().parent
LOOPBACK = "127.0.0.1"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--action-url", required=True)
    arguments = parser.parse_args()
    os.environ.update(
        {
            "ACTION_URL": arguments.action_url,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "SANIC_WORKERS": "1",
        }
    )
    sys.path.insert(0, str(ROOM))
    _end_with_parent(os.getppid())
    _serve(arguments.model, arguments.port)


def _end_with_parent(parent: int) -> None:
    """Ends this process soon after its parent, so that a killed main process leaves nothing behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _serve(model: Path, port: int) -> None:
    import logging
    import warnings

    warnings.filterwarnings("ignore")
    import structlog
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings

    configure_logging_and_warnings(log_level=logging.ERROR)
    # Rasa's own structlog prints what users wrote at any level; only errors may pass.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    compile_action_validator()
    endpoints = AvailableEndpoints.read_endpoints(str(ROOM.parent / "endpoints.yml"))
    serve_application(str(model), channel="rest", interface=LOOPBACK, port=port, endpoints=endpoints)


def compile_action_validator() -> None:
    """Compiles the schema of action replies once.

    Stock Rasa checks the schema itself and builds a validator anew for every reply, which takes longer than parsing
    the message (design: measured facts). The verdicts are the same; a test compares them.
    """
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


if __name__ == "__main__":
    main()
