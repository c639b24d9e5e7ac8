"""Bulk 2.0 query jobs over HTTPS: results in pages, formats, refusals, restarts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.sandbox.live import Live, serving, table


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as live:
        live.seed("Account", *[{"Name": f'N{number:02} "ü",\n', "Site": "s"} for number in range(25)])
        live.seed("Account", {"Name": "Gone", "IsDeleted": True, "NumberOfEmployees": 7, "AnnualRevenue": 2})
        yield live


def finished(org: Live, query: str, operation: str = "query", **asked: object) -> dict[str, object]:
    job = org.job("query", operation=operation, query=query, **asked)
    return org.ended("query", job["id"])


def test_a_new_job_is_upload_complete_and_ends_with_its_counts(org: Live) -> None:
    job = org.job("query", operation="query", query="SELECT Id FROM Account", contentType="CSV")
    assert (job["state"], job["object"], job["apiVersion"], job["lineEnding"]) == (
        "UploadComplete",
        "Account",
        66.0,
        "LF",
    )
    assert job["id"].startswith("750")
    assert len(job["id"]) == 18
    done = org.ended("query", job["id"])
    assert (done["state"], done["numberRecordsProcessed"], done["jobType"]) == ("JobComplete", 25, "V2Query")


def test_results_have_the_columns_in_the_order_of_the_select(org: Live) -> None:
    job = finished(
        org, "SELECT Owner.Name, name, Id, IsDeleted, Owner.Username, CreatedDate FROM Account ORDER BY Name"
    )
    answer = org.call("GET", f"jobs/query/{job['id']}/results")
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert answer.headers["Sforce-NumberOfRecords"] == "25"
    assert answer.headers["Sforce-Locator"] == "null"
    assert answer.text.splitlines()[0] == '"Owner.Name","Name","Id","IsDeleted","Owner.Username","CreatedDate"'
    first = table(answer.text)[0]
    assert (first["Owner.Name"], first["IsDeleted"]) == ("Org Administrator", "false")
    assert first["Name"].startswith('N00 "ü",')
    assert first["CreatedDate"].endswith(".000Z")


def test_pages_are_read_by_locator_as_often_as_one_likes(org: Live) -> None:
    job = finished(org, "SELECT Name FROM Account ORDER BY Name")
    names: list[str] = []
    locators: list[str] = []
    locator = None
    while locator != "null":
        params = {"maxRecords": "10"} | ({"locator": locator} if locator else {})
        page, again = [org.call("GET", f"jobs/query/{job['id']}/results", params=params) for _ in range(2)]
        assert again.content == page.content
        rows = table(page.text)
        assert page.headers["Sforce-NumberOfRecords"] == str(len(rows))
        names += [row["Name"][:3] for row in rows]
        locator = page.headers["Sforce-Locator"]
        locators.append(locator)
    assert names == [f"N{number:02}" for number in range(25)]
    assert locators == ["MTA", "MjA", "null"]


def test_query_all_sees_the_deleted(org: Live) -> None:
    statement = "SELECT Name, NumberOfEmployees, AnnualRevenue, Site FROM Account WHERE Name = 'Gone'"
    assert finished(org, statement)["numberRecordsProcessed"] == 0
    job = finished(org, statement, "queryAll")
    text = org.call("GET", f"jobs/query/{job['id']}/results").text
    assert text == '"Name","NumberOfEmployees","AnnualRevenue","Site"\n"Gone","7","2.0",""\n'


def test_an_empty_result_is_a_header_alone(org: Live) -> None:
    job = finished(org, "SELECT Id FROM Account WHERE Name = 'nobody'")
    answer = org.call("GET", f"jobs/query/{job['id']}/results")
    assert (answer.text, answer.headers["Sforce-NumberOfRecords"]) == ('"Id"\n', "0")


def test_delimiter_and_line_ending_are_as_asked(org: Live) -> None:
    job = finished(org, "SELECT Site, Name FROM Account LIMIT 1", columnDelimiter="PIPE", lineEnding="CRLF")
    assert org.call("GET", f"jobs/query/{job['id']}/results").text.startswith('"Site"|"Name"\r\n"s"|')


@pytest.mark.parametrize(
    "query, code, message",
    [
        ("SELECT COUNT(Id) FROM Account", "API_ERROR", "not supported in Bulk Query"),
        ("SELECT Name FROM Account GROUP BY Name", "API_ERROR", "not supported in Bulk Query"),
        ("SELECT Id FROM Account OFFSET 1", "API_ERROR", "OFFSET not supported in Bulk Query"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", "not supported in Bulk Query"),
        ("SELECT BillingAddress FROM Account", "INVALID_FIELD", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Nope FROM Account", "INVALID_FIELD", "No such column 'Nope'"),
        ("nonsense", "MALFORMED_QUERY", "unexpected token: 'nonsense'"),
    ],
)
def test_what_bulk_cannot_query_is_refused_at_once(org: Live, query: str, code: str, message: str) -> None:
    answer = org.call("POST", "jobs/query", json={"operation": "query", "query": query})
    assert answer.status_code == 400
    [error] = answer.json()
    assert error["errorCode"] == code
    assert message in error["message"]


def test_a_job_is_deleted_once_it_has_ended(org: Live) -> None:
    job = finished(org, "SELECT Id FROM Account")
    assert org.call("PATCH", f"jobs/query/{job['id']}", json={"state": "Aborted"}).status_code == 400
    gone = org.call("DELETE", f"jobs/query/{job['id']}/")
    assert (gone.status_code, gone.content) == (204, b"")
    for path in (f"jobs/query/{job['id']}", f"jobs/query/{job['id']}/results"):
        answer = org.call("GET", path)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_results_are_for_the_api_version_of_the_job(org: Live) -> None:
    job = finished(org, "SELECT Id FROM Account")
    assert org.call("GET", f"/services/data/v65.0/jobs/query/{job['id']}/results").status_code == 409


@pytest.mark.parametrize("locator", ["MTAwMDA", "nonsense", "!"])
def test_a_wrong_locator_is_refused(org: Live, locator: str) -> None:
    job = finished(org, "SELECT Id FROM Account")
    answer = org.call("GET", f"jobs/query/{job['id']}/results", params={"locator": locator})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_jobs_are_listed_by_kind(org: Live) -> None:
    job = finished(org, "SELECT Id FROM Account")
    listed = org.call("GET", "jobs/query", params={"jobType": "V2Query"}).json()
    assert listed["done"] is True
    assert job["id"] in [record["id"] for record in listed["records"]]
    assert org.call("GET", "jobs/query", params={"jobType": "Classic"}).json()["records"] == []
