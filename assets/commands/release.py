"""`concord release`: rows out of quarantine, and back from records that people deleted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import answering
from assets.commands.options import AsJson, KeysFile, chosen
from assets.commands.tables import table

if TYPE_CHECKING:
    from rich.table import Table

    from pipelines.telling.release import Released

WORDS = {
    "rows": "out of quarantine",
    "links": "no longer tied to a deleted record: a new one may be created",
    "outdated": "taken although older than what is known",
    "excepted": "left out before, and taking part again",
}
"""What has become of the rows of each count."""


def release(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Such as personnel.")],
    *,
    keys: KeysFile = None,
    as_json: AsJson = False,
) -> None:
    """Lets rows out of quarantine: the next run tries them again. Nothing is asked of the org.

    With --keys only those. Where people deleted the record of one of them, the link to it is forgotten as well, so that
    the next run may create a new record; a row of the feed that is older than what is known is taken all the same. What
    was left out of a two-way sync by --except takes part again; a record is named by its id.

    Examples:

      concord release personnel

      concord release personnel --keys keys.txt
    """
    with answering(as_json=as_json) as terminal:
        chosen([entity])
        from pipelines.telling import release as releasing
        from resources.archive import NeverRun
        from resources.keys_file import read_keys
        from resources.settings import read_settings
        from resources.warehouse import Warehouse

        wanted = read_keys(keys) if keys else None
        warehouse = Warehouse(read_settings().concord_home, entity)
        if not warehouse.path.exists():
            raise NeverRun(entity)
        with warehouse.lock():
            with warehouse.open() as con:
                released = releasing.release(con, wanted)
            if warehouse.published(entity):
                warehouse.publish()
        if any(asdict(released).values()):
            terminal.show(released_table(entity, released), f"The next run tries them: concord sync {entity}")
        else:
            terminal.show(
                f"Nothing was released: {'no row' if keys is None else 'none of the keys'} of {entity} waits."
            )
        terminal.answer({"entity": entity, **asdict(released)})


def released_table(entity: str, released: Released) -> Table:
    """A line for each count that is not zero."""
    counts = asdict(released)
    return table(
        (f"rows of {entity}", "are now"), ((counts[name], words) for name, words in WORDS.items() if counts[name])
    )
