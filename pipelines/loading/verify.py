"""After the load a sample is read again and held against what was meant."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.ports.crm import Crm
from pipelines.reading.binding import Bound
from pipelines.reading.snapshot import pages_sql
from pipelines.run import OpenFile
from pipelines.sql import canonical_sql, differs_sql, literal, quote

SAMPLE = 200
"""Records read again: one call."""

OF_CRM = "route <> 'source' and operation <> 'delete'"
"""Of what went to the source its answers tell, in its own words."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Records read again, and cells that the org holds otherwise than they were sent (a trigger, another user)."""

    records: int
    differing: int


NOT_VERIFIED = Verified(0, 0)


def verify(bound: Bound, crm: Crm, open_file: OpenFile, run_id: str) -> Verified:
    """Reads up to SAMPLE of the records that this run wrote; nothing is asked when it wrote none."""
    with open_file() as con:
        sample = [
            record_id
            for (record_id,) in con.execute(
                f"""
select record_id
from results
where status = 'success' and record_id is not null
  and batch in (select batch from batches where run_id = ? and {OF_CRM})
order by hash(record_id)
limit ?
""",
                [run_id, SAMPLE],
            ).fetchall()
        ]
    if not sample:
        return Verified(0, 0)
    found = crm.read(bound.entity.target.sobject, bound.record_fields, "Id", sample)
    tests = "\nunion all\n".join(
        f"select count(*) from meant m join seen r on r.Id = m.record_id where m.field = {literal(field.name)} and "
        + differs_sql("m.new", canonical_sql(f"r.{quote(field.name)}", field.type), field.type)
        for field in bound.fields
    )
    with open_file() as con:
        con.register("pages", found)
        differing = con.execute(
            f"""
with seen as (
{pages_sql(bound, "pages")}
),
meant as (
  select coalesce(x.record_id, c.fold) as record_id, c.field, max_by(c.new, c.batch) as new
  from batch_cells c
  join results x on x.batch = c.batch and x.fold = c.fold and x.status = 'success'
  where c.batch in (select batch from batches where run_id = ? and {OF_CRM})
  group by all
),
counts as (
{tests}
)
select sum(columns(*)) from counts
""",
            [run_id],
        ).fetchall()[0][0]
        con.unregister("pages")
    return Verified(found.num_rows, int(differing or 0))
