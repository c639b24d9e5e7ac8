"""The CRM's records as the entity's file holds them: kept up to date page by page, deletions and mergers included.

Tables: `records` (number, Id, fold = the key without case, the declared fields with tidied text, IsDeleted,
MasterRecordId, SystemModstamp, LastModifiedById, content_hash: see `reconcile`) and `double_keys` (fold of keys that
several live records have).
Asking the org for pages is `resources/`' work.
"""

from __future__ import annotations

from pipelines.linking.mergers import heirs_sql, winners_sql
from pipelines.reading.binding import RECORD_FIELDS, Bound
from pipelines.sql import duckdb_type, fold_sql, hash_sql, quote, tidy_sql

OVERLAP_SECONDS = 300
"""How far an incremental snapshot reaches back: a change is stamped when it begins and seen when it is committed."""

WIDEST_GAP_DAYS = 14
"""Deleted records can be queried for fifteen days; after a longer pause everything is compared."""


def empty_records_sql(bound: Bound) -> list[str]:
    """Creates an empty `records`."""
    columns = ",\n  ".join(f"{quote(name)} {duckdb_type(bound.type_of(name))}" for name in bound.record_fields)
    absent = [f"{name} varchar" for name in _absent(bound)]
    own = ",\n  ".join(("number bigint", columns, *absent, "fold varchar", "content_hash ubigint"))
    return [f"create or replace table records (\n  {own}\n)", DOUBLE_KEYS]


def pages_sql(bound: Bound, pages: str) -> str:
    """Selects the rows of the relation `pages` as rows of `records`."""
    absent = (f"cast(null as varchar) as {name}" for name in _absent(bound))
    columns = ",\n  ".join([*(_column_sql(bound, name) for name in bound.record_fields), *absent])
    key = f"p.{quote(bound.entity.target.key)}"
    return f"select\n  {columns},\n  {fold_sql(key)} as fold\nfrom {pages} p"


def _absent(bound: Bound) -> tuple[str, ...]:
    """Records that cannot be merged name no master."""
    return tuple(name for name in RECORD_FIELDS if name not in bound.record_fields)


def _column_sql(bound: Bound, name: str) -> str:
    kind = duckdb_type(bound.type_of(name))
    column = f"p.{quote(name)}"
    return f"{tidy_sql(column) if kind == 'varchar' else f'cast({column} as {kind})'} as {quote(name)}"


def replace_sql(bound: Bound, pages: str) -> list[str]:
    """`records` holds exactly the rows of `pages`, and tombstones of those records that were known and are gone."""
    return [
        "create or replace temp table gone as\n"
        "select r.number, r.Id, r.MasterRecordId from records r\n"
        f"where not exists (select 1 from {pages} p where p.Id = r.Id)",
        f"create or replace table records as\n{_numbered_sql(bound, pages)}",
        "insert into records by name select number, Id, true as IsDeleted, MasterRecordId from gone",
        "drop table gone",
        DOUBLE_KEYS,
    ]


def merge_sql(bound: Bound, pages: str) -> list[str]:
    """Rows of `pages` replace those of the same Id; the rest stay."""
    return [
        f"delete from records where Id in (select Id from {pages})",
        f"insert into records by name\n{_numbered_sql(bound, pages)}",
        DOUBLE_KEYS,
    ]


def _numbered_sql(bound: Bound, pages: str) -> str:
    content = hash_sql(f"q.{quote(field.name)}" for field in bound.compared)
    rows = pages_sql(bound, pages)
    return f"select nextval('record_numbers') as number, q.*, {content} as content_hash from (\n{rows}\n) q"


DOUBLE_KEYS = """
create or replace table double_keys as
select fold from records
where not IsDeleted and fold is not null
group by fold
having count(*) > 1
"""


def reference_links_sql(source: str = "source", *, inherits: bool = True) -> str:
    """Selects (fold, record_id) for every source key with a live record: linked, merged into one, or keyed in the CRM.

    This is what other entities resolve their references by. `source` is the table that tells mergers; `inherits`: a
    merged row means its survivor's record. A record that people merged into another means that one, whosever it is.
    """
    heirs = heirs_sql(source) if inherits else "select null as fold, null as heir where false"
    return f"""
with live as (
  select l.fold, l.record_id
  from links l
  left join records r on r.Id = l.record_id
  where not coalesce(r.IsDeleted, false) -- unknown: created since the last snapshot
    and coalesce(r.fold, l.fold) = l.fold -- somebody gave it another key
    and not exists (select 1 from records k where k.fold = l.fold and not k.IsDeleted and k.Id <> l.record_id)
),
direct as (
  select fold, record_id from live
  union all
  select r.fold, r.Id
  from records r
  where r.fold is not null and not r.IsDeleted
    and r.fold not in (select fold from live)
    and r.fold not in (select fold from double_keys)
    and not exists (
      select 1
      from links l
      join records o on o.Id = l.record_id
      where l.fold = r.fold and l.record_id <> r.Id and not o.IsDeleted
    )
),
followed as (
  select l.fold, w.Id as record_id
  from links l
  join ({winners_sql()}) w on w.loser = l.record_id
  where l.fold not in (select fold from direct)
),
meant as (
  select fold, record_id from direct
  union all
  select fold, record_id from followed
),
heirs as ({heirs}),
inherited as (
  select h.fold, d.record_id
  from heirs h
  join meant d on d.fold = h.heir
)
select fold, record_id
from inherited
union all
select fold, record_id
from meant
where fold not in (select fold from inherited)
"""
