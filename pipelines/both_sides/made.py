"""What we made in the source is a row from its answer on, so that a removal is noticed, be it before the next reading.

What is gone before a reading may never be told of: it is asked for by itself (see `awaiting`), and an answer to a write
that it is not there says it as well (`gone_sql`).
"""

from __future__ import annotations

from pipelines.reading.awaiting import YOUNG
from pipelines.reading.binding import Bound
from pipelines.reading.source_rows import made_by_us_sql
from pipelines.sql import literal

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
