"""A delivery of the feed is a candidate until its plan is carried out: one only looked at, or held, leaves no trace.

`source` holds the rows with the candidate, `source_known` those without it, as long as it is one. A candidate that no
run carried out is taken back by the next one, which makes its own from the feed as it then is.
"""

from __future__ import annotations

import duckdb

from pipelines import memory
from pipelines.reading.binding import Bound
from pipelines.reading.normalise import incoming_sql, repeats_sql
from pipelines.reading.refused import bring_again, keep, keeps_refused
from pipelines.reading.since import tells_changes, was_whole
from pipelines.reading.source_rows import source_sql

HELD = """
insert into held_rows
select i.fold, min(i.key), getvariable('run_id')
from work.incoming i
where i.fold is not null and i.problem is null and i.fold not in (select fold from held_rows)
group by i.fold
"""

DELIVERED = (
    "delete from held_rows where fold in (select fold from work.incoming)",
    # of two keys that only case tells apart the one may come again, and the other is still refused
    """
delete from unusable_rows u
where exists (
  select 1 from work.incoming i where i.fold = u.fold and (i.key = u.key or u.problem <> 'duplicate_key'))
""",
)

UNUSABLE = """
insert into unusable_rows
select i.fold, i.key, any_value(i.problem), any_value(i.problem_column)
from work.incoming i
where i.fold is not null and i.problem is not null
group by i.fold, i.key
"""


VANISHED = (
    "delete from vanished_rows",
    """
insert into vanished_rows
select s.fold, s.key
from source s
where s.present and s.fold not in (select fold from work.incoming where fold is not null)
""",
)

STILL_THERE = "delete from vanished_rows where fold in (select fold from work.incoming)"


def bring(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    """`work.incoming` and `source` hold what was landed, and what was refused before, over what is known."""
    if memory.has(con, "source"):
        con.execute("alter table source rename to source_known")
    known = memory.columns(con, "source_known")
    bring_again(con, bound)
    con.execute(repeats_sql(bound))
    con.execute(incoming_sql(bound, known=known, whole=was_whole(con, bound.entity)))
    con.execute(source_sql(bound, known=known))
    if not known:
        con.execute("create table source_known as from source limit 0")


def accept(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    """The candidate is what the source said: its plan is about to be carried out.

    Rows that cannot be used, and came with changes alone, are told until they come again, lest they be forgotten. So
    are rows that a source which tells changes lacked when it was read in full; they go on being followed as they were
    last told, as absence does nothing to them.
    """
    con.execute("drop table if exists source_known")
    for statement in DELIVERED:
        con.execute(statement)
    if keeps_refused(bound.entity):
        keep(con, bound)
    if bound.entity.source.lists == "changes":
        con.execute(UNUSABLE)
    con.execute(STILL_THERE)
    if tells_changes(bound.entity) and was_whole(con, bound.entity):
        for statement in VANISHED:
            con.execute(statement)


def take_back(con: duckdb.DuckDBPyConnection) -> bool:
    """`source` is as if the last candidate had never come; False if there was none."""
    if not memory.has(con, "source_known"):
        return False
    con.execute("drop table if exists source")
    con.execute("alter table source_known rename to source")
    return True


def accepted(con: duckdb.DuckDBPyConnection) -> str:
    """The table with what the source said as far as it was carried out."""
    return "source_known" if memory.has(con, "source_known") else "source"


def remember_held(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    """Rows that came with changes alone, and were held: they are told until they come again, lest they be forgotten."""
    if bound.entity.source.lists == "changes":
        con.execute(HELD)
