"""Bulk jobs against the sandbox: what they write, what they cost, and how they fail."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import uuid4

import pyarrow as pa
import pytest

from pipelines.loading.failures import classify
from pipelines.ports.crm import CLEAR, JobInfo
from pipelines.ports.world import LostAnswer, SystemicError
from resources.salesforce.org import SalesforceOrg
from tests.resources.salesforce.embedded import Embedded
from tests.resources.salesforce.test_values import AWKWARD


def quiet(step: str, done: int, total: int | None) -> None:
    """Progress nobody looks at."""


def run(org: SalesforceOrg, rows: pa.Table, operation: str = "update", sobject: str = "Account") -> JobInfo:
    assert operation in ("insert", "update")
    job_id = org.create_job(sobject, "update" if operation == "update" else "insert")
    org.upload(job_id, rows)
    return org.wait(job_id, quiet)


def by_key(table: pa.Table) -> dict[str, dict[str, object]]:
    return {row.pop("key"): row for row in table.to_pylist()}


def test_ten_thousand_rows_cost_nine_calls_at_most(embedded: Embedded, org: SalesforceOrg) -> None:
    ids = embedded.seed("Account", [{"Name": f"n{place}", "Phone": "1"} for place in range(10_000)])
    rows = pa.table({"Id": ids, "Phone": [f"555 {place}" for place in range(10_000)]})
    started = time.monotonic()
    info = run(org, rows)
    results = org.results(info.job_id, "Id")
    seconds = time.monotonic() - started
    assert (info.state, info.processed, info.failed) == ("JobComplete", 10_000, 0)
    assert sorted(results["key"].to_pylist()) == sorted(ids)
    assert set(results["status"].to_pylist()) == {"success"}
    assert org.calls <= 9, embedded.calls()
    assert seconds < 15
    assert org.read("Account", ["Phone"], "Id", [ids[9_999]])["Phone"].to_pylist() == ["555 9999"]


def test_each_row_has_its_result_by_key(embedded: Embedded, org: SalesforceOrg) -> None:
    (taken,) = (uuid4().hex,)
    embedded.seed("Account", [{"Name": "x", "Source_Key__c": taken}])
    good, blank, bad = (uuid4().hex for _ in range(3))
    rows = pa.table({"Source_Key__c": [good, blank, taken, bad], "Name": ["ok", None, "twice", "x" * 256]})
    info = run(org, rows, "insert")
    results = by_key(org.results(info.job_id, "Source_Key__c"))
    assert (info.state, info.processed, info.failed) == ("JobComplete", 4, 3)
    assert results[good]["status"] == "success"
    assert results[good]["created"]
    assert len(str(results[good]["record_id"])) == 18
    assert {key: results[key]["code"] for key in (blank, taken, bad)} == {
        blank: "REQUIRED_FIELD_MISSING",
        taken: "DUPLICATE_VALUE",
        bad: "STRING_TOO_LONG",
    }
    assert results[blank]["record_id"] is None
    assert results[blank]["fields"] == "Name"
    assert results[blank]["message"] == "Required fields are missing: [Name]"


def test_awkward_texts_arrive_as_through_the_other_route(org: SalesforceOrg) -> None:
    texts = [text for text in AWKWARD if text != CLEAR]
    keys = [uuid4().hex for _ in texts]
    rows = pa.table({"Source_Key__c": keys, "Name": keys, "Description": [f"{text}\r\nend" for text in texts]})
    run(org, rows, "insert")
    singly = [
        {"Source_Key__c": f"{key}-1", "Name": key, "Description": f"{text}\r\nend"}
        for key, text in zip(keys, texts, strict=True)
    ]
    org.insert("Account", [dict(row) for row in singly])
    for suffix in ("", "-1"):
        read = org.read("Account", ["Source_Key__c", "Description"], "Source_Key__c", [key + suffix for key in keys])
        found = dict(zip(read["Source_Key__c"].to_pylist(), read["Description"].to_pylist(), strict=True))
        assert [found[key + suffix] for key in keys] == [f"{text}\nend".lstrip() for text in texts]


def test_a_null_cell_leaves_alone_and_the_mark_clears(embedded: Embedded, org: SalesforceOrg) -> None:
    one, two = embedded.seed("Account", [{"Name": "x", "Phone": "1", "NumberOfEmployees": 3}] * 2)
    rows = pa.table({"Id": [one, two], "Phone": [None, CLEAR], "NumberOfEmployees": [CLEAR, None]})
    assert run(org, rows).failed == 0
    read = org.read("Account", ["Phone", "NumberOfEmployees"], "Id", [one, two])
    assert read.to_pylist() == [
        {"Phone": "1", "NumberOfEmployees": None},
        {"Phone": None, "NumberOfEmployees": 3},
    ]


def test_a_parent_is_found_by_its_key(org: SalesforceOrg) -> None:
    parent, child = uuid4().hex, uuid4().hex
    (district,) = org.insert("Account", [{"Name": "district", "Source_Key__c": parent}])
    run(org, pa.table({"Name": ["s"], "Source_Key__c": [child], "Parent.Source_Key__c": [parent]}), "insert")
    assert org.read("Account", ["ParentId"], "Source_Key__c", [child])["ParentId"].to_pylist() == [district.record_id]


def test_a_column_the_user_does_not_see_fails_the_job_by_name(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    embedded.do("permissions", {"sobject": "Account", "field": "Phone", "rights": {"read": False}})
    info = run(org, pa.table({"Id": [record_id], "Phone": ["1"]}))
    assert (info.state, info.message) == ("Failed", "InvalidBatch : Field name not found : Phone")
    kind = info.message.partition(" ")[0]
    assert classify(kind, info.message) == "systemic"
    results = org.results(info.job_id, "Id")
    assert [row["status"] for row in results.to_pylist()] in (["unprocessed"], [])


def test_an_upload_that_failed_on_the_way_leaves_an_open_job_that_can_be_dropped(
    embedded: Embedded, org: SalesforceOrg
) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x", "Phone": "1"}])
    job_id = org.create_job("Account", "update")
    embedded.faults({"path": "batches", "action": "close-after-write"})
    with pytest.raises(LostAnswer):
        org.upload(job_id, pa.table({"Id": [record_id], "Phone": ["2"]}))
    assert org.wait(job_id, quiet).state == "Open"
    org.abort(job_id)
    org.abort(job_id)
    assert org.wait(job_id, quiet).state == "Aborted"
    assert org.read("Account", ["Phone"], "Id", [record_id])["Phone"].to_pylist() == ["1"]


def test_a_closing_whose_answer_is_dropped_is_found_done(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    embedded.faults({"path": "jobs/ingest", "method": "PATCH", "action": "close-after-write"})
    assert run(org, pa.table({"Id": [record_id], "Phone": ["2"]})).state == "JobComplete"
    assert sum(call.startswith("PATCH") for call in embedded.calls()) == 1


def test_a_job_survives_questions_without_answer_and_slow_ones(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    ask = r"jobs/ingest/\w+$"
    embedded.faults(
        {"path": ask, "method": "GET", "action": "drop", "times": 2},
        {"path": ask, "method": "GET", "action": "status", "status": 503, "nth": 3, "times": 3},
        {"path": ask, "method": "GET", "action": "delay", "seconds": 1, "nth": 6},
    )
    info = run(org, pa.table({"Id": [record_id], "Phone": ["2"]}))
    assert (info.state, info.processed) == ("JobComplete", 1)
    assert not any("Abort" in call or call.startswith("DELETE") for call in embedded.calls())


def test_another_process_takes_a_job_up_by_its_id(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    job_id = org.create_job("Account", "update")
    org.upload(job_id, pa.table({"Id": [record_id], "Phone": ["2"]}))
    with SalesforceOrg(embedded.settings()) as later:
        assert later.wait(job_id, quiet).state == "JobComplete"
        assert by_key(later.results(job_id, "Id"))[record_id]["status"] == "success"


def test_a_job_that_ran_cannot_be_undone_by_aborting_it(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    info = run(org, pa.table({"Id": [record_id], "Phone": ["2"]}))
    with pytest.raises(LostAnswer):
        org.abort(info.job_id)


def test_a_job_the_org_no_longer_knows_is_gone(org: SalesforceOrg) -> None:
    job_id = "750000000000000AAA"
    assert org.wait(job_id, quiet).state == "Gone"
    org.abort(job_id)


def test_a_session_that_expires_between_the_steps_is_renewed(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    job_id = org.create_job("Account", "update")
    embedded.do("sessions/expire", {})
    org.upload(job_id, pa.table({"Id": [record_id], "Phone": ["2"]}))
    embedded.do("sessions/expire", {})
    assert org.wait(job_id, quiet).state == "JobComplete"
    embedded.do("sessions/expire", {})
    assert org.results(job_id, "Id").num_rows == 1


def test_the_daily_limit_stops_a_job_before_it_begins(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.do("limits", {"daily": 5, "used": 5})
    with pytest.raises(SystemicError) as caught:
        org.create_job("Account", "update")
    assert caught.value.code == "REQUEST_LIMIT_EXCEEDED"


def test_progress_is_told(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    told: list[tuple[str, int, int | None]] = []
    job_id = org.create_job("Account", "update")
    org.upload(job_id, pa.table({"Id": [record_id], "Phone": ["2"]}))
    org.wait(job_id, lambda *step: told.append(step))
    assert told[-1] == ("load", 1, 1)


def test_a_long_answer_comes_through_a_query_job(embedded: Embedded, org: SalesforceOrg) -> None:
    before = datetime.fromisoformat(embedded.do("clock", {"seconds": 60})["now"])
    names = ['a "b"\nc', "é🦉", "=1+1", *(f"n{place}" for place in range(14_097))]
    row = {"NumberOfEmployees": 7, "Do_Not_Update__c": True, "Source_Synced_At__c": "2026-01-31T08:15:00.000Z"}
    embedded.seed("Account", [{"Name": name, "Description": name, **row} for name in names])
    org.describe("Account")
    calls = org.calls
    fields = ["Id", "Name", "Description", "IsDeleted", *row, "SystemModstamp", "LastActivityDate"]
    snapshot = org.snapshot("Account", fields, since=before - timedelta(seconds=1))
    assert embedded.calls()[-1] == "POST jobs/query", "the job runs while nobody waits for it yet"
    table = pa.concat_tables(snapshot.pages)
    assert org.calls - calls <= 1 + 1 + 3 + 1, embedded.calls()
    assert table.num_rows == 14_100
    assert set(table["Description"].to_pylist()) == set(names)
    assert set(table["NumberOfEmployees"].to_pylist()) == {7}
    assert set(table["Do_Not_Update__c"].to_pylist()) == {True}
    assert set(table["Source_Synced_At__c"].to_pylist()) == {datetime(2026, 1, 31, 8, 15)}  # noqa: DTZ001
    few = next(org.snapshot("Contact", ["Id", "LastActivityDate", "SystemModstamp"], since=None).pages)
    assert few.schema.field("SystemModstamp") == table.schema.field("SystemModstamp")
