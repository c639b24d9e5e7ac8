"""An order is carried out while people see how far it is."""

from __future__ import annotations

from assets.commands.answering import Terminal
from assets.commands.bars import watching
from assets.commands.direct import Order, run
from pipelines.report import Report
from resources.settings import Settings

__all__ = ["Order", "carry_out"]


def carry_out(order: Order, settings: Settings, terminal: Terminal) -> list[Report]:
    """The reports of the order's runs, in their order."""
    with watching(terminal.err) as watch:
        return run(order, settings, watch)
