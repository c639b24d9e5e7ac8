"""`concord missing`: what the source has and the CRM lacks, who waits for it, and the import that a person asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import Terminal, WrongUse, answering
from assets.commands.options import Approve, AsJson, KeysFile, chosen
from assets.commands.run_entities import check_approval, conclude

if TYPE_CHECKING:
    from resources.archive import Lacking

SHOWN = 50
"""Rows on a terminal; a pipe and --json get all."""


def missing(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Such as accounts.")],
    *,
    do_import: Annotated[bool, typer.Option("--import", help="Create what is missing, parents first.")] = False,
    keys: KeysFile = None,
    approve: Approve = None,
    as_json: AsJson = False,
) -> None:
    """What the source has and the CRM lacks, as the last run saw it, with likely twins and who waits for it.

    With --import it is created, but for what has a likely twin in the CRM: put the key on the twin instead, or name the
    key by --keys.

    Examples:

      concord missing accounts

      concord missing accounts --import

      concord missing accounts --import --keys keys.txt
    """
    with answering(as_json=as_json) as terminal:
        chosen([entity])
        check_approval(approve)
        if do_import:
            _import(entity, keys, approve, terminal)
        elif keys or approve:
            raise WrongUse("--keys and --approve belong to --import")
        else:
            _list(entity, terminal)


def _list(entity: str, terminal: Terminal) -> None:
    from assets.declarations import entities
    from resources.archive import Archive
    from resources.settings import read_settings

    found = Archive(read_settings().concord_home).lacking(entities()[entity], entities())
    show_missing(entity, found, terminal, SHOWN if terminal.out.is_terminal else len(found))
    missing = sum(1 for row in found if row.why == "missing")
    if missing and entities()[entity].create == "on_request":
        terminal.show(f"Import: concord missing {entity} --import")
    terminal.answer(
        {
            "entity": entity,
            "missing": missing,
            "waiting": sum(row.waiting for row in found),
            "rows": [asdict(row) for row in found],
        }
    )


def show_missing(entity: str, found: list[Lacking], terminal: Terminal, most: int) -> None:
    """The first rows as a table, and what they all come to."""
    importable = [row for row in found if row.why == "missing"]
    waiting = sum(row.waiting for row in found)
    _show(entity, found, terminal, most)
    twins = sum(1 for row in importable if row.twin_id)
    terminal.show(
        f"{len(importable):,} of {entity} are missing in the CRM, {twins:,} of them with a likely twin there;"
        f" {waiting:,} rows of others wait for one of {entity} that has no record."
    )
    if others := Counter(row.why for row in found if row.why != "missing"):
        told = ", ".join(f"{count:,} {why}" for why, count in others.most_common())
        terminal.show(f"Waited for, but not to be imported: {told}.")


def _show(entity: str, found: list[Lacking], terminal: Terminal, most: int) -> None:
    from assets.commands.tables import table

    rows = found[:most]
    if not rows:
        return
    lines = [
        (
            row.key,
            row.name,
            row.waiting,
            row.why.replace("_", " "),
            row.twin_id,
            row.twin_name,
            f"{row.likeness:.0%}" if row.likeness else "",
        )
        for row in rows
    ]
    terminal.show(table(("key", "name", "waiting", "why", "likely twin", "its name", "likeness"), lines))
    if len(rows) < len(found):
        terminal.show(f"… and {len(found) - len(rows):,} more: `concord missing {entity} | less`, or --json")


def _import(entity: str, keys: Path | None, approve: str | None, terminal: Terminal) -> None:
    from assets.commands.running import Order, carry_out
    from assets.declarations import entities
    from resources.keys_file import read_keys
    from resources.settings import read_settings

    if (create := entities()[entity].create) != "on_request":
        how = "every sync creates them" if create == "scheduled" else "its declaration lets nobody create them"
        raise WrongUse(f"{entity} cannot be imported: {how}")
    if keys:
        read_keys(keys)
    order = Order((entity,), keys_file=keys, create_missing=True, approve=approve)
    reports = carry_out(order, read_settings(), terminal)
    waiting = [name for name, other in entities().items() if entity in other.depends_on]
    if waiting and any(report.outcomes.get("created") for report in reports):
        terminal.tell(f"What waited for them is created by: concord sync {' '.join(waiting)}")
    conclude(terminal, order, reports)
