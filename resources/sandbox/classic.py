"""Bulk API 1.0 over HTTP, below /services/async/: jobs, their batches, what was sent, results, close and abort.

Its errors have a shape of their own (`exceptionCode`), and a bad session is a 400 there. A job is spoken of in the
format of the call, its batches in XML unless the job's content is JSON. PK chunking, zipped content and binary
attachments are not emulated, and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import orjson

from . import classic_content, classic_xml
from .bulk_jobs import not_one_of
from .classic_jobs import QUERIES, Batch, ClassicJob, ClassicJobs, batch_info, job_info
from .classic_processing import ClassicProcessing
from .endpoint import Answer, Call, Handler, Route
from .errors import ApiError, invalid_session
from .org import Org

OPERATIONS = ("insert", "update", "upsert", "delete", *QUERIES)
_JSON = {"Content-Type": "application/json;charset=UTF-8"}
_XML = {"Content-Type": "application/xml"}
_CODES = {"INVALID_SESSION_ID": "InvalidSessionId", "REQUEST_LIMIT_EXCEEDED": "ExceededQuota"}


def routes(org: Org) -> list[Route]:
    classic = _Classic(org)
    one = "job/{job}"
    batch = f"{one}/batch/{{batch}}"
    return [
        _route("job", {"POST": classic.create}),
        _route(one, {"GET": classic.get, "POST": classic.change}),
        _route(f"{one}/batch", {"GET": classic.batches, "POST": classic.add_batch}),
        _route(batch, {"GET": classic.batch}),
        _route(f"{batch}/request", {"GET": classic.request}),
        _route(f"{batch}/result", {"GET": classic.result}),
        _route(f"{batch}/result/{{result}}", {"GET": classic.query_result}),
    ]


def _route(path: str, handlers: dict[str, Handler]) -> Route:
    guarded = {method: _guarded(handler) for method, handler in handlers.items()}
    return Route(f"/services/async/{{version}}/{path}", guarded, open_to_all=True)


def _guarded(handler: Callable[[Call], Answer]) -> Handler:
    """The handler for whoever has a session, with errors in the words of this API."""

    def guarded(call: Call) -> Answer:
        try:
            user = call.org.user(_session(call))
            call.org.usage.take()
            return handler(replace(call, user=user))
        except ApiError as error:
            return _refusal(call, error)

    return guarded


def _session(call: Call) -> str:
    header = call.headers.get("x-sfdc-session") or call.headers.get("authorization", "").partition(" ")[2]
    if not header:
        raise invalid_session()
    return header.strip()


def _refusal(call: Call, error: ApiError) -> Answer:
    code = _CODES.get(error.code, error.code)
    message = "Invalid session id" if code == "InvalidSessionId" else error.message
    told = {"exceptionCode": code, "exceptionMessage": message}
    status = 400 if error.status in (401, 403, 404) else error.status
    if _speaks_json(call):
        return Answer(status, told, {"Content-Type": "application/json"})
    inside = "".join(f"<{name}>{classic_xml.text(value)}</{name}>" for name, value in told.items())
    return Answer(status, classic_xml.document("error", inside), _XML)


def _speaks_json(call: Call) -> bool:
    return "json" in call.headers.get("content-type", "") or "json" in call.headers.get("accept", "")


class _Classic:
    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs = ClassicJobs(org)
        self._processing = ClassicProcessing(org, self._jobs)

    def create(self, call: Call) -> Answer:
        asked = _asked(call)
        if "sforce-enable-pkchunking" in call.headers and call.headers["sforce-enable-pkchunking"].lower() != "false":
            raise ApiError(400, "FeatureNotEnabled", "PK chunking is not emulated by this sandbox")
        operation = str(asked.get("operation", ""))
        if operation == "hardDelete":
            message = "hardDelete operation requires special user profile permission, please contact your system administrator"
            raise ApiError(400, "FeatureNotEnabled", message)
        if operation not in OPERATIONS:
            raise _as_invalid_job(not_one_of("operation", operation, OPERATIONS))
        content_type = str(asked.get("contentType") or "XML")
        if content_type not in classic_content.CONTENT_TYPES:
            raise ApiError(400, "InvalidJob", f"contentType {content_type} is not emulated by this sandbox")
        now = self._org.now()
        job = ClassicJob(
            id=self._jobs.new_id(),
            operation=operation,
            state="Open",
            user=call.user.id,
            username=call.user.username,
            created=now,
            modified=now,
            version=float(call.version),
            sobject=self._sobject(call, asked),
            external_id_field=_text(asked, "externalIdFieldName"),
            assignment_rule=_text(asked, "assignmentRuleId"),
            content_type=content_type,
            concurrency="Serial" if asked.get("concurrencyMode") in ("Serial", 1, "1") else "Parallel",
        )
        self._check_key(call, job)
        self._jobs.add(job)
        return self._job_answer(call, job, 201)

    def get(self, call: Call) -> Answer:
        return self._job_answer(call, self._job(call))

    def change(self, call: Call) -> Answer:
        """Closed takes no further batch; Aborted leaves undone what has not begun."""
        state = _asked(call).get("state")
        if state not in ("Closed", "Aborted"):
            raise _as_invalid_job(not_one_of("state", state, ("Closed", "Aborted")))
        with self._jobs.change(self._job(call).id) as job:
            if job.state != "Open":
                raise ApiError(400, "InvalidJobState", f"Closing already {job.state} Job not allowed")
            job.state = str(state)
        return self._job_answer(call, job)

    def add_batch(self, call: Call) -> Answer:
        job = self._job(call)
        if job.state != "Open":
            raise ApiError(400, "InvalidJobState", f"Adding a batch to a job in state {job.state} not allowed")
        if call.headers.get("content-type", "").startswith("zip/"):
            raise ApiError(400, "InvalidBatch", "zipped batches are not emulated by this sandbox")
        batch = self._jobs.add_batch(job, call.body)
        self._processing.start(batch)
        return _batch_answer(job, batch, 201)

    def batches(self, call: Call) -> Answer:
        job = self._job(call)
        batches = self._jobs.batches(job)
        if job.content_type == "JSON":
            return Answer(body={"batchInfo": [batch_info(batch, zone="+0000") for batch in batches]}, headers=_JSON)
        inside = "".join(classic_xml.element("batchInfo", batch_info(batch, zone="Z")) for batch in batches)
        return Answer(body=classic_xml.document("batchInfoList", inside), headers=_XML)

    def batch(self, call: Call) -> Answer:
        job = self._job(call)
        return _batch_answer(job, self._batch(call, job))

    def request(self, call: Call) -> Answer:
        job = self._job(call)
        return _content(job, self._jobs.request_file(self._batch(call, job)).read_bytes())

    def result(self, call: Call) -> Answer:
        """The results of a batch of rows, or the ids of the results of a query."""
        job = self._job(call)
        batch = self._completed(call, job)
        if not job.queries:
            listed = orjson.loads(self._jobs.result_file(batch).read_bytes())
            return _content(job, classic_content.results(job.content_type, listed))
        if job.content_type == "JSON":
            return Answer(body=[batch.result], headers=_JSON)
        return Answer(body=classic_xml.document("result-list", f"<result>{batch.result}</result>"), headers=_XML)

    def query_result(self, call: Call) -> Answer:
        job = self._job(call)
        batch = self._completed(call, job)
        if batch.result is None or batch.result[:15] != call.params["result"][:15]:
            raise ApiError(400, "InvalidBatch", "Invalid result id")
        return _content(job, self._jobs.result_file(batch).read_bytes())

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

    def _sobject(self, call: Call, asked: dict[str, object]) -> str:
        name = str(asked.get("object") or "")
        found = self._org.catalogue.get(name)
        if found is None or not call.user.may("read", found.name):
            raise ApiError(400, "InvalidJob", f"InvalidEntity : Entity '{name}' is not supported by the Bulk API.")
        return found.name

    def _check_key(self, call: Call, job: ClassicJob) -> None:
        if job.operation != "upsert":
            return
        if not job.external_id_field:
            raise ApiError(400, "InvalidJob", f"External ID was blank for {job.sobject}. It is needed for upsert.")
        key = self._org.catalogue[job.sobject].field(job.external_id_field)
        if key is None or not key.usable_as_key or not call.user.can_read(job.sobject, key.name):
            told = f"Field name provided, {job.external_id_field} does not match an External ID for {job.sobject}"
            raise ApiError(400, "InvalidJob", told)

    def _job_answer(self, call: Call, job: ClassicJob, status: int = 200) -> Answer:
        batches = self._jobs.batches(job)
        if _speaks_json(call):
            return Answer(status, job_info(job, batches, zone="+0000"), _JSON)
        info = job_info(job, batches, zone="Z")
        inside = classic_xml.element("jobInfo", info).removeprefix("<jobInfo>").removesuffix("</jobInfo>")
        return Answer(status, classic_xml.document("jobInfo", inside), _XML)


def _batch_answer(job: ClassicJob, batch: Batch, status: int = 200) -> Answer:
    if job.content_type == "JSON":
        return Answer(status, batch_info(batch, zone="+0000"), _JSON)
    inside = classic_xml.element("batchInfo", batch_info(batch, zone="Z"))
    return Answer(
        status, classic_xml.document("batchInfo", inside.removeprefix("<batchInfo>").removesuffix("</batchInfo>")), _XML
    )


def _content(job: ClassicJob, content: bytes) -> Answer:
    return Answer(body=content, headers={"Content-Type": classic_content.CONTENT_TYPES[job.content_type]})


def _asked(call: Call) -> dict[str, object]:
    if "json" in call.headers.get("content-type", ""):
        return call.json_object()
    return classic_xml.read_flat(call.body)


def _text(asked: dict[str, object], name: str) -> str | None:
    value = asked.get(name)
    return None if value is None else str(value)


def _as_invalid_job(error: ApiError) -> ApiError:
    return ApiError(400, "InvalidJob", error.message)
