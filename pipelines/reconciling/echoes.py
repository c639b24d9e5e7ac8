"""What the org made of what we wrote: a trigger that formats a phone must not be written against for ever.

After a snapshot, a record that we were the last to change, and nobody after our load, and that holds another value than
we sent is an *echo*: `echoes` (record_id, field, sent, became). As long as the source says `sent` and the CRM `became`,
they agree. Somebody else's edit under what another entity, or another home, wrote with our user is none.
"""

from __future__ import annotations

from pipelines.reading.binding import Bound
from pipelines.sql import canonical_sql, literal, quote


def echoes_sql(bound: Bound, user_id: str) -> list[str]:
    """Statements that learn the echoes of every batch answered since the last time they ran."""
    values = "\nunion all\n".join(
        f"select r.Id as record_id, {literal(field.name)} as field,"
        f" {canonical_sql(f'r.{quote(field.name)}', field.type)} as value from ours r"
        for field in bound.fields
    )
    return [
        f"""
create or replace temp table heard as
with news as (
  select b.batch, b.settled_at, coalesce(x.record_id, r.record_id) as record_id, c.field, c.new as sent
  from batches b
  join batch_rows r on r.batch = b.batch
  join results x on x.batch = b.batch and x.fold = r.fold and x.status = 'success'
  join batch_cells c on c.batch = b.batch and c.fold = r.fold
  where not coalesce(b.heard, false) and b.state = 'DONE' and b.settled_at is not null
    and b.route <> 'source' -- which speaks its own words
),
latest as (
  select record_id, field, max_by(struct_pack(sent), batch).sent as sent, max(settled_at) as settled_at
  from news
  group by record_id, field
),
ours as (
  select r.*
  from records r
  join (select record_id, max(settled_at) as settled_at from latest group by record_id) l on l.record_id = r.Id
  where r.LastModifiedById = {literal(user_id)} and not r.IsDeleted and r.SystemModstamp <= l.settled_at
),
found as (
  {values}
)
select l.record_id, l.field, l.sent, f.value as became
from latest l
join found f on f.record_id = l.record_id and f.field = l.field
where f.value is distinct from l.sent
""",
        "delete from echoes where (record_id, field) in (select record_id, field from heard)",
        "insert into echoes select record_id, field, sent, became from heard",
        "update batches set heard = true where state in ('DONE', 'VOID', 'REFUSED') and not coalesce(heard, false)",
    ]
