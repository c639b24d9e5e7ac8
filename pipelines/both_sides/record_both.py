"""What a carried-out plan of a two-way entity leaves behind: pairs parted or over, and how its records fared."""

from __future__ import annotations

import duckdb

from pipelines import memory
from pipelines.both_sides.accord import FORGET_LOST
from pipelines.both_sides.excepting import REMEMBER as REMEMBER_EXCEPTED
from pipelines.both_sides.pairing import RELINK
from pipelines.both_sides.parting import REMEMBER
from pipelines.both_sides.streaks import go_on_sql
from pipelines.loading.plan import FIRST_DONE
from pipelines.reading.binding import Bound

OVER = """
delete from links
where fold in (select fold from work.over) or (
  fold not in (select fold from source where present)
  and record_id in (select record_id from work.rows where present and record_id is not null)
)
"""
"""Of what is gone and nobody's concern: also where the run was not about it, but about the row that has its record."""

REPLACED = """
delete from links
where fold in (select fold from work.fates where gone = 'row' and fate = 'anew')
  and record_id in (select record_id from links group by record_id having count(*) > 1)
"""
"""A record that was brought back in the source has a new row, and the old one is over."""

FARED = (
    """
create or replace temp table fared as
select
  b.fold,
  r.content_hash as row_hash,
  0 as ref_hash,
  o.outcome = 'created' as settled,
  case when o.outcome = 'failed' and o.code_class = 'row'
    then case when t.row_hash = r.content_hash then coalesce(t.failures, 0) else 0 end + 1
    else case when t.row_hash = r.content_hash and o.outcome <> 'created' then coalesce(t.failures, 0) else 0 end
  end as failures,
  o.outcome,
  o.reason
from work.born b
join records r on r.number = b.record_number
join work.outcomes o on o.fold = b.fold
left join state t on t.fold = b.fold
""",
    "delete from state where fold in (select fold from fared)",
    "insert into state by name select *, getvariable('run_id') as run_id from fared",
)


def record_both(con: duckdb.DuckDBPyConnection, bound: Bound, *, everything: bool, wrote: bool) -> None:
    """The next run knows what this one decided. `everything`: it was about all of both sides, and not a part of them.
    `wrote`: it had something to do, so that a first run was approved.

    Only such a run is the first one under these terms, or pairs all anew: what a person approved was all there is.
    """
    for statement in (*FARED, OVER, REPLACED, *REMEMBER, REMEMBER_EXCEPTED, FORGET_LOST, *go_on_sql(bound)):
        con.execute(statement)
    if everything and wrote:
        memory.write(con, FIRST_DONE, bound.entity.terms)
    if everything:
        memory.write(con, RELINK, "")
