"""Structured logs: one JSON object a line on stderr, static event names, never a user's text or a secret."""

import logging
import sys
from typing import Any

import structlog


def set_up_logs(level: str = "INFO") -> None:
    """Sets up structlog and silences libraries below WARNING. `level` is a name such as INFO.

    Exceptions are logged by type and place only: their messages may quote what a user wrote.
    """
    number = logging.getLevelName(level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_messages,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number if isinstance(number, int) else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")
    for name in ("bm25s", "httpx", "httpcore", "jieba", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_messages(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if event.pop("exc_info", None):
        kind, _, trace = sys.exc_info()
        places = []
        while trace is not None:
            places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = kind.__name__ if kind else None
        event["at"] = places[-3:]
    return event
