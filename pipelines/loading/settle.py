"""What a killed run left behind is brought to an end before anything new is planned.

No job id: nothing was sent. A job that is still open never runs: aborted. A job that was closed is waited for and its
results are taken. A small batch that was sent without an answer is lost: the snapshot that follows reads its records
again, and the plan that follows asks only for what is still to do.
"""

from __future__ import annotations

from pipelines.loading import ledger
from pipelines.loading.jobs import end_job
from pipelines.ports.crm import Crm
from pipelines.ports.world import LostAnswer, Progress, SystemicError
from pipelines.reading.binding import Bound
from pipelines.run import OpenFile


def settle(bound: Bound, crm: Crm, open_file: OpenFile, progress: Progress) -> int:
    """No batch of the ledger is unfinished; returns how many were."""
    with open_file() as con:
        left = ledger.unfinished(con)
    for batch in left:
        if batch.job_id:
            try:
                end_job(bound, crm, open_file, batch, progress)
            except LostAnswer as error:
                raise SystemicError(
                    "job_unsettled", f"bulk job {batch.job_id} of an earlier run could not be brought to an end"
                ) from error
        else:
            with open_file() as con:
                ledger.mark(con, batch, "LOST" if batch.state == "SENT" else "VOID")
    return len(left)
