"""Records that change run after run: somebody, or something in the CRM or the source, keeps undoing what is agreed.

Table `streaks` (record_id, runs, fields): how many runs running wrote the record or its item, and in which fields. A
run that wrote neither ends the streak, unless it could not. What a run created or keyed did not change.
"""

from __future__ import annotations

from pipelines.reading.binding import Bound
from pipelines.sql import literal

TABLE = "create table if not exists streaks (record_id varchar, runs bigint, fields varchar[])"


def go_on_sql(bound: Bound) -> list[str]:
    """Statements that count the run."""
    return [
        f"""
create or replace temp table streaks_now as
with written as (
  select coalesce(nullif(x.record_id, ''), r.record_id) as record_id, list(distinct c.field) as fields
  from batches b
  join batch_rows r on r.batch = b.batch
  join batch_cells c on c.batch = b.batch and c.fold = r.fold
  join results x on x.batch = b.batch and x.fold = r.fold and x.status = 'success'
  where b.run_id = getvariable('run_id') and b.operation = 'update'
    and c.field <> {literal(bound.entity.target.key)}
  group by all
)
select
  w.record_id,
  coalesce(s.runs, 0) + 1 as runs,
  list_sort(list_distinct(list_concat(w.fields, coalesce(s.fields, [])))) as fields
from written w
left join streaks s on s.record_id = w.record_id
union all
select *
from streaks
where record_id not in (select record_id from written)
  and record_id in (select record_id from work.outcomes where outcome = 'failed')
""",
        "delete from streaks",
        "insert into streaks from streaks_now",
        "drop table streaks_now",
    ]
