"""What was sent and never answered, and turns out to be there: our own writing, which is nobody's change.

Looked at once, by the first run that reads both sides after it was sent. A value that is there as it was sent is what
both sides agreed on; what was to be created was created as it was sent, if it is there at all. Whatever people typed
since is then told from it.

In: the ledger, `work.rows`, `records`. Out: `accord`. In `meta` stands up to which batch all was looked at.
"""

from __future__ import annotations

from pipelines.both_sides.accord import TAKE
from pipelines.both_sides.three_way import agreed_fields, ours_sql, theirs_sql
from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.first_entry import FirstEntry
from pipelines.reading.binding import Bound, BoundField
from pipelines.reconciling.cells import list_sql
from pipelines.sql import given, literal, literals

WEIGHED = "weighed"

LOST = "coalesce(x.status, 'lost') = 'lost' and b.state in ('LOST', 'DONE')"
"""Boolean of a batch `b` and a result `x`: it was sent, and nobody said what became of it."""


def arrived_sql(bound: Bound) -> list[str]:
    """Statements after which `accord` knows what arrived; at the end what they looked at is not looked at again."""
    fields = agreed_fields(bound)
    names = ", ".join(f"({n}, {literal(field.name)})" for n, (field, _) in enumerate(fields))
    words = " ".join(_words_sql(field, rule) for field, rule in fields if rule.words or rule.first)
    meant = f"case {words} else c.new end" if words else "c.new"
    lists = literals(field.name for field, rule in fields if rule.first)
    # with nothing of the CRM in front, the first of a list is theirs alone
    blank = f"b.route = 'source' and names.field in {lists} and json_extract_string(c.new, '$[0]') is null"
    return [
        f"""
create or replace temp table sent as
select
  r.fold,
  r.record_id,
  names.field,
  max_by(b.operation, b.batch) = 'insert' as born,
  max_by(b.route, b.batch) = 'source' as there,
  max_by(struct_pack(theirs := {meant}, ours := case when {blank} then null else {meant} end), b.batch) as meant
from batches b
join batch_rows r on r.batch = b.batch
left join results x on x.batch = r.batch and x.fold = r.fold
cross join (values {names}) names (n, field)
left join batch_cells c on c.batch = r.batch and c.fold = r.fold and c.field = names.field
where b.batch > cast(coalesce((select value from meta where name = '{WEIGHED}'), '0') as bigint)
  and b.run_id <> getvariable('run_id') and b.operation <> 'delete'
  and (b.operation = 'insert' or c.fold is not null)
group by all
having max_by({LOST}, b.batch)
""",
        f"""
create or replace temp table fresh_accord as
with cells as (
  select
    s.fold,
    s.record_id,
    s.{given("crmId")} as mark,
    unnest({list_sql(theirs_sql(f, rule) for f, rule in fields)}) as theirs,
    unnest({list_sql(ours_sql(f) for f, _ in fields)}) as ours,
    unnest(range({len(fields)})) as n
  from work.rows s
  join records r on r.number = s.record_number
  where s.record_id is not null
)
select c.fold, names.field, any_value(t.meant.theirs) as theirs, any_value(t.meant.ours) as ours, null as kept
from cells c
join (values {names}) names (n, field) on names.n = c.n
join sent t on t.field = names.field and (t.fold = c.fold or t.record_id = c.record_id)
where case when t.born then not t.there or c.mark = t.record_id end -- it is that very item, or has that very key
  or case when t.there then t.meant.theirs else t.meant.ours end
    is not distinct from case when t.there then c.theirs else c.ours end
group by all
""",
        *TAKE,
        f"""
insert or replace into meta
select '{WEIGHED}', cast(max(batch) as varchar)
from batches
where run_id <> getvariable('run_id')
having max(batch) is not null
""",
    ]


def _words_sql(field: BoundField, rule: Agreed) -> str:
    """Cases that turn the source's words, in which its cells are written down, into the CRM's."""
    if rule.first:
        told = FirstEntry("c.new", rule.member).value_sql()
        return f"when b.route = 'source' and names.field = {literal(field.name)} then {told}"
    return " ".join(
        f"when b.route = 'source' and names.field = {literal(field.name)} and c.new = {literal(theirs)}"
        f" then {literal(ours)}"
        for theirs, ours in rule.words.items()
    )
