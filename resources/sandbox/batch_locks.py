"""Which records one batch of a bulk job locks: those that it names, and the parents that its rows point to."""

from __future__ import annotations

from collections.abc import Sequence

from . import lookups
from .bulk_jobs import Job
from .columns import ColumnReader, Table
from .dml import Dml
from .ids import is_id, to18
from .locks import locks_parent
from .schema import FieldDef, SObjectDef


def locked_records(job: Job, dml: Dml, table: Table) -> set[str]:
    """The ids of the records that exist already and are written by those rows, or pointed to by them."""
    definition = dml.definition(job.sobject)
    reader = ColumnReader(dml.org.catalogue, definition, dml.user, text=True)
    found: set[str] = set()
    for name, cells in zip(table.names, zip(*table.rows, strict=True), strict=False):
        target = reader.target(name)
        if target.field.type == "id" or (locks_parent(target.field) and target.parent_key is None):
            found |= {to18(cell) for cell in cells if is_id(cell)}
        elif locks_parent(target.field) and target.parent is not None and target.parent_key is not None:
            found |= _named(dml, target.parent, target.parent_key, cells)
        elif target.field.name == job.external_id_field:
            found |= _named(dml, definition, target.field, cells)
    return found


def _named(dml: Dml, definition: SObjectDef, key: FieldDef, cells: Sequence[str]) -> set[str]:
    with dml.org.store.read() as db:
        holders = lookups.ids_by_key(db, definition, key, {cell for cell in cells if cell})
    return {record_id for ids in holders.values() for record_id in ids}
