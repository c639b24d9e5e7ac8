"""A served sandbox org as its clients and its administrator use it: plain HTTPS, nothing of our own client."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from resources.sandbox.launch import Connection, running

API = "/services/data/v66.0/"
PATIENCE = 30.0


class Live:
    """One running sandbox: `get`, `post` … are the API of the integration user, `door` is the administrator's."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.verify = connection.ca_file
        self.log_in()

    def log_in(self) -> None:
        """A new session, as is needed once the org's clock was put on by hours."""
        login = {"grant_type": "client_credentials"}
        login |= {"client_id": self.connection.client_id, "client_secret": self.connection.client_secret}
        token = self._http.post(self.connection.token_url, data=login).json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, path: str, **how: Any) -> requests.Response:
        """Any call; a path without a leading slash is below the newest API version."""
        url = self.connection.url + (path if path.startswith("/") else API + path)
        answer = self._http.request(method, url, timeout=PATIENCE, **how)
        answer.encoding = "utf-8"
        return answer

    def door(self, name: str, body: Mapping[str, object]) -> Any:
        headers = {"Authorization": f"Bearer {self.connection.admin_token}"}
        answer = self.call("POST", f"/sandbox/{name}", json=body, headers=headers)
        assert answer.ok, answer.text
        return answer.json()

    def seed(self, sobject: str, *rows: Mapping[str, object]) -> list[str]:
        return list(self.door("seed", {"sobject": sobject, "rows": rows})["ids"])

    def hide(self, sobject: str, field: str) -> None:
        self.door("permissions", {"sobject": sobject, "field": field, "rights": {"read": False}})

    def allow_everything(self) -> None:
        self.door("permissions", {"reset": True})

    def query(self, soql: str, *, everything: bool = False, size: int | None = None) -> Any:
        headers = {} if size is None else {"Sforce-Query-Options": f"batchSize={size}"}
        path = "queryAll" if everything else "query"
        return self.call("GET", path, params={"q": soql}, headers=headers).json()

    def records(self, soql: str, *, everything: bool = False) -> list[dict[str, Any]]:
        answer = self.query(soql, everything=everything)
        assert isinstance(answer, dict), answer
        return list(answer["records"])

    def values(self, soql: str, *, everything: bool = False) -> list[Any]:
        """The only selected field of each record."""
        return [next(v for k, v in r.items() if k != "attributes") for r in self.records(soql, everything=everything)]

    def refusal(self, soql: str) -> tuple[str, str]:
        [error] = self.query(soql)
        return error["errorCode"], error["message"]

    def job(self, kind: str, **asked: object) -> dict[str, Any]:
        answer = self.call("POST", f"jobs/{kind}", json=asked)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def upload(self, job: Mapping[str, Any], content: str | bytes) -> requests.Response:
        body = content.encode() if isinstance(content, str) else content
        return self.call("PUT", f"/{job['contentUrl']}", data=body, headers={"Content-Type": "text/csv"})

    def close_job(self, job: Mapping[str, Any]) -> requests.Response:
        return self.call("PATCH", f"jobs/ingest/{job['id']}", json={"state": "UploadComplete"})

    def ended(self, kind: str, job_id: str) -> dict[str, Any]:
        """The job once it has ended."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            info: dict[str, Any] = self.call("GET", f"jobs/{kind}/{job_id}").json()
            if info["state"] in ("JobComplete", "Failed", "Aborted"):
                return info
            time.sleep(0.02)
        raise TimeoutError(f"job {job_id} has not ended")

    def ingest(self, operation: str, content: str | bytes, sobject: str = "Account", **asked: object) -> dict[str, Any]:
        """A whole job from creation to its end."""
        job = self.job("ingest", object=sobject, operation=operation, **asked)
        assert self.upload(job, content).status_code == 201
        assert self.close_job(job).status_code == 200
        return self.ended("ingest", job["id"])

    def result(self, job: Mapping[str, Any], name: str) -> list[dict[str, str]]:
        """The rows of one result file of an ingest job."""
        return table(self.call("GET", f"jobs/ingest/{job['id']}/{name}/").text)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def csv_text(header: Sequence[str], *rows: Sequence[str], end: str = "\n") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


@contextmanager
def serving(state: Path) -> Iterator[Live]:
    """A sandbox on that state directory, for as long as the block runs."""
    with running(state) as connection:
        live = Live(connection)
        try:
            yield live
        finally:
            live.close()
