"""Rows that we made ourselves: from when on a source that says nothing of them is asked for them one by one.

The source need not tell at once of what was made: for a while its silence proves nothing (`YOUNG`). And of what came
and went between two readings it need not tell at all.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.sql import quote

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

TOLD = "told"


def told_sql(row: str, columns: Collection[str]) -> str:
    """Boolean of a row of `source`, which has these columns, quoted: a reading has shown it.

    A file of an earlier version does not say: then whatever was not made just now was.
    """
    return f"{row}.{TOLD}" if quote(TOLD) in columns else f"({row}.fold not in ({YOUNG}))"
