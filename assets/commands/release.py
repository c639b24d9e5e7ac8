"""`concord release`: rows out of quarantine, and back from records that people deleted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from assets.commands.answering import answering
from assets.commands.options import AsJson, KeysFile, chosen


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
        from pipelines import release as releasing
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
        terminal.show(
            f"{released.rows:,} rows of {entity} are out of quarantine, {released.links:,} links to deleted records are"
            f" forgotten, {released.outdated:,} older rows will be taken, {released.excepted:,} that were left out take"
            f" part again. Next: concord sync {entity}"
        )
        terminal.answer({"entity": entity, **asdict(released)})
