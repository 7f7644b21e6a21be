"""qifu's main process as the benchmark runs it: started like `qifu serve`, then asked by lines of JSON on its input.

`python -m bench.house FOLDER FIRST`: FOLDER holds `qifu.db`, seeded; FIRST is the message whose answer ends the
start-up. Requests: `{"do": "load", "conversations", "users", "name", "seconds"}` and `{"do": "replies", "messages"}`;
each is answered by one line. Ends with its input.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from bench.load import drive
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.turn import Incoming, Turn
from qifu.errors import QifuError, UnderstandingError
from qifu.labels import Channel, Outcome
from qifu.logs import set_up_logs
from qifu.running import running
from qifu.seeding import seed
from qifu.settings import Settings, read_settings
from qifu.understanding_room import ensure_model
from store.database import Database


class Asker:
    """Asks the dialogue as a channel does."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue, self._numbers = dialogue, count()

    async def turn(self, conversation: str, text: str) -> Turn:
        """The turn for a message. Raises UnderstandingError where it failed."""
        incoming = Incoming(f"web:{conversation}", Channel.WEB, str(next(self._numbers)), text)
        turn = await self._dialogue.handle(incoming)
        if turn.outcome is Outcome.ERROR:
            raise UnderstandingError(f"turn {turn.id} ended in an error")
        return turn

    async def ask(self, conversation: str, text: str) -> None:
        """Waits for the answer."""
        await self.turn(conversation, text)

    async def replies(self, messages: list[str]) -> dict[str, list[dict[str, Any]]]:
        """The replies to each message, asked alone."""
        said: dict[str, list[dict[str, Any]]] = {}
        for number, message in enumerate(messages):
            turn = await self.turn(f"alone-{number}", message)
            said[message] = [
                {"text": reply.text, "buttons": [{"title": b.title, "payload": b.payload} for b in reply.buttons]}
                for reply in turn.replies
            ]
        return said


async def serve(settings: Settings, folder: Path, first: str) -> None:
    """Starts everything, says so, and does what its input asks for."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'qifu.db'}")
    await seed(database, check=False)
    model = await ensure_model(settings)
    alone = settings.model_copy(update={"rasa_port": 0, "action_port": 0})
    async with running(alone, database, model) as started:
        asker = Asker(started.house.dialogue)
        await asker.ask("first", first)
        tell({"ready": os.getpid(), "rasa": started.rasa.pid})
        while line := await asyncio.to_thread(sys.stdin.readline):
            tell(await do(asker, json.loads(line)))


async def do(asker: Asker, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request; what goes wrong is told as `error`."""
    try:
        match request.pop("do"):
            case "load":
                return vars(await drive(asker.ask, **request))
            case "replies":
                return {"replies": await asker.replies(**request)}
            case other:
                return {"error": f"unknown request {other}"}
    except QifuError as error:
        return {"error": str(error)}


def tell(answer: dict[str, Any]) -> None:
    """Writes one line of JSON."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """The command."""
    settings = read_settings()
    set_up_logs(settings.log_level)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(settings, Path(sys.argv[1]), sys.argv[2]))


if __name__ == "__main__":
    main()
