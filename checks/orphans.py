"""Which records of the CRM carry a key that the source does not know, or no longer lists? Nobody keeps them current."""

from __future__ import annotations

from checks.question import Answer, Copy, Question

# A row that a source which tells changes had no more when it was read in full is followed as it was last told. A row
# that cannot be used is known all the same; that of a record which people deleted or merged is nobody's orphan.
ORPHANS_SQL = """
select
  r.fold,
  r.Id as record_id,
  case when s.fold is null then 'unknown to the source' else 'no longer in the source' end as what
from records r
left join source s on s.fold = r.fold
where not r.IsDeleted and r.fold is not null
  and (
    not coalesce(s.present, false)
    -- the record of one that is over says so: nothing is left to be kept current
    or r.fold in (select fold from vanished_rows) and r.fold not in (select fold from ended)
  )
  and r.fold not in (select fold from work.incoming where fold is not null)
  and r.fold not in (select fold from unusable_rows)
  and r.fold not in (select fold from parted) -- deleted on the other side, and left here on purpose
"""


def answer(copy: Copy) -> Answer:
    """Fails when there are any; the first are in the rows, by record id, since a key there may be anything."""
    unknown = copy.number(f"select count(*) from ({ORPHANS_SQL}) where what = 'unknown to the source'")
    lost = copy.number(f"select count(*) from ({ORPHANS_SQL}) where what <> 'unknown to the source'")
    return Answer(
        passed=not unknown and not lost,
        said=f"{unknown:,} records carry a key that the source does not know, {lost:,} one that it no longer lists",
        numbers={"unknown": unknown, "no_longer_listed": lost},
        rows=copy.rows(f"select record_id, what from ({ORPHANS_SQL}) order by what desc, record_id", "record", "what"),
    )


QUESTION = Question("orphans", "Does the source know every record that carries a key of it?", answer)
