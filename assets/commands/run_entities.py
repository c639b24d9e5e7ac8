"""`concord plan` and `concord sync`: the dry run of one entity, and the real run of one, several or all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assets.commands.answering import Terminal, WrongUse, answering, exit_of, leave, one_or_list
from assets.commands.options import Approve, AsJson, ExceptFile, KeysFile, chosen

if TYPE_CHECKING:
    from assets.commands.running import Order
    from pipelines.telling.report import Report

Scope = Literal["changed", "all"]

HASH = re.compile(r"[0-9a-f]{16}-\d+")

ScopeOption = Annotated[
    Scope,
    typer.Option(help="changed: what is not settled as it stands. all: every row of the source, quarantined ones too."),
]


def plan(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Such as accounts.")],
    *,
    scope: ScopeOption = "changed",
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Every cell of the plan: key, record, field, old, new, rule, side, why. Values that a spreadsheet"
            " would take for a formula (= + - @ in front) get an apostrophe in front. It is readable by you alone.",
            show_default=False,
        ),
    ] = None,
    excepted: ExceptFile = None,
    as_json: AsJson = False,
) -> None:
    """The dry run: what a sync would do. Nothing is written to the CRM.

    Of an entity that is synced in both directions, the cells of both sides are listed with the reason. Exit code 3 if
    a gate would hold the plan.

    Examples:

      concord plan accounts

      concord plan personnel --scope all --csv cells.csv

      concord plan tasks --except not-these.txt
    """
    with answering(as_json=as_json) as terminal:
        names = chosen([entity])
        check_excepted(names, excepted)
        from assets.commands.running import Order, carry_out
        from resources.settings import read_settings

        settings, order = read_settings(), Order((entity,), mode="plan", scope=scope, except_file=excepted)
        reports = carry_out(order, settings, terminal)
        if reports[0].plan_hash:
            from assets.commands.plan_cells import show_both_sides, write_cells

            show_both_sides(entity, settings.concord_home, terminal)
            if csv:
                write_cells(csv, settings.concord_home, entity, terminal)
        conclude(terminal, order, reports)


def sync(
    entities: Annotated[
        list[str] | None, typer.Argument(metavar="[ENTITY]...", help="All of them where none is named.")
    ] = None,
    *,
    scope: ScopeOption = "changed",
    keys: KeysFile = None,
    excepted: ExceptFile = None,
    approve: Approve = None,
    scheduled: Annotated[
        bool,
        typer.Option(
            "--scheduled", help="Started by a clock such as cron: skipped outside the entity's hours, or too soon."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The real run, parents first. Whatever is in its way is told row by row; the rest goes on.

    Exit code 3 if a plan is held, 4 if some rows failed. A run that may not start now is skipped, which is no failure.
    After a crash or Ctrl-C, run it again: it goes on.

    Examples:

      concord sync

      concord sync accounts --approve 139f957de13cf1ee-2382

      concord sync personnel --scope all

      concord sync personnel --keys keys.txt

      concord sync tasks --except not-these.txt --approve 139f957de13cf1ee-2382
    """
    with answering(as_json=as_json) as terminal:
        names = chosen(entities or [])
        _check_sync(names, scope, keys, approve)
        check_excepted(names, excepted)
        from assets.commands.running import Order, carry_out
        from resources.settings import read_settings

        order = Order(
            names,
            scope=scope,
            keys_file=keys,
            except_file=excepted,
            approve=approve,
            scheduled=scheduled,
            named=bool(entities),
        )
        conclude(terminal, order, carry_out(order, read_settings(), terminal))


def check_approval(approve: str | None) -> None:
    """WrongUse unless the text can be a plan's hash."""
    if approve is not None and not HASH.fullmatch(approve):
        raise WrongUse(
            f"--approve {approve!r} is no plan's hash: copy it from `concord plan`, such as 139f957de13cf1ee-2382"
        )


def check_excepted(names: tuple[str, ...], excepted: Path | None) -> None:
    """WrongUse unless the file of what is left out belongs to one entity that can leave rows out."""
    if excepted is None:
        return
    if len(names) != 1:
        raise WrongUse("--except needs exactly one ENTITY: keys are those of one source")
    from assets.declarations import entities
    from resources.keys_file import read_keys

    if entities()[names[0]].both is None:
        raise WrongUse(f"--except is for entities that are synced in both directions, which {names[0]} is not")
    read_keys(excepted)


def conclude(terminal: Terminal, order: Order, reports: Sequence[Report]) -> None:
    """The reports are shown, as JSON or for people, and the exit code is theirs."""
    from assets.commands.report_text import report_text
    from assets.commands.running import approving

    for report in reports:
        terminal.show(report_text(report, approve=approving(order, report)), "")
        if terminal.as_json and report.error:
            terminal.tell(f"{report.entity}: {report.error}: {report.message}", style="red")
    terminal.answer(one_or_list([report.as_json() for report in reports]))
    leave(exit_of(reports))


def _check_sync(names: tuple[str, ...], scope: Scope, keys: Path | None, approve: str | None) -> None:
    check_approval(approve)
    if approve and len(names) != 1:
        raise WrongUse("--approve needs exactly one ENTITY: a hash is that of one plan")
    if keys and len(names) != 1:
        raise WrongUse("--keys needs exactly one ENTITY: keys are those of one source")
    if keys and scope == "all":
        raise WrongUse("--keys and --scope all exclude each other: keys are a scope of their own")
    if keys:
        from resources.keys_file import read_keys

        read_keys(keys)
