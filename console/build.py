"""Builds the console with all its pages."""

from console.app import Console
from console.pages import (
    accounts,
    appeals,
    audit,
    canned,
    contacts,
    conversation,
    conversations,
    desk,
    duty,
    exchange,
    figures,
    handoffs,
    home,
    inbox,
    mine,
    models,
    report,
    roster,
    saved,
    switches,
    training,
    training_matter,
    tryout,
)
from console.services import ConsoleServices

PAGES = (
    home,
    duty,
    desk,
    handoffs,
    saved,
    conversations,
    conversation,
    appeals,
    report,
    figures,
    roster,
    canned,
    contacts,
    training,
    training_matter,
    exchange,
    inbox,
    tryout,
    models,
    accounts,
    audit,
    switches,
    mine,
)
"""The modules of pages; a page that needs what the services lack registers nothing."""


def build_console(services: ConsoleServices) -> Console:
    """The console, to be mounted and run."""
    console = Console(services)
    for module in PAGES:
        module.register(console)
    return console
