"""The source as it was last told, row by row: what a feed brings is merged over what earlier ones brought.

Table `source`: number, key, fold, merged_fold, the feed's columns as values of their fields' types, row_hash,
content_hash (see `reconcile`), given_at (the change time that the source itself gave), changed_at (that, else when the
row was first seen so), present, and of two sides told (a reading has shown it, and not our own writing alone). What
makes a row unusable is asked in `normalise`.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.reading.awaiting import TOLD, told_sql
from pipelines.reading.binding import Bound
from pipelines.reading.normalise import row_hash_sql
from pipelines.sql import duckdb_type, fold_sql, given, hash_sql, quote, said


def source_sql(bound: Bound, *, known: Collection[str]) -> str:
    """Creates `source` anew: the incoming rows without a problem over the rows known before.

    `known` are the columns, quoted, of the present `source`, none when there is none. A row that a full list no longer
    has stays, `present = false`: absence changes nothing. So does one that its source tells is gone.
    """
    types = {given(column): duckdb_type(info.type) if info else "varchar" for column, info in bound.columns.items()}
    own = {quote(name): "varchar" for name in ("key", "fold", "merged_fold")}
    spoken = {said(column): "boolean" for column in bound.clearing}
    columns = {**own, **types, **spoken, quote("row_hash"): "ubigint"}
    fresh = ",\n    ".join(f"i.{column}" for column in columns)
    touched = "case when o.row_hash = i.row_hash then o.changed_at end, " if known else ""
    # content that comes again with an older time does not make what came between look new
    latest = "greatest(i.given_changed_at, o.given_at)" if known else "i.given_changed_at"
    merged = f"""
create or replace table source as
with fresh as (
  select
    {fresh},
    {latest} as given_at,
    coalesce(i.given_changed_at, {touched}getvariable('now')) as changed_at,
    true as present{", true as told" if bound.entity.both else ""}
  from work.incoming i
  {"left join source_known o on o.fold = i.fold" if known else ""}
  where i.problem is null
)
"""
    numbered = f"select row_number() over () as number, *, {_content_hash_sql(bound)} as content_hash"
    if not known:
        return f"{merged}{numbered} from fresh"
    old = ",\n  ".join(
        f"try_cast(o.{column} as {kind}) as {column}" if column in known else f"cast(null as {kind}) as {column}"
        for column, kind in columns.items()
    )
    still = "o.present"
    if bound.entity.source.lists == "everything":
        still = "exists (select 1 from work.incoming i where i.fold = o.fold)"
    elif bound.entity.both:
        still = f"o.present and o.fold not in (select {fold_sql('key')} from landing.removed)"
    told = ""
    if bound.entity.both:
        told = f",\n  {told_sql('o', known)} as {TOLD}"
    return f"""{merged}{numbered} from (
select * from fresh
union all by name
select
  {old},
  o.given_at,
  o.changed_at,
  {still} as present{told}
from source_known o
where not exists (select 1 from work.incoming i where i.fold = o.fold and i.problem is null)
)
"""


def made_by_us_sql(bound: Bound, rows: str) -> str:
    """Adds to `source` the typed rows of that relation, with their `key`, as we made them and the source answered.

    They are there from then on as if they had been read, so that their removal is noticed, be it before the next
    reading.
    """
    spoken = "".join(f",\n    true as {said(column)}" for column in bound.clearing)
    return f"""
insert into source by name
with made as (
  select
    * exclude (_key),
    _key as key,
    lower(_key) as fold,
    cast(null as varchar) as merged_fold{spoken}
  from {rows}
)
select
  *,
  (select coalesce(max(number), 0) from source) + row_number() over () as number,
  {row_hash_sql(bound)} as row_hash,
  {_content_hash_sql(bound)} as content_hash,
  getvariable('now') as changed_at,
  true as present,
  false as told
from made
where fold not in (select fold from source)
"""


def _content_hash_sql(bound: Bound) -> str:
    return hash_sql(given(str(field.rule.source_column)) for field in bound.compared)
