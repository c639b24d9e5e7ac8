"""Items that have another key now, as they moved to another place of their mailbox: they stay with their record.

One that is new and one that is gone, in the same mailbox and with the same values in all that both sides agree on, are
the same one; where several could be meant, nothing is guessed. An item whose record was deleted is followed as well,
lest it is taken for a new one.

In: `work.rows`. Out: `moved` (fold, before, record_id, record_number: null where that record was deleted), `work.link`,
and for the latter `links`, `claimed` and `parted`. What both sides agreed on goes along: `INHERITED`.
"""

from __future__ import annotations

from pipelines.both_sides.parting import DELETED_IN_CRM
from pipelines.both_sides.three_way import agreed_fields
from pipelines.reading.binding import Bound
from pipelines.sql import given, literal

HOW = "moved"

FOLLOWED = (
    "insert into links select fold, key, record_id from moved where record_number is null",
    "insert into claimed select fold, record_id from moved where record_number is null",
    "insert into parted select fold from moved where before in (select fold from parted)",
    f"""
update work.link set verdict = {literal(DELETED_IN_CRM)}
from moved m
where m.fold = link.fold and m.record_number is null
""",
)

INHERITED = """
insert into accord
select s.fold, a.field, a.theirs, a.ours, a.kept
from (
  select fold, record_id from work.rows where present and verdict is null
  union all
  select fold, record_id from moved where record_number is null
) s
join links l on l.record_id = s.record_id and l.fold <> s.fold
join accord a on a.fold = l.fold
where s.fold not in (select fold from accord) and l.fold not in (select fold from source where present)
"""
"""A row with the record of another one, which is gone, is changed since both sides agreed where that one would be."""


def moved_sql(bound: Bound) -> list[str]:
    """Statements that give rows which moved the record that they had."""
    columns = [given("user"), *(given(rule.column) for _, rule in agreed_fields(bound))]
    alike = " and ".join(f"n.{column} is not distinct from g.{column}" for column in columns)
    return [
        f"""
create or replace temp table moved as
select n.fold, n.key, g.fold as before, coalesce(g.record_id, c.record_id) as record_id, g.record_number
from work.rows n
join work.rows g on {alike}
left join claimed c on c.fold = g.fold
where n.present and n.record_id is null and n.verdict is null
  and not g.present
  and (
    (g.record_id is not null and g.verdict is null and g.fold not in (select fold from parted))
    or g.verdict = {literal(DELETED_IN_CRM)}
  )
qualify count(*) over (partition by n.fold) = 1 and count(*) over (partition by g.fold) = 1
""",
        f"""
update work.link set record_id = m.record_id, record_number = m.record_number, how = {literal(HOW)}
from moved m
where m.fold = link.fold and m.record_number is not null
""",
        *FOLLOWED,
    ]
