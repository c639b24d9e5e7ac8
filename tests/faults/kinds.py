"""The kinds of fault that a call can meet, and which of them a call of a certain sort can meet at all.

How each looks to a client is in `wire`. To add a kind, add it to the sort of call that it belongs to, and there. What
belongs to no call is tried beside: a person's edit at every call (`trial`), a clock that is wrong (`both_sides`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

ANYWHERE = (
    "refused",  # nobody listens
    "reset",  # the line is cut before the org saw anything
    "dropped",  # the org did it, and its answer never comes
    "expired",  # 401: the session is over
    "unavailable",  # 503 with Retry-After
    "limit",  # 403: no more calls today
    "busy",  # 429 with Retry-After
    "half",  # the second half of the answer is missing, and nothing says so
    "garbled",  # the answer is no answer, and nothing says so
)
CHANGING = (
    "lost",  # the line is cut after the org did it
    "gateway",  # 504 from something in between, after the org did it
    "page",  # a web page instead of an answer, after the org did it
    "late",  # no answer comes, and the org does it only after the next call
    "forbidden",  # just before, our user loses the right to write a field, until the next login
    "hidden",  # just before, a field is taken from our user altogether, until the next login
)
ROWS = ("locked",)  # the first row meets UNABLE_TO_LOCK_ROW, the others do not
PARTS = (
    "parted",  # the answer to the first of its collections is missing
    "declined",  # the last of its collections is refused as a whole: no more calls today
)
CLOSING = (
    "failed",  # the job fails after its first rows
    "aborted",  # somebody aborts the job after its first rows
    "unprocessed",  # the job ends without having taken all rows
)
POLLING = ("stuck",)  # the job makes no progress for a while
ENDED = ("gone",)  # seven days have passed: the org no longer knows the job, nor its results

WRITES = "composite of writes"
"""New rows and changed ones in one call."""

GRAPH, BATCH_OF_READS, BATCH_OF_WRITES = "graph/", "graph/$batch", "graph/$batch of writes"
IN_MAILBOXES = tuple(kind for kind in ANYWHERE if kind != "limit")
READING_MAILBOXES = ("forgotten",)  # 410: no place of a reader holds any more
WRITING_MAILBOXES = (
    "lost",
    "gateway",
    "page",
    "late",
    "throttled",  # the first write of the batch is not done: 429
    "unclear",  # the first write of the batch is done, and said to be 504
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a client sent it, told without values: `POST composite/sobjects`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def changes(self) -> bool:
        """Whether it can change anything in the org."""
        reading = self.method == "GET" or re.fullmatch(r"(graph/)?token|composite/sobjects/\w+", self.path)
        return not reading and self.path != BATCH_OF_READS

    @property
    def kinds(self) -> tuple[str, ...]:
        """What can happen to it."""
        if self.path.startswith(GRAPH):
            reads = () if self.path.endswith("token") else READING_MAILBOXES
            return IN_MAILBOXES + (WRITING_MAILBOXES if self.changes else reads)
        found = ANYWHERE + (CHANGING if self.changes else ())
        if self.path in ("composite/sobjects", WRITES) or (self.method == "PUT" and self.path.endswith("/batches")):
            found += ROWS
        if self.path == WRITES:
            found += PARTS
        if self.path == "jobs/ingest/ID":
            found += CLOSING if self.method == "PATCH" else POLLING
        if self.method == "GET" and self.path.startswith("jobs/ingest/ID"):
            found += ENDED
        return found


def told_by_graph(method: str, path: str, body: bytes) -> Call:
    """The call of a mailbox: a delta, a token, a batch that may change something or not."""
    short = path.rpartition("/")[2]
    if short == "$batch":
        reads = all(part["method"] == "GET" for part in orjson.loads(body)["requests"])
        return Call(method, BATCH_OF_READS if reads else BATCH_OF_WRITES)
    return Call(method, GRAPH + short)


def told(method: str, path: str, body: bytes) -> Call:
    """The call of that method and path, ids left out; a composite may be one of writes."""
    short = path.partition("/services/data/")[2].partition("/")[2] or path.rpartition("/")[2]
    if short == "composite" and all("body" in part for part in orjson.loads(body)["compositeRequest"]):
        return Call(method, WRITES)
    return Call(method, re.sub(r"(jobs/\w+/)\w+", r"\1ID", short).rstrip("/"))
