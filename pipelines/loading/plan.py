"""What a run would do, in numbers and one hash: the thing a person approves.

The hash covers every cell but time stamps, and what the failed gates saw, and no order: the same wishes give the same
hash, whatever batch or route.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines import memory
from pipelines.declaring.gates import Back, Measures, Verdict, judge
from pipelines.loading.batching import STANDARD, Batching
from pipelines.loading.waves import cost_of, trips
from pipelines.reading.binding import Bound
from pipelines.sql import canonical_sql

MEASURE_SQL = """
select
  (select count(*) from records where not IsDeleted and fold is not null)
    + (select count(*) from work.link l join records r on r.number = l.record_number where r.fold is null),
  (select count(*) from work.actions where kind = 'update'),
  (select count(*) from work.actions where kind = 'create'),
  (select count(*) from work.cells) + (select count(*) from work.source_cells),
  (select count(*) from (select 1 from work.actions where record_id is not null group by record_id having count(*) > 1))
    + (select count(*) from (select 1 from work.actions group by fold having count(*) > 1))
    + (select count(*) from (select 1 from work.cells group by fold, field having count(*) > 1))
"""

BLANKED_SQL = """
select field, count(*)
from work.cells
where new is null and waits_for is null and old is not null and rule <> 'ended' -- whose limit is another
group by field
"""

ENDED_SQL = """
select count(distinct fold)
from work.cells
where rule = 'ended' and new is not null
"""

NOW = canonical_sql("getvariable('now')", "datetime")

HASH_SQL = f"""
select coalesce(bit_xor(md5_number(concat_ws(chr(31),
  fold, coalesce(record_id, chr(30)), field,
  coalesce(old, chr(30)),
  coalesce(case when new = {NOW} then chr(29) else new end, chr(30)),
  coalesce(waits_for, chr(30))
))), 0)::varchar || '/' || count(*)
from (
  select fold, record_id, field, old, new, waits_for
  from work.cells
  where rule not in ('synced_at', 'stamped_with')
  union all by name
  select fold, record_id, 'source ' || coalesce(field, kind) as field, old, new,
    concat_ws(chr(31), kind, mailbox, place, key) as waits_for
  from work.source_actions
  left join (select fold, field, old, new from work.source_cells) using (fold)
  union all by name
  select fold, record_id, 'removal' as field from work.removals
)
"""

AGREED_SQL = """
create or replace table work.agreed as
select fold, field, new, waits_for is not null as waits
from work.cells
where rule not in ('synced_at', 'stamped_with')
"""
"""What the gates let pass, or a person approved: `work.agreed`."""

WITHIN_AGREED_SQL = (
    """
delete from work.cells c
where c.rule not in ('synced_at', 'stamped_with') and not exists (
  select 1 from work.agreed a
  where a.fold = c.fold and a.field = c.field
    and (a.waits or (c.waits_for is null and a.new is not distinct from c.new))
)
""",
    """
delete from work.cells
where fold not in (select fold from work.cells where rule not in ('synced_at', 'stamped_with'))
""",
    "delete from work.actions where fold not in (select fold from work.cells)",
)
"""A plan made anew in mid-run loses what was not agreed to: the next run proposes it."""

BACK_SQL = """
select
  count(*) filter (kind in ('update', 'unlink')),
  count(*) filter (kind = 'create'),
  count(*) filter (kind = 'delete'),
  (select count(*) from work.source_cells)
from work.source_actions
"""

BACK_COST_SQL = "select count(*) from work.source_actions group by kind"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands in the entity's file (`work.actions`, `work.cells`)."""

    hash: str
    creates: int
    updates: int
    removals: int
    """Records to be deleted."""
    cells: int
    """On both sides."""
    cost: int
    """API calls to the CRM that carrying it out will take if all goes well."""
    gates: tuple[Verdict, ...]
    back: Back | None = None
    """What it does to the source, where that is written back to."""

    @property
    def writes(self) -> bool:
        """Whether carrying it out writes anything on either side."""
        back = self.back
        return bool(self.cells or self.removals or (back and (back.updates or back.creates or back.removals)))

    def obstacles(self, approved: str | None) -> list[Verdict]:
        """The gates that keep this plan from being carried out, given the hash that a person approved."""
        failed = [gate for gate in self.gates if not gate.passed]
        return [gate for gate in failed if not gate.approvable] if approved == self.hash else failed


def read_plan(
    con: duckdb.DuckDBPyConnection,
    bound: Bound,
    *,
    rows_before: int,
    rows_now: int,
    columns_lost: int = 0,
    batching: Batching = STANDARD,
) -> Plan:
    """The plan that the `work` tables hold, judged by the entity's gates."""
    records, updates, creates, cells, doubled = _one(con, MEASURE_SQL)
    blanked = dict(con.execute(BLANKED_SQL).fetchall())
    removals = _one(con, "select count(*) from work.removals")[0]
    measures = Measures(
        records=records,
        updates=updates,
        creates=creates,
        removals=removals,
        ended=_one(con, ENDED_SQL)[0],
        blanked=blanked,
        rows_before=rows_before if bound.entity.source.lists == "everything" else 0,
        rows_now=rows_now,
        doubled_keys=doubled,
        columns_lost=columns_lost,
        back=_back(con, bound.entity.terms, batching) if bound.entity.both else None,
    )
    gates = judge(bound.entity.gates, measures)
    cost = sum(cost_of(trip, batching) for trip in trips(con, batching, keys_ahead=True))
    cost += batching.cost_of_removals(removals)
    verified = (creates or updates) and not bound.entity.both
    return Plan(
        hash=short_hash(_one(con, HASH_SQL)[0], gates),
        creates=creates,
        updates=updates,
        removals=removals,
        cells=cells,
        cost=cost + (1 if verified else 0),
        gates=tuple(gates),
        back=measures.back,
    )


def _back(con: duckdb.DuckDBPyConnection, terms: str, batching: Batching) -> Back:
    updates, creates, removals, cells = _one(con, BACK_SQL)
    calls = sum(batching.cost_in_source(rows) for (rows,) in con.execute(BACK_COST_SQL).fetchall())
    return Back(updates, creates, removals, cells, calls, first=memory.read(con, FIRST_DONE) != terms)


FIRST_DONE = "both agreed"
"""In `meta`: the terms under which a whole plan of a two-way entity was carried out last."""


def short_hash(fingerprint: str, gates: Sequence[Verdict]) -> str:
    """Sixteen hexadecimal digits and the number of cells: short enough to type, long enough to be one plan's alone."""
    number, count = fingerprint.split("/")
    failed = ",".join(f"{gate.name}={gate.observed}" for gate in gates if not gate.passed)
    mixed = int(number) ^ (int(hashlib.sha256(failed.encode()).hexdigest(), 16) if failed else 0)
    return f"{mixed % (1 << 64):016x}-{count}"


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    rows = con.execute(sql).fetchall()
    return rows[0]
