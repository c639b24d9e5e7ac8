"""What we made in the source is a row from its answer on, so that a removal is noticed, be it before the next reading.

The source need not tell at once of what was made: for a while its silence proves nothing (`YOUNG`). What is gone before
a reading may never be told of; an answer that it is not there says it all the same (`gone_sql`).
"""

from __future__ import annotations

from pipelines.reading.binding import Bound
from pipelines.reading.source_rows import made_by_us_sql
from pipelines.sql import literal

TOLD_WITHIN = "interval 5 minutes"
"""After so long whatever was created in the source is among what it tells."""

YOUNG = f"""
select l.fold
from links l
join batch_rows r on r.record_id = l.record_id
join batches b on b.batch = r.batch
where b.route = 'source' and b.operation = 'insert' and b.sent_at > getvariable('now') - {TOLD_WITHIN}
"""
"""Rows that were made of late."""

UNTOLD = "select record_id from links where fold not in (select fold from source)"
"""Records whose items were made, and never told, neither by the answer nor by a reading."""


def made_sql(bound: Bound, typed: str) -> str:
    """`source` has the rows of that relation, which came with the answer."""
    return made_by_us_sql(bound, f"(select * exclude (_fold, _told) from {typed} where _told)")


def gone_sql(batch: int) -> str:
    """The rows of the batch of which the source said that they are not there are gone, as if it had told so itself."""
    return f"""
update source set present = false
where fold in (select fold from results where batch = {batch} and status = 'failed' and code = {literal("gone")})
  and fold not in ({YOUNG})
"""
