"""Bulk API 1.0 as its clients speak it: jobs and batches in JSON, CSV and XML, queries, errors, states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import requests

from tests.resources.sandbox.classic_client import ASYNC, JSON, SPACE, XML, opened, sent, state, told, xml
from tests.resources.sandbox.live import Live, serving, table


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as served:
        yield served


def test_rows_in_json_are_saved_and_answered_in_their_order(live: Live) -> None:
    job = opened(live, "insert")
    batch = sent(live, job, [{"Name": "J1", "Source_Key__c": "j1"}, {"Phone": "1"}, {"Name": "J2", "Phone": None}])
    results = live.call("GET", f"{batch}/result").json()
    assert [(row["success"], row["created"]) for row in results] == [(True, True), (False, False), (True, True)]
    assert results[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert live.call("GET", f"{batch}/request").json()[0] == {"Name": "J1", "Source_Key__c": "j1"}
    info = live.call("GET", f"{ASYNC}/{job['id']}", headers=JSON).json()
    assert (info["numberBatchesCompleted"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (1, 3, 1)


def test_a_parent_in_json_is_named_by_its_key(live: Live) -> None:
    live.seed("Account", {"Name": "Parent", "Source_Key__c": "parent"})
    job = opened(live, "insert", object="Contact")
    sent(live, job, [{"LastName": "Child", "Account": {"Source_Key__c": "parent"}}])
    [child] = live.records("SELECT Account.Name FROM Contact WHERE LastName = 'Child'")
    assert child["Account"]["Name"] == "Parent"


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_rows_in_csv_have_their_results_in_csv_and_their_batch_in_xml(live: Live, end: str) -> None:
    job = opened(live, "upsert", "CSV", externalIdFieldName="Source_Key__c")
    batch = sent(live, job, end.join(["Name,Source_Key__c", "C1,c1", ",c2", ""]))
    assert told(live, job, batch)["numberRecordsFailed"] == "1"
    first, second = table(live.call("GET", f"{batch}/result").text)
    assert first["Success"] == "true"
    assert second == {
        "Id": "",
        "Success": "false",
        "Created": "false",
        "Error": "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
    }


def test_everything_may_be_xml(live: Live) -> None:
    asked = f'<jobInfo xmlns="{SPACE[1:-1]}"><operation>insert</operation><object>Account</object></jobInfo>'
    answer = xml(live.call("POST", ASYNC, data=asked, headers=XML).text)
    job = {child.tag.removeprefix(SPACE): child.text for child in answer}
    assert (job["state"], job["contentType"], job["apiVersion"]) == ("Open", "XML", "62.0")
    rows = "<sObject><Name>X &amp; Y</Name></sObject><sObject><Name xsi:nil='true'/></sObject>"
    space = f'xmlns="{SPACE[1:-1]}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    batch = sent(live, job, f"<sObjects {space}>{rows}</sObjects>")
    results = xml(live.call("GET", f"{batch}/result").text)
    assert [row.findtext(f"{SPACE}success") for row in results] == ["true", "false"]
    assert live.values("SELECT Name FROM Account WHERE Name LIKE 'X %'") == ["X & Y"]


def test_a_query_in_json_gives_datetimes_in_milliseconds(live: Live) -> None:
    live.seed("Account", {"Name": "Timed", "CreatedDate": "2024-05-06T07:08:09.000Z"})
    job = opened(live, "query")
    batch = sent(live, job, "SELECT Id, CreatedDate, Owner.Name FROM Account WHERE Name = 'Timed'")
    [result] = live.call("GET", f"{batch}/result").json()
    [record] = live.call("GET", f"{batch}/result/{result}").json()
    assert record["CreatedDate"] == datetime.fromisoformat("2024-05-06T07:08:09+00:00").timestamp() * 1000
    assert record["attributes"] == {"type": "Account", "url": f"/services/data/v62.0/sobjects/Account/{record['Id']}"}
    assert isinstance(record["Owner"]["Name"], str)


def test_a_query_in_csv_lists_its_results_in_xml(live: Live) -> None:
    live.seed("Account", {"Name": 'Commas, quotes " and\nlines'})
    job = opened(live, "queryAll", "CSV")
    batch = sent(live, job, "SELECT Name, IsDeleted FROM Account WHERE Name LIKE 'Commas%'")
    [result] = xml(live.call("GET", f"{batch}/result").text)
    rows = table(live.call("GET", f"{batch}/result/{result.text}").text)
    assert rows == [{"Name": 'Commas, quotes " and\nlines', "IsDeleted": "false"}]


def test_a_query_that_finds_nothing_says_so(live: Live) -> None:
    job = opened(live, "query", "CSV")
    batch = sent(live, job, "SELECT Id FROM Account WHERE Name = 'nobody'")
    [result] = xml(live.call("GET", f"{batch}/result").text)
    assert live.call("GET", f"{batch}/result/{result.text}").text == "Records not found for this query\n"


def test_a_bad_query_fails_its_batch_with_the_reason(live: Live) -> None:
    job = opened(live, "query")
    batch = sent(live, job, "SELECT Nope FROM Account")
    info = told(live, job, batch)
    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith("InvalidBatch : Failed to process query: INVALID_FIELD: ")


def test_an_unknown_column_fails_the_batch_and_no_other(live: Live) -> None:
    job = opened(live, "insert", "CSV")
    bad, good = sent(live, job, "Name,Nope__c\nA,1\n"), sent(live, job, "Name\nFine\n")
    assert told(live, job, bad)["stateMessage"] == "InvalidBatch : Field name not found : Nope__c"
    assert state(live, job, good) == "Completed"
    info = live.call("GET", f"{ASYNC}/{job['id']}", headers=JSON).json()
    assert (info["numberBatchesFailed"], info["numberBatchesTotal"]) == (1, 2)


def test_a_batch_that_ends_within_a_quoted_value_fails_and_saves_nothing(live: Live) -> None:
    job = opened(live, "insert", "CSV")
    info = told(live, job, sent(live, job, 'Name\nUncut\n"Cut sh\n'))
    assert info["stateMessage"] == "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
    assert live.records("SELECT Id FROM Account WHERE Name LIKE 'Uncut%' OR Name LIKE 'Cut%'") == []


def test_a_closed_job_takes_no_further_batch(live: Live) -> None:
    job = opened(live, "insert")
    assert live.call("POST", f"{ASYNC}/{job['id']}", json={"state": "Closed"}).json()["state"] == "Closed"
    refused = live.call("POST", f"{ASYNC}/{job['id']}/batch", json=[{"Name": "late"}])
    assert (refused.status_code, refused.json()["exceptionCode"]) == (400, "InvalidJobState")


@pytest.mark.parametrize(
    "asked, code",
    [
        ({"operation": "explode"}, "InvalidJob"),
        ({"object": "Nope"}, "InvalidJob"),
        ({"operation": "hardDelete"}, "FeatureNotEnabled"),
        ({"operation": "upsert"}, "InvalidJob"),
        ({"contentType": "ZIP_CSV"}, "InvalidJob"),
    ],
    ids=["operation", "object", "hard delete", "no key", "content type"],
)
def test_a_job_that_cannot_be_is_refused(live: Live, asked: dict[str, str], code: str) -> None:
    wanted = {"object": "Account", "operation": "insert", "contentType": "JSON", **asked}
    answer = live.call("POST", ASYNC, json=wanted)
    assert (answer.status_code, answer.json()["exceptionCode"]) == (400, code)


def test_a_bad_session_is_a_400_in_the_format_of_the_call(live: Live) -> None:
    url, bad = live.connection.url + ASYNC, {"X-SFDC-Session": "00D!no"}
    with requests.Session() as http:
        http.trust_env, http.verify = False, live.connection.ca_file
        in_json = http.post(url, json={}, headers=bad, timeout=30)
        in_xml = http.post(url, data="<jobInfo/>", headers=bad | XML, timeout=30)
    assert (in_json.status_code, in_json.json()) == (
        400,
        {"exceptionCode": "InvalidSessionId", "exceptionMessage": "Invalid session id"},
    )
    assert xml(in_xml.text).findtext(f"{SPACE}exceptionCode") == "InvalidSessionId"


def test_an_xml_entity_is_refused(live: Live) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><jobInfo><operation>&a;</operation></jobInfo>'
    answer = live.call("POST", ASYNC, data=bomb, headers=XML)
    assert answer.status_code == 400
    assert "DOCTYPE" in answer.text


def test_jobs_batches_and_results_outlive_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path / "org") as first:
        job = opened(first, "insert")
        batch = sent(first, job, [{"Name": "Kept"}])
        results = first.call("GET", f"{batch}/result").json()
    with serving(tmp_path / "org") as second:
        assert second.call("GET", f"{batch}/result").json() == results
        assert second.values("SELECT Name FROM Account") == ["Kept"]


def test_a_hard_delete_leaves_nothing_in_the_bin(live: Live) -> None:
    (account,) = live.seed("Account", {"Name": "Gone for good"})
    live.door("permissions", {"system": {"BulkApiHardDelete": True}})
    try:
        job = opened(live, "hardDelete")
        batch = sent(live, job, [{"Id": account}])
        assert [row["success"] for row in live.call("GET", f"{batch}/result").json()] == [True]
    finally:
        live.allow_everything()
    assert live.values("SELECT Id FROM Account WHERE Name = 'Gone for good'", everything=True) == []


def test_batches_count_towards_those_of_the_day(live: Live) -> None:
    def remaining() -> int:
        return int(live.call("GET", "limits").json()["DailyBulkApiBatches"]["Remaining"])

    job, before = opened(live, "insert"), remaining()
    sent(live, job, [{"Name": "Counted"}])
    assert before - remaining() == 1
