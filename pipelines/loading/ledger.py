"""The ledger: every batch is written down before it is sent, and every answer after.

    PLANNED → INTENT (rows, before-image, plan hash) → JOB (id, committed before the upload) → SENT → DONE
                  └ collections ──────────────────────────────────────────────────────────▶ SENT → DONE
    LOST: sent, and no answer came · REFUSED: the org would not take the batch as a whole · VOID: it never ran

Tables: `batches` (batch, run_id, route, operation, wave, state, job_id, rows, plan_hash, message, made_at, heard,
settled_at, sent_at), `batch_rows` (batch, fold, record_id), `batch_cells` (batch, fold, field, old, new): what was
meant and what was there before, `results` (batch, fold, record_id, created, status, code, message, fields).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import duckdb

TABLES = (
    "create sequence if not exists batch_numbers",
    """create table if not exists batches (
  batch bigint primary key, run_id varchar, route varchar, operation varchar, wave bigint, state varchar,
  job_id varchar, rows bigint, plan_hash varchar, message varchar, made_at timestamp,
  heard boolean, settled_at timestamp, sent_at timestamp)""",
    "alter table batches add column if not exists settled_at timestamp",  # a file of version 1
    "alter table batches add column if not exists sent_at timestamp",  # of batches to the source
    "create table if not exists batch_rows (batch bigint, fold varchar, record_id varchar)",
    "create table if not exists batch_cells (batch bigint, fold varchar, field varchar, old varchar, new varchar)",
    """create table if not exists results (
  batch bigint, fold varchar, record_id varchar, created boolean, status varchar, code varchar, message varchar,
  fields varchar)""",
)

Operation = Literal["insert", "update", "delete", "unlink"]
State = Literal["INTENT", "JOB", "SENT", "DONE", "LOST", "REFUSED", "VOID"]
UNFINISHED = ("INTENT", "JOB", "SENT")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of the ledger: at most 200 rows by collections, or one bulk job."""

    number: int
    route: Literal["collections", "bulk", "source"]
    operation: Operation
    state: State
    job_id: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Load:
    """What the batches of one stroke have in common."""

    run_id: str
    plan_hash: str
    operation: Operation
    wave: int


def open_batches(
    con: duckdb.DuckDBPyConnection, load: Load, *, route: str, size: int, cells: str = "work.cells"
) -> list[Batch]:
    """Writes the rows of `work.sendable` down as INTENT, `size` rows a batch, with cells and before-image."""
    con.execute("begin")
    con.execute(
        """
create or replace temp table opened as
with numbered as (
  select fold, record_id, (row_number() over (order by locks_with, fold) - 1) // ? as part
  from work.sendable
),
numbers as (
  select part, nextval('batch_numbers') as batch
  from (select distinct part from numbered order by part)
)
select n.batch, d.fold, d.record_id
from numbered d
join numbers n on n.part = d.part
""",
        [size],
    )
    con.execute(
        """
insert into batches
select batch, ?, ?, ?, ?, 'INTENT', null, count(*), ?, null, getvariable('now'), false, null, null
from opened
group by batch
""",
        [load.run_id, route, load.operation, load.wave, load.plan_hash],
    )
    con.execute("insert into batch_rows select batch, fold, record_id from opened")
    con.execute(
        "insert into batch_cells select o.batch, c.fold, c.field, c.old, c.new"
        f" from opened o join {cells} c using (fold)"
    )
    found = con.execute(
        "select batch, route, operation, state, job_id, rows from batches"
        " where batch in (select batch from opened) order by batch"
    ).fetchall()
    con.execute("commit")
    return [Batch(*row) for row in found]


def leave_out_aside(con: duckdb.DuckDBPyConnection, batch: Batch) -> int:
    """The batch has no row of `work.aside`; returns how many are left, and it is VOID if none is."""
    con.execute("begin")
    for name in ("batch_rows", "batch_cells"):
        con.execute(f"delete from {name} where batch = ? and fold in (select fold from work.aside)", [batch.number])
    left: int = con.execute("select count(*) from batch_rows where batch = ?", [batch.number]).fetchall()[0][0]
    con.execute("update batches set rows = ? where batch = ?", [left, batch.number])
    if not left:
        mark(con, batch, "VOID")
    con.execute("commit")
    return left


def unfinished(con: duckdb.DuckDBPyConnection) -> list[Batch]:
    """Batches that a killed run left behind, oldest first."""
    found = con.execute(
        "select batch, route, operation, state, job_id, rows from batches where state in ? order by batch",
        [list(UNFINISHED)],
    ).fetchall()
    return [Batch(*row) for row in found]


def settle_at(con: duckdb.DuckDBPyConnection, run_id: str, moment: datetime) -> None:
    """By the org's clock, whatever the run wrote was there at that moment, and what the org itself made of it."""
    con.execute(
        "update batches set settled_at = cast(? as timestamp) where run_id = ? and state = 'DONE'",
        [moment.astimezone(UTC).replace(tzinfo=None), run_id],
    )


def mark(
    con: duckdb.DuckDBPyConnection, batch: Batch, state: State, *, job_id: str | None = None, message: str = ""
) -> None:
    """The batch is in this state, durably."""
    con.execute(
        "update batches set state = ?, job_id = coalesce(?, job_id), message = nullif(?, '') where batch = ?",
        [state, job_id, message, batch.number],
    )


def sending(con: duckdb.DuckDBPyConnection, batch: Batch, moment: datetime) -> None:
    """The batch is about to be sent, at that moment by our clock."""
    sent_at = moment.astimezone(UTC).replace(tzinfo=None)
    con.execute("update batches set sent_at = ? where batch = ?", [sent_at, batch.number])
    mark(con, batch, "SENT")


def answer(con: duckdb.DuckDBPyConnection, batch: Batch, answers: object) -> None:
    """Results of a batch, matched to its rows by key, and the end of it, in one transaction.

    `answers` is an Arrow table with the columns of `Crm.results`, its first column the key: the record id of an
    update, the source key of an insert. A row without an answer gets the status `lost`.
    """
    con.register("answers", answers)
    con.execute("begin")
    by = "lower(a.key) = r.fold"
    if batch.route != "source" and batch.operation != "insert":
        by = "a.key = r.record_id"
    con.execute(
        f"""
insert into results
select
  r.batch, r.fold, coalesce(nullif(a.record_id, ''), r.record_id), coalesce(a.created, false),
  coalesce(a.status, 'lost'), a.code, a.message, a.fields
from batch_rows r
left join answers a on {by}
where r.batch = ?
""",
        [batch.number],
    )
    mark(con, batch, "DONE")
    con.execute("commit")
    con.unregister("answers")
