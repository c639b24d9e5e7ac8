"""How fast the sandbox org answers: one bulk job, and collections of 200."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from simple_salesforce.api import Salesforce

from resources.sandbox.launch import running
from tests.benchmarks.measuring import Figures, median, tell, timed
from tests.benchmarks.town import FIELDS, account, client
from tests.resources.salesforce.embedded import Embedded

pytestmark = pytest.mark.benchmark

JOB_ROWS = 100_000


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("org") / "state") as connection:
        yield Embedded(connection)


def test_bulk_job_of_a_hundred_thousand_rows(org: Embedded) -> None:
    sf = client(org)
    base = f"{sf.base_url}jobs/ingest"
    headers = {"Authorization": f"Bearer {sf.session_id}"}
    content = io.StringIO()
    writer = csv.DictWriter(content, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(account(n) for n in range(JOB_ROWS))
    figures: Figures = {}
    with timed(figures):
        made = {"object": "Account", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
        job = sf.session.post(base, headers=headers, json=made).json()
        text = {**headers, "Content-Type": "text/csv"}
        sf.session.put(f"{base}/{job['id']}/batches", headers=text, data=content.getvalue().encode()).raise_for_status()
        sf.session.patch(f"{base}/{job['id']}", headers=headers, json={"state": "UploadComplete"}).raise_for_status()
        while job["state"] != "JobComplete":
            job = sf.session.get(f"{base}/{job['id']}", headers=headers).json()
            assert job["state"] not in ("Failed", "Aborted"), job
        results = sf.session.get(f"{base}/{job['id']}/successfulResults", headers=headers).text
    assert job["numberRecordsFailed"] == 0
    assert results.count("\n") == JOB_ROWS + 1
    tell("sandbox bulk job", rows=JOB_ROWS, columns=len(FIELDS), seconds=figures["seconds"])


def test_collections_of_two_hundred_rows(org: Embedded) -> None:
    sf = client(org)
    runs: list[Figures] = []
    for start in range(0, 10_000, 200):
        records = [{"attributes": {"type": "Account"}, **account(JOB_ROWS + start + n)} for n in range(200)]
        figures: Figures = {}
        with timed(figures):
            answers = _collection(sf, records)
        assert all(answer["success"] for answer in answers)
        runs.append(figures)
    tell("sandbox collection", rows=200, columns=len(FIELDS), seconds=median(runs, "seconds"))


def _collection(sf: Salesforce, records: list[dict[str, object]]) -> list[dict[str, object]]:
    answer = sf.session.post(
        f"{sf.base_url}composite/sobjects",
        headers={"Authorization": f"Bearer {sf.session_id}"},
        json={"allOrNone": False, "records": records},
    )
    found: list[dict[str, object]] = answer.json()
    return found
