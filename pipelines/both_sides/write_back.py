"""The source's part of a plan goes to the source: in batches, each written down before it is sent, answers after.

Creations come first, since the keys that they give are then written to their records with the rest. What the source
made of a value is in its answer: that, and not what was sent, is what both sides agreed on. An answer that got lost is
not guessed: the next run reads what changed, and knows a created item by the mark that it keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
import pyarrow as pa

from pipelines.both_sides.accord import FRESH, TAKE
from pipelines.both_sides.three_way import agreed_fields, theirs_sql
from pipelines.loading import ledger
from pipelines.loading.ledger import Batch
from pipelines.ports.crm import ANSWERS
from pipelines.ports.source import Change, TwoWaySource, Written
from pipelines.ports.world import Clock, Progress, SystemicError
from pipelines.reading.binding import Bound
from pipelines.reading.normalise import typed_rows_sql
from pipelines.reconciling.cells import list_sql
from pipelines.run import OpenFile
from pipelines.sql import literal, quote

ROWS = 200
"""Rows of one batch of the ledger: of what a killed run left open, so many are read again."""

ORDER: tuple[tuple[Literal["create", "update", "delete", "unlink"], ledger.Operation], ...] = (
    ("create", "insert"),
    ("update", "update"),
    ("delete", "delete"),
    ("unlink", "unlink"),
)

SENDABLE = """
create or replace table work.sendable as
select fold, record_id, mailbox as locks_with, 0 as characters, false as unspeakable
from work.source_actions
where kind = ?
"""

CHANGES = """
select a.fold, a.kind, a.key, a.mailbox, a.place, a.version, a.link, a.record_id,
  list(c.column_name) filter (c.column_name is not null), list(c.new) filter (c.column_name is not null)
from batch_rows b
join work.source_actions a on a.fold = b.fold
left join work.source_cells c on c.fold = a.fold
where b.batch = ?
group by all
order by a.fold
"""


@dataclass(frozen=True)
class WriteBack:
    """Carries out the source's part of the plan in the entity's file."""

    bound: Bound
    source: TwoWaySource
    open: OpenFile
    run_id: str
    plan_hash: str
    progress: Progress
    clock: Clock

    def load(self) -> None:
        """Every action of `work.source_actions` has been sent and its answer is in the ledger.

        A SystemicError ends it at once; what was not sent then has no result.
        """
        for kind, operation in ORDER:
            with self.open() as con:
                con.execute(SENDABLE, [kind])
                load = ledger.Load(self.run_id, self.plan_hash, operation, 0)
                batches = ledger.open_batches(con, load, route="source", size=ROWS, cells="work.source_cells")
            total = sum(batch.rows for batch in batches)
            for number, batch in enumerate(batches):
                self.progress(f"{kind} in source", number * ROWS, total)
                self._send(batch)

    def _send(self, batch: Batch) -> None:
        with self.open() as con:
            folds, changes = _changes(con, batch)
            ledger.sending(con, batch, self.clock())
        try:
            told = self.source.write(self.bound.entity.outlook, changes, self.progress)
        except SystemicError as error:
            with self.open() as con:
                ledger.mark(con, batch, "REFUSED", message=error.code)
            raise
        with self.open() as con:
            ledger.answer(con, batch, _answers(folds, told))
            con.execute("begin")
            con.register("returned", _returned(self.bound, folds, told))
            for statement in _learned_sql(self.bound, batch):
                con.execute(statement)
            con.unregister("returned")
            con.execute("commit")


def _changes(con: duckdb.DuckDBPyConnection, batch: Batch) -> tuple[list[str], list[Change]]:
    """Folds and changes of a batch, in the same order."""
    found = con.execute(CHANGES, [batch.number]).fetchall()
    return [row[0] for row in found], [
        Change(
            kind=kind,
            user=mailbox,
            values=dict(zip(columns or (), values or (), strict=True)),
            key=key,
            place=place,
            version=version,
            marker=record_id if kind == "create" else None,
            link=link,
        )
        for _, kind, key, mailbox, place, version, link, record_id, columns, values in found
    ]


def _answers(folds: Sequence[str], told: Sequence[Written]) -> pa.Table:
    if len(folds) != len(told):
        raise SystemicError("answer_shape", f"{len(folds)} changes were sent and {len(told)} answers came")
    return pa.Table.from_pydict(
        {
            "key": list(folds),
            "record_id": [None] * len(told),
            "created": [False] * len(told),
            "status": [written.status for written in told],
            "code": [written.code for written in told],
            "message": [written.message for written in told],
            "fields": [None] * len(told),
        },
        schema=ANSWERS,
    )


def _returned(bound: Bound, folds: Sequence[str], told: Sequence[Written]) -> pa.Table:
    """One row for each change that was made: `_fold`, `_key`, `_told` (the item came with the answer), its columns."""
    made = [(fold, written) for fold, written in zip(folds, told, strict=True) if written.status == "success"]
    columns = {
        name: pa.array([(written.row or {}).get(name) for _, written in made], pa.string())
        for name in bound.entity.columns
    }
    own = {
        "_fold": pa.array([fold for fold, _ in made], pa.string()),
        "_key": pa.array([written.key for _, written in made], pa.string()),
        "_told": pa.array([written.row is not None for _, written in made], pa.bool_()),
    }
    return pa.table(own | columns)


def _learned_sql(bound: Bound, batch: Batch) -> list[str]:
    key = bound.entity.target.key
    if batch.operation == "unlink":
        return []
    if batch.operation == "delete":
        gone = "select _fold from returned"
        return [f"delete from links where fold in ({gone})", f"delete from accord where fold in ({gone})"]
    fold = "lower(s._key)" if batch.operation == "insert" else "s._fold"
    fields = agreed_fields(bound)
    theirs = list_sql(theirs_sql(field, rule) for field, rule in fields)
    names = ", ".join(f"({n}, {literal(field.name)})" for n, (field, _) in enumerate(fields))
    born = [
        "delete from links where record_id in (select record_id from born_now)",
        "insert into links select lower(key), key, record_id from born_now",
        *(_keys_sql(key) if bound.entity.rules_of_both.may("crm", "update") else []),
    ]
    return [
        """
create or replace temp table born_now as
select t._fold as fold, a.record_id, t._key as key
from returned t
join work.source_actions a on a.fold = t._fold
where a.kind = 'create'
""",
        "create or replace temp table born_folds as select fold from born_now",
        FRESH,
        f"""
insert into fresh_accord
with typed as (
{typed_rows_sql(bound, "returned", ("_fold", "_key", "_told"))}
),
seen as (
  select {fold} as fold, s._fold as acted, s._told, unnest({theirs}) as theirs, unnest(range({len(fields)})) as n
  from typed s
)
select
  v.fold,
  names.field,
  case when v._told then v.theirs else coalesce(d.ours, v.theirs) end,
  coalesce(d.ours, o.ours)
from seen v
join (values {names}) names (n, field) on names.n = v.n
left join work.sides d on d.fold = v.acted and d.field = names.field
left join work.born_values o on o.fold = v.acted and o.field = names.field
-- of an item that was there, only what was written, and what was the same already
where o.fold is not null or d.flow in ('source', 'same')
""",
        *TAKE,
        *(born if batch.operation == "insert" else []),
    ]


def _keys_sql(key: str) -> list[str]:
    """Statements by which records get the keys of the items that were made from them."""
    return [
        f"""
insert into work.cells
select b.fold, b.record_id, {literal(key)}, r.{quote(key)}, b.key, null, 'key'
from born_now b
join records r on r.Id = b.record_id
""",
        "insert into work.agreed select fold, field, new, false from work.cells where fold in (from born_folds)",
        "insert into work.actions select fold, record_id, 'update', 0 from born_now",
    ]
