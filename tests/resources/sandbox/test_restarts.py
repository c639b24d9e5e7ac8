"""An org that is stopped or killed: bulk jobs and pages of queries go on, nothing is saved twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.sandbox.csv_format import CsvFormat
from resources.sandbox.ingest_jobs import IngestJobs
from resources.sandbox.ingest_processing import SUCCESSFUL
from resources.sandbox.org import Org
from resources.sandbox.people import INTEGRATION
from tests.resources.sandbox.live import Live, csv_text, serving, table

ROWS = 25_000


def numbered(rows: int) -> str:
    return csv_text(["Name", "Source_Key__c"], *[[f"Row {n}", f"K{n}"] for n in range(rows)])


def test_a_killed_org_goes_on_with_closed_jobs_and_leaves_open_ones_open(tmp_path: Path) -> None:
    with serving(tmp_path) as org:
        opened = org.job("ingest", object="Account", operation="insert")
        org.upload(opened, "Name\nWaiting\n")
        running = org.job("ingest", object="Account", operation="insert")
        org.upload(running, numbered(ROWS))
        org.close_job(running)
        _wait_for_rows(org, running["id"])
        os.kill(org.connection.pid, signal.SIGKILL)
    with serving(tmp_path) as org:
        done = org.ended("ingest", running["id"])
        assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("JobComplete", ROWS, 0)
        assert org.query("SELECT COUNT() FROM Account")["totalSize"] == ROWS
        results = org.result(running, "successfulResults")
        assert {row["Source_Key__c"] for row in results} == {f"K{n}" for n in range(ROWS)}
        assert len(results) == ROWS
        assert org.call("GET", f"jobs/ingest/{opened['id']}").json()["state"] == "Open"
        org.close_job(opened)
        assert org.ended("ingest", opened["id"])["numberRecordsProcessed"] == 1


def test_the_pages_of_a_query_go_on_after_a_kill(tmp_path: Path) -> None:
    with serving(tmp_path) as org:
        org.seed("Account", *[{"Name": f"N{number:03}"} for number in range(250)])
        first = org.query("SELECT Name FROM Account ORDER BY Name", size=200)
        os.kill(org.connection.pid, signal.SIGKILL)
    with serving(tmp_path) as org:
        rest = org.call("GET", first["nextRecordsUrl"]).json()
        assert [record["Name"] for record in rest["records"]] == [f"N{number:03}" for number in range(200, 250)]
        assert rest["done"] is True


def _wait_for_rows(org: Live, job_id: str) -> None:
    while org.call("GET", f"jobs/ingest/{job_id}").json()["numberRecordsProcessed"] == 0:
        time.sleep(0.01)


@pytest.fixture
def org(tmp_path: Path) -> Org:
    return Org(tmp_path)


def test_an_org_that_closes_finishes_its_batch_and_goes_on_later(org: Org) -> None:
    user = org.user_named(INTEGRATION)
    assert user is not None
    first = IngestJobs(org, batch=500)
    job = first.create(user, 66.0, {"object": "Account", "operation": "insert"})
    first.upload(job.id, numbered(4000).encode())
    first.close(job.id)
    _until(lambda: first.processing.counters(job)[0] > 0)
    org.close()

    again = Org(org.state)
    second = IngestJobs(again, batch=500)
    _until(lambda: second.jobs.get(job.id).state == "JobComplete")
    assert second.processing.counters(job) == (4000, 0)
    content = b"".join(second.processing.results(job, SUCCESSFUL))
    assert len({row["Source_Key__c"] for row in table(content.decode())}) == 4000
    again.close()


def test_an_aborted_job_keeps_what_it_saved_and_hands_back_the_rest(org: Org) -> None:
    user = org.user_named(INTEGRATION)
    assert user is not None
    jobs = IngestJobs(org, batch=200)
    job = jobs.create(user, 66.0, {"object": "Account", "operation": "insert"})
    jobs.upload(job.id, numbered(6000).encode())
    jobs.close(job.id)
    _until(lambda: jobs.processing.counters(job)[0] > 0)
    jobs.abort(job.id)
    _until(lambda: not _busy(jobs, job.id))
    saved = table(b"".join(jobs.processing.results(job, SUCCESSFUL)).decode())
    rest = table(jobs.processing.unprocessed(job).decode())
    assert jobs.jobs.get(job.id).state == "Aborted"
    assert 0 < len(saved) < 6000
    assert len(saved) % 200 == 0
    assert {r["Source_Key__c"] for r in saved} | {r["Source_Key__c"] for r in rest} == {f"K{n}" for n in range(6000)}
    assert len(saved) + len(rest) == 6000
    org.close()


def _busy(jobs: IngestJobs, job_id: str) -> bool:
    before = jobs.processing.counters(jobs.jobs.get(job_id))
    time.sleep(0.1)
    return jobs.processing.counters(jobs.jobs.get(job_id)) != before


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_csv_in_all_formats_survives_a_round_trip() -> None:
    rows = [["a", 'b"c', "d,e"], ["", "`^|;\t", "é🎓"]]
    for delimiter in ("BACKQUOTE", "CARET", "COMMA", "PIPE", "SEMICOLON", "TAB"):
        for ending in ("LF", "CRLF"):
            form = CsvFormat(delimiter, ending)
            assert list(form.rows(form.lines(rows))) == rows
            assert form.fits(form.lines(rows))
