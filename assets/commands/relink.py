"""`concord relink`: the two sides of an entity are paired anew, as after a mailbox was moved."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from assets.commands.answering import WrongUse, answering
from assets.commands.options import AsJson, chosen

ASK = (
    "{entity}: which task is which record is forgotten, and what both sides last agreed on. The next sync finds pairs"
    " again, by key, by the mark of those that were made from a record, and by {match}; it is held like a first one."
    " Go on?"
)


def relink(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="One that is synced in both directions: tasks.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forgets which rows and records belong together; nothing is written on either side.

    For mailboxes that were moved, whose tasks have other ids now. The next plan finds each task's record before it
    would create anything; where several could be meant it is held. What was deleted on one side stays deleted.

    Examples:

      concord relink tasks

      concord relink tasks --yes
    """
    with answering(as_json=as_json) as terminal:
        chosen([entity])
        from assets.declarations import entities
        from pipelines.both_sides import relink as relinking
        from resources.archive import NeverRun
        from resources.settings import read_settings
        from resources.warehouse import Warehouse

        declared = entities()[entity]
        if declared.both is None:
            raise WrongUse(f"{entity} is written on one side only: its records are found by their key in every run")
        warehouse = Warehouse(read_settings().concord_home, entity)
        if not warehouse.path.exists():
            raise NeverRun(entity)
        if not yes:
            if as_json:
                raise WrongUse("nobody can be asked with --json: say --yes as well")
            match = ", then by ".join(" and ".join(same.fields) for same in declared.match) or "nothing else"
            if not typer.confirm(ASK.format(entity=entity, match=match), err=True):
                terminal.tell("Nothing was done.", style="yellow")
                return
        with warehouse.lock():
            with warehouse.open() as con:
                done = relinking.relink(con)
            if warehouse.published(entity):
                warehouse.publish()
        terminal.show(
            f"{done.forgotten:,} pairs of {entity} are forgotten; {done.parted:,} that a deletion parted stay so. The"
            f" next sync reads everything, and is held as a first one. Next: concord plan {entity}"
        )
        terminal.answer({"entity": entity, **asdict(done)})
