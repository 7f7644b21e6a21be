"""The launcher with a real model: what is typed and pressed reaches the action; it ends when told and when orphaned."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NLU

PATIENCE = 60


class ActionServer(ThreadingHTTPServer):
    """Answers every action with its name and keeps what it was called with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhook"


class _Handler(BaseHTTPRequestHandler):
    server: ActionServer

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append(call)
        reply = {"events": [], "responses": [{"text": call["next_action"]}, {"custom": {"turn": {"id": 1}}}]}
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture(scope="module")
def actions() -> Iterator[ActionServer]:
    server = ActionServer()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def port(model: Path, actions: ActionServer) -> Iterator[int]:
    port = free_port()
    whole = command(model, port, actions.url)
    process = subprocess.Popen(whole, stderr=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    wait_for(port)
    yield port
    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")


def command(model: Path, port: int, url: str) -> list[str]:
    return [sys.executable, str(NLU / "server.py"), "--model", str(model), "--port", str(port), "--action-url", url]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers on port {port}")


def say(port: int, text: str, sender: str = "a") -> list[dict[str, Any]]:
    body = json.dumps({"sender": sender, "message": text, "metadata": {"language": "zh"}}).encode()
    address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310  # the loopback
        return list(json.load(response))


@pytest.mark.parametrize(
    ("payload", "action", "entities"),
    [
        ("/more", "action_more", {}),
        ('/choose{"m":"taxes/export_refund"}', "action_choose", {"m": "taxes/export_refund"}),
        ('/set_district{"district":"minhang"}', "action_set_district", {"district": "minhang"}),
        ('/feedback_up{"turn":"12"}', "action_feedback_up", {"turn": "12"}),
        ("/restart", "action_restart", {}),
    ],
)
def test_a_button_reaches_its_action(
    port: int, actions: ActionServer, payload: str, action: str, entities: dict[str, str]
) -> None:
    assert say(port, payload)[0]["text"] == action
    latest = actions.calls[-1]["tracker"]["latest_message"]
    assert {row["entity"]: row["value"] for row in latest["entities"]} == entities


def test_a_question_reaches_the_action_understood(port: int, actions: ActionServer) -> None:
    replies = say(port, "闵行出口退稅　几天到账")
    assert [reply.get("text") for reply in replies] == ["action_answer", None]
    assert replies[-1]["custom"] == {"turn": {"id": 1}}
    latest = actions.calls[-1]["tracker"]["latest_message"]
    assert latest["text"] == "闵行出口退税 几天到账"
    assert latest["metadata"] == {"language": "zh"}
    assert latest["matters"][0]["name"] == "taxes/export_refund"
    assert {"id", "confidence"} == set(latest["points"][0])
    assert [row["value"] for row in latest["entities"] if row["entity"] == "district"] == ["minhang"]


@pytest.mark.parametrize("text", ["", "   ", "a", "\x00", "税" * 10_000, "<b>", "🦄", "/no_such", '/choose{"m"', "/{}"])
def test_anything_said_gets_an_action(port: int, text: str) -> None:
    replies = say(port, text)
    assert len(replies) == 2
    assert replies[0]["text"].startswith("action_")


def test_the_tracker_sent_to_actions_stops_growing(port: int, actions: ActionServer) -> None:
    lengths = []
    for number in range(8):
        say(port, f"出口退税第{number}次", sender="long")
        lengths.append(len(actions.calls[-1]["tracker"]["events"]))
    assert len(set(lengths[-4:])) == 1


def test_it_ends_when_its_parent_does(model: Path, actions: ActionServer) -> None:
    port = free_port()
    script = "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(600)"
    whole = [sys.executable, "-c", script, *command(model, port, actions.url)]
    parent = subprocess.Popen(whole, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    assert parent.stdout
    child = int(parent.stdout.readline())
    wait_for(port)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while time.monotonic() < end and _alive(child):
        time.sleep(0.1)
    assert not _alive(child)


def _alive(process: int) -> bool:
    """Whether it runs; one that has ended and wasn't waited for doesn't."""
    try:
        os.kill(process, 0)
        return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.parametrize("content", [None, b"this is no model"])
def test_a_model_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    model = tmp_path / "model.tar.gz"
    if content is not None:
        model.write_bytes(content)
    whole = command(model, free_port(), "http://127.0.0.1:9/webhook")
    done = subprocess.run(  # noqa: S603  # our own command
        whole, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert str(model) in done.stderr
