"""Whole runs against an org that fails in the middle: what it did is found out, nothing is sent twice or forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resources.salesforce.org import SalesforceOrg
from tests.runs.place import Place, Row

COLLECTIONS = "/composite/sobjects$"
JOBS = "/jobs/ingest$"
UPLOAD = "/batches$"
CLOSE = "/jobs/ingest/[^/]+$"


def institutions(prefix: str, *, count: int = 3) -> list[Row]:
    """Districts, and a school below each, all new; and schools that the CRM has under another name."""
    districts = [{"institution_id": f"{prefix}-d{n}", "name": f"District {n}"} for n in range(count)]
    schools = [
        {"institution_id": f"{prefix}-n{n}", "name": f"New {n}", "parent_id": f"{prefix}-d{n}"} for n in range(count)
    ]
    known = [
        {"institution_id": f"{prefix}-s{n}", "name": f"School {n}", "parent_id": f"{prefix}-d{n}"} for n in range(count)
    ]
    return [*known, *schools, *districts]


def settled(here: Place, prefix: str) -> None:
    """The feed of these institutions, of which the org has the schools."""
    here.org.seed("Account", [{"Source_Key__c": f"{prefix}-s{n}", "Name": "Old"} for n in range(3)])
    here.feed("institutions", institutions(prefix))


def ended(here: Place, prefix: str) -> dict[str, tuple[object, object]]:
    """Key without the prefix → name, key of the parent."""
    return {
        key.removeprefix(f"{prefix}-"): (record["Name"], str(record["ParentId"] or "").removeprefix(f"{prefix}-"))
        for key, record in here.records("Account").items()
        if key.startswith(f"{prefix}-")
    }


END = {
    **{f"d{n}": (f"District {n}", "") for n in range(3)},
    **{f"n{n}": (f"New {n}", f"d{n}") for n in range(3)},
    **{f"s{n}": (f"School {n}", f"d{n}") for n in range(3)},
}

FAULTS = {
    # what goes wrong, on which path, how often it was met before, by bulk jobs
    "districts are created and the answer is lost": ("POST", COLLECTIONS, "close-after-write", 1, False),
    "the creation of districts never arrives": ("POST", COLLECTIONS, "drop", 1, False),
    "schools are created and the answer is lost": ("POST", COLLECTIONS, "close-after-write", 2, False),
    "the creation of schools never arrives": ("POST", COLLECTIONS, "drop", 2, False),
    "updates are made and the answer is lost": ("PATCH", COLLECTIONS, "close-after-write", 1, False),
    "updates never arrive": ("PATCH", COLLECTIONS, "drop", 1, False),
    "503 for the creation of districts": ("POST", COLLECTIONS, "status", 1, False),
    "503 for updates": ("PATCH", COLLECTIONS, "status", 1, False),
    "a job is made and the answer is lost": ("POST", JOBS, "close-after-write", 1, True),
    "the making of a job never arrives": ("POST", JOBS, "drop", 2, True),
    "a job has its rows and the answer is lost": ("PUT", UPLOAD, "close-after-write", 1, True),
    "the rows of a job never arrive": ("PUT", UPLOAD, "drop", 2, True),
    "a job is closed and the answer is lost": ("PATCH", CLOSE, "close-after-write", 1, True),
    "the closing of a job never arrives": ("PATCH", CLOSE, "drop", 2, True),
    "503 for the closing of a job": ("PATCH", CLOSE, "status", 3, True),
    "503 while a job is waited for": ("GET", CLOSE, "status", 1, True),
}


RARER = (
    "the creation of schools never arrives",
    "503 for the creation of districts",
    "503 for updates",
    "the making of a job never arrives",
    "the rows of a job never arrive",
    "503 for the closing of a job",
    "503 while a job is waited for",
)
"""Handled as the others of their kind: tried with `-m soak`."""


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=pytest.mark.soak if what in RARER else ()) for what in FAULTS]
)
def test_one_run_brings_all_about_although(what: str, here: Place) -> None:
    method, path, action, nth, bulk = FAULTS[what]
    prefix = f"lost{list(FAULTS).index(what)}"
    settled(here, prefix)
    here.org.faults({"method": method, "path": path, "action": action, "nth": nth})
    report = here.run("accounts", bulk=bulk, approved=True, create_missing=True)
    assert (report.status, report.outcomes) == ("success", {"created": 6, "updated": 3})
    assert ended(here, prefix) == END
    assert here.run("accounts").status == "nothing_to_do"


def test_a_plan_made_anew_in_mid_run_writes_nothing_that_was_not_agreed_to(here: Place) -> None:
    (record_id,) = here.org.seed("Account", [{"Source_Key__c": "agreed-1", "Name": "Old", "Phone": "1"}])
    here.feed("institutions", [{"institution_id": "agreed-1", "name": "New", "phone": "2"}])
    here.org.faults({"method": "PATCH", "path": COLLECTIONS, "action": "drop"})

    def somebody_blanks_the_phone(_: float) -> None:
        with SalesforceOrg(here.settings()) as org:
            org.update("Account", [{"Id": record_id, "Phone": None}])

    report = here.run("accounts", world=lambda world: replace(world, sleep=somebody_blanks_the_phone))
    assert (report.status, report.outcomes) == ("success", {"updated": 1})
    assert [here.records("Account")["agreed-1"][name] for name in ("Name", "Phone")] == ["New", None]
    here.run("accounts", scope="all")
    assert here.records("Account")["agreed-1"]["Phone"] == "2"
