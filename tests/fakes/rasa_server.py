"""A stand-in for the Rasa server as a program: answers with the name of its model; some names behave in their own way.

`broken` ends at once, `silent` refuses to parse, `counting` answers with how much it was asked before.
"""

import sys
from pathlib import Path

PYTHON = Path(sys.executable)
_PROGRAM = """
import argparse, http.server, json, sys, time
parser = argparse.ArgumentParser()
for name in ("--model", "--port", "--action-url", "--parent"):
    parser.add_argument(name)
given = parser.parse_args()
if given.model == "broken":
    sys.exit(3)
asked = 0

class Rasa(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({"model_file": given.model})

    def do_POST(self):
        global asked
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/model/parse":
            if given.model == "silent":
                return self.answer({}, 500)
            asked += 1
            parsed = {"text": call["text"], "intent": {"name": "taxes", "confidence": 0.9}, "entities": []}
            return self.answer(parsed)
        if call["message"] == "慢":
            time.sleep(1.5)
        text = str(asked) if given.model == "counting" else given.model
        reply = {"text": text, "buttons": [], "blocks": [{"kind": "lead", "text": text}]}
        parse = {"intent": "taxes", "confidence": 0.9, "entities": []}
        turn = {"outcome": "answered", "replies": [reply], "parse": parse}
        self.answer([{"text": text}, {"custom": {"turn": turn}}])

    def answer(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

Server(("127.0.0.1", int(given.port)), Rasa).serve_forever()
"""


def room(folder: Path) -> Path:
    """A room next door in which the server lives."""
    room = folder / "nlu"
    room.mkdir()
    (room / "server.py").write_text(_PROGRAM, encoding="utf-8")
    return room
