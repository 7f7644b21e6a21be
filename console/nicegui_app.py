"""NiceGUI as the console uses it: nothing from other hosts, no words in its logs, our colours and our own problems."""

import logging
from collections.abc import Callable
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from nicegui import core, ui

from console.wording import read_words

log = structlog.get_logger(__name__)

ROOM = Path(__file__).resolve().parent
RECONNECT_WITHIN = 15.0
"""Seconds a page is kept for a browser that lost its connection."""
COLORS = {
    "primary": "#0b5d4e",
    "secondary": "#55625b",
    "accent": "#2f8a74",
    "positive": "#1c7a4c",
    "negative": "#a3271d",
    "warning": "#8a5a00",
    "info": "#2b5f8a",
}
type Problem = Callable[[int], Response]


class _Discreet(logging.Filter):
    """NiceGUI logs whole exceptions, whose words may be a user's; ours are logged by type and place instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info or record.levelno >= logging.ERROR:
            record.msg, record.args, record.exc_info = "a page failed", (), None
        return True


_discreet = _Discreet()


def fresh(icon: Path, title: str, problem: Problem) -> FastAPI:
    """An app that holds NiceGUI, set up anew: what an earlier console added is taken away."""
    core.app.user_middleware.clear()
    core.app.middleware_stack = None
    logging.getLogger("nicegui").addFilter(_discreet)
    _set_looks()
    host = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    ui.run_with(
        host,
        title=title,
        favicon=icon,
        language="zh-CN",
        dark=False,
        tailwind=False,
        reconnect_timeout=RECONNECT_WITHIN,
        gzip_middleware_factory=None,
        show_welcome_message=False,
    )
    # A page is tied to its session by its websocket; long polling would be a second way in.
    core.app.config.socket_io_js_transports = ["websocket"]

    async def not_found(request: Request, error: Exception) -> Response:
        return problem(404)

    core.app.add_exception_handler(404, not_found)
    if _event_failed not in core.app._exception_handlers:
        core.app.on_exception(_event_failed)
    return host


def _event_failed(error: Exception) -> None:
    """What goes wrong after a click is logged, and told to whoever clicked."""
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("console_event_failed", exception=type(error).__name__, at=places[-3:])
    try:
        ui.notify(read_words()("frame.failed"), type="negative")
    except RuntimeError:  # the page is gone
        return


def _set_looks() -> None:
    """One look for all controls, so that pages need not name it each time."""
    core.app.colors(**COLORS)
    ui.button.default_props("no-caps unelevated")
    for control in (ui.input, ui.select, ui.number, ui.textarea):
        control.default_props("outlined dense options-dense hide-bottom-space")
    ui.dialog.default_props("transition-duration=120")
