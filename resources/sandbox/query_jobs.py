"""Bulk API 2.0 query: create, poll, results page by page, abort, delete, list."""

from __future__ import annotations

import base64
import binascii

from .background import Background
from .bulk_jobs import ENDED, WAITING, Job, Jobs, check_format, not_one_of, page, wrong_state
from .cursors import invalid_locator
from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .org import Org
from .query_processing import QueryProcessing, bulk_plan
from .reader import Statement

LARGEST_PAGE = 50_000
OPERATIONS = ("query", "queryAll")


def routes(org: Org) -> list[Route]:
    jobs = _QueryJobs(org)
    one = "jobs/query/{job}"
    return [
        data("jobs/query", {"GET": jobs.list, "POST": jobs.create}),
        data(one, {"GET": jobs.get, "PATCH": jobs.patch, "DELETE": jobs.delete}),
        data(f"{one}/results", {"GET": jobs.results}),
    ]


class _QueryJobs:
    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs = Jobs(org, "query", Job)
        self._processing = QueryProcessing(org, self._jobs)
        self._background = Background("query", self._work, self._broke)
        org.on_close(self._background.close)
        org.snapshots.around(self._background.close, self._go_on)
        self._start_waiting()

    def create(self, call: Call) -> Answer:
        asked = call.json_object()
        check_format(asked)
        operation = asked.get("operation")
        if operation not in OPERATIONS:
            raise not_one_of("operation", operation, OPERATIONS)
        statement = Statement(str(asked.get("query") or ""), operation == "queryAll", self._org.time())
        plan = bulk_plan(self._org, call.user, statement)
        self._org.query_jobs.take()
        now = self._org.now()
        job = Job(
            id=self._jobs.new_id(),
            operation=str(operation),
            state="UploadComplete",
            user=call.user.id,
            username=call.user.username,
            created=now,
            modified=now,
            version=float(call.version),
            sobject=plan.sobject.name,
            delimiter=str(asked.get("columnDelimiter") or "COMMA"),
            line_ending=str(asked.get("lineEnding") or "LF"),
            query=statement.text,
        )
        self._jobs.add(job)
        self._background.start(job.id)
        return Answer(body=job.as_json())

    def list(self, call: Call) -> Answer:
        records = [job.as_json() for job in self._jobs.all()]
        return Answer(body=page(records, "V2Query", call.query, call.url("jobs/query")))

    def get(self, call: Call) -> Answer:
        job = self._job(call)
        info = job.as_json() | {
            "jobType": "V2Query",
            "numberRecordsProcessed": job.processed,
            "retries": 0,
            "totalProcessingTime": job.milliseconds,
            "isPkChunkingSupported": True,
        }
        if job.error is not None:
            info["errorMessage"] = job.error
        return Answer(body=info)

    def patch(self, call: Call) -> Answer:
        state = call.json_object().get("state")
        if state != "Aborted":
            raise not_one_of("state", state, ("Aborted",))
        with self._jobs.change(self._job(call).id) as job:
            if job.state in ENDED:
                raise wrong_state(f"Aborting already {job.state} Job not allowed")
            job.state = "Aborted"
        return Answer(body=job.as_json())

    def delete(self, call: Call) -> Answer:
        job = self._job(call)
        if job.state not in ENDED:
            raise wrong_state(f"Deleting a job in state {job.state} not allowed")
        self._jobs.remove(job.id)
        return Answer(status=204)

    def results(self, call: Call) -> Answer:
        """One page; its locator is the number of the first row, in base64 as in a real org, and may be used again."""
        job = self._job(call)
        if job.state != "JobComplete":
            raise wrong_state(f"Results of a job in state {job.state} are not available")
        if float(call.version) != job.version:
            message = f"The job was created in API version {job.version:.1f}, its results cannot be read in another"
            raise ApiError(409, "INVALIDVERSION", message)
        start = _row_number(call.query.get("locator"))
        if start and start >= job.processed:
            raise invalid_locator()
        content, count = self._processing.page(job, start, _most(call.query.get("maxRecords")))
        beyond = start + count
        headers = {
            "Content-Type": "text/csv; charset=UTF-8",
            "Sforce-NumberOfRecords": str(count),
            "Sforce-Locator": "null" if beyond >= job.processed else _locator(beyond),
        }
        return Answer(body=content, headers=headers)

    def _job(self, call: Call) -> Job:
        return self._jobs.get(call.params["job"])

    def _go_on(self) -> None:
        self._background.go_on()
        self._start_waiting()

    def _start_waiting(self) -> None:
        for job in self._jobs.all():
            if job.state in WAITING:
                self._background.start(job.id)

    def _work(self, job_id: str) -> None:
        self._processing.run(job_id, self._background.stopping)

    def _broke(self, job_id: str, error: BaseException) -> None:
        with self._jobs.change(job_id) as job:
            job.state = "Failed"
            job.error = f"InternalServerError : {type(error).__name__}"


def _locator(row: int) -> str:
    return base64.b64encode(str(row).encode()).decode().rstrip("=")


def _row_number(locator: str | None) -> int:
    if locator is None or locator == "":
        return 0
    try:
        text = base64.b64decode(locator + "=" * (-len(locator) % 4), validate=True)
    except binascii.Error as error:
        raise invalid_locator() from error
    if not text.isdigit():
        raise invalid_locator()
    return int(text)


def _most(asked: str | None) -> int:
    if asked is None:
        return LARGEST_PAGE
    if not asked.isdigit() or int(asked) == 0:
        raise ApiError(400, "API_ERROR", f"maxRecords must be a positive whole number, not {asked}")
    return int(asked)
