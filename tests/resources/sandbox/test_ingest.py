"""Bulk 2.0 ingest over HTTPS: states, uploads, the three results, and what stops a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.resources.sandbox.live import Live, csv_text, serving, table

MULTIPART = (
    '--x\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name="job"\r\n\r\n'
    '{"object":"Account","operation":"insert","contentType":"CSV"}\r\n'
    '--x\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; name="content"; filename="content"\r\n\r\n'
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as live:
        yield live


@pytest.fixture
def org(served: Live) -> Iterator[Live]:
    yield served
    served.allow_everything()


def error_of(answer: Any) -> tuple[int, str, str]:
    [error] = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


def test_a_job_goes_from_open_to_complete_and_counts_its_rows(org: Live) -> None:
    job = org.job("ingest", object="account", operation="insert", contentType="CSV", lineEnding="LF")
    assert (job["state"], job["object"], job["concurrencyMode"], job["apiVersion"]) == (
        "Open",
        "Account",
        "Parallel",
        66.0,
    )
    assert job["contentUrl"] == f"services/data/v66.0/jobs/ingest/{job['id']}/batches"
    uploaded = org.upload(job, csv_text(["Name"], ["First"], [""], ["Second"]))
    assert (uploaded.status_code, uploaded.content) == (201, b"")
    closed = org.close_job(job).json()
    assert closed["state"] == "UploadComplete"
    assert "contentUrl" not in closed
    done = org.ended("ingest", job["id"])
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("JobComplete", 3, 1)
    assert done["jobType"] == "V2Ingest"


def test_each_row_is_in_exactly_one_result_with_the_header_as_it_was_sent(org: Live) -> None:
    job = org.ingest("insert", csv_text(["NAME", "site"], ["Resulting", "x"], ["", "y"]))
    answer = org.call("GET", f"jobs/ingest/{job['id']}/successfulResults")
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert answer.text.splitlines()[0] == '"sf__Id","sf__Created","NAME","site"'
    [good] = table(answer.text)
    assert len(good["sf__Id"]) == 18
    assert (good["sf__Created"], good["NAME"], good["site"]) == ("true", "Resulting", "x")
    [bad] = org.result(job, "FAILEDRESULTS")
    assert (bad["sf__Id"], bad["site"]) == ("", "y")
    assert bad["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    assert org.call("GET", f"jobs/ingest/{job['id']}/unprocessedrecords/").text == '"NAME","site"\n'


def test_results_are_not_in_the_order_of_the_rows(org: Live) -> None:
    names = [f"Ordered {number}" for number in range(50)]
    rows = org.result(org.ingest("insert", csv_text(["Name"], *[[name] for name in names])), "successfulResults")
    assert sorted(row["Name"] for row in rows) == sorted(names)
    assert [row["Name"] for row in rows] != names


def test_values_with_newlines_quotes_delimiters_and_emoji_come_back_as_sent(org: Live) -> None:
    name = 'Quoted "Élan", 🎓;\nsecond line =1+1'
    [row] = org.result(org.ingest("insert", csv_text(["Name"], [name])), "successfulResults")
    assert row["Name"] == name
    assert org.values(f"SELECT Site FROM Account WHERE Id = '{row['sf__Id']}'") == [None]


def test_an_empty_cell_leaves_alone_and_na_clears(org: Live) -> None:
    [first, second] = org.seed("Account", {"Name": "Kept", "Site": "old"}, {"Name": "Cleared", "Site": "old"})
    job = org.ingest("update", csv_text(["Id", "Site", "Phone"], [first, "", "1"], [second, "#N/A", ""]))
    assert {row["sf__Created"] for row in org.result(job, "successfulResults")} == {"false"}
    assert org.values(f"SELECT Site FROM Account WHERE Id = '{first}'") == ["old"]
    assert org.values(f"SELECT Site FROM Account WHERE Id = '{second}'") == [None]


def test_upsert_creates_and_updates_by_key_with_an_empty_id_column(org: Live) -> None:
    org.seed("Account", {"Name": "Old name", "Source_Key__c": "UP-1"})
    content = csv_text(["Id", "Source_Key__c", "Name"], ["", "up-1", "New name"], ["", "UP-2", "Created"])
    job = org.ingest("upsert", content, externalIdFieldName="Source_Key__c")
    assert job["externalIdFieldName"] == "Source_Key__c"
    created = {row["Source_Key__c"]: row["sf__Created"] for row in org.result(job, "successfulResults")}
    assert created == {"up-1": "false", "UP-2": "true"}
    assert org.values("SELECT Name FROM Account WHERE Source_Key__c = 'UP-1'") == ["New name"]


def test_parents_are_named_by_their_key_in_the_header(org: Live) -> None:
    org.seed("Account", {"Name": "Parent", "Source_Key__c": "PAR"})
    job = org.ingest("insert", csv_text(["LastName", "Account.Source_Key__c"], ["A", "PAR"], ["B", "NIL"]), "Contact")
    [good] = org.result(job, "successfulResults")
    assert good["Account.Source_Key__c"] == "PAR"
    assert org.values("SELECT Account.Name FROM Contact WHERE LastName = 'A'")[0]["Name"] == "Parent"
    [bad] = org.result(job, "failedResults")
    assert bad["sf__Error"].startswith("INVALID_FIELD:Foreign key external ID: NIL not found for field Source_Key__c")


def test_delete_takes_ids_alone(org: Live) -> None:
    [doomed] = org.seed("Account", {"Name": "Doomed"})
    job = org.ingest("delete", csv_text(["Id"], [doomed], ["001000000000000AAA"]))
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    [gone] = org.result(job, "successfulResults")
    assert (gone["sf__Id"], gone["sf__Created"], gone["Id"]) == (doomed, "false", doomed)
    assert org.values(f"SELECT IsDeleted FROM Account WHERE Id = '{doomed}'", everything=True) == [True]
    assert org.ingest("delete", csv_text(["Id", "Name"], [doomed, "x"]))["state"] == "Failed"


@pytest.mark.parametrize(
    "header, message",
    [
        pytest.param(["Name", "Nope__c", "Nor__c"], "InvalidBatch : Field name not found : Nope__c", id="unknown"),
        pytest.param(["Name", "Fax"], "InvalidBatch : Field name not found : Fax", id="hidden"),
        pytest.param(["Name", "Nope__r.Key__c"], "InvalidBatch : Field name not found : Nope__r.Key__c", id="relation"),
        pytest.param(
            ["Name", "User:Owner.Username"],
            "InvalidBatch : type is not needed for non polymorphic foreign key references: User:Owner.Username",
            id="needless type",
        ),
        pytest.param(["Name", "NAME"], "InvalidBatch : Duplicate field name found : NAME", id="twice"),
        pytest.param(["Name|Site"], "InvalidBatch : Field name not found : Name|Site", id="another delimiter"),
    ],
)
def test_a_wrong_column_fails_the_whole_job(org: Live, header: list[str], message: str) -> None:
    org.hide("Account", "Fax")
    job = org.ingest("insert", csv_text(header, ["Unsaved"] * len(header)))
    assert (job["state"], job["errorMessage"], job["numberRecordsProcessed"]) == ("Failed", message, 0)
    assert [row[header[0]] for row in org.result(job, "unprocessedRecords")] == ["Unsaved"]
    assert org.values("SELECT Id FROM Account WHERE Name = 'Unsaved'") == []


@pytest.mark.parametrize(
    "declared, content",
    [("LF", "Name\r\nx\r\n"), ("CRLF", "Name\nx\n"), ("LF", 'Name\n"a\r\nb"\n'), ("CRLF", 'Name\r\n"a\nb"\r\n')],
    ids=["CRLF for LF", "LF for CRLF", "CRLF within quotes", "LF within quotes"],
)
def test_line_endings_must_be_the_declared_ones(org: Live, declared: str, content: str) -> None:
    job = org.ingest("insert", content, lineEnding=declared)
    assert job["state"] == "Failed"
    assert job["errorMessage"] == (
        f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {declared}"
    )


@pytest.mark.parametrize(
    "delimiter, character",
    [("BACKQUOTE", "`"), ("CARET", "^"), ("COMMA", ","), ("PIPE", "|"), ("SEMICOLON", ";"), ("TAB", "\t")],
)
def test_every_delimiter_is_read_and_written(org: Live, delimiter: str, character: str) -> None:
    content = f'Name{character}Site\r\n"a{character}b"{character}here\r\n'
    job = org.ingest("insert", content, columnDelimiter=delimiter, lineEnding="CRLF")
    text = org.call("GET", f"jobs/ingest/{job['id']}/successfulResults").text
    assert text.startswith(character.join(['"sf__Id"', '"sf__Created"', '"Name"', '"Site"\r\n']))
    assert text.endswith(f'"a{character}b"{character}"here"\r\n')


def test_bytes_that_are_not_utf8_fail_the_job(org: Live) -> None:
    job = org.ingest("insert", b"Name\n\xe9\n")
    assert (job["state"], "UTF-8" in job["errorMessage"]) == ("Failed", True)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('Name\nUncut\n"Cut sh', id="within a value"),
        pytest.param('Name\nUncut\n"Cut sh\n', id="after a line"),
        pytest.param('Name\nUncut\n"', id="at its beginning"),
        pytest.param('Name\nUncut\n"Cut ""', id="after a quote in it"),
        pytest.param('Name\nUn"cut\n"Cut', id="after a quote in another"),
        pytest.param("Name\n" + "Uncut\n" * 10_000 + '"Cut sh', id="in a later batch"),
    ],
)
def test_an_upload_that_ends_within_a_quoted_value_fails_the_job_and_saves_nothing(org: Live, content: str) -> None:
    job = org.ingest("insert", content)
    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 0)
    assert job["errorMessage"] == "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
    assert org.values("SELECT Id FROM Account WHERE Name LIKE 'Un%' OR Name LIKE 'Cut%'") == []


@pytest.mark.parametrize("value", ['"Closed"', '"Clo""sed"', '"Closed"""', 'Clo"sed', '""'])
def test_an_upload_may_end_with_a_quote(org: Live, value: str) -> None:
    assert org.ingest("insert", f"Site,Name\n{value},Closed\nx,{value}")["state"] == "JobComplete"


def test_a_misshapen_row_fails_alone(org: Live) -> None:
    job = org.ingest("insert", 'Name,Site\nShaped,x\nToo,many,cells\nToo few\nBlank, "x"\n')
    assert job["state"] == "JobComplete"
    assert [row["Name"] for row in org.result(job, "successfulResults")] == ["Shaped"]
    assert all(row["sf__Error"].startswith("INVALID_CSV:") for row in org.result(job, "failedResults"))
    assert job["numberRecordsFailed"] == 3


def test_content_is_taken_once_and_only_while_open(org: Live) -> None:
    job = org.job("ingest", object="Account", operation="insert")
    assert org.upload(job, "Name\nx\n").status_code == 201
    status, _, message = error_of(org.upload(job, "Name\ny\n"))
    assert (status, message.startswith("Found multiple contents for job")) == (400, True)
    assert org.call("PATCH", f"jobs/ingest/{job['id']}/", json={"state": "Aborted"}).json()["state"] == "Aborted"
    other = org.job("ingest", object="Account", operation="insert")
    org.call("PATCH", f"jobs/ingest/{other['id']}", json={"state": "Aborted"})
    assert error_of(org.upload(other, "Name\nx\n"))[1] == "INVALIDJOBSTATE"


def test_an_aborted_job_saves_nothing_and_hands_its_rows_back(org: Live) -> None:
    job = org.job("ingest", object="Account", operation="insert")
    org.upload(job, "Name\nNever\n")
    org.call("PATCH", f"jobs/ingest/{job['id']}", json={"state": "Aborted"})
    assert error_of(org.close_job(job)) == (400, "INVALIDJOBSTATE", "Closing already Aborted Job not allowed")
    assert org.result(job, "unprocessedRecords") == [{"Name": "Never"}]
    assert org.result(job, "successfulResults") == []
    assert org.values("SELECT Id FROM Account WHERE Name = 'Never'") == []


def test_a_finished_job_is_deleted_with_its_results_and_an_open_one_is_not(org: Live) -> None:
    job = org.job("ingest", object="Account", operation="insert")
    assert error_of(org.call("DELETE", f"jobs/ingest/{job['id']}"))[1] == "INVALIDJOBSTATE"
    done = org.ingest("insert", "Name\nx\n")
    gone = org.call("DELETE", f"jobs/ingest/{done['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    for path in ("", "/successfulResults", "/failedResults/", "/unprocessedrecords/"):
        answer = org.call("GET", f"jobs/ingest/{done['id']}{path}")
        assert error_of(answer) == (404, "NOT_FOUND", "The requested resource does not exist")


@pytest.mark.parametrize(
    "asked, code, message",
    [
        ({"object": "Nope", "operation": "insert"}, "INVALIDENTITY", "Entity 'Nope' is not supported by the Bulk API."),
        ({"object": "Account", "operation": "sell"}, "JSON_PARSER_ERROR", "must be one of insert, update"),
        ({"object": "Account", "operation": "hardDelete"}, "FEATURENOTENABLED", "requires special user profile"),
        ({"object": "Account", "operation": "insert", "lineEnding": "CR"}, "JSON_PARSER_ERROR", "one of LF, CRLF"),
        ({"object": "Account", "operation": "insert", "contentType": "XML"}, "JSON_PARSER_ERROR", "contentType"),
        ({"object": "Account", "operation": "upsert"}, "INVALIDJOB", "External ID was blank for Account."),
        ({"object": "Account", "operation": "upsert", "externalIdFieldName": "Site"}, "INVALIDJOB",
         "Field name provided, Site does not match an External ID"),
    ],
)  # fmt: skip
def test_a_job_that_cannot_be_is_refused(org: Live, asked: dict[str, str], code: str, message: str) -> None:
    status, refused, text = error_of(org.call("POST", "jobs/ingest", json=asked))
    assert (status, refused) == (400, code)
    assert message in text


def test_a_small_job_is_created_with_its_data_in_one_request(org: Live) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = org.call("POST", "jobs/ingest", data=f"{MULTIPART}Name\nTogether\n\r\n--x--\r\n", headers=headers)
    assert answer.json()["state"] == "UploadComplete"
    assert org.ended("ingest", answer.json()["id"])["numberRecordsProcessed"] == 1
    long = f"{MULTIPART}Name\n{'x' * 100_000}\n\r\n--x--\r\n"
    assert org.call("POST", "jobs/ingest", data=long, headers=headers).status_code == 400


def test_jobs_are_listed(org: Live) -> None:
    job = org.job("ingest", object="Account", operation="insert")
    listed = org.call("GET", "jobs/ingest?jobType=V2Ingest").json()
    assert (listed["done"], listed["nextRecordsUrl"]) == (True, None)
    [ours] = [record for record in listed["records"] if record["id"] == job["id"]]
    assert ours["state"] == "Open"


@pytest.mark.parametrize(
    "asked, code",
    [("jobType=Foo", "JSON_PARSER_ERROR"), ("queryLocator=zzz", "INVALID_QUERY_LOCATOR")],
)
@pytest.mark.parametrize("kind", ["ingest", "query"])
def test_a_list_of_jobs_that_cannot_be_is_refused(org: Live, kind: str, asked: str, code: str) -> None:
    refused = org.call("GET", f"jobs/{kind}?{asked}")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, code)


def test_a_user_without_the_right_to_create_saves_nothing(org: Live) -> None:
    org.door("permissions", {"sobject": "Account", "rights": {"create": False}})
    job = org.ingest("insert", "Name\nForbidden\n")
    assert job["state"] == "Failed"
    org.allow_everything()
    assert org.values("SELECT Id FROM Account WHERE Name = 'Forbidden'") == []


def test_a_read_only_column_fails_its_rows(org: Live) -> None:
    job = org.ingest("insert", "Name,CreatedDate\nStamped,2020-01-01T00:00:00Z\nPlain,\n")
    assert [row["Name"] for row in org.result(job, "successfulResults")] == ["Plain"]
    [bad] = org.result(job, "failedResults")
    assert bad["sf__Error"].startswith("INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: CreatedDate.")
