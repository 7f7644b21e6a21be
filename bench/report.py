"""Writes the run's report; its words stand in `report.md.j2`."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import psutil
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.figures import rows, targets
from bench.plan import CONVERSATION, Plan
from bench.run import Measured
from bench.stock_model import QUICK_STEP

_TEMPLATE = Path(__file__).resolve().parent / "report.md.j2"


def render(measured: Measured, plan: Plan) -> str:
    """The report in Markdown."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  # Markdown of our own figures
    )
    found = rows(measured)
    return environment.get_template(_TEMPLATE.name).render(
        rows=found,
        targets=targets(found),
        plan=plan,
        conversation=CONVERSATION,
        quick_step=QUICK_STEP,
        questions=measured.stock_model.questions,
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        cores=os.cpu_count(),
        memory_gb=round(psutil.virtual_memory().total / 1024**3),
        system=f"{platform.system()} {platform.machine()}",
        load=round(os.getloadavg()[1], 1),
    )
