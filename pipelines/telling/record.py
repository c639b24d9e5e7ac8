"""What a run found out is remembered: links after each round, then state, outcomes and counts in one transaction."""

from __future__ import annotations

import json

import duckdb

from pipelines import memory
from pipelines.declaring.conditions import resolved
from pipelines.linking.missing import missing_sql
from pipelines.linking.scope import LOST_RECORDS, own_targets_sql
from pipelines.reading.binding import Bound
from pipelines.reading.delivery import accepted
from pipelines.reading.reading import USABLE_ROWS
from pipelines.reading.snapshot import reference_links_sql
from pipelines.reconciling.status import NEWER, alive_sql
from pipelines.sql import fold_sql, given, literal, quote
from pipelines.telling.outcomes import Phase, settled_sql
from pipelines.telling.report import Report

LINKS = (
    # a row whose record went to its survivor keeps no link of its own
    f"""
delete from links
where fold in (select fold from work.link where verdict in ('linked: rekeyed_to_survivor', 'skipped: merged'))
  and fold not in ({LOST_RECORDS}) -- people deleted it: should the merger be taken back, it stays deleted
  and fold not in (select fold from work.outcomes where outcome = 'failed')
""",
    """
create or replace temp table fresh_links as
select o.fold, o.key, o.record_id
from work.outcomes o
join work.link l on l.fold = o.fold
where o.record_id is not null
  and l.verdict is null
  and (o.outcome <> 'failed' or l.how in ('stored', 'key'))
""",
    "delete from links where fold in (select fold from fresh_links)",
    "insert into links select fold, key, record_id from fresh_links",
)


def _referring_sql(bound: Bound) -> str:
    """Boolean of a row `s` and its outcome `o`: nothing that its record should refer to is missing."""
    missing = " or ".join(
        f"(s.{quote(resolved(name))} is null and s.{given(rule.column)} is not null)"
        for name, rule in bound.entity.references.items()
        if rule.missing == "skip"
    )
    return f"not (o.record_id is not null and {alive_sql(bound.entity)} and ({missing}))" if missing else "true"


UNBLOCKED = "o.fold not in (select fold from work.asked_blocked)"
"""Boolean of an outcome `o`: no flag kept a cell back, so that lifting a flag changes nothing."""

STATE = (
    f"""
create or replace temp table fresh_state as
select
  s.fold,
  s.row_hash,
  -- what the plan knew: a parent that came to be later is only written where the row waited for it
  case when s.fold in (select fold from work.waited) then s.ref_hash else k.ref_hash end as ref_hash,
  {{settled}} as settled,
  case
    when o.outcome = 'failed' and o.code_class = 'row' then
      case
        when t.row_hash = s.row_hash and t.ref_hash = k.ref_hash and not {NEWER} then coalesce(t.failures, 0)
        else 0
      end + 1
    when o.reason = 'quarantined' or o.outcome = 'failed' then coalesce(t.failures, 0)
    else 0
  end as failures,
  o.outcome,
  o.reason,
  s.given_at
from work.rows s
join work.asked_refs k on k.fold = s.fold
join work.outcomes o on o.fold = s.fold and o.key is not null
left join state t on t.fold = s.fold
where o.outcome is not null and coalesce(o.reason, '') <> 'gate'
qualify row_number() over (partition by s.fold) = 1
""",
    "delete from state where fold in (select fold from fresh_state)",
    "insert into state by name select *, getvariable('run_id') as run_id from fresh_state",
)


def _written_keys_sql(bound: Bound) -> str:
    """`records` has the keys that this run wrote: others refer by them, and the next snapshot may be a day away."""
    key = bound.entity.target.key
    return f"""
update records set {quote(key)} = c.new, fold = {fold_sql("c.new")}
from batch_cells c
join results x on x.batch = c.batch and x.fold = c.fold and x.status = 'success'
where c.field = {literal(key)} and x.record_id = records.Id
  and c.batch in (select batch from batches where run_id = getvariable('run_id'))
"""


def record_links(con: duckdb.DuckDBPyConnection) -> None:
    """`links` says which record each row of this round was found, or got."""
    for statement in LINKS:
        con.execute(statement)


def record(con: duckdb.DuckDBPyConnection, bound: Bound, *, everything: bool) -> None:
    """What a loaded run found out is remembered. `everything`: the whole source was compared under this declaration."""
    con.execute("create or replace table work.scope as from work.asked")
    con.execute("create or replace table work.link as from work.asked_link")
    con.execute(_written_keys_sql(bound))
    if bound.entity.refers_to_itself:
        con.execute("delete from work.targets where entity = ?", [bound.entity.name])
        con.execute(own_targets_sql(bound.entity))
    settled = f"({settled_sql(bound.entity)}) and {UNBLOCKED} and {_referring_sql(bound)}"
    for statement in STATE:
        con.execute(statement.replace("{settled}", settled))
    memory.write(con, "filled_before", memory.read(con, "filled") or "{}")
    memory.write(con, "rows_before", str(con.execute(USABLE_ROWS).fetchall()[0][0]))
    if everything:
        memory.write(con, "declaration", bound.entity.fingerprint)


def write_run(con: duckdb.DuckDBPyConnection, report: Report) -> None:
    """The run is in the history."""
    con.execute(
        "insert into runs values (?, ?, ?, ?, cast(? as timestamptz)::timestamp, ?, ?, ?, ?, ?)",
        [
            report.run_id,
            report.mode,
            report.scope,
            report.status,
            report.started_at.isoformat(),
            report.seconds,
            report.extracted,
            report.api_calls,
            report.plan_hash,
            json.dumps(report.as_json()),
        ],
    )


KEPT_RUNS = 200
"""Runs whose rows and cells stay in the history; the runs themselves all do."""

FORGET = (
    """
create or replace temp table old_runs as
select run_id from runs
where status <> 'skipped'
qualify row_number() over (order by started_at desc) > ?
""",
    "delete from outcomes where run_id in (select run_id from old_runs)",
    "delete from batch_cells where batch in (select batch from batches where run_id in (select run_id from old_runs))",
)


def write_outcomes(con: duckdb.DuckDBPyConnection, bound: Bound, phase: Phase) -> None:
    """The outcomes are in the history (but for what stayed as it was); `reference_links` and `missing` are current."""
    con.execute(
        """
insert into outcomes
select getvariable('run_id'), file, line, key, record_id, outcome, reason, field, code_class, message
from work.outcomes
where outcome <> 'unchanged'
"""
    )
    if phase == "loaded" and bound.entity.life:
        # of the rows that this run was about alone: what a gate holds back is not carried out through another entity
        con.execute("delete from ended where fold in (select fold from work.scope)")
        con.execute(
            "insert into ended select fold from work.facts where ended and fold in (select fold from work.scope)"
        )
    links = reference_links_sql(accepted(con), inherits=bound.entity.inherits)
    con.execute(f"create or replace table reference_links as {links}")
    for statement in missing_sql(bound):
        con.execute(statement)
    con.execute(FORGET[0], [KEPT_RUNS])
    for statement in FORGET[1:]:
        con.execute(statement)
