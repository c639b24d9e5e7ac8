"""Rows of a two-way entity that a person excluded: they are left alone on both sides until they are released.

Table `excepted` (fold) remembers them: keys of rows, and ids of records, without case. `work.excepted` has those of a
run: the remembered ones and those that it was asked to leave out, which only a run that is carried out remembers.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from pipelines.ports.world import SystemicError
from pipelines.sql import fold_sql

TABLE = "create table if not exists excepted (fold varchar)"

REMEMBER = "insert into excepted select fold from work.excepted where fold not in (select fold from excepted)"

ASKED = f"""
create or replace temp table asked_out as
select k.key, coalesce(r.fold, {fold_sql("k.key")}) as fold, r.fold is not null or s.fold is not null as known
from asked_keys k
left join (
  select Id as name, lower(Id) as fold from records
  union
  select left(Id, 15), lower(Id) from records -- as people copy it from an older page
) r on r.name = k.key
left join source s on s.fold = {fold_sql("k.key")}
"""


def choose_excepted(con: duckdb.DuckDBPyConnection, keys: Iterable[str]) -> None:
    """`work.excepted` is there. Raises SystemicError where a key is neither a row's nor the id of a record.

    A mistyped key would let the very row be written that somebody meant to keep back.
    """
    con.register("asked_keys", pa.table({"key": pa.array(sorted(set(keys)), pa.string())}))
    con.execute(ASKED)
    con.unregister("asked_keys")
    unknown = [key for (key,) in con.execute("select key from asked_out where not known order by key").fetchall()]
    if unknown:
        raise SystemicError(
            "unknown_keys",
            f"{len(unknown)} of the keys to leave out are neither a row's nor the id of a record ({unknown[0]} is the"
            " first): copy them from `concord plan --csv`, one a line",
        )
    con.execute("create or replace table work.excepted as select fold from excepted union select fold from asked_out")


RELEASED = """
create or replace temp table let_in as
select fold from released_keys
union
select lower(record_id) from links where fold in (from released_keys)
union
select fold from links where lower(record_id) in (from released_keys)
"""


def let_in(con: duckdb.DuckDBPyConnection) -> int:
    """What `released_keys` (fold) name by key or record is excluded no longer, nor parted; how many were excluded."""
    con.execute(RELEASED)
    count = int(con.execute("select count(*) from excepted where fold in (from let_in)").fetchall()[0][0])
    for table in ("excepted", "parted"):
        con.execute(f"delete from {table} where fold in (from let_in)")
    return count
