"""Which Content-Type each resource takes. Code and text of a 415 are captured; that of Bulk API 1.0 is one issue's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources.sandbox.launch import Connection
from tests.resources.sandbox.classic_client import ASYNC, CSV, JSON, XML, opened
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live


@pytest.fixture
def live(connection: Connection) -> Iterator[Live]:
    served = Live(connection)
    yield served
    served.close()


@pytest.mark.parametrize("kind", ["text/plain", "text/csv", "application/x-www-form-urlencoded", "utf-8"])
@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "sobjects/Account"),
        ("PATCH", "sobjects/Account/Source_Key__c/k"),
        ("POST", "composite/sobjects"),
        ("POST", "composite"),
        ("POST", "jobs/ingest"),
        ("POST", "jobs/query"),
    ],
)
def test_what_is_no_json_is_refused(rest: Rest, method: str, path: str, kind: str) -> None:
    answer = rest(method, path, data=b'{"Name": "A"}', headers={"Content-Type": kind})

    message = f"MediaType of '{kind}' is not supported by this resource"
    assert (answer.status_code, answer.json()) == (415, [{"message": message, "errorCode": "UNSUPPORTED_MEDIA_TYPE"}])


def test_a_body_of_no_type_is_refused(rest: Rest) -> None:
    answer = rest("POST", "sobjects/Account", data=b'{"Name": "A"}')

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_record_in_xml_is_not_emulated(rest: Rest) -> None:
    answer = rest("POST", "sobjects/Account", data=b"<Account><Name>A</Name></Account>", headers=XML)

    assert answer.status_code == 415
    assert "XML is not emulated by this sandbox" in answer.json()[0]["message"]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=UTF-8", "Application/JSON;charset=utf-8"]
)
def test_json_may_name_its_encoding(rest: Rest, kind: str) -> None:
    answer = rest("POST", "sobjects/Account", data=b'{"Name": "A"}', headers={"Content-Type": kind})

    assert answer.status_code == 201


def test_a_call_without_a_body_needs_no_type(rest: Rest) -> None:
    made = rest("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]

    assert rest("GET", f"sobjects/Account/{made}", headers={"Content-Type": "text/plain"}).status_code == 200
    assert rest("DELETE", f"sobjects/Account/{made}").status_code == 204


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
def test_an_upload_is_csv(live: Live, kind: str) -> None:
    job = live.job("ingest", object="Account", operation="insert")

    refused = live.call("PUT", f"/{job['contentUrl']}", data=b"Name\nA\n", headers={"Content-Type": kind})
    taken = live.call("PUT", f"/{job['contentUrl']}", data=b"Name\nA\n", headers=CSV)

    assert (refused.status_code, refused.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert taken.status_code == 201


@pytest.mark.parametrize(
    "content, kind",
    [("CSV", "application/xml"), ("CSV", "application/json"), ("JSON", "text/csv"), ("XML", "text/csv")],
)
def test_a_batch_is_what_its_job_said(live: Live, content: str, kind: str) -> None:
    job = opened(live, "insert", content)
    answer = live.call("POST", f"{ASYNC}/{job['id']}/batch", data=b"x", headers={"Content-Type": kind})

    assert answer.status_code == 400
    assert f"Unsupported content type: {kind}" in answer.text
    assert "InvalidBatch" in answer.text


def test_a_job_is_made_in_json_or_xml(live: Live) -> None:
    answer = live.call("POST", ASYNC, data=b"<jobInfo/>", headers={"Content-Type": "text/xml", "Accept": "text/json"})

    told = {"exceptionCode": "InvalidJob", "exceptionMessage": "Unsupported content type: text/xml"}
    assert (answer.status_code, answer.json()) == (400, told)
    assert opened(live, "insert")["state"] == "Open"
    closed = live.call("POST", f"{ASYNC}/{opened(live, 'insert')['id']}", json={"state": "Closed"}, headers=JSON)
    assert closed.json()["state"] == "Closed"
