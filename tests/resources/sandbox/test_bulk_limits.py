"""Daily limits go by the org's clock; bulk batches and query jobs have their own. Evidence: the limits pages.

What a job beyond the batches says is quoted from Bulk API 1.0 (ApiBatchItems); that its rows are in no result file is
from the limits page of 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.ingest_jobs import LARGEST_UPLOAD
from resources.sandbox.launch import running
from tests.resources.sandbox.live import Live, csv_text

DAY = 86_400


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("limits") / "org") as served:
        live = Live(served)
        yield live
        live.close()


def limits(org: Live) -> dict[str, dict[str, int]]:
    return dict(org.call("GET", "limits").json())


def test_a_days_calls_are_back_after_a_day(org: Live) -> None:
    admin = Administrator(org.connection)
    admin.set_usage(daily=5, used=5)
    assert org.call("GET", "limits").status_code == 403

    admin.advance_clock(DAY + 60)
    org.log_in()

    assert org.call("GET", "limits").status_code == 200
    admin.set_usage(daily=100_000)


def test_rows_beyond_the_days_batches_are_in_no_result(org: Live, key: str) -> None:
    before = limits(org)["DailyBulkApiBatches"]["Remaining"]
    org.ingest("insert", csv_text(["Name"], ["A"]))
    assert limits(org)["DailyBulkApiBatches"] == {"Max": 15_000, "Remaining": before - 1}
    org.door("limits", {"batches": 15_000 - (before - 1) + 1})

    rows = [[f"{key} {n}"] for n in range(10_005)]
    job = org.ingest("insert", csv_text(["Name"], *rows))

    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 10_000)
    assert job["errorMessage"] == "ExceededQuota : ApiBatchItems Limit exceeded."
    assert len(org.result(job, "successfulResults")) == 10_000
    assert org.result(job, "failedResults") == org.result(job, "unprocessedrecords") == []
    org.door("limits", {"batches": 15_000})


def test_query_jobs_have_a_limit_of_their_own(org: Live) -> None:
    org.door("limits", {"query_jobs": 0})
    asked = {"operation": "query", "query": "SELECT Id FROM Account"}

    refused = org.call("POST", "jobs/query", json=asked)
    org.door("limits", {"query_jobs": 10_000})

    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert org.call("POST", "jobs/query", json=asked).status_code == 200


def test_an_upload_of_more_than_150_mb_in_base64_is_refused(org: Live) -> None:
    job = org.job("ingest", object="Account", operation="insert")

    refused = org.upload(job, b"Name\n" + b"x" * LARGEST_UPLOAD)

    assert (refused.status_code, refused.json()[0]["errorCode"]) == (413, "REQUEST_ENTITY_TOO_LARGE")


def test_results_are_gone_after_seven_days(org: Live) -> None:
    job = org.ingest("insert", csv_text(["Name"], ["A"]))
    admin = Administrator(org.connection)

    admin.advance_clock(6 * DAY)
    org.log_in()
    assert len(org.result(job, "successfulResults")) == 1
    admin.advance_clock(DAY + 60)
    org.log_in()

    gone = org.call("GET", f"jobs/ingest/{job['id']}/successfulResults")
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert job["id"] not in {one["id"] for one in org.call("GET", "jobs/ingest").json()["records"]}


def test_clock_and_limits_outlive_the_server(tmp_path: Path) -> None:
    with running(tmp_path) as served:
        later = Administrator(served).do("clock", seconds=DAY)["now"]
    with running(tmp_path) as served:
        assert Administrator(served).do("clock", seconds=0)["now"][:10] == later[:10]
