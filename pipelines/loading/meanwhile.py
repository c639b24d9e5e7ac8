"""What others did to the CRM's records since the snapshot: rows that are about such records are not sent.

They are set aside, to be read and planned again (see `rounds`), so that each rule has its say on what is there now. A
record that is in the CRM as the snapshot has it is no news, whatever its time of change, which is told in whole
seconds; what we wrote ourselves is none.
"""

from __future__ import annotations

import pyarrow as pa

from pipelines.ports.crm import Crm
from pipelines.reading.binding import Bound
from pipelines.reading.reading import read_since
from pipelines.reading.snapshot import pages_sql
from pipelines.run import OpenFile
from pipelines.sql import quote

NOBODY = "create or replace table work.aside (fold varchar)"
"""`work.aside`: the rows that were set aside in this round."""


def set_aside(bound: Bound, crm: Crm, open_file: OpenFile) -> None:
    """`work.aside` has all rows of the plan that the snapshot is too old for. One call where little changed."""
    with open_file() as con:
        since = read_since(con)
    if since is None:
        raise RuntimeError("a plan comes from a snapshot")
    pages = list(crm.touched(bound.entity.target.sobject, bound.record_fields, since=since).pages)
    if not any(page.num_rows for page in pages):
        return
    with open_file() as con:
        con.register("touched", pa.concat_tables(pages))
        con.execute(_aside_sql(bound))
        con.unregister("touched")


def _aside_sql(bound: Bound) -> str:
    """Rows of touched records, or whose key one has; new ones all, where they might be found to have a record now."""
    same = " and ".join(f"r.{name} is not distinct from t.{name}" for name in map(quote, bound.record_fields))
    finds = bound.entity.match or bound.entity.twins
    new = """
  union
  select fold from work.actions
  where kind = 'create' and (select count(*) from meanwhile m anti join links l on l.record_id = m.Id where m.lives) > 0
"""
    return f"""
insert into work.aside
with seen as (
{pages_sql(bound, "touched")}
),
meanwhile as (
  select t.Id, t.fold, not t.IsDeleted as lives
  from seen t
  anti join records r on {same}
),
concerned as (
  select fold from work.actions where record_id in (select Id from meanwhile)
  union
  select fold from work.removals where record_id in (select Id from meanwhile)
  union
  select fold from work.actions where fold in (select fold from meanwhile where lives and fold is not null)
{new if finds else ""}
)
select fold from concerned
where fold not in (select fold from work.aside)
"""
