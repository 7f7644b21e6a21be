"""The stock set-up's action server: rasa-sdk's own, with actions that only look their reply up.

`python actions.py --port N --replies FILE` in Rasa's environment. The file holds `actions`, the names of all actions,
and `replies`, qifu's replies by message, so that both sides send the same.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.__main__ import main_from_args
from rasa_sdk.endpoint import create_argument_parser
from rasa_sdk.executor import CollectingDispatcher


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--replies", type=Path, required=True)
    arguments = parser.parse_args()
    content = json.loads(arguments.replies.read_text(encoding="utf-8"))
    # rasa-sdk finds actions by their classes; it holds them only weakly.
    kept = [define(name, content["replies"]) for name in content["actions"]]
    main_from_args(
        create_argument_parser().parse_args(["--actions", Path(__file__).stem, "--port", str(arguments.port)])
    )
    del kept


def define(name: str, replies: dict[str, list[dict[str, Any]]]) -> type:
    """The action class called `name`."""

    class Replay(Action):  # type: ignore[misc]  # rasa_sdk publishes no types
        def name(self) -> str:
            return name

        def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
            for reply in replies[str(tracker.latest_message["text"])]:
                dispatcher.utter_message(text=reply["text"], buttons=reply["buttons"])
            return []

    return Replay


if __name__ == "__main__":
    main()
