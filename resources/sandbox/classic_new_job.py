"""What a call to create a job of Bulk API 1.0 asks for, checked."""

from __future__ import annotations

from collections.abc import Mapping

from .absent_objects import remark
from .bulk_jobs import not_one_of
from .classic_content import CONTENT_TYPES
from .classic_jobs import QUERIES, ClassicJob
from .endpoint import Call
from .errors import ApiError
from .permissions import HARD_DELETE

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete", *QUERIES)
_NO_HARD_DELETE = (
    "hardDelete operation requires special user profile permission, please contact your system administrator"
)


def new_job(call: Call, asked: Mapping[str, object], job_id: str) -> ClassicJob:
    """An open job as asked for; ApiError if no such job can be."""
    _check_chunking(call)
    now = call.org.now()
    job = ClassicJob(
        id=job_id,
        operation=_operation(call, asked),
        state="Open",
        user=call.user.id,
        username=call.user.username,
        created=now,
        modified=now,
        version=float(call.version),
        sobject=_sobject(call, asked),
        external_id_field=_text(asked, "externalIdFieldName"),
        assignment_rule=_text(asked, "assignmentRuleId"),
        content_type=_content_type(asked),
        # some clients send the number of the mode
        concurrency="Serial" if asked.get("concurrencyMode") in ("Serial", 1, "1") else "Parallel",
    )
    _check_key(call, job)
    return job


def _check_chunking(call: Call) -> None:
    if call.headers.get("sforce-enable-pkchunking", "false").lower() != "false":
        raise ApiError(400, "FeatureNotEnabled", "PK chunking is not emulated by this sandbox")


def _operation(call: Call, asked: Mapping[str, object]) -> str:
    operation = asked.get("operation")
    if operation == "hardDelete" and not call.user.has(HARD_DELETE):
        raise ApiError(400, "FeatureNotEnabled", _NO_HARD_DELETE)
    if operation not in OPERATIONS:
        raise ApiError(400, "InvalidJob", not_one_of("operation", operation, OPERATIONS).message)
    return str(operation)


def _content_type(asked: Mapping[str, object]) -> str:
    content_type = str(asked.get("contentType") or "XML")
    if content_type not in CONTENT_TYPES:
        raise ApiError(400, "InvalidJob", f"contentType {content_type} is not emulated by this sandbox")
    return content_type


def _sobject(call: Call, asked: Mapping[str, object]) -> str:
    name = str(asked.get("object") or "")
    found = call.org.catalogue.get(name)
    if found is None or not call.user.may("read", found.name):
        raise ApiError(
            400, "InvalidJob", f"InvalidEntity : Entity '{name}' is not supported by the Bulk API.{remark(name)}"
        )
    return found.name


def _check_key(call: Call, job: ClassicJob) -> None:
    if job.operation != "upsert":
        return
    if not job.external_id_field:
        raise ApiError(400, "InvalidJob", f"External ID was blank for {job.sobject}. It is needed for upsert.")
    key = call.org.catalogue[job.sobject].field(job.external_id_field)
    if key is None or not key.usable_as_key or not call.user.can_read(job.sobject, key.name):
        told = f"Field name provided, {job.external_id_field} does not match an External ID for {job.sobject}"
        raise ApiError(400, "InvalidJob", told)


def _text(asked: Mapping[str, object], name: str) -> str | None:
    value = asked.get(name)
    return None if value is None else str(value)
