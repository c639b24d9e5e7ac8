"""Bulk API 2.0 ingest over HTTP: create, upload, close or abort, poll, the three results, delete, list.

No recording of a real org's ingest is public. States, fields, limits and CSV rules follow the developer guide; the
texts for a second upload, for line endings and for unknown columns are those that many people quote; the texts for a
delete job with more than Id, for duplicate columns, misshapen rows and bytes that are not UTF-8 are our own.
"""

from __future__ import annotations

from dataclasses import replace

from .bulk_jobs import Job, not_one_of, page
from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .ingest_jobs import IngestJobs
from .ingest_processing import BATCH, FAILED, SUCCESSFUL
from .media_types import CSV, FORM, JSON
from .multipart import parts
from .org import Org

LARGEST_MULTIPART = 100_000


def routes(org: Org, *, batch: int = BATCH) -> list[Route]:
    ingest = _Ingest(IngestJobs(org, batch=batch))
    one = "jobs/ingest/{job}"
    return [
        data("jobs/ingest", {"GET": ingest.list, "POST": ingest.create}, takes=(JSON, FORM)),
        data(one, {"GET": ingest.get, "PATCH": ingest.patch, "DELETE": ingest.delete}),
        data(f"{one}/batches", {"PUT": ingest.upload}, takes=(CSV,)),
        data(f"{one}/successfulResults", {"GET": ingest.successful}),
        data(f"{one}/failedResults", {"GET": ingest.failed}),
        data(f"{one}/unprocessedRecords", {"GET": ingest.unprocessed}),
    ]


class _Ingest:
    def __init__(self, ingest: IngestJobs) -> None:
        self._ingest = ingest

    def create(self, call: Call) -> Answer:
        """A new job; as multipart with its data at once, and then it is closed already."""
        multipart = parts(call.headers.get("content-type", ""), call.body)
        if multipart is None:
            return Answer(body=_info(self._ingest.create(call.user, float(call.version), call.json_object())))
        content = multipart.get("content", b"")
        if len(content.decode(errors="replace")) > LARGEST_MULTIPART:
            message = f"the content of a multipart request may have at most {LARGEST_MULTIPART} characters"
            raise ApiError(400, "CLIENTINPUTERROR", message)
        asked = replace(call, body=multipart.get("job", b"")).json_object()
        job = self._ingest.create(call.user, float(call.version), asked)
        self._ingest.upload(job.id, content)
        return Answer(body=_info(self._ingest.close(job.id)))

    def list(self, call: Call) -> Answer:
        records = [_info(job) for job in self._ingest.jobs.all()]
        return Answer(body=page(records, "V2Ingest", call.query, call.url("jobs/ingest")))

    def get(self, call: Call) -> Answer:
        job = self._job(call)
        processed, failed = self._ingest.processing.counters(job)
        info = _info(job) | {
            "jobType": "V2Ingest",
            "retries": 0,
            "totalProcessingTime": job.milliseconds,
            "apiActiveProcessingTime": job.milliseconds,
            "apexProcessingTime": 0,
            "numberRecordsProcessed": processed,
            "numberRecordsFailed": failed,
        }
        if job.error is not None:
            info["errorMessage"] = job.error
        return Answer(body=info)

    def patch(self, call: Call) -> Answer:
        state = call.json_object().get("state")
        job = self._job(call)
        if state == "UploadComplete":
            return Answer(body=_info(self._ingest.close(job.id)))
        if state == "Aborted":
            return Answer(body=_info(self._ingest.abort(job.id)))
        raise not_one_of("state", state, ("UploadComplete", "Aborted"))

    def upload(self, call: Call) -> Answer:
        self._ingest.upload(self._job(call).id, call.body)
        return Answer(status=201)

    def delete(self, call: Call) -> Answer:
        self._ingest.delete(self._job(call).id)
        return Answer(status=204)

    def successful(self, call: Call) -> Answer:
        return _csv(b"".join(self._ingest.processing.results(self._job(call), SUCCESSFUL)))

    def failed(self, call: Call) -> Answer:
        return _csv(b"".join(self._ingest.processing.results(self._job(call), FAILED)))

    def unprocessed(self, call: Call) -> Answer:
        return _csv(self._ingest.processing.unprocessed(self._job(call)))

    def _job(self, call: Call) -> Job:
        return self._ingest.jobs.get(call.params["job"])


def _info(job: Job) -> dict[str, object]:
    info = job.as_json()
    if job.external_id_field is not None:
        info["externalIdFieldName"] = job.external_id_field
    if job.assignment_rule is not None:
        info["assignmentRuleId"] = job.assignment_rule
    if job.state == "Open":
        info["contentUrl"] = f"services/data/v{job.version:.1f}/jobs/ingest/{job.id}/batches"
    return info


def _csv(content: bytes) -> Answer:
    return Answer(body=content, headers={"Content-Type": "text/csv; charset=UTF-8"})
