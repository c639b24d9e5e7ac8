"""What goes wrong with Bulk API 1.0: row locks, batches that are stuck or fail half-way, aborted jobs, lost results.

Evidence: the developer guide on batch states, serial mode and lock contention. Which rows a batch has taken when it
ends half-way, and how its results say so, is ours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from resources.sandbox.launch import Connection
from resources.sandbox.locks import WAIT
from tests.resources.sandbox.classic_client import ASYNC, JSON, SPACE, begun, ended, opened, sent, state, told, xml
from tests.resources.sandbox.live import PATIENCE, Live

BATCHES = "^async/Account/"


@pytest.fixture
def org(connection: Connection) -> Iterator[Live]:
    live = Live(connection)
    yield live
    live.door("faults", {"rules": []})
    live.door("records/lock", {"sobject": "Account", "wait": WAIT})
    live.close()


def rows(key: str, number: int = 10) -> list[dict[str, str]]:
    return [{"Name": f"Row {n}", "Source_Key__c": f"{key}-{n}"} for n in range(number)]


def saved(org: Live, key: str) -> int:
    return int(org.query(f"SELECT COUNT() FROM Account WHERE Source_Key__c LIKE '{key}-%'")["totalSize"])


def meets(org: Live, action: str, **more: object) -> None:
    org.door("faults", {"rules": [{"path": BATCHES, "action": action, **more}]})


@pytest.mark.parametrize("wait", [0.0, 10.0])
def test_parallel_batches_on_one_parent_wait_for_each_other_or_fail(org: Live, key: str, wait: float) -> None:
    (parent,) = org.seed("Account", {"Name": "P", "Source_Key__c": key})
    org.door("records/lock", {"sobject": "Account", "wait": wait})
    job = opened(org, "insert", object="Contact")
    content = [{"LastName": f"N{n}", "AccountId": parent} for n in range(5000)]

    batches = [begun(org, job, content) for _ in range(2)]

    failed = sorted(ended(org, job, url)["numberRecordsFailed"] for url in batches)
    assert failed == ([0, 5000] if wait == 0 else [0, 0])
    codes = {
        error["statusCode"]
        for url in batches
        for row in org.call("GET", f"{url}/result").json()
        for error in row["errors"]
    }
    assert codes == ({"UNABLE_TO_LOCK_ROW"} if wait == 0 else set())


def test_batches_of_a_serial_job_never_meet(org: Live, key: str) -> None:
    (parent,) = org.seed("Account", {"Name": "P", "Source_Key__c": key})
    org.door("records/lock", {"sobject": "Account", "wait": 0.0})
    job = opened(org, "insert", object="Contact", concurrencyMode="Serial")
    content = [{"LastName": f"N{n}", "AccountId": parent} for n in range(1000)]

    batches = [begun(org, job, content) for _ in range(3)]

    assert [ended(org, job, url)["numberRecordsFailed"] for url in batches] == [0, 0, 0]


def test_a_stuck_batch_goes_on_when_the_rules_change_and_saves_no_row_twice(org: Live, key: str) -> None:
    meets(org, "job-stuck", rows=3)
    job = opened(org, "insert")
    batch = begun(org, job, rows(key))
    deadline = time.monotonic() + PATIENCE
    while told(org, job, batch)["numberRecordsProcessed"] < 3 and time.monotonic() < deadline:
        pass
    assert (state(org, job, batch), saved(org, key)) == ("InProgress", 3)

    org.door("faults", {"rules": []})

    assert ended(org, job, batch)["numberRecordsProcessed"] == 10
    results = org.call("GET", f"{batch}/result").json()
    assert len({row["id"] for row in results if row["success"]}) == saved(org, key) == 10


def test_behind_a_stuck_batch_a_serial_job_waits_and_then_goes_on(org: Live, key: str) -> None:
    meets(org, "job-stuck", seconds=0.3)
    job = opened(org, "insert", concurrencyMode="Serial")
    stuck, behind = begun(org, job, rows(f"{key}a")), begun(org, job, rows(f"{key}b"))
    assert state(org, job, behind) == "Queued"
    assert [ended(org, job, url)["state"] for url in (stuck, behind)] == ["Completed", "Completed"]


def test_a_batch_that_fails_half_way_keeps_what_it_saved_and_has_no_results(org: Live, key: str) -> None:
    meets(org, "job-failed", rows=4, message="InternalServerError : Retried more than ten times")
    job = opened(org, "insert")
    failed, fine = sent(org, job, rows(key)), sent(org, job, rows(f"{key}b"))

    info = told(org, job, failed)
    assert (info["state"], info["stateMessage"]) == ("Failed", "InternalServerError : Retried more than ten times")
    assert saved(org, key) == 4
    assert org.call("GET", f"{failed}/result", headers=JSON).json()["exceptionCode"] == "InvalidBatch"
    assert state(org, job, fine) == "Completed"


def test_batches_of_a_job_that_somebody_aborts_are_not_processed(org: Live, key: str) -> None:
    meets(org, "job-aborted")
    job = opened(org, "insert")

    assert state(org, job, sent(org, job, rows(key))) == "NotProcessed"
    assert org.call("GET", f"{ASYNC}/{job['id']}", headers=JSON).json()["state"] == "Aborted"
    assert saved(org, key) == 0


def test_rows_that_were_not_taken_are_missing_from_the_results(org: Live, key: str) -> None:
    meets(org, "rows-unrecorded", rows=4)
    job = opened(org, "insert")
    batch = sent(org, job, rows(key))
    assert (state(org, job, batch), saved(org, key)) == ("Completed", 4)
    assert len(org.call("GET", f"{batch}/result").json()) == 4


def test_a_share_of_a_batchs_rows_is_refused(org: Live, key: str) -> None:
    meets(org, "row-locks", method="JOB", share=0.5, seed=7)
    job = opened(org, "insert")
    batch = sent(org, job, rows(key))
    failed = told(org, job, batch)["numberRecordsFailed"]
    assert 0 < failed < 10
    assert failed + saved(org, key) == 10


def test_a_stuck_query_has_no_result_until_it_goes_on(org: Live, key: str) -> None:
    org.seed("Account", {"Name": "Asked", "Source_Key__c": key})
    meets(org, "job-stuck", seconds=0.2)
    job = opened(org, "query")
    batch = begun(org, job, f"SELECT Name FROM Account WHERE Source_Key__c = '{key}'")
    assert org.call("GET", f"{batch}/result", headers=JSON).json()["exceptionCode"] == "InvalidBatch"
    ended(org, job, batch)
    [result] = org.call("GET", f"{batch}/result").json()
    assert [row["Name"] for row in org.call("GET", f"{batch}/result/{result}").json()] == ["Asked"]


def test_results_are_gone_after_seven_days_and_by_a_fault(org: Live, key: str) -> None:
    job = opened(org, "insert")
    batch = sent(org, job, rows(key))
    org.door("faults", {"rules": [{"path": f"{batch}/result$", "action": "results-gone"}]})
    gone = org.call("GET", f"{batch}/result", headers=JSON)
    assert (gone.status_code, gone.json()["exceptionCode"]) == (400, "InvalidJob")
    assert len(org.call("GET", f"{batch}/result").json()) == 10

    org.door("clock", {"seconds": 8 * 86_400})
    org.log_in()
    later = org.call("GET", f"{batch}/result", headers=JSON)
    org.door("clock", {"seconds": -8 * 86_400})
    assert (later.status_code, later.json()["exceptionCode"]) == (400, "InvalidJob")


def test_a_job_takes_no_batch_a_day_after_it_was_opened(org: Live) -> None:
    job = opened(org, "insert")
    org.door("clock", {"seconds": 25 * 3600})
    org.log_in()
    refused = org.call("POST", f"{ASYNC}/{job['id']}/batch", json=[{"Name": "Late"}])
    org.door("clock", {"seconds": -25 * 3600})
    assert (refused.status_code, refused.json()["exceptionCode"]) == (400, "InvalidJobState")


@pytest.mark.parametrize(
    "action, status, code",
    [
        ("unauthorized", 400, "InvalidSessionId"),
        ("limit-exceeded", 400, "ExceededQuota"),
        ("unavailable", 503, "SERVER_UNAVAILABLE"),
    ],
)
def test_a_fault_speaks_as_this_api_does(org: Live, action: str, status: int, code: str) -> None:
    rule = {"path": "^/services/async/", "action": action}
    for headers in (JSON, {"Content-Type": "application/xml"}):
        org.door("faults", {"rules": [rule]})
        answer = org.call("POST", ASYNC, data="{}", headers=headers)
        assert answer.status_code == status
        said = answer.json()["exceptionCode"] if headers == JSON else xml(answer.text).findtext(f"{SPACE}exceptionCode")
        assert said == code
