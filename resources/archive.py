"""What finished runs left behind, for whoever asks: history, rejected rows, what is missing, the last plan's cells.

Only published copies are read, so nothing here waits for a run or gets in its way. Values of records are in here:
they may go to the terminal or the file of the person who asks, never to a log or to Dagster.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.entity import Entity
from pipelines.ports import SystemicError
from pipelines.sql import literal
from pipelines.waiting import lacking_sql, waiting_sql
from resources.warehouse import Warehouse, read_copy

REJECTED = """
select key, record_id, outcome, reason, field, code_class, message, file, line
from outcomes
where run_id = ? and (outcome = 'failed' or outcome = 'held' and reason <> 'gate')
order by outcome, reason, key, line
"""

CELLS = """
select
  coalesce(s.key, c.fold) as key,
  c.record_id,
  case when a.kind = 'create' then 'create' else 'update' end as action,
  c.field,
  c.old,
  c.new,
  c.waits_for,
  c.rule
from work.cells c
join work.actions a on a.fold = c.fold
left join source s on s.fold = c.fold
order by 1, c.field
"""


class NeverRun(SystemicError):
    """Nothing is known of an entity yet."""

    def __init__(self, entity: str) -> None:
        super().__init__("never_run", f"nothing is known of {entity} yet: run `concord plan {entity}` first")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source row that a run failed with or held back. `message` may hold values of the row."""

    key: str | None
    record_id: str | None
    outcome: str
    reason: str | None
    field: str | None
    code_class: str | None
    message: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A source key without a record. `why` is `missing` for what an import would create, else what is in its way."""

    key: str
    name: str | None
    why: str
    waiting: int
    """Rows of other entities that cannot be created before it has a record."""
    twin_id: str | None
    twin_name: str | None
    likeness: float | None


Run = Mapping[str, Any]
"""The JSON of a run's report."""


class Archive:
    """The published copies below one `CONCORD_HOME`."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def runs(self, entity: str, count: int) -> list[Run]:
        """The reports of the last runs, the latest first; none if it never ran."""
        if not self._copy(entity):
            return []
        with self._open(entity) as con:
            rows = con.execute("select report from runs order by started_at desc limit ?", [count]).fetchall()
        return [json.loads(report) for (report,) in rows]

    def rejected(self, entity: str, run_id: str | None = None) -> tuple[Run, list[Rejected]]:
        """A run, the last sync that came to its rows unless named, and the rows that it failed with or held back."""
        with self._open(entity) as con:
            wanted = "run_id = ?" if run_id else "mode = 'sync' and extracted > 0 and ? is null"
            found = con.execute(
                f"select run_id, report from runs where {wanted} order by started_at desc limit 1", [run_id]
            ).fetchall()
            if not found:
                what = f"no run {run_id} of {entity} is known" if run_id else f"{entity} was never synced"
                raise SystemicError("never_run", f"{what}: see `concord history {entity}`")
            rows = con.execute(REJECTED, [found[0][0]]).fetchall()
        return json.loads(found[0][1]), [Rejected(*row) for row in rows]

    def cells(self, entity: str) -> pa.Table:
        """The cells of the last plan as text: key, record_id, action, field, old, new, waits_for, rule."""
        with self._open(entity) as con:
            return con.execute(CELLS).to_arrow_table()

    def lacking(self, entity: Entity, others: Mapping[str, Entity]) -> list[Lacking]:
        """What the source has and the CRM lacks, and what others refer to in vain; those most wait for first."""
        with self._open(entity.name) as con:
            waiting = []
            for name, other in others.items():
                rules = [rule for rule in other.references.values() if rule.to == entity.name]
                copy = self._copy(name)
                if name == entity.name or not rules or copy is None:
                    continue
                con.execute(f'attach {literal(str(copy))} as "{name}" (read_only)')
                waiting += [waiting_sql(other, rule, name) for rule in rules if rule.missing == "skip"]
            rows = con.execute(lacking_sql(entity, waiting)).fetchall()
        return [Lacking(*row) for row in rows]

    @contextmanager
    def _open(self, entity: str) -> Iterator[duckdb.DuckDBPyConnection]:
        copy = self._copy(entity)
        if copy is None:
            raise NeverRun(entity)
        with read_copy(copy) as con:
            yield con

    def _copy(self, entity: str) -> Path | None:
        return Warehouse(self._home, entity).published(entity)
