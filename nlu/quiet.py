"""Keeps Rasa to itself: no telemetry, no cache on disk, no chatter, nothing of what users wrote in the logs."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from pathlib import Path

from absent import leave_out_tensorflow, needs_tensorflow

ROOM = Path(__file__).resolve().parent


def prepare(config: Path) -> None:
    """Sets the process up before Rasa is imported; `config` decides whether TensorFlow is."""
    os.environ.update(
        {
            "RASA_TELEMETRY_ENABLED": "false",
            "RASA_MAX_CACHE_SIZE": "0",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
    )
    # Libraries below reset the filters, and Rasa's own warnings quote messages: none is shown at all.
    warnings.showwarning = lambda *_, **__: None
    if str(ROOM) not in sys.path:
        sys.path.insert(0, str(ROOM))
    if not needs_tensorflow(config):
        leave_out_tensorflow()


def hush() -> None:
    """Lets only errors through to stderr; to be called once Rasa is imported, which sets levels of its own."""
    import structlog  # noqa: PLC0415  # with Rasa, after `prepare`
    from rasa.utils.common import configure_logging_and_warnings  # noqa: PLC0415

    configure_logging_and_warnings(log_level=logging.ERROR)
    # Rasa's structlog calls carry the user's text at every level below error.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
