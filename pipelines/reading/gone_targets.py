"""Records that references point to and that people deleted or merged since the entity that keeps them last read them.

That entity may run once a day, those that refer to it each hour: they learn of it by themselves, in the first look, so
that no record is given a reference to one that is no longer there. What was not shown there is refused by the org.

Table `work.gone_targets` (entity, Id, MasterRecordId): the entity that keeps the record, and what it was merged into.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.linking.mergers import DEEPEST
from pipelines.ports.objects import Sight, Window
from pipelines.reading.snapshot import OVERLAP_SECONDS, WIDEST_GAP_DAYS
from pipelines.sql import literal, quote

TABLE = "create table if not exists work.gone_targets (entity varchar, Id varchar, MasterRecordId varchar)"

FIELDS = ("Id", "IsDeleted", "MasterRecordId")
"""Of an object whose records cannot be merged the last is missing."""

KEPT_BY = "select name, value from {}.meta where name in ('sobject', 'watermark', 'record_fields')"

FOLLOWED = (
    f"""
create or replace temp table heirs_of_targets as
with recursive chain as (
  select entity, Id, MasterRecordId as onto, 1 as depth
  from work.gone_targets
  union all
  select c.entity, c.Id, g.MasterRecordId, c.depth + 1
  from chain c
  join work.gone_targets g on g.entity = c.entity and g.Id = c.onto
  where c.depth < {DEEPEST}
)
select entity, Id, arg_max_null(onto, depth) as heir
from chain
group by entity, Id
""",
    """
update work.targets set record_id = h.heir
from heirs_of_targets h
where h.entity = targets.entity and h.Id = targets.record_id
""",
    "delete from work.targets where record_id is null",
)
"""Statements after which `work.targets` names what is left of merged records, and nothing that was deleted."""


def windows_of(con: duckdb.DuckDBPyConnection, published: Mapping[str, Path], now: datetime) -> dict[str, Window]:
    """What is to be asked, by the entity that keeps the records: the look of this run shows it in the same call."""
    found = {}
    for name, path in published.items():
        copy = quote(f"look at {name}")
        con.execute(f"attach if not exists {literal(str(path))} as {copy} (read_only)")
        told = dict(con.execute(KEPT_BY.format(copy)).fetchall())
        con.execute(f"detach {copy}")
        read_at = datetime.fromisoformat(told["watermark"]) if told.get("watermark") else None
        if "sobject" in told and read_at and now - read_at <= timedelta(days=WIDEST_GAP_DAYS):
            since = read_at - timedelta(seconds=OVERLAP_SECONDS)
            fields = [field for field in FIELDS if field in told["record_fields"].split()]
            found[name] = Window(told["sobject"], tuple(fields), since, gone=True)
    return found


def pages_of(windows: Mapping[str, Window], seen: Sight) -> dict[str, pa.Table]:
    """What was seen in those windows, by the entity that keeps the records."""
    shown = {name: seen.snapshots[window] for name, window in windows.items() if window in seen.snapshots}
    pages = {name: list(snapshot.pages) for name, snapshot in shown.items()}
    return {name: pa.concat_tables(found) for name, found in pages.items() if found}


def note_gone(con: duckdb.DuckDBPyConnection, pages: Mapping[str, pa.Table]) -> None:
    """`work.gone_targets` holds these records alone."""
    con.execute(TABLE)
    con.execute("delete from work.gone_targets")
    for name, page in pages.items():
        con.register("gone_page", page)
        master = "MasterRecordId" if "MasterRecordId" in page.column_names else "null"
        con.execute(
            f"insert into work.gone_targets select {literal(name)}, Id, {master} from gone_page where IsDeleted"
        )
        con.unregister("gone_page")
