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

from pipelines.declaring.agreed_rules import Related
from pipelines.declaring.entity import Entity
from pipelines.ports.world import SystemicError
from pipelines.sql import literal, quote
from pipelines.telling.record import KEPT_RUNS
from pipelines.telling.report import result_of
from pipelines.telling.waiting import lacking_sql, waiting_sql
from resources.warehouse import Warehouse, read_copy

ERRORS = "outcome = 'failed' or outcome = 'held' and reason <> 'gate'"
SUCCESSES = "outcome in ('created', 'updated', 'linked', 'deactivated', 'deleted')"

# our own words are written small, Salesforce's codes in capitals
ROWS = """
select
  key, record_id, outcome, reason, field, case when reason = upper(reason) then reason end as code, code_class,
  message, file, line
from outcomes
where run_id = ? and ({wanted})
order by outcome, reason, key, line
"""

FOUND = """
select run_id, report, place > ? as forgotten
from (select *, row_number() over (order by started_at desc) as place from runs)
where {wanted}
order by place
"""
LAST = "mode = 'sync' and plan_hash is not null and ? = 'last'"
BEGINNING = "starts_with(run_id, ?)"

CELLS = """
select
  coalesce(s.key, c.fold) as key,
  c.record_id,
  case when a.kind = 'create' then 'create' else 'update' end as action,
  c.field,
  c.old,
  c.new,
  c.waits_for,
  c.rule,
  'crm' as side,
  {why} as why
from work.cells c
join work.actions a on a.fold = c.fold
left join source s on s.fold = c.fold
{sides}
"""

IN_ORDER = "order by key, action, side, field"

BOTH_SIDES = """
union all
select coalesce(a.key, a.record_id), a.record_id, a.kind, c.field, c.old, c.new, null, null, 'source', c.why
from work.source_actions a
left join work.source_cells c on c.fold = a.fold
where a.kind in ('create', 'update')
union all
select a.key, a.record_id, a.kind, d.field, d.theirs, null, null, null, 'source',
  if(a.kind = 'delete', 'deleted_here', 'unlinked')
from work.source_actions a
left join work.sides d on d.fold = a.fold and d.theirs is not null
where a.kind in ('delete', 'unlink')
union all
select s.key, g.record_id, 'delete', d.field, d.ours, null, null, null, 'crm', 'deleted_there'
from work.removals g
join source s on s.fold = g.fold
left join work.sides d on d.fold = g.fold and d.ours is not null
union all
select s.key, l.record_id, 'hold', d.field, d.ours, d.theirs, null, null, 'neither', d.why
from work.sides d
join work.link l on l.fold = d.fold and l.verdict = 'held: conflict'
join source s on s.fold = d.fold
where d.flow = 'hold'
"""
"""What else a two-way entity's plan does; of what a person is to decide, old is the CRM's value, new the source's.

Of what is deleted, or loses its link, old is what is there, in the CRM's words.
"""

WHY = "coalesce(d.why, case when a.kind = 'create' then 'not_here' else c.rule end)"
SIDES = "left join work.sides d on d.fold = c.fold and d.field = c.field"
HAS_SIDES = "select 1 from information_schema.tables where table_schema = 'work' and table_name = 'sides'"


class NeverRun(SystemicError):
    """Nothing is known of an entity yet."""

    def __init__(self, entity: str) -> None:
        super().__init__("never_run", f"nothing is known of {entity} yet: run `concord plan {entity}` first")


@dataclass(frozen=True, slots=True)
class Row:
    """A source row and what a run made of it. `code` is Salesforce's; `message` may hold values of the row."""

    key: str | None
    record_id: str | None
    outcome: str
    reason: str | None
    field: str | None
    code: str | None
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

    KEPT_RUNS = KEPT_RUNS

    def __init__(self, home: Path) -> None:
        self._home = home

    def runs(self, entity: str, count: int, *, syncs: bool = False) -> list[Run]:
        """The reports of the last runs (`syncs`: but for dry ones), the latest first; none if it never ran."""
        where = "where mode = 'sync'" if syncs else ""
        sql = f"select report from runs {where} order by started_at desc limit ?"
        if self._copy(entity):
            with self._open(entity) as con:
                rows = con.execute(sql, [count]).fetchall()
            rows = [*reversed(self._skipped(entity)), *rows][:count]
        else:
            rows = self._of_file(entity, sql, count)
        return [_run(report) for (report,) in rows]

    def _skipped(self, entity: str) -> list[tuple[str]]:
        """Runs that were skipped since the copy was published."""
        file = Warehouse(self._home, entity).skipped
        return [(line,) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def run(self, entity: str, wanted: str = "last") -> tuple[Run, bool]:
        """The run of this id, or the only one that begins so, and whether its rows are kept no longer.

        `last` is the last sync that came to its rows. Raises SystemicError `never_run` where there is none such.
        """
        with self._open(entity) as con:
            which = LAST if wanted == "last" else BEGINNING
            found = con.execute(FOUND.format(wanted=which), [KEPT_RUNS, wanted]).fetchall()
        if not found:
            what = f"{entity} was never synced" if wanted == "last" else f"no run {wanted} of {entity} is known"
            raise SystemicError("never_run", f"{what}: see `concord history {entity}`")
        exact = [row for row in found if row[0] == wanted] or found
        if wanted != "last" and len({row[0] for row in exact}) > 1:
            ids = ", ".join(row[0] for row in exact[:5])
            raise SystemicError("ambiguous_run", f"{len(exact)} runs of {entity} begin with {wanted}: {ids}")
        _, report, forgotten = exact[0]
        return _run(report), forgotten

    def rows(self, entity: str, run_id: str, *, successes: bool, errors: bool) -> list[Row]:
        """The rows that the run wrote, or would have; and those that it failed with or held back."""
        wanted = " or ".join([SUCCESSES] * successes + [ERRORS] * errors)
        with self._open(entity) as con:
            rows = con.execute(ROWS.format(wanted=wanted or "false"), [run_id]).fetchall()
        return [Row(*row) for row in rows]

    def cells(self, entity: str) -> pa.Table:
        """The cells of the last plan as text: key, record_id, action, field, old, new, waits_for, rule, side, why.

        `side` is the one that is written, `crm` or `source`; `neither` where a person is to decide. `why` is a code,
        and null where the rule says it all.
        """
        with self._open(entity) as con:
            both = bool(con.execute(HAS_SIDES).fetchall())
            cells = CELLS.format(why=WHY if both else "cast(null as varchar)", sides=SIDES if both else "")
            return con.execute(f"{cells}{BOTH_SIDES if both else ''}{IN_ORDER}").to_arrow_table()

    def related(self, entity: Entity) -> dict[str, int]:
        """How many live records of the org have each field in which the source relates them to others."""
        fields = [name for name, rule in entity.fields.items() if isinstance(rule, Related) and rule.missing == "keep"]
        counts = ", ".join(f"count({quote(name)})" for name in fields)
        with self._open(entity.name) as con:
            [row] = con.execute(f"select {counts} from records where not IsDeleted").fetchall()
        return dict(zip(fields, row, strict=True))

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

    def _of_file(self, entity: str, sql: str, count: int) -> list[tuple[str]]:
        """From the entity's own file: nothing is published before a run came to a plan, however many failed."""
        path = Warehouse(self._home, entity).path
        if not path.exists():
            return []
        try:
            with read_copy(path) as con:
                return con.execute(sql, [count]).fetchall()
        except duckdb.IOException:  # a run is writing it right now
            return []

    @contextmanager
    def _open(self, entity: str) -> Iterator[duckdb.DuckDBPyConnection]:
        copy = self._copy(entity)
        if copy is None:
            raise NeverRun(entity)
        with read_copy(copy) as con:
            yield con

    def _copy(self, entity: str) -> Path | None:
        return Warehouse(self._home, entity).published(entity)


def _run(report: str) -> Run:
    """The JSON of a report; those of the first versions did not tell their result."""
    run: dict[str, Any] = json.loads(report)
    return {**run, "result": result_of(run["mode"], run["status"])}
