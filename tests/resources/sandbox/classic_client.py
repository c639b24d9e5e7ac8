"""Bulk API 1.0 as a client that waits: jobs, batches, what each says of itself."""

from __future__ import annotations

import time
from typing import Any
from xml.etree import ElementTree as ET

from tests.resources.sandbox.live import PATIENCE, Live

ASYNC = "/services/async/62.0/job"
SPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"
JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "application/xml; charset=UTF-8"}
CSV = {"Content-Type": "text/csv; charset=UTF-8"}
HEADERS = {"CSV": CSV, "JSON": JSON, "XML": XML}


def xml(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own sandbox wrote it


def opened(live: Live, operation: str, content_type: str = "JSON", **asked: object) -> dict[str, Any]:
    wanted = {"object": "Account", "operation": operation, "contentType": content_type, **asked}
    answer = live.call("POST", ASYNC, json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def begun(live: Live, job: dict[str, Any], content: Any) -> str:
    """The URL of a batch with that content, as soon as it is there."""
    url = f"{ASYNC}/{job['id']}/batch"
    body = {"data": content} if isinstance(content, str | bytes) else {"json": content}
    answer = live.call("POST", url, headers=HEADERS[job["contentType"]], **body)
    assert answer.status_code == 201, answer.text
    batch = answer.json()["id"] if job["contentType"] == "JSON" else xml(answer.text)[0].text
    return f"{url}/{batch}"


def ended(live: Live, job: dict[str, Any], url: str) -> dict[str, Any]:
    """The batch once it has ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        info = told(live, job, url)
        if info["state"] in ("Completed", "Failed", "NotProcessed"):
            return info
        time.sleep(0.02)
    raise TimeoutError(url)


def sent(live: Live, job: dict[str, Any], content: Any) -> str:
    """The URL of a batch with that content, once it has ended."""
    url = begun(live, job, content)
    ended(live, job, url)
    return url


def told(live: Live, job: dict[str, Any], url: str) -> dict[str, Any]:
    answer = live.call("GET", url)
    if job["contentType"] == "JSON":
        return dict(answer.json())
    return {child.tag.removeprefix(SPACE): child.text for child in xml(answer.text)}


def state(live: Live, job: dict[str, Any], url: str) -> str:
    return str(told(live, job, url)["state"])
