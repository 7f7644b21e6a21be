"""Runs Rasa for the main process: loopback only, the REST channel only, without TensorFlow and its slowest detour.

`python server.py --model FILE --port N --action-url URL`. Answers on its port once the model is loaded. Ends on
SIGTERM and when its parent ends. Exit code 2: the model is missing or unreadable.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from parent import end_with
from quiet import hush, prepare

ROOM = Path(__file__).resolve().parent
LOOPBACK = "127.0.0.1"
_ACTION_TIMEOUT = 30
"""Seconds that an action may take; stock Rasa waits five minutes and keeps the conversation locked meanwhile."""


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--action-url", required=True)
    parser.add_argument("--parent", type=int, default=os.getppid(), help="the process to end with")
    parser.add_argument("--config", type=Path, default=ROOM.parent / "config.yml", help="what the model was trained by")
    arguments = parser.parse_args()
    if not arguments.model.is_file():
        print(f"{arguments.model}: there is no model", file=sys.stderr)
        return 2
    # The products of one message are small: sharing them among threads takes three times the processor time.
    os.environ.update({"ACTION_URL": arguments.action_url, "SANIC_WORKERS": "1", "OPENBLAS_NUM_THREADS": "1"})
    end_with(arguments.parent)
    prepare(arguments.config)
    return _serve(arguments.model, arguments.port)


def _serve(model: Path, port: int) -> int:
    import rasa.core.actions.action
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    hush()
    compile_action_validator()
    rasa.core.actions.action.DEFAULT_REQUEST_TIMEOUT = _ACTION_TIMEOUT
    unreadable = []

    async def end_without_model(app: Any, _: Any) -> None:
        # Stock Rasa goes on without a model and refuses every message.
        if not app.ctx.agent.is_ready():
            unreadable.append(model)
            app.stop()

    serve_application(
        str(model),
        channel="rest",
        interface=LOOPBACK,
        port=port,
        endpoints=AvailableEndpoints.read_endpoints(str(ROOM.parent / "endpoints.yml")),
        server_listeners=[(end_without_model, "after_server_start")],
    )
    if unreadable:
        print(f"{model}: this model can't be read", file=sys.stderr)
    return 2 if unreadable else 0


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
    sys.exit(main())
