"""What travels: the rows of a batch as each route wants them, and the org's answers in one shape."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipelines.loading.ledger import Batch
from pipelines.ports.crm import ANSWERS, CLEAR, RowResult
from pipelines.ports.world import SystemicError
from pipelines.reading.binding import Bound
from pipelines.sql import literal, quote


def sendable_sql(bound: Bound) -> str:
    """Creates `work.sendable`, the rows that wait for no parent: fold, record_id, locks_with (rows that lock one parent
    lie side by side), characters, unspeakable (a value that a bulk job would take for "clear")."""
    parent = next((name for name, rule in bound.entity.references.items() if isinstance(rule.to, str)), None)
    lock = (
        f"coalesce(max(c.new) filter (where c.field = {literal(parent)}), any_value(r.{quote(parent)}), '')"
        if parent
        else "''"
    )
    return f"""
create or replace table work.sendable as
select
  a.fold,
  a.record_id,
  {lock} as locks_with,
  sum(coalesce(length(c.new), 4) + 3) as characters,
  bool_or(c.new = '{CLEAR}') as unspeakable
from work.actions a
join work.cells c on c.fold = a.fold
left join records r on r.Id = a.record_id
where a.kind = ? and a.wave = ? and a.fold not in (select fold from work.cells where waits_for is not null)
group by a.fold, a.record_id
"""


def records(con: duckdb.DuckDBPyConnection, batch: Batch) -> tuple[list[str], list[dict[str, str | None]]]:
    """Keys and rows of a small batch, in the same order."""
    found = con.execute(
        """
select r.fold, r.record_id, list(c.field order by c.field), list(c.new order by c.field)
from batch_rows r
join batch_cells c on c.batch = r.batch and c.fold = r.fold
where r.batch = ?
group by r.fold, r.record_id
order by r.fold
""",
        [batch.number],
    ).fetchall()
    keys = [record_id if batch.operation == "update" else fold for fold, record_id, _, _ in found]
    rows = [
        {**({"Id": record_id} if record_id else {}), **dict(zip(fields, values, strict=True))}
        for _, record_id, fields, values in found
    ]
    return keys, rows


def table(con: duckdb.DuckDBPyConnection, batch: Batch) -> pa.Table:
    """Rows of a job, one text column a field: null leaves alone, `CLEAR` clears."""
    fields = [
        name
        for (name,) in con.execute(
            "select distinct field from batch_cells where batch = ? order by field", [batch.number]
        ).fetchall()
    ]
    cells = ",\n  ".join(
        f"max(case when c.field = {literal(name)} then coalesce(c.new, '{CLEAR}') end) as {quote(name)}"
        for name in fields
    )
    record = "any_value(r.record_id) as Id,\n  " if batch.operation == "update" else ""
    return con.execute(
        f"""
select
  {record}{cells}
from batch_rows r
join batch_cells c on c.batch = r.batch and c.fold = r.fold
where r.batch = ?
group by r.fold
order by r.fold
""",
        [batch.number],
    ).to_arrow_table()


def answers_of(keys: list[str], sent: list[RowResult]) -> pa.Table:
    if len(keys) != len(sent):
        raise SystemicError("answer_shape", f"{len(keys)} rows were sent and {len(sent)} answers came")
    return pa.Table.from_pydict(
        {
            "key": keys,
            "record_id": [result.record_id for result in sent],
            "created": [result.created for result in sent],
            "status": ["success" if result.success else "failed" for result in sent],
            "code": [result.code for result in sent],
            "message": [result.message for result in sent],
            "fields": [",".join(result.fields) for result in sent],
        },
        schema=ANSWERS,
    )
