"""How calls come into Bulk API 1.0 and go out again: its sessions, its errors, JSON or XML.

Its errors have a shape of their own (`exceptionCode`), and a bad session is a 400 there. A job is spoken of in the
format of the call, its batches in XML unless the job's content is JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from . import classic_content, classic_xml
from .classic_jobs import Batch, ClassicJob, batch_info, job_info
from .endpoint import Answer, Call, Handler, Route, is_version
from .errors import ApiError, invalid_session
from .media_types import JSON as JSON_TYPE
from .media_types import XML as XML_TYPE
from .media_types import media_type

JSON = {"Content-Type": "application/json;charset=UTF-8"}
XML = {"Content-Type": "application/xml"}
_CODES = {
    "INVALID_SESSION_ID": "InvalidSessionId",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "EXCEEDED_QUOTA": "ExceededQuota",
    "NOT_FOUND": "InvalidJob",
}


def route(path: str, handlers: Mapping[str, Handler]) -> Route:
    """A route below /services/async/NN.0/; its handlers are called for whoever has a session."""
    guarded = {method: _guarded(handler) for method, handler in handlers.items()}
    return Route(f"/services/async/{{release}}/{path}", guarded, open_to_all=True)


def _guarded(handler: Callable[[Call], Answer]) -> Handler:
    """The handler for whoever has a session, with errors in the words of this API."""

    def guarded(call: Call) -> Answer:
        try:
            release = call.params["release"]
            if not is_version(release):
                raise ApiError(400, "InvalidUrl", f"unknown version: v{release}")
            user = call.org.user(_session(call))
            call.org.usage.take()
            return handler(replace(call, user=user, params={**call.params, "version": release}))
        except ApiError as error:
            return refusal(call.headers, error)

    return guarded


def _session(call: Call) -> str:
    header = call.headers.get("x-sfdc-session") or call.headers.get("authorization", "").partition(" ")[2]
    if not header:
        raise invalid_session()
    return header.strip()


def refusal(headers: Mapping[str, str], error: ApiError) -> Answer:
    """The error in the words of this API, in the format of a call with those headers."""
    code = _CODES.get(error.code, error.code)
    message = "Invalid session id" if code == "InvalidSessionId" else error.message
    told = {"exceptionCode": code, "exceptionMessage": message}
    status = 400 if error.status in (401, 403, 404) else error.status
    if _speaks_json(headers):
        return Answer(status, told, {"Content-Type": "application/json"})
    return Answer(status, classic_xml.document("error", classic_xml.elements(told)), XML)


def _speaks_json(headers: Mapping[str, str]) -> bool:
    return "json" in headers.get("content-type", "") or "json" in headers.get("accept", "")


def asked(call: Call) -> dict[str, object]:
    """What a call about a job says, from JSON or XML."""
    found = media_type(call.headers)
    if found not in (JSON_TYPE, XML_TYPE):
        raise ApiError(400, "InvalidJob", f"Unsupported content type: {found}")
    return call.json_object() if found == JSON_TYPE else classic_xml.read_flat(call.body)


def job_answer(call: Call, job: ClassicJob, batches: list[Batch], status: int = 200) -> Answer:
    if _speaks_json(call.headers):
        return Answer(status, job_info(job, batches, zone="+0000"), JSON)
    info = job_info(job, batches, zone="Z")
    return Answer(status, classic_xml.document("jobInfo", classic_xml.elements(info)), XML)


def batch_answer(job: ClassicJob, batch: Batch, status: int = 200) -> Answer:
    if job.content_type == "JSON":
        return Answer(status, batch_info(batch, zone="+0000"), JSON)
    info = classic_xml.elements(batch_info(batch, zone="Z"))
    return Answer(status, classic_xml.document("batchInfo", info), XML)


def batch_list_answer(job: ClassicJob, batches: list[Batch]) -> Answer:
    if job.content_type == "JSON":
        return Answer(body={"batchInfo": [batch_info(batch, zone="+0000") for batch in batches]}, headers=JSON)
    inside = "".join(classic_xml.element("batchInfo", batch_info(batch, zone="Z")) for batch in batches)
    return Answer(body=classic_xml.document("batchInfoList", inside), headers=XML)


def content_answer(job: ClassicJob, content: bytes) -> Answer:
    """What was sent or found, as the job's content type says."""
    return Answer(body=content, headers={"Content-Type": classic_content.CONTENT_TYPES[job.content_type]})
