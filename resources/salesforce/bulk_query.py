"""Reading through a Bulk API 2.0 query job: for answers so long that paging would cost more calls.

The columns come back in the order of the SELECT as text; which type they have is told by the describe.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pyarrow as pa

from pipelines.ports.world import SystemicError
from resources.salesforce.delimited import read
from resources.salesforce.jobs import Jobs
from resources.salesforce.polling import READING, Rhythm
from resources.salesforce.session import OrgSession

ROWS_A_PAGE = 100_000


def calls(rows: int) -> int:
    """What such a job costs at most, for so many rows: creation, questions, pages of results."""
    return 1 + 3 + -(-rows // ROWS_A_PAGE)


def begin(session: OrgSession, soql: str, *, deleted: bool) -> Callable[[Sequence[str], int], Iterator[pa.Table]]:
    """The job runs from now on, whatever is done meanwhile; the answer has its pages (see `_pages`)."""
    jobs = Jobs(session, "query")
    job_id = jobs.create({"operation": "queryAll" if deleted else "query", "query": soql, "lineEnding": "LF"})
    return partial(_pages, jobs, job_id, time.monotonic())


def _pages(jobs: Jobs, job_id: str, begun: float, fields: Sequence[str], expected: int) -> Iterator[pa.Table]:
    """The answer in pages of text columns; raises SystemicError when the org cannot run the query."""
    rhythm = Rhythm(expected, READING, waited=time.monotonic() - begun)
    info = jobs.wait(job_id, rhythm, lambda *_: None)
    if info.state != "JobComplete":
        why = info.message or "no reason given"
        raise SystemicError("QUERY_JOB_FAILED", f"Query job {job_id} ended as {info.state}: {why}")
    locator = ""
    while True:
        params = {"maxRecords": str(ROWS_A_PAGE)} | ({"locator": locator} if locator else {})
        answer = jobs.session.call("GET", f"{jobs.path}/{job_id}/results", params=params)
        yield read(answer.content, fields)
        locator = answer.headers.get("Sforce-Locator", "null")
        if locator == "null":
            return
