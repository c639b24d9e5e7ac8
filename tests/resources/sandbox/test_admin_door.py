"""The administrator's door: people and system at work, another schema, snapshots; and what it says when it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection, running
from resources.sandbox.schema_changes import KINDS
from tests.resources.sandbox.conftest import Rest, log_in
from tests.resources.sandbox.live import Live


def test_nobody_gets_in_without_the_token(connection: Connection, rest: Rest) -> None:
    assert rest.root("GET", "/sandbox/doors").status_code == 401
    assert rest.root("POST", "/sandbox/records/delete", json={}).status_code == 401


def test_the_door_listens_on_loopback_only(connection: Connection) -> None:
    assert connection.admin_url.startswith("https://localhost:")


def test_every_door_says_what_it_takes(admin: Administrator) -> None:
    doors = admin.doors()

    assert {"seed", "records/edit", "snapshots/restore", "fields", "clock", "faults"} <= doors.keys()
    assert all(said.startswith("{") for said in doors.values()), doors
    assert KINDS.keys() <= set(doors["fields"].replace(",", " ").replace(".", " ").split())


@pytest.mark.parametrize(
    "door, body, told",
    [
        (
            "records/edit",
            {"sobject": "Account"},
            "'fields' is missing; asked for: {sobject, ids | where: {field: value}, fields, as",
        ),
        ("records/edit", {"sobject": "Acount", "where": {}, "fields": {}}, "no object 'Acount'"),
        ("records/edit", {"sobject": "Account", "where": {"Nam": 1}, "fields": {}}, "Account has no field 'Nam'"),
        ("records/edit", {"sobject": "Account", "where": {"Name": "?!"}, "fields": {}}, "no living Account is"),
        ("records/delete", {"sobject": "Account", "ids": [], "as": "nobody"}, "no active user 'nobody'"),
        ("fields", {"sobject": "Account", "field": {"name": "A__c", "kind": "blob"}}, "no kind 'blob' of field"),
        ("fields/remove", {"sobject": "Account", "field": "Name"}, "Account has no custom field 'Name'"),
        ("objects", {"name": "Thing__c"}, "'key_prefix' is missing"),
        ("snapshots/restore", {"name": "never"}, "no snapshot 'never'"),
        ("snapshots/forget", {"name": "never"}, "no snapshot 'never'"),
        ("snapshots", {"name": "../etc"}, "made of letters, digits"),
        ("permissions", {"system": {"Fly": True}}, "no system right 'Fly'"),
    ],
)
def test_a_door_says_what_is_wrong(admin: Administrator, door: str, body: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("?", r"\?").replace("{", r"\{").replace("|", r"\|")):
        admin.do(door, **body)


def test_somebody_else_edits_a_record(rest: Rest, admin: Administrator, key: str) -> None:
    made = rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key}).json()["id"]

    admin.do("records/edit", sobject="Account", where={"Source_Key__c": key}, fields={"Phone": "1"})

    record = rest("GET", f"sobjects/Account/{made}").json()
    assert record["Phone"] == "1"
    assert record["LastModifiedById"] != record["CreatedById"]


def test_the_system_moves_only_system_modstamp(rest: Rest, admin: Administrator, key: str) -> None:
    """Evidence: the object reference on the two fields."""
    stamp = "2020-01-01T00:00:00.000+0000"
    (made,) = admin.seed("Account", [{"Name": "A", "CreatedDate": "2020-01-01T00:00:00Z"}])

    admin.do("records/touch", sobject="Account", ids=[made], fields={"Rating": "Hot"})

    record = rest("GET", f"sobjects/Account/{made}").json()
    assert (record["Rating"], record["LastModifiedDate"]) == ("Hot", stamp)
    assert record["SystemModstamp"] > stamp


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Rest, Administrator]]:
    """A sandbox of its own, for what would disturb others."""
    with running(tmp_path / "org") as served:
        client = Rest(served.url, served.ca_file, log_in(served))
        with client.session:
            yield client, Administrator(served)


def test_fields_and_objects_come_and_go_and_outlive_the_server(tmp_path: Path) -> None:
    with running(tmp_path) as served:
        admin = Administrator(served)
        field = {"name": "Grade__c", "kind": "picklist", "values": ["1", "2"], "restricted": True}
        admin.do("fields", sobject="Account", field=field)
        visit = {"name": "School__c", "kind": "lookup", "to": ["Account"], "children": "Visits"}
        admin.do("objects", name="Visit__c", key_prefix="a00", fields=[visit])
    with running(tmp_path) as served:
        org, admin = Live(served), Administrator(served)
        school = org.call("POST", "sobjects/Account", json={"Name": "A", "Grade__c": "2"}).json()["id"]
        wrong = org.call("POST", "sobjects/Account", json={"Name": "A", "Grade__c": "3"}).json()
        made = org.call("POST", "sobjects/Visit__c", json={"Name": "V", "School__c": school})
        assert wrong[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        assert made.json()["id"].startswith("a00")
        [account] = org.records("SELECT Name, (SELECT Name FROM Visits) FROM Account")
        assert account["Visits"]["totalSize"] == 1

        admin.do("fields/remove", sobject="Account", field="Grade__c")

        gone = org.call("POST", "sobjects/Account", json={"Name": "A", "Grade__c": "2"}).json()
        assert gone[0]["message"] == "No such column 'Grade__c' on sobject of type Account"
        org.close()


def test_a_snapshot_brings_back_records_rights_schema_limits_jobs_and_clock(
    own: tuple[Rest, Administrator],
) -> None:
    rest, admin = own
    kept = rest("POST", "sobjects/Account", json={"Name": "kept"}).json()["id"]
    admin.do("snapshots", name="before")
    rest("DELETE", f"sobjects/Account/{kept}")
    rest("POST", "sobjects/Account", json={"Name": "later"})
    admin.permit("Account", {"create": False})
    admin.do("fields", sobject="Account", field={"name": "New__c"})
    admin.advance_clock(3600)
    job = rest("POST", "jobs/ingest", json={"object": "Account", "operation": "update"}).json()["id"]

    admin.do("snapshots/restore", name="before")

    names = rest("GET", "query", params={"q": "SELECT Name FROM Account"}).json()["records"]
    assert [record["Name"] for record in names] == ["kept"]
    assert rest("POST", "sobjects/Account", json={"Name": "B"}).status_code == 201
    assert rest("POST", "sobjects/Account", json={"Name": "B", "New__c": "x"}).json()[0]["errorCode"] == "INVALID_FIELD"
    assert rest("GET", f"jobs/ingest/{job}").status_code == 404
    assert admin.do("clock", seconds=0)["now"][:10] == datetime.now(UTC).date().isoformat()


def test_a_job_that_was_under_way_goes_on_from_the_snapshot(tmp_path: Path) -> None:
    with running(tmp_path) as served:
        org = Live(served)
        org.door("faults", {"rules": [{"path": "ingest", "action": "job-stuck", "rows": 2}]})
        job = org.job("ingest", object="Account", operation="insert")
        org.upload(job, "Name\n" + "".join(f"N{n}\n" for n in range(5)))
        org.close_job(job)
        while org.query("SELECT COUNT() FROM Account")["totalSize"] < 2:
            pass
        org.door("snapshots", {"name": "stuck"})

        done = org.ended("ingest", job["id"])
        org.door("snapshots/restore", {"name": "stuck"})
        again = org.ended("ingest", job["id"])

        assert done["numberRecordsProcessed"] == again["numberRecordsProcessed"] == 5
        assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 5
        org.close()
