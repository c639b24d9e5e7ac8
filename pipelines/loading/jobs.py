"""The end of a bulk job, whoever began it: this run, or one that was killed."""

from __future__ import annotations

from pipelines.loading import ledger
from pipelines.loading.ledger import Batch
from pipelines.ports.crm import ANSWERS, Crm, JobInfo
from pipelines.ports.world import LostAnswer, Progress
from pipelines.reading.binding import Bound
from pipelines.run import OpenFile


def end_job(bound: Bound, crm: Crm, open_file: OpenFile, batch: Batch, progress: Progress) -> JobInfo:
    """The job of this batch has ended and its results are in the ledger.

    One that was never closed is aborted, so that it never will run; its rows are `lost`. LostAnswer if even that
    cannot be found out.
    """
    job_id = batch.job_id or ""
    info = crm.wait(job_id, progress)
    if info.state == "Open":
        try:
            crm.abort(job_id)
        except LostAnswer:
            # it may have been closed at last by a request that was slow, and run meanwhile
            info = crm.wait(job_id, progress)
            if info.state == "Open":
                raise
    if info.state in ("Open", "Gone", "Aborted"):
        answers = ANSWERS.empty_table()
    else:
        key = "Id" if batch.operation == "update" else bound.entity.target.key
        found = crm.results(job_id, key)
        answers = found.rename_columns(["key", *found.column_names[1:]])
    with open_file() as con:
        ledger.answer(con, batch, answers)
    return info
