"""The first look at the org: what its user may do there, and what has changed since the last run, in one call.

Whether changes are asked for at once is decided here alone: on a first run, after a long pause and when everything is
wanted they are not, nor when batches of a killed run are still to be brought to an end, since those write.
"""

from __future__ import annotations

from pipelines.errand import Errand
from pipelines.loading import ledger
from pipelines.ports.crm import Crm
from pipelines.ports.objects import Sight, Window
from pipelines.ports.world import SystemicError
from pipelines.reading.binding import Bound, bind
from pipelines.reading.gone_targets import note_gone, pages_of
from pipelines.reading.gone_targets import windows_of as windows_of_targets
from pipelines.reading.looked_up import windows_of
from pipelines.reading.needs import lacks, objects_of
from pipelines.reading.reading import window_of


def look(errand: Errand, crm: Crm) -> tuple[Bound, Sight]:
    """The entity, bound to this org, and what was seen; a SystemicError names everything that it or this user lacks."""
    entity = errand.entity
    gone = _gone(errand)
    seen = crm.look(objects_of([entity]), [*_windows(errand), *gone.values()])
    pages = pages_of(gone, seen)
    with errand.world.warehouse.open() as con:
        note_gone(con, pages)
    if found := lacks(entity, seen.objects):
        raise SystemicError("declaration_misfit", "; ".join(str(misfit) for misfit in found))
    looked_up = {records.sobject: seen.objects[records.sobject] for records in entity.looked_up}
    return bind(entity, seen.objects[entity.target.sobject], looked_up), seen


def _gone(errand: Errand) -> dict[str, Window]:
    """Asked for whatever the scope is: what references point to is known from copies alone."""
    published = errand.published()
    if not published:
        return {}
    with errand.world.warehouse.open() as con:
        return windows_of_targets(con, published, errand.world.clock())


def _windows(errand: Errand) -> list[Window]:
    if errand.request.scope == "all":
        return []
    with errand.world.warehouse.open() as con:
        if ledger.unfinished(con):
            return []
        own = window_of(con, errand.entity, errand.world.clock())
        return [own, *windows_of(con, errand.entity)] if own else []
