"""Half a million records updated while one call in a hundred fails and one row in a hundred is refused."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines.loading.batching import Batching
from pipelines.run import World
from resources.salesforce.org import SalesforceOrg
from tests.benchmarks.measuring import tell
from tests.runs.place import Place, place, unchanged

pytestmark = pytest.mark.load

RECORDS = int(os.environ.get("LOAD_RECORDS", "500000"))
REFUSED = "NUMBER_OUTSIDE_VALID_RANGE"
ONE_CALL_IN_A_HUNDRED = [
    {"path": "/services/", "action": action, "nth": nth}
    for nth, action in zip(range(7, 20_000, 100), ["status", "drop", "close-after-write"] * 1000, strict=False)
]


def small_calls(world: World) -> World:
    """All by collections of 200, however many there are."""
    return replace(world, batching=Batching(job_calls=10**9, job_rows=10**9))


def many_jobs(world: World) -> World:
    """By bulk jobs, small ones: so that there are calls enough for some to fail."""
    return replace(world, batching=Batching(job_calls=0, job_rows=5_000))


def settle(here: Place) -> None:
    """Records of a year ago in the org; a feed in which each has another name, and one in a hundred cannot be taken."""
    for start in range(0, RECORDS, 20_000):
        here.org.seed(
            "Account",
            [
                {"Source_Key__c": f"k{n}", "Name": f"Old {n}", "Source_Status__c": "A", "Phone": "by hand"}
                for n in range(start, min(start + 20_000, RECORDS))
            ],
        )
    feeds = here.home / "feeds"
    feeds.mkdir()
    duckdb.sql(
        f"copy (select 'k' || i as institution_id, 'New ' || i as name, 'A' as status, 'from the feed' as phone,"
        f" case when i % 100 = 0 then 999999999999 else i % 1000 end as enrollment from range({RECORDS}) t(i))"
        f" to '{feeds / 'institutions.csv'}'"
    )


@pytest.mark.parametrize(
    "route", [pytest.param(unchanged, id="as it is"), pytest.param(many_jobs, id="many jobs"), small_calls]
)
def test_every_row_is_accounted_for(route: Callable[[World], World], tmp_path: Path) -> None:
    with place(tmp_path / "home") as here:
        settle(here)
        here.org.faults(*ONE_CALL_IN_A_HUNDRED)
        began = time.monotonic()
        reports = [here.run("accounts", scope="all", approved=True, world=route)]
        while reports[-1].status == "failure" and len(reports) < 5:
            reports.append(here.run("accounts", scope="all", approved=True, world=route))
        seconds = time.monotonic() - began
        calls = len(here.org.calls())
        here.org.faults()
        tell(
            "half a million",
            route=getattr(route, "__name__", ""),
            records=RECORDS,
            runs=len(reports),
            seconds=round(seconds, 1),
            calls=calls,
            calls_that_failed=sum(int(str(fault["nth"])) <= calls for fault in ONE_CALL_IN_A_HUNDRED),
            outcomes=reports[-1].outcomes,
            reasons=reports[-1].reasons,
        )
        assert all(sum(report.outcomes.values()) == RECORDS for report in reports if report.outcomes)
        refused = RECORDS // 100
        assert reports[-1].reasons[f"failed: {REFUSED}"] == refused
        with SalesforceOrg(here.settings(salesforce_daily_calls=None)) as org:
            pages = list(
                org.snapshot("Account", ["Source_Key__c", "Name", "Phone", "NumberOfEmployees"], since=None).pages
            )
        told = duckdb.connect()
        for page in pages:
            told.register("page", page)
            told.execute("create table if not exists found as from page limit 0")
            told.execute("insert into found from page")
        wrong = told.execute(
            """
select count(*)
from (select *, substr(Source_Key__c, 2)::bigint as i from found)
where Phone <> 'by hand'
  or case when i % 100 = 0 then Name <> 'Old ' || i or NumberOfEmployees is not null
     else Name <> 'New ' || i or NumberOfEmployees is distinct from i % 1000 end
"""
        ).fetchall()[0][0]
        assert (told.execute("select count(*), count(distinct Source_Key__c) from found").fetchall(), wrong) == (
            [(RECORDS, RECORDS)],
            0,
        )
        again = here.run("accounts", world=route)
        assert again.reasons == {f"failed: {REFUSED}": refused, "unchanged: source_unchanged": RECORDS - refused}
