"""Row locks by record and by parent. Evidence: captured texts of UNABLE_TO_LOCK_ROW; the guides on lock contention.

That a bulk job's locked rows are tried again by the platform itself is not emulated: they fail at once. So do those
that the administrator holds: batches wait for each other alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from resources.sandbox.locks import WAIT, Locks
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live, csv_text


@pytest.fixture
def org(connection: Connection, admin: Administrator) -> Iterator[Live]:
    live = Live(connection)
    yield live
    admin.do("records/lock", sobject="Account", wait=WAIT)
    live.close()


def test_a_held_account_takes_neither_edits_nor_contacts(rest: Rest, admin: Administrator) -> None:
    held, free = (rest("POST", "sobjects/Account", json={"Name": n}).json()["id"] for n in "AB")
    admin.do("records/lock", sobject="Account", ids=[held], seconds=60)

    edit = rest("PATCH", f"sobjects/Account/{held}", json={"Phone": "1"})
    children = [rest("POST", "sobjects/Contact", json={"LastName": "C", "AccountId": a}) for a in (held, free)]
    removal = rest("DELETE", f"sobjects/Account/{held}")
    admin.do("records/lock", sobject="Account", ids=[held], seconds=0)
    later = rest("PATCH", f"sobjects/Account/{held}", json={"Phone": "1"})

    message = f"unable to obtain exclusive access to this record or 1 records: {held}"
    locked = [{"message": message, "errorCode": "UNABLE_TO_LOCK_ROW", "fields": []}]
    assert (edit.status_code, edit.json()) == (400, locked)
    assert (children[0].json(), children[1].status_code) == (locked, 201)
    assert removal.json() == locked
    assert later.status_code == 204


def test_a_batch_does_not_wait_for_what_the_administrator_holds(org: Live, admin: Administrator, key: str) -> None:
    (held,) = admin.seed("Account", [{"Name": "P", "Source_Key__c": key}])
    admin.do("records/lock", sobject="Account", ids=[held], seconds=60, wait=60)

    started = time.monotonic()
    job = org.ingest("update", csv_text(["Id", "Phone"], [held, "1"]))
    took = time.monotonic() - started
    admin.do("records/lock", sobject="Account", ids=[held], seconds=0)

    assert job["numberRecordsFailed"] == 1
    assert took < 30
    assert "held records refuse writes; batches wait for each other" in admin.doors()["records/lock"]


@pytest.mark.parametrize("wait", [0.0, 10.0])
def test_two_jobs_on_one_parent_wait_for_each_other_or_fail(
    org: Live, admin: Administrator, key: str, wait: float
) -> None:
    parent = admin.seed("Account", [{"Name": "P", "Source_Key__c": key}])[0]
    admin.do("records/lock", sobject="Account", wait=wait)
    jobs = [org.job("ingest", object="Contact", operation="insert") for _ in range(2)]
    for job in jobs:
        org.upload(job, csv_text(["LastName", "Account.Source_Key__c"], *[[f"N{n}", key] for n in range(6000)]))
    for job in jobs:
        org.close_job(job)

    ended = [org.ended("ingest", job["id"]) for job in jobs]

    assert [job["numberRecordsProcessed"] for job in ended] == [6000, 6000]
    assert sorted(job["numberRecordsFailed"] for job in ended) == ([0, 6000] if wait == 0 else [0, 0])
    for job in ended:
        errors = {row["sf__Error"] for row in org.result(job, "failedResults")}
        locked = f"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: {parent}:--"
        assert errors == ({locked} if job["numberRecordsFailed"] else set())


def test_who_waits_gets_the_records_as_soon_as_they_are_free() -> None:
    locks, order = Locks(), []

    def second() -> None:
        with locks.taking({"a", "b"}) as refused:
            order.append(refused)

    with locks.taking({"a"}):
        thread = threading.Thread(target=second)
        thread.start()
        order.append(frozenset({"first"}))
    thread.join(5)

    assert order == [frozenset({"first"}), frozenset()]
