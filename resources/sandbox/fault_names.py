"""The names of the faults that can be asked for: what each does, and what it says unless its rule says otherwise.

How a rule chooses its calls is in `faults`; how a fault is carried out is in `fault_effects` for calls and in
`ingest_processing` for bulk jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """One name: the action that is carried out, what it does in a sentence, and the properties it brings along."""

    action: str
    does: str
    defaults: Mapping[str, object] = field(default_factory=dict)


def _status(does: str, status: int, code: str, message: str, **headers: str) -> Kind:
    said = {"status": status, "code": code, "message": message}
    return Kind("status", does, {**said, "headers": {name.replace("_", "-"): value for name, value in headers.items()}})


_LOCKED = {"code": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record"}

KINDS: dict[str, Kind] = {
    "refuse": Kind(
        "refuse", "nothing listens for `seconds`: connections that exist are reset, new ones refused", {"seconds": 1.0}
    ),
    "drop": Kind("drop", "the connection is closed; nothing was done"),
    "reset-before": Kind("reset-before", "the connection is reset; nothing was done"),
    "reset-after": Kind("reset-after", "the call is worked off, then the connection is reset"),
    "close-after-write": Kind("close-after-write", "the call is worked off, then the connection is closed"),
    "drop-answer": Kind(
        "drop-answer", "the call is worked off, then `seconds` of silence, then the end", {"seconds": 60.0}
    ),
    "delay": Kind("delay", "the call is worked off after `seconds`"),
    "truncate": Kind("truncate", "the call is worked off; half of the answer arrives, then the connection closes"),
    "garble": Kind("garble", "the call is worked off; the answer turns into a page of HTML half-way"),
    "status": Kind("status", "`status`, `code`, `message` and `headers` are the answer; nothing was done"),
    "unauthorized": _status("401, once", 401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "limit-exceeded": _status(
        "403, the day's calls are spent", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."
    ),
    "too-many-requests": _status("429", 429, "REQUEST_LIMIT_EXCEEDED", "Too many requests", Retry_After="1"),
    "unavailable": _status("503", 503, "SERVER_UNAVAILABLE", "Server unavailable", Retry_After="1"),
    "results-gone": _status(
        "404, as for a job of more than 7 days ago", 404, "NOT_FOUND", "The requested resource does not exist"
    ),
    "expire": Kind("expire", "every session has ended, then the call is worked off"),
    "meanwhile": Kind(
        "meanwhile", "what `door` of the administrator does with `body` happens first (`after`: happens then)"
    ),
    "row-errors": Kind(
        "row-errors",
        "of the rows of that call or job, a `share`, at most `rows`, is refused",
        {"code": "UNKNOWN_EXCEPTION", "message": "An unexpected error occurred."},
    ),
    "row-locks": Kind("row-errors", "the same with UNABLE_TO_LOCK_ROW", _LOCKED),
    "late-commit": Kind(
        "late-commit", "the records it writes are stamped `seconds` before they can be seen", {"seconds": 10.0}
    ),
    "job-stuck": Kind(
        "job-stuck", "after `rows` rows the job stays InProgress for `seconds` (0: until the rules change)", {"rows": 0}
    ),
    "job-failed": Kind(
        "job-failed",
        "after `rows` rows the job is Failed; what it saved stays",
        {"rows": 0, "message": "InternalServerError : Unexpected exception encountered during query processing"},
    ),
    "job-aborted": Kind("job-aborted", "after `rows` rows somebody aborts the job", {"rows": 0}),
    "rows-unprocessed": Kind(
        "rows-unprocessed", "the job is JobComplete, the rows after `rows` are unprocessed", {"rows": 0}
    ),
    "rows-unrecorded": Kind(
        "rows-unrecorded", "the job is JobComplete, the rows after `rows` are in no result at all", {"rows": 0}
    ),
}

JOB_ACTIONS = frozenset({"job-stuck", "job-failed", "job-aborted", "rows-unprocessed", "rows-unrecorded"})
EITHER_ACTIONS = frozenset({"row-errors", "late-commit"})
