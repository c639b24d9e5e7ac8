"""In which order a plan goes to the org, and which of it shares a call.

In: `work.actions`, `work.cells`. New records go wave by wave, parents before their children; what changes goes last. A
few new records and a few changed ones share a call, unless one waits for another or holds a text that means something
there. How rows of one wave travel is in `batching`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import duckdb

from pipelines.loading.batching import Batching
from pipelines.loading.failures import class_sql
from pipelines.ports.crm import REFERENCE
from pipelines.sql import literal

WAVES_SQL = """
select case kind when 'create' then 'insert' else 'update' end, wave, count(*)
from actions
group by kind, wave
order by kind, wave
"""

ACTIONS_SQL = "with actions as (select kind, wave from work.actions)"

ACTIONS_TO_BE_SQL = """
with actions as (
  select kind, wave from work.actions
  union all
  select 'update', 0 from work.source_actions where kind = 'create' -- whose records get their keys
)
"""

APART_SQL = f"""
select count(*)
from work.cells
where waits_for is not null or contains(new, {literal(REFERENCE)})
"""


FILL_WAITING = (
    f"""
create or replace temp table born as
with answers as (
  select
    r.batch,
    r.fold,
    struct_pack(record_id := r.record_id, status := r.status, class := {class_sql("r.code", "r.message")}) as answer
  from results r
  join batches b on b.batch = r.batch
  where b.run_id = ? and b.operation = 'insert'
)
select fold, max_by(answer, batch) as last
from answers
group by fold
""",
    """
insert into work.waited
select fold from work.cells
where waits_for in (select fold from born where last.status = 'success')
""",
    """
update work.cells set new = born.last.record_id, waits_for = null
from born
where born.fold = cells.waits_for and born.last.status = 'success'
""",
    """
delete from work.cells
where waits_for in (select fold from born where last.status = 'failed' and last.class <> 'transient')
""",
    """
delete from work.cells
where rule = 'synced_at' and fold not in (select fold from work.cells where rule <> 'synced_at')
""",
)


@dataclass(frozen=True, slots=True)
class Wave:
    """Rows that go before all of later waves."""

    operation: Literal["insert", "update"]
    number: int
    rows: int


def trips(con: duckdb.DuckDBPyConnection, batching: Batching, *, keys_ahead: bool = False) -> list[tuple[Wave, ...]]:
    """All waves in their order, those together that share one call.

    `keys_ahead`: with the records of what is still to be created in the source.
    """
    actions = ACTIONS_TO_BE_SQL if keys_ahead else ACTIONS_SQL
    waves = [Wave(*row) for row in con.execute(actions + WAVES_SQL).fetchall()]
    one_of_each = [wave.operation for wave in waves] == ["insert", "update"]
    small = one_of_each and all(batching.fits_a_call(wave.rows) for wave in waves)
    if small and not con.execute(APART_SQL).fetchall()[0][0]:
        return [tuple(waves)]
    return [(wave,) for wave in waves]


def cost_of(trip: tuple[Wave, ...], batching: Batching) -> int:
    """API calls that the trip takes."""
    return batching.cost_of(max(wave.rows for wave in trip))


def fill_waiting(con: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Cells that wait for a record created in this run get its id; where it was refused they are dropped.

    Where it is not known yet whether there is one they go on waiting, and their rows are not sent.
    """
    con.execute("begin")
    for statement in FILL_WAITING:
        con.execute(statement, [run_id] if "?" in statement else [])
    con.execute("commit")
