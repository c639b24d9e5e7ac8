"""Items that have another key now, as they moved to another place of their mailbox: they stay with their record.

What is new and has the mark of a record whose item is gone is that item. Else one that is new and one that is gone, in
the same mailbox and with the same values in all that both sides agree on, are the same one; where several could be
meant, as somebody copied what was moved, nothing is guessed: they are held, and the record waits for a person. So is
what may be an item that we made, as long as no reading has told of that one. An item whose record was deleted is
followed as well, lest it is taken for a new one, and so is one that a person excluded. What looks like a record whose
item is gone is followed in what both sides agreed on.

In: `work.rows`, `marked`, `rivals`, `links`, `accord`. Out: `work.moved` (fold, key, before, record_id, record_number:
null where it has no live record), `successors` (the same, with `sure`: no other one could be meant), `work.link`,
`claimed`, `contested`, and `work.base`: `accord`, with what goes along. A plan leaves nothing else behind. One that is
carried out remembers them (`REMEMBER`): table `moves` (fold, before) has the keys that items had.
"""

from __future__ import annotations

from pipelines.both_sides.parting import DELETED_IN_CRM
from pipelines.both_sides.three_way import agreed_fields
from pipelines.linking.verdicts import UNSURE
from pipelines.reading.binding import Bound
from pipelines.sql import given, literal

TABLE = "create table if not exists moves (fold varchar, before varchar)"

HOW = "moved"

WAITING = f"""
update work.link set verdict = {literal(UNSURE)}
from work.rows s
where s.fold = link.fold and not s.present and s.verdict is null
  and s.record_id in (select record_id from contested)
"""
"""An item is not gone, for all we know, as long as one of those that are held may be it."""

KNOWN_BY = """
update records set fold = m.fold from moves m where m.before = records.fold
"""
"""A record has the key of its item as it is now, although it may not be written there yet."""

FOLLOWED = (
    "insert into claimed select fold, record_id from work.moved where record_number is null and record_id is not null",
    f"""
update work.link set verdict = {literal(DELETED_IN_CRM)}
from work.moved m
where m.fold = link.fold and m.record_number is null and m.record_id is not null
""",
)

MARKED = """
create or replace table work.moved as
select m.fold, s.key, l.fold as before, m.record_id, case when not m.deleted then m.record_number end as record_number
from marked m
join work.rows s on s.fold = m.fold
join links l on l.record_id = m.record_id and l.fold <> m.fold
where l.fold not in (select fold from source where present)
"""


def untold_sql(row: str) -> str:
    """Boolean: we made it, and its mailbox, which was read, does not tell of it; it may be gone."""
    read = "select user from landing.mailboxes where refused is null"
    return f"({row}.present and not {row}.told and {row}.{given('user')} in ({read}))"


def companions_sql(records: str) -> list[str]:
    """Statements that take into the scope what belongs to it, although the run was not asked to.

    An item that one of the scope became, or that has the record of such a one, or a record `r` that the run is about.
    """
    return [
        f"""
delete from rivals
where fold in (select m.fold from work.moved m where m.before not in (select fold from rivals))
  or fold in (
    select n.fold
    from work.rows n
    join work.rows g on g.record_id = n.record_id
    where n.present and not g.present and g.fold not in (select fold from rivals)
  )
  or fold in (select n.fold from work.rows n join records r on r.number = n.record_number where n.present and {records})
""",
        "delete from work.moved where fold in (select fold from rivals)",
    ]


BASE = (
    "create or replace table work.base as from accord",
    """
insert into work.base
select s.fold, a.field, a.theirs, a.ours, a.kept
from (
  select fold, record_id from work.rows where present and verdict is null
  union
  select fold, record_id from work.moved
) s
join links l on l.record_id = s.record_id and l.fold <> s.fold
join accord a on a.fold = l.fold
where s.fold not in (select fold from accord) and l.fold not in (select fold from source where present)
""",
)
"""A row with the record of another one, which is gone, is changed since both sides agreed where that one would be."""

REMEMBER = (
    "update moves set fold = m.fold from work.moved m where m.before = moves.fold",
    "insert into moves select fold, before from work.moved",
    "insert into parted select fold from work.moved where before in (select fold from parted)",
    "insert into excepted select fold from work.moved where before in (select fold from work.excepted)",
    "delete from links where fold in (select before from work.moved) or fold in (select fold from work.moved)",
    "insert into links select fold, key, record_id from work.moved where record_id is not null",
    "insert into accord from work.base where fold not in (select fold from accord)",
)


def moved_sql(bound: Bound) -> list[str]:
    """Statements that give rows which moved the record that they had, told by a mark or by what they say."""
    columns = [given("user"), *(given(rule.column) for _, rule in agreed_fields(bound))]
    alike = " and ".join(f"n.{column} is not distinct from g.{column}" for column in columns)
    return [
        f"""
create or replace temp table successors as
select
  n.fold,
  n.key,
  g.fold as before,
  coalesce(g.record_id, c.record_id) as record_id,
  g.record_number,
  not g.present and count(*) over (partition by n.fold) = 1 and count(*) over (partition by g.fold) = 1 as sure
from work.rows n
join work.rows g on {alike}
left join claimed c on c.fold = g.fold
where n.present and n.record_id is null and n.verdict is null
  and (not g.present or {untold_sql("g")}) and g.fold not in (select before from work.moved)
  and (
    (g.record_id is not null and g.verdict is null and g.fold not in (select fold from parted))
    or g.verdict = {literal(DELETED_IN_CRM)}
    or g.fold in (select fold from work.excepted)
  )
""",
        "insert into work.moved select fold, key, before, record_id, record_number from successors where sure",
        f"""
update work.link set record_id = m.record_id, record_number = m.record_number, how = {literal(HOW)}
from work.moved m
where m.fold = link.fold and m.record_number is not null
""",
        *FOLLOWED,
        "insert into contested select record_id from successors where not sure and record_id is not null",
        f"update work.link set verdict = {literal(UNSURE)} from successors n where n.fold = link.fold and not n.sure",
    ]
