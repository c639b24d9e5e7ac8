"""Bulk jobs that go wrong: stuck, failed half-way, aborted by somebody, rows that no result tells of.

Evidence: the states and result files of the Bulk API 2.0 developer guide. That rows beyond the daily batches are in no
result is from its page on limits; which rows a failed job has taken is, here as there, a matter of batches.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources.sandbox.launch import Connection
from tests.resources.sandbox.live import Live, csv_text

JOBS = "^ingest/Account/"


@pytest.fixture
def org(connection: Connection) -> Iterator[Live]:
    live = Live(connection)
    yield live
    live.door("faults", {"rules": []})
    live.close()


def rows(key: str) -> str:
    return csv_text(["Name", "Source_Key__c"], *[[f"Row {n}", f"{key}-{n}"] for n in range(10)])


def saved(org: Live, key: str) -> int:
    return int(org.query(f"SELECT COUNT() FROM Account WHERE Source_Key__c LIKE '{key}%'")["totalSize"])


@pytest.mark.parametrize(
    "action, state, unprocessed",
    [("job-failed", "Failed", 6), ("job-aborted", "Aborted", 6), ("rows-unprocessed", "JobComplete", 6),
     ("rows-unrecorded", "JobComplete", 0)],
)  # fmt: skip
def test_a_job_that_ends_half_way_keeps_what_it_saved(
    org: Live, key: str, action: str, state: str, unprocessed: int
) -> None:
    org.door("faults", {"rules": [{"path": JOBS, "action": action, "rows": 4}]})

    job = org.ingest("insert", rows(key))

    assert job["state"] == state
    assert ("errorMessage" in job) == (state == "Failed")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (4, 0)
    assert saved(org, key) == 4
    assert len(org.result(job, "successfulResults")) == 4
    assert [row["Source_Key__c"] for row in org.result(job, "unprocessedrecords")] == (
        [f"{key}-{n}" for n in range(4, 10)] if unprocessed else []
    )


def test_a_stuck_job_goes_on_when_the_rules_change(org: Live, key: str) -> None:
    org.door("faults", {"rules": [{"path": JOBS, "action": "job-stuck", "rows": 3}]})
    job = org.job("ingest", object="Account", operation="insert")
    org.upload(job, rows(key))
    org.close_job(job)
    while saved(org, key) < 3:
        pass
    stuck = org.call("GET", f"jobs/ingest/{job['id']}").json()

    org.door("faults", {"rules": []})

    assert (stuck["state"], stuck["numberRecordsProcessed"]) == ("InProgress", 3)
    assert org.ended("ingest", job["id"])["numberRecordsProcessed"] == 10
    assert len(org.result(job, "successfulResults")) == 10
    assert saved(org, key) == 10


def test_a_stuck_job_goes_on_after_its_seconds_and_can_be_aborted_before(org: Live, key: str) -> None:
    org.door("faults", {"rules": [{"path": JOBS, "action": "job-stuck", "seconds": 0.2, "times": 2}]})
    first, second = (org.job("ingest", object="Account", operation="insert") for _ in range(2))
    for job, name in ((first, "a"), (second, "b")):
        org.upload(job, rows(f"{key}{name}"))
        org.close_job(job)
    org.call("PATCH", f"jobs/ingest/{second['id']}", json={"state": "Aborted"})

    assert org.ended("ingest", first["id"])["state"] == "JobComplete"
    assert org.ended("ingest", second["id"])["state"] == "Aborted"
    assert (saved(org, f"{key}a"), saved(org, f"{key}b")) == (10, 0)


def test_rules_without_a_method_leave_jobs_alone(org: Live, key: str) -> None:
    org.door("faults", {"rules": [{"path": JOBS, "action": "row-locks"}, {"path": "x", "action": "row-locks"}]})

    assert org.ingest("insert", rows(key))["numberRecordsFailed"] == 0


def test_a_share_of_a_jobs_rows_is_refused(org: Live, key: str) -> None:
    rule = {"path": JOBS, "method": "JOB", "action": "row-locks", "share": 0.5, "seed": 7}
    org.door("faults", {"rules": [rule]})

    job = org.ingest("insert", rows(key))

    failed = org.result(job, "failedResults")
    assert 0 < len(failed) < 10
    assert len(failed) + saved(org, key) == 10
    assert {row["sf__Error"] for row in failed} == {
        "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--"
    }
