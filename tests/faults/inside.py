"""The sandbox org inside this process: real requests of our client reach its gateway without a socket in between."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.types import Message

from resources.sandbox import ingest
from resources.sandbox.bulk_jobs import Job, Jobs
from resources.sandbox.endpoint import Router
from resources.sandbox.gateway import Gateway
from resources.sandbox.ingest_processing import IngestProcessing
from resources.sandbox.org import Clock, Org, system_clock
from resources.sandbox.people import ADMINISTRATOR
from resources.sandbox.server import ENDPOINTS
from tests.faults.office import URL as OFFICE_URL
from tests.faults.office import Office

URL = "https://org.example"
ROWS_A_BATCH = 1
"""A job is saved row by row, so that it can end half-way."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class OneBatch(threading.Event):
    """Lets a job save one batch, then stops it."""

    asked: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__init__()

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked > 1


class Inside:
    """One org that is open here."""

    def __init__(self, org: Org) -> None:
        self.org = org
        parts = [
            ingest.routes(org, batch=ROWS_A_BATCH) if module is ingest else module.routes(org) for module in ENDPOINTS
        ]
        self._gateway = Gateway(org, Router([route for part in parts for route in part]))
        self._loop = asyncio.new_event_loop()
        admin = org.user_named(ADMINISTRATOR)
        assert admin is not None
        self._admin = admin.id

    @cached_property
    def office(self) -> Office:
        """The mailboxes beside it, which are there from when they are first asked for."""
        return Office(self.org.state.with_name("graph"), self.org.time)

    def close(self) -> None:
        if "office" in self.__dict__:
            self.office.close()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer of the org, or of what is beside it, to one request."""
        return self._loop.run_until_complete(self._answer(method, url, headers, body))

    async def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        told: list[Message] = []
        parts = urlsplit(url)

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": parts.scheme,
            "server": (parts.hostname, 443),
            "client": ("127.0.0.1", 1),
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [
                (name.lower().encode(), value.encode()) for name, value in {"host": parts.netloc, **headers}.items()
            ],
        }
        await (self.office.app if url.startswith(OFFICE_URL) else self._gateway)(scope, receive, send)
        start = told[0]
        given = {name.decode(): value.decode() for name, value in start["headers"]}
        given["date"] = format_datetime(self.org.time(), usegmt=True)
        return Answer(start["status"], given, b"".join(message.get("body", b"") for message in told[1:]))

    def person(self, method: str, path: str, body: object = None) -> Any:
        """What a person does, by hand or by a tool of their own."""
        content = b"" if body is None else orjson.dumps(body)
        token = self.org.sessions.access_token(self._admin)  # a new one each time: a fault may end all sessions
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        answer = self.answer(method, f"{URL}/services/data/v62.0/{path}", headers, content)
        assert answer.status < 300, answer.body
        return orjson.loads(answer.body) if answer.body else None

    def door(self, path: str, body: object) -> bool:
        """Whether the administrator's door did what it was asked; what it refuses is left undone."""
        headers = {"authorization": f"Bearer {self.org.identity.admin_token}"}
        return self.answer("POST", f"{URL}/sandbox/{path}", headers, orjson.dumps(body)).status < 300

    def records(self, sobject: str, fields: Sequence[str], *, deleted: bool = False) -> list[dict[str, Any]]:
        """All live records, or with `deleted` those of the recycle bin as well."""
        verb = "queryAll" if deleted else "query"
        found = self.person("GET", f"{verb}?q=SELECT+{',+'.join(fields)}+FROM+{sobject}")
        return [{name: record[name] for name in fields} for record in found["records"]]

    def until_ended(self, job_id: str) -> None:
        """The job is not being worked on."""
        jobs = Jobs(self.org, "ingest", Job)
        while jobs.get(job_id).state in ("UploadComplete", "InProgress"):
            time.sleep(0.0005)

    def end_half_way(self, job_id: str, state: str) -> None:
        """The closed job has saved its first batch and then ends in this state."""
        jobs = Jobs(self.org, "ingest", Job)
        with jobs.change(job_id) as job:
            job.state = "UploadComplete"
        IngestProcessing(self.org, jobs, batch=ROWS_A_BATCH).run(job_id, OneBatch())
        with jobs.change(job_id) as job:
            job.state = state
            job.error = "InternalServerError : the batch was retried too often" if state == "Failed" else None


@contextmanager
def inside(state: Path, clock: Clock = system_clock) -> Iterator[Inside]:
    """The org of that state directory is open while the block runs."""
    with Org(state, clock=clock) as org:
        opened = Inside(org)
        try:
            yield opened
        finally:
            opened.close()
