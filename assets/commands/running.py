"""An order is carried out while people see how far it is."""

from __future__ import annotations

import shlex

from assets.commands.answering import Terminal
from assets.commands.bars import watching
from assets.runs import Order, run
from pipelines.telling.report import Report
from resources.settings import Settings

__all__ = ["Order", "approving", "carry_out"]


def carry_out(order: Order, settings: Settings, terminal: Terminal) -> list[Report]:
    """The reports of the order's runs, in their order."""
    with watching(terminal.err) as watch:
        return run(order, settings, watch)


def approving(order: Order, report: Report) -> str:
    """The command that carries out exactly the plan of this report."""
    words = ["concord", "missing" if order.create_missing else "sync", report.entity]
    if order.create_missing:
        words.append("--import")
    elif order.scope == "all":
        words += ["--scope", "all"]
    if order.keys_file:
        words += ["--keys", str(order.keys_file)]
    if order.except_file:
        words += ["--except", str(order.except_file)]
    return shlex.join([*words, "--approve", report.plan_hash or ""])
