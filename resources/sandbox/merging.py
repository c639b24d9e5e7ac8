"""Merging records of one kind: the losers are deleted in favour of the master, and their children become its own.

The platform offers this in SOAP, Apex and its pages only; whoever emulates one of those calls `merge`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import activity_links, lookups
from .circles import above, hierarchies
from .dml import Dml
from .errors import RowError
from .ids import is_id, to18
from .permissions import User
from .removal import children, mark
from .schema import SObjectDef
from .store import holes, quote
from .write_session import Session

if TYPE_CHECKING:
    from .org import Org

MOST_LOSERS = 2


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one merge; a merge that fails changes nothing."""

    id: str | None
    success: bool
    merged_record_ids: tuple[str, ...] = ()
    updated_related_ids: tuple[str, ...] = ()
    errors: tuple[RowError, ...] = ()


class _Undo(Exception):
    """Nothing of this merge may stay."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = error


def merge(
    org: Org, user: User, sobject: str, master_id: str, fields: Mapping[str, object], loser_ids: Sequence[str]
) -> Merged:
    """The losers are in the recycle bin with MasterRecordId, their children point to the master, which has `fields`.

    The master keeps its own values otherwise. At most two losers; ApiError if the object or a field does not exist.
    """
    dml = Dml(org, user)
    definition = dml.definition(sobject)
    try:
        with org.store.write() as db:
            session = Session(org.store, db, org.catalogue, user, org.identity.pod, org.now(), set())
            master, losers = _checked(dml, session, definition, master_id, loser_ids)
            related = _reparent(session, definition, master, losers)
            activity_links.settle(db, related)
            mark(session, definition, {loser: loser for loser in losers}, cascade=False)
            sql = f'update {quote(definition.name)} set "MasterRecordId" = ? where "Id" in ({holes(len(losers))})'
            db.execute(sql, (master, *losers))
            saved = dml.update(definition.name, [{**fields, "Id": master}])[0]
            if saved.errors:
                raise _Undo(saved.errors[0])
    except _Undo as undone:
        return Merged(master_id, False, errors=(undone.error,))
    return Merged(master, True, tuple(losers), tuple(related))


def _checked(
    dml: Dml, session: Session, definition: SObjectDef, master_id: str, loser_ids: Sequence[str]
) -> tuple[str, list[str]]:
    if not definition.mergeable:
        raise _Undo(RowError("INVALID_OPERATION", f"entity type cannot be merged: {definition.label}"))
    if not 1 <= len(loser_ids) <= MOST_LOSERS:
        raise _Undo(RowError("MERGE_FAILED", f"a merge takes one or two records to merge, not {len(loser_ids)}"))
    if not dml.may(definition, "edit") or not dml.may(definition, "delete"):
        raise _Undo(RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"))
    everybody = [master_id, *loser_ids]
    for record_id in everybody:
        if not is_id(record_id) or record_id[:3] != definition.key_prefix:
            raise _Undo(RowError("INVALID_ID_FIELD", f"invalid record id: {record_id}"))
    master, *losers = map(to18, everybody)
    if len({master, *losers}) < len(everybody):
        raise _Undo(RowError("MERGE_FAILED", "a record cannot be merged with itself"))
    found = lookups.records(session.db, definition, {master, *losers}, ())
    for record_id in (master, *losers):
        if record_id not in found:
            raise _Undo(RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
        if found[record_id].deleted:
            raise _Undo(RowError("ENTITY_IS_DELETED", "entity is deleted"))
    return master, losers


def _reparent(session: Session, definition: SObjectDef, master: str, losers: Sequence[str]) -> list[str]:
    """Every living record that pointed to a loser points to the master; the master below a loser points nowhere."""
    for f in hierarchies(definition):
        if not f.custom and above(session.db, definition, f, master).intersection(losers):
            sql = f'update {quote(definition.name)} set {quote(f.name)} = null where "Id" = ?'
            session.db.execute(sql, (master,))
    moved: dict[str, None] = {}
    for child in definition.child_relationships:
        if child.field == "MasterRecordId":
            continue
        kind = session.catalogue[child.child_sobject]
        for record_id in children(session.db, kind, child.field, losers):
            target = None if record_id == master else master
            stamp = ', "SystemModstamp" = ?' if "SystemModstamp" in kind.fields else ""
            sql = f'update {quote(kind.name)} set {quote(child.field)} = ?{stamp} where "Id" = ?'
            session.db.execute(sql, (target, *([session.now] if stamp else []), record_id))
            if record_id not in losers:
                moved[record_id] = None
    return list(moved)
