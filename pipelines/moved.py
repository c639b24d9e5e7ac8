"""Items that moved to another place of their mailbox, where they have another key: they stay with their record.

One that is new and one that is gone, in the same mailbox and with the same values in all that both sides agree on, are
the same one; where several could be meant, nothing is guessed. What both sides agreed on goes along.

In: `work.rows`. Out: `work.link`, `accord`.
"""

from __future__ import annotations

from pipelines.binding import Bound
from pipelines.sql import given, literal
from pipelines.three_way import agreed_fields

HOW = "moved"


def moved_sql(bound: Bound) -> list[str]:
    """Statements that give rows which moved the record that they had."""
    columns = [given("user"), *(given(rule.column) for _, rule in agreed_fields(bound))]
    alike = " and ".join(f"n.{column} is not distinct from g.{column}" for column in columns)
    return [
        f"""
create or replace temp table moved as
select n.fold, g.fold as before, g.record_id, g.record_number
from work.rows n
join work.rows g on {alike}
where n.present and n.record_id is null and n.verdict is null
  and not g.present and g.record_id is not null and g.verdict is null
  and g.fold not in (select fold from parted)
qualify count(*) over (partition by n.fold) = 1 and count(*) over (partition by g.fold) = 1
""",
        f"""
update work.link set record_id = m.record_id, record_number = m.record_number, how = {literal(HOW)}
from moved m
where m.fold = link.fold
""",
        "delete from accord where fold in (select fold from moved)",
        "insert into accord select m.fold, a.field, a.theirs, a.ours from accord a join moved m on m.before = a.fold",
    ]
