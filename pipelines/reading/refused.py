"""Rows that cannot be used and came with changes alone: their text is kept, and judged anew with every delivery.

Table `refused_rows`: the row as it was landed, `_fold`, `_key`, and `_absent`, the columns that its file lacked. Nobody
sends such a row again, yet a time that was still to come passes, and a row of the same key takes its place. A source
with whole lists keeps nothing here, nor does one that is written back to: that one alone tells what is gone.
"""

from __future__ import annotations

import duckdb

from pipelines import memory
from pipelines.declaring.entity import Entity
from pipelines.reading.binding import Bound
from pipelines.reading.since import was_whole
from pipelines.sql import fold_sql, quote

AGAIN = "select count(*) from work.incoming where problem is not null and (problem = 'time_in_future' or $kept)"

ABSENT = """
insert into absent_columns
select distinct _file, unnest(_absent)
from refused_rows
where _file not in (select file from absent_columns)
"""

REFUSED = """
create or replace table refused_rows as
with kept as (
  select distinct _file from before_refused
)
select
  case when k._file is null then l._file || ' of ' || getvariable('run_id') else l._file end as _file,
  {rows},
  i.fold as _fold,
  i.key as _key,
  (select coalesce(list(a.name), []) from absent_columns a where a.file = l._file) as _absent
from landing.rows l
join work.incoming i on i._file = l._file and i._line = l._line
left join kept k on k._file = l._file
where i.problem is not null and i.fold is not null
"""

STILL_REFUSED = """
insert into refused_rows by name
select b.*
from before_refused b
join unusable_rows u on u.fold = b._fold and u.key = b._key
"""


def keeps_refused(entity: Entity) -> bool:
    """Whether the text of its refused rows is kept."""
    return entity.source.lists == "changes" and not entity.both


def may_pass_now(con: duckdb.DuckDBPyConnection, entity: Entity) -> bool:
    """Whether a row was refused that another moment may judge otherwise, though nothing new was landed."""
    return bool(con.execute(AGAIN, {"kept": keeps_refused(entity)}).fetchall()[0][0])


def bring_again(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    """`landing.rows` holds the refused rows as well, but for those of whose key a row was landed."""
    entity = bound.entity
    if not keeps_refused(entity) or was_whole(con, entity) or not _comparable(con, entity):
        return
    own = ", ".join(("_file", "_line", *map(quote, entity.columns)))
    landed = f"select {fold_sql(f'l.{quote(entity.source.key)}')} as fold from landing.rows l"
    con.execute(
        f"insert into landing.rows by name select {own} from refused_rows"
        f" where _fold not in (select fold from ({landed}) where fold is not null)"
    )
    con.execute(ABSENT)


def keep(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    """`refused_rows` holds what this delivery could not use, and what is refused still of those before.

    To be called while `unusable_rows` tells of those before alone. Each delivery has file names of its own here, as its
    lines are counted from one.
    """
    entity = bound.entity
    comparable = _comparable(con, entity)
    before = "from refused_rows" if comparable else "select null::varchar as _file where false"
    con.execute(f"create or replace temp table before_refused as {before}")
    con.execute(REFUSED.format(rows=", ".join(f"l.{name}" for name in ("_line", *map(quote, entity.columns)))))
    if comparable and not was_whole(con, entity):
        con.execute(STILL_REFUSED)
    con.execute("drop table before_refused")


def _comparable(con: duckdb.DuckDBPyConnection, entity: Entity) -> bool:
    """Rows that were kept have every column that is asked for today."""
    return {quote(name) for name in entity.columns} <= memory.columns(con, "refused_rows")
