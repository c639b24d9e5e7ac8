"""Two-way entities, between linking and reconciling: which pairs, rows and records go on, and which are left alone.

A row finds its record by stored link, key or the mark that an item keeps which was made from a record; what is left
alone is not matched with anything. Then pairs that lost a side meet their fate, and records without a row are found.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipelines import memory
from pipelines.both_sides.apart import pair_apart_sql, row_apart_sql
from pipelines.both_sides.arrived import arrived_sql
from pipelines.both_sides.born import EMPTY, born_sql, owners_sql
from pipelines.both_sides.moved import BASE, MARKED, WAITING, moved_sql, untold_sql
from pipelines.both_sides.parting import DELETED_IN_CRM, OVER, fates_sql
from pipelines.both_sides.three_way import sides_sql
from pipelines.both_sides.way_back import HELD
from pipelines.linking.verdicts import UNSURE
from pipelines.reading.binding import Bound
from pipelines.sql import given, literal, quote

MARKER = "marker"
RELINK = "relink"

EVERY = "true"

NO_FATES = "create or replace table work.fates (fold varchar, record_id varchar, gone varchar, fate varchar)"
NO_OVER = "create or replace table work.over (fold varchar)"


NONE_IN_CRM = """
update work.link set verdict = 'skipped: prevented'
where verdict is null and record_id is null and fold in (select fold from source where present)
"""
"""Nothing gets a record, whatever else is declared."""


def relinking(con: duckdb.DuckDBPyConnection) -> bool:
    """All is to be paired anew: what nobody finds a twin of is created on the other side."""
    return memory.read(con, RELINK) == "true"


def before_matching_sql(bound: Bound) -> list[str]:
    """Statements that link rows that moved and marked ones, and keep out of the matching what is left alone."""
    mark, owner = f"s.{given('crmId')}", f"r.{quote(bound.entity.rules_of_both.owner)}"
    return [
        f"""
create or replace temp table marked as
select
  s.fold,
  r.Id as record_id,
  r.number as record_number,
  r.IsDeleted as deleted,
  r.Id in (select k.record_id from work.rows k where {untold_sql("k")} and k.record_id is not null) as doubted
from work.rows s
join records r on r.Id = {mark}
join ({owners_sql(bound.entity.owner)}) o on o.Id = {owner} and o.fold = s.{given("user")} -- anybody can write a link
where s.present and s.record_id is null and s.verdict is null
  and r.Id not in (
    select k.record_id from work.rows k where k.present and not {untold_sql("k")} and k.record_id is not null
  )
  and r.Id not in ( -- of a run about a part not all are among the rows
    select l.record_id from links l join source k on k.fold = l.fold where k.present and not {untold_sql("k")}
  )
qualify doubted or count(*) over (partition by r.Id) = 1
""",
        # the item that was made of the record may be this one, moved, or it is not told of yet, and this is its copy
        f"update work.link set verdict = {literal(UNSURE)} from marked m where m.fold = link.fold and m.doubted",
        f"""
update work.link set record_id = m.record_id, record_number = m.record_number, how = {literal(MARKER)}
from marked m
where m.fold = link.fold and not m.deleted and not m.doubted
""",
        MARKED,
        *moved_sql(bound),
        f"""
update work.link set verdict = {literal(DELETED_IN_CRM)}
from marked m
where m.fold = link.fold and m.deleted and link.record_id is null and link.verdict is null
""",
        f"""
update work.link set verdict = 'skipped: ' || a.apart
from (
  select s.fold, {row_apart_sql(bound)} as apart
  from work.rows s
  where s.present and s.record_id is null and s.verdict is null
) a
where a.fold = link.fold and a.apart is not null
""",
    ]


@dataclass(frozen=True, slots=True)
class Pairing:
    """How far pairing goes. `whole`: see `thinking.Wish`; `records`: boolean of those records `r` that may be told."""

    whole: bool
    relinking: bool
    records: str = EVERY


def _left_alone_sql(bound: Bound) -> str:
    """Creates `left_alone` (fold, verdict) of all rows, also of those whose record was deleted: as it was then."""
    owner = f"r.{quote(bound.entity.rules_of_both.owner)}"
    return f"""
create or replace temp table left_alone as
select
  p.fold,
  case
    when p.excepted then 'held: excepted'
    when p.apart is not null then 'skipped: ' || p.apart
    when p.nowhere then 'skipped: no_mailbox'
    when p.of_another then 'skipped: other_owner'
  end as verdict
from (
  select
    s.fold,
    s.fold in (select fold from work.excepted)
      or coalesce(lower(r.Id) in (select fold from work.excepted), false)
      or s.fold in (select m.fold from work.moved m where m.before in (select fold from work.excepted)) as excepted,
    {pair_apart_sql(bound)} as apart,
    m.user is null or m.refused is not null as nowhere,
    {owner} is not null and o.fold is distinct from s.{given("user")} as of_another
  from work.rows s
  left join claimed c on c.fold = s.fold
  left join records r on r.Id = coalesce(s.record_id, c.record_id)
  left join landing.mailboxes m on m.user = s.{given("user")}
  left join ({owners_sql(bound.entity.owner)}) o on o.Id = {owner}
  where s.verdict is null or s.verdict = {literal(DELETED_IN_CRM)}
) p
"""


def pairing_sql(bound: Bound, how: Pairing) -> list[str]:
    """Statements after which `work.link` has a verdict for every row that goes no further."""
    statements = [
        *(OVER if how.whole else [NO_OVER]),
        _left_alone_sql(bound),
        "update work.link set verdict = a.verdict from left_alone a where a.fold = link.fold and a.verdict is not null",
        WAITING,
        *(arrived_sql(bound) if how.whole and how.records == EVERY else []),
        *BASE,
        *sides_sql(bound),
        *(fates_sql(bound) if how.whole else [NO_FATES]),
        HELD,
        *([] if bound.entity.rules_of_both.may("crm", "create") else [NONE_IN_CRM]),
        EMPTY,
    ]
    born = born_sql(bound, relinking=how.relinking, records=how.records) if how.whole else []
    return [*statements, *born]
