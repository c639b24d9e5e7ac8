"""From both sides as they are to the cells that should change: scope, link, reconcile, in one connection.

Each step is SQL text from its own module; this one only puts them in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.both_sides.excepting import choose_excepted
from pipelines.both_sides.moved import KNOWN_BY, companions_sql
from pipelines.both_sides.pairing import EVERY, Pairing, before_matching_sql, pairing_sql, relinking
from pipelines.both_sides.way_back import TABLES as TABLES_OF_WAY_BACK
from pipelines.both_sides.way_back import way_back_sql
from pipelines.linking.facts import facts_sql, listed_sql
from pipelines.linking.link import link_sql
from pipelines.linking.matching import match_sql, rivals_sql, without_rivals_sql
from pipelines.linking.mergers import HEIRS, HELD_HEIRS
from pipelines.linking.missing import hold_twins_sql
from pipelines.linking.scope import (
    Keys,
    Scope,
    Slice,
    circles_sql,
    covers_everything,
    linked_targets_sql,
    own_targets_sql,
    reference_joins_sql,
    resolved_columns_sql,
    rows_sql,
    scope_sql,
)
from pipelines.ports.world import SystemicError
from pipelines.reading.binding import Bound
from pipelines.reading.gone_targets import FOLLOWED
from pipelines.reading.gone_targets import TABLE as GONE_TARGETS
from pipelines.reading.looked_up import elsewhere_sql
from pipelines.reconciling.circles import forget_links, hold_circles
from pipelines.reconciling.reconcile import reconcile_sql
from pipelines.reconciling.status import NEWER
from pipelines.sql import fold_sql, literal, quote

TARGETS = (
    GONE_TARGETS,
    "create or replace table work.targets (entity varchar, fold varchar, record_id varchar)",
    "create or replace table work.ended_targets (entity varchar, fold varchar)",
)

RESTING = "select count(*) from state where failures >= ?"
"""Asked first, as the rows in scope with all that they refer to are not joined for nothing."""

QUARANTINED = f"""
update work.link set verdict = 'held: quarantined', record_id = null, record_number = null
from state t
join work.rows s on s.fold = t.fold
where t.fold = link.fold and t.failures >= ?
  and t.row_hash = s.row_hash and t.ref_hash = s.ref_hash and not {NEWER}
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows, and whether those without a record may get one."""

    scope: Scope | None
    """None: `work.scope` holds the rows already."""
    creates: bool
    hold_twins: bool = False
    releases: bool = False
    """Rows in quarantine are tried again."""
    excepted: frozenset[str] = frozenset()
    """Keys of rows, and ids of records, that a person leaves out of a two-way entity."""
    whole: bool = True
    """Both sides are looked at whole: records that the source lacks, and what was deleted on a side, count as well."""


def think(con: duckdb.DuckDBPyConnection, bound: Bound, wish: Wish, published: dict[str, Path]) -> None:
    """`work.link`, `work.cells` and `work.actions` hold what should happen to every row in scope."""
    for name in (path_name for path_name in bound.entity.depends_on if path_name in published):
        con.execute(f"attach if not exists {literal(str(published[name]))} as {quote(other(name))} (read_only)")
    # the tables of `work` live for one run: packing them tightly takes longer than all the joins
    con.execute("set force_compression = 'uncompressed'")
    con.execute("begin")
    _think(con, bound, wish, published)
    con.execute("commit")
    con.execute("set force_compression = 'auto'")
    for name in bound.entity.depends_on:
        con.execute(f"detach {quote(other(name))}")


def other(name: str) -> str:
    """The name under which another entity's published copy is attached."""
    return f"published {name}"


def _think(con: duckdb.DuckDBPyConnection, bound: Bound, wish: Wish, published: dict[str, Path]) -> None:
    entity = bound.entity
    read_targets(con, bound, published)
    facts = facts_sql(bound, resolved_columns_sql(bound), reference_joins_sql(bound))
    for statement in (*listed_sql(bound), *facts):
        con.execute(statement)
    if wish.scope is not None:
        choose(con, bound, wish.scope)
        if entity.both:
            choose_excepted(con, wish.excepted)
    _link(con, bound, wish.scope)
    for statement in pairing_sql(bound, _pairing(con, wish)) if entity.both else ():
        con.execute(statement)
    for statement in circles_sql(entity):
        con.execute(statement)
    forget_links(con, entity)
    if not wish.releases and con.execute(RESTING, [entity.retries]).fetchall()[0][0]:
        con.execute(QUARANTINED, [entity.retries])
    if wish.hold_twins:
        for statement in hold_twins_sql(bound):
            con.execute(statement)
    closing = True
    while closing:
        con.execute(HELD_HEIRS)
        for statement in reconcile_sql(bound, creates=wish.creates):
            con.execute(statement)
        for statement in way_back_sql(bound) if entity.both and wish.whole else TABLES_OF_WAY_BACK:
            con.execute(statement)
        closing = hold_circles(con, entity)


def _pairing(con: duckdb.DuckDBPyConnection, wish: Wish) -> Pairing:
    return Pairing(whole=wish.whole, relinking=relinking(con), records=_records_of(wish.scope))


def _records_of(scope: Scope | None) -> str:
    """Records without a row belong to runs that are about everything, or about them by name; not to what is retried."""
    if scope is not None and covers_everything(scope):
        return EVERY
    return "lower(r.Id) in (select fold from wanted_keys)" if isinstance(scope, Keys) else "false"


def _link(con: duckdb.DuckDBPyConnection, bound: Bound, scope: Scope | None) -> None:
    """`work.link` says which record each row in scope has, and `work.rows` shows both."""
    entity = bound.entity
    if entity.both:
        con.execute(KNOWN_BY)
    for statement in (*rivals_sql(entity), *link_sql(entity)):
        con.execute(statement)
    con.execute(HEIRS)
    con.execute(rows_sql(bound))
    for statement in before_matching_sql(bound) if entity.both else ():
        con.execute(statement)
    for statement in linked_targets_sql(entity) if entity.refers_to_itself else ():
        con.execute(statement)
    for match in entity.match:
        for statement in match_sql(bound, match):
            con.execute(statement)
    for statement in companions_sql(_records_of(scope)) if entity.both else ():
        con.execute(statement)
    for statement in without_rivals_sql(entity):
        con.execute(statement)
    for statement in linked_targets_sql(entity) if entity.refers_to_itself else ():
        con.execute(statement)


def read_targets(con: duckdb.DuckDBPyConnection, bound: Bound, published: dict[str, Path]) -> None:
    """`work.targets` says which record each source key means, for this entity and all it refers to."""
    for statement in TARGETS:
        con.execute(statement)
    if bound.entity.refers_to_itself:
        con.execute(own_targets_sql(bound.entity))
    for name in bound.entity.depends_on:
        if name not in published:
            raise SystemicError(
                "not_synced_yet",
                f"{bound.entity.name} refers to {name}, which was never synced: run `concord sync {name}` first",
            )
        _same_org(con, name)
        links = f"{quote(other(name))}.reference_links"
        con.execute(f"insert into work.targets select {literal(name)}, fold, record_id from {links}")
        if bound.entity.life and bound.entity.life.ends_with:
            ended = f"{quote(other(name))}.ended"
            con.execute(f"insert into work.ended_targets select {literal(name)}, fold from {ended}")
    for statement in FOLLOWED if bound.entity.depends_on else ():
        con.execute(statement)
    for statement in elsewhere_sql(bound):
        con.execute(statement)


def _same_org(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Record ids of another org mean nothing here."""
    theirs = con.execute(f"select value from {quote(other(name))}.meta where name = 'org'").fetchall()
    ours = memory.read(con, "org")
    if ours and theirs and theirs[0][0] != ours:
        raise SystemicError(
            "another_org",
            f"the published copy of {name} belongs to org {theirs[0][0]}, this file to org {ours}:"
            f" run `concord sync {name}` against this org, in a CONCORD_HOME of its own",
        )


def choose(con: duckdb.DuckDBPyConnection, bound: Bound, scope: Scope) -> None:
    """`work.scope` holds the rows that the run is about."""
    if isinstance(scope, Slice):
        for name, moment in (("slice_start", scope.start), ("slice_end", scope.end)):
            con.execute(f"set variable {name} = cast(? as timestamp)", [moment.astimezone(UTC).replace(tzinfo=None)])
    if isinstance(scope, Keys):
        register_keys(con, scope)
    con.execute(scope_sql(bound, scope))


def register_keys(con: duckdb.DuckDBPyConnection, keys: Keys) -> None:
    """The table `wanted_keys` (fold): not a temporary one, as the outcomes are told in another connection."""
    con.register("asked_keys", pa.table({"key": pa.array(sorted(keys.keys), pa.string())}))
    con.execute(f"create or replace table wanted_keys as select {fold_sql('key')} as fold from asked_keys")
    con.unregister("asked_keys")
