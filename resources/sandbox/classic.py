"""Bulk API 1.0, below /services/async/: jobs, their batches, what was sent, results, close and abort.

PK chunking, zipped content and binary attachments are not emulated, and say so. How calls come in and
answers go out is in `classic_http`.

Shapes follow the developer guide and what real clients read: milliseconds in JSON, XML for the batches of CSV jobs, a
400 for a bad session. The refusals of unknown batches, of states and of sizes are in words of our own.
"""

from __future__ import annotations

from datetime import timedelta

import orjson

from . import classic_content, classic_xml
from .bulk_jobs import not_one_of
from .classic_http import JSON, XML, asked, batch_answer, batch_list_answer, content_answer, job_answer, route
from .classic_jobs import Batch, ClassicJob, ClassicJobs
from .classic_new_job import new_job
from .classic_processing import ClassicProcessing
from .endpoint import Answer, Call, Route
from .errors import ApiError
from .media_types import media_type
from .moments import as_stored
from .org import Org

LARGEST_BATCH = 10 * 1024 * 1024
HOURS_OPEN = 24
"""A job takes batches for so long."""


def routes(org: Org) -> list[Route]:
    classic = _Classic(org)
    one = "job/{job}"
    batch = f"{one}/batch/{{batch}}"
    return [
        route("job", {"POST": classic.create}),
        route(one, {"GET": classic.get, "POST": classic.change}),
        route(f"{one}/batch", {"GET": classic.batches, "POST": classic.add_batch}),
        route(batch, {"GET": classic.batch}),
        route(f"{batch}/request", {"GET": classic.request}),
        route(f"{batch}/result", {"GET": classic.result}),
        route(f"{batch}/result/{{result}}", {"GET": classic.query_result}),
    ]


class _Classic:
    def __init__(self, org: Org) -> None:
        self._jobs = ClassicJobs(org)
        self._processing = ClassicProcessing(org, self._jobs)

    def create(self, call: Call) -> Answer:
        job = new_job(call, asked(call), self._jobs.new_id())
        self._jobs.add(job)
        return job_answer(call, job, [], 201)

    def get(self, call: Call) -> Answer:
        job = self._job(call)
        return job_answer(call, job, self._jobs.batches(job))

    def change(self, call: Call) -> Answer:
        """Closed takes no further batch; Aborted leaves undone what has not begun."""
        state = asked(call).get("state")
        if state not in ("Closed", "Aborted"):
            raise ApiError(400, "InvalidJob", not_one_of("state", state, ("Closed", "Aborted")).message)
        with self._jobs.change(self._job(call).id) as job:
            if job.state != "Open":
                raise ApiError(400, "InvalidJobState", f"Closing already {job.state} Job not allowed")
            job.state = str(state)
        return job_answer(call, job, self._jobs.batches(job))

    def add_batch(self, call: Call) -> Answer:
        job = self._job(call)
        if job.state != "Open":
            raise ApiError(400, "InvalidJobState", f"Adding a batch to a job in state {job.state} not allowed")
        if job.created < as_stored(call.org.time() - timedelta(hours=HOURS_OPEN)):
            raise ApiError(400, "InvalidJobState", f"The job has been open for more than {HOURS_OPEN} hours")
        found = media_type(call.headers)
        if found.startswith("zip/"):
            raise ApiError(400, "InvalidBatch", "zipped batches are not emulated by this sandbox")
        if found != classic_content.MEDIA_TYPES[job.content_type]:
            raise ApiError(400, "InvalidBatch", f"Unsupported content type: {found}, of a job of {job.content_type}")
        if len(call.body) > LARGEST_BATCH:
            raise ApiError(400, "InvalidBatch", f"A batch may have at most {LARGEST_BATCH} bytes")
        call.org.batches.take()
        batch = self._jobs.add_batch(job, call.body)
        self._processing.start(batch)
        return batch_answer(job, batch, 201)

    def batches(self, call: Call) -> Answer:
        job = self._job(call)
        return batch_list_answer(job, self._jobs.batches(job))

    def batch(self, call: Call) -> Answer:
        job = self._job(call)
        return batch_answer(job, self._batch(call, job))

    def request(self, call: Call) -> Answer:
        job = self._job(call)
        return content_answer(job, self._jobs.request_file(self._batch(call, job)).read_bytes())

    def result(self, call: Call) -> Answer:
        """The results of a batch of rows, or the ids of the results of a query."""
        job = self._job(call)
        batch = self._completed(call, job)
        if not job.queries:
            listed = orjson.loads(self._jobs.result_file(batch).read_bytes())
            return content_answer(job, classic_content.results(job.content_type, listed))
        if job.content_type == "JSON":
            return Answer(body=[batch.result], headers=JSON)
        return Answer(
            body=classic_xml.document("result-list", classic_xml.elements({"result": batch.result})), headers=XML
        )

    def query_result(self, call: Call) -> Answer:
        job = self._job(call)
        batch = self._completed(call, job)
        if batch.result is None or batch.result[:15] != call.params["result"][:15]:
            raise ApiError(400, "InvalidBatch", "Invalid result id")
        return content_answer(job, self._jobs.result_file(batch).read_bytes())

    def _completed(self, call: Call, job: ClassicJob) -> Batch:
        batch = self._batch(call, job)
        if batch.state != "Completed":
            raise ApiError(400, "InvalidBatch", f"Batch not completed: its state is {batch.state}")
        return batch

    def _job(self, call: Call) -> ClassicJob:
        try:
            return self._jobs.get(call.params["job"])
        except ApiError as error:
            raise ApiError(400, "InvalidJob", f"Invalid job id: {call.params['job']}") from error

    def _batch(self, call: Call, job: ClassicJob) -> Batch:
        batch = self._jobs.batch(job, call.params["batch"])
        if batch is None:
            raise ApiError(400, "InvalidBatch", f"Unable to find batch for batchId: {call.params['batch']}")
        return batch
