"""Duplicate rules that block or alert. Evidence: bodies captured from real orgs, `duplicateResut` included.

That an edit is compared only if it changes a compared field is from the help pages.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live, csv_text

ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=true; runAsCurrentUser=true"}


@pytest.fixture
def ruled(admin: Administrator) -> Iterator[Administrator]:
    yield admin
    admin.do("rules")


def rule(action: str) -> dict[str, object]:
    return {"name": "Same_person", "sobject": "Contact", "fields": ["LastName", "Email"], "action": action}


def person(key: str, last_name: str = "King") -> dict[str, object]:
    return {"LastName": last_name, "Email": f"{key}@school.example"}


def test_an_alert_tells_what_matches_and_yields_to_the_header(rest: Rest, ruled: Administrator, key: str) -> None:
    first = rest("POST", "sobjects/Contact", json=person(key)).json()["id"]
    ruled.do("rules", duplicates=[rule("alert")])

    refused = rest("POST", "sobjects/Contact", json=person(key.upper(), "KING"))
    saved = rest("POST", "sobjects/Contact", json=person(key), headers=ALLOW)

    assert refused.status_code == 400
    [error] = refused.json()
    assert (error["errorCode"], error["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
    found = error["duplicateResut"]
    assert (found["allowSave"], found["duplicateRule"], found["duplicateRuleEntityType"]) == (
        True, "Same_person", "Contact"
    )  # fmt: skip
    [match] = found["matchResults"]
    assert {"entityType", "errors", "matchEngine", "matchRecords", "rule", "size", "success"} == match.keys()
    [record] = match["matchRecords"]
    assert record["matchConfidence"] == 100.0
    assert record["record"]["Id"] == first
    assert "Email" not in record["record"]
    assert saved.status_code == 201


def test_a_block_yields_to_nothing(rest: Rest, ruled: Administrator, key: str) -> None:
    rest("POST", "sobjects/Contact", json=person(key))
    ruled.do("rules", duplicates=[rule("block")])

    [error] = rest("POST", "sobjects/Contact", json=person(key), headers=ALLOW).json()

    assert error["errorCode"] == "DUPLICATES_DETECTED"
    assert error["duplicateResut"]["allowSave"] is False
    assert error["duplicateResut"]["matchResults"][0]["matchRecords"][0]["record"]["Email"] == f"{key}@school.example"


def test_collections_and_bulk_jobs_name_the_code_alone(rest: Rest, ruled: Administrator, key: str) -> None:
    rest("POST", "sobjects/Contact", json=person(key))
    ruled.do("rules", duplicates=[rule("alert")])
    body = {"records": [{"attributes": {"type": "Contact"}, **person(key)}]}

    [row] = rest("POST", "composite/sobjects", json=body).json()
    org = Live(ruled.connection)
    job = org.ingest("insert", csv_text(["LastName", "Email"], ["King", f"{key}@school.example"]), "Contact")
    [failed] = org.result(job, "failedResults")
    org.close()

    told = {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
    assert row["errors"] == [told]
    assert failed["sf__Error"] == "DUPLICATES_DETECTED:Use one of these records?:--"
    assert rest("POST", "composite/sobjects", json=body, headers=ALLOW).json()[0]["success"] is True


def test_an_edit_is_compared_only_if_it_changes_what_is_compared(rest: Rest, ruled: Administrator, key: str) -> None:
    rest("POST", "sobjects/Contact", json=person(key))
    twin = rest("POST", "sobjects/Contact", json=person(key)).json()["id"]
    other = rest("POST", "sobjects/Contact", json=person(key, "Queen")).json()["id"]
    ruled.do("rules", duplicates=[rule("alert")])

    assert rest("PATCH", f"sobjects/Contact/{twin}", json={"Title": "T"}).status_code == 204
    assert rest("PATCH", f"sobjects/Contact/{other}", json={"LastName": "King"}).status_code == 400


@pytest.mark.parametrize("header, status", [({}, 400), (ALLOW, 201)], ids=["without", "with"])
@pytest.mark.parametrize("kind", ["composite", "graph"])
def test_a_subrequest_brings_its_own_header(
    rest: Rest, ruled: Administrator, key: str, kind: str, header: dict[str, str], status: int
) -> None:
    rest("POST", "sobjects/Contact", json=person(key))
    ruled.do("rules", duplicates=[rule("alert")])
    url = "/services/data/v66.0/sobjects/Contact"
    request = {"method": "POST", "url": url, "referenceId": "one", "body": person(key), "httpHeaders": header}
    plain = {"method": "POST", "url": url, "referenceId": "other", "body": person(f"{key}-other")}
    calls = {"compositeRequest": [request, plain]}

    if kind == "graph":
        told = rest("POST", "composite/graph", json={"graphs": [{"graphId": "g", **calls}]}).json()["graphs"][0]
        answers = told["graphResponse"]["compositeResponse"]
    else:
        answers = rest("POST", "composite", json=calls).json()["compositeResponse"]

    assert answers[0]["httpStatusCode"] == status
    if status == 400:
        assert answers[0]["body"][0]["errorCode"] == "DUPLICATES_DETECTED"
        assert "duplicateResut" in answers[0]["body"][0]
