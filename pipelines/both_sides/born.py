"""Records of a two-way entity that the source does not have: which of them it is given, and why others are not.

Out: `work.born` (fold = the record's id without case, record_id, record_number, mailbox, verdict): one row for each
record in the window that has no row; without a verdict it is created in the source. A record that carries the key of a
row which is not there was deleted there, and is not brought back, unless all is paired anew (`relink`), or the row was
deleted by us, as the record was, which people have undeleted since. One whose creation was sent and never answered may
be there and not told yet: it waits until the source is read long enough after.
"""

from __future__ import annotations

from pipelines.both_sides.apart import NO_MAILBOX, OUTSIDE, record_apart_sql
from pipelines.both_sides.arrived import LOST
from pipelines.both_sides.made import UNTOLD
from pipelines.declaring.elsewhere import Records
from pipelines.linking.verdicts import OF_SEVERAL, UNSURE
from pipelines.reading.awaiting import TOLD_WITHIN
from pipelines.reading.binding import Bound
from pipelines.sql import literal, quote

SENT_LATELY = f"""
select r.record_id
from batches b
join batch_rows r on r.batch = b.batch
left join results x on x.batch = r.batch and x.fold = r.fold
where b.route = 'source' and b.operation = 'insert' and {LOST}
  and b.sent_at > getvariable('now') - {TOLD_WITHIN}
"""

WITHDRAWN = """
select x.fold
from batches b
join results x on x.batch = b.batch
where b.route = 'source' and b.operation = 'delete' and x.status in ('success', 'lost')
"""
"""Rows that we deleted in the source."""

EMPTY = """
create or replace table work.born (
  fold varchar, record_id varchar, record_number bigint, mailbox varchar, verdict varchar)
"""


def born_sql(bound: Bound, *, relinking: bool, records: str) -> list[str]:
    """Statements that fill `work.born`. `records`: boolean of those records `r` that the run is about."""
    both = bound.entity.rules_of_both
    owner = bound.entity.owner
    may = "true" if both.may("source", "create") else "false"
    keyed = "false" if relinking else f"r.fold is not null and r.fold not in ({WITHDRAWN})"
    return [
        f"""
insert into work.born
with lonely as (
  select
    lower(r.Id) as fold,
    r.Id as record_id,
    r.number as record_number,
    r.content_hash,
    m.user as mailbox,
    {record_apart_sql(bound)} as apart,
    r.Id in ({UNTOLD})
      or ({keyed} and r.Id not in (select record_id from work.fates where gone = 'row' and fate = 'anew')) as was_there,
    m.user is null or m.refused is not null as nowhere
  from records r
  left join ({owners_sql(owner)}) o on o.Id = r.{quote(both.owner)}
  left join landing.mailboxes m on m.user = o.fold
  where not r.IsDeleted and {records}
    and r.Id not in (select record_id from work.link where record_id is not null and fold not in ({ANEW}))
    and r.Id not in (
      select record_id
      from links
      where fold not in ({ANEW}) and fold not in (select fold from work.over) and record_id not in ({UNTOLD})
    )
    and (r.fold is null or r.fold not in (select fold from source where present))
)
select
  fold,
  record_id,
  record_number,
  mailbox,
  case
    when fold in (select fold from work.excepted) then 'held: excepted'
    when fold in (
      select t.fold from state t where t.failures >= {bound.entity.retries} and t.row_hash = content_hash
    ) then 'held: quarantined'
    when record_id in (select record_id from contested) then {literal(UNSURE)}
    when record_id in (select record_id from shared) then {literal(OF_SEVERAL)}
    when apart is not null then 'skipped: ' || apart
    when record_id in ({SENT_LATELY}) then 'held: lost_answer'
    when was_there then 'skipped: deleted_in_source'
    when nowhere then {literal("skipped: " + NO_MAILBOX)}
    when not {may} then 'skipped: prevented'
  end as verdict
from lonely
where apart is distinct from {literal(OUTSIDE)} -- years of old activities
""",
        f"delete from work.scope where fold in ({TOLD_AS_BORN})",
        f"delete from work.link where fold in ({TOLD_AS_BORN})",
    ]


ANEW = "select fold from work.fates where gone = 'row' and fate = 'anew'"
TOLD_AS_BORN = f"{ANEW} and record_id in (select record_id from work.born)"
"""Rows that are told as what becomes of their records, where the run is about those."""


def owners_sql(owner: Records) -> str:
    """Selects (Id, fold): whose part of the source a user of the org means."""
    return f"""
  select any_value(Id) as Id, fold
  from looked_up
  where name = {literal(owner.name)}
  group by fold
  having count(*) = 1 -- a name of two users is nobody's
"""
