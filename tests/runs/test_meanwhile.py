"""What people do between a run's look at the org and its load: their words stay, and what they made is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.declaring.source import AnySource
from pipelines.ports.source import Landed, Source
from pipelines.ports.world import Progress
from pipelines.run import World
from pipelines.telling.report import Report
from tests.runs.place import Place, Row


@dataclass
class Slow:
    """A source during whose reading people do something in the org."""

    real: Source
    people: Callable[[], object]

    def fingerprint(self, source: AnySource) -> str | None:
        return self.real.fingerprint(source)

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        self.people()
        return self.real.land(source, columns, file, progress, since)


def run(here: Place, entity: str, people: Callable[[], object], *, bulk: bool = False, **request: object) -> Report:
    """The second run of the entity, with its source as it is now, and people at work."""

    def busy(world: World) -> World:
        return replace(world, source=Slow(world.source, people))

    return here.run(entity, world=busy, approved=True, bulk=bulk, **request)


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return f"mw{abs(hash(request.node.name)) % 10**8}"


def told(here: Place, key: str, **facts: object) -> None:
    rows: list[Row] = [{"institution_id": f"{key}-{n}", "name": f"New {n}", **facts} for n in range(3)]
    here.feed("institutions", rows)


def settled(here: Place, key: str) -> list[str]:
    """Three institutions that a run has seen, and the ids of their records."""
    ids = here.org.seed("Account", [{"Source_Key__c": f"{key}-{n}", "Name": f"Old {n}"} for n in range(3)])
    here.feed("institutions", [{"institution_id": f"{key}-{n}", "name": f"Old {n}"} for n in range(3)])
    here.until_quiet("accounts")
    return ids


@pytest.mark.parametrize("bulk", [False, True], ids=["collections", "bulk"])
def test_each_rule_has_its_say_on_what_people_did_meanwhile(here: Place, key: str, bulk: bool) -> None:  # noqa: FBT001
    filled, frozen, gone = settled(here, key)
    told(here, key, phone="of the source")

    def people() -> None:
        here.org.do(
            "records/edit", {"sobject": "Account", "ids": [filled], "fields": {"Phone": "typed", "Name": "Mine"}}
        )
        here.org.do("records/edit", {"sobject": "Account", "ids": [frozen], "fields": {"Do_Not_Update__c": True}})
        here.org.delete(gone)

    report = run(here, "accounts", people, bulk=bulk)
    assert report.reasons == {"skipped: do_not_update": 1, "skipped: deleted_in_crm": 1}
    assert report.outcomes == {"updated": 1, "skipped": 2}
    records = here.records("Account")
    assert [records[f"{key}-0"][name] for name in ("Name", "Phone")] == ["New 0", "typed"]
    assert [records[f"{key}-1"][name] for name in ("Name", "Phone")] == ["Old 1", None]
    assert f"{key}-2" not in records
    cells = here.ask(
        "accounts",
        f"select field, old, new from batch_cells where batch in (select batch from batches"
        f" where run_id = '{report.run_id}' and state = 'DONE')",
    )
    assert {cell for cell in cells if cell[0] in ("Name", "Phone")} == {("Name", "Mine", "New 0")}


def test_a_person_who_was_typed_meanwhile_is_found_and_not_created_twice(here: Place, key: str) -> None:
    settled(here, key)
    here.feed("personnel", [])
    person = {"institution_id": f"{key}-0", "first_name": "Ann"}
    first = [{"person_id": f"{key}-a", "last_name": "First", **person}]
    here.feed("personnel", first)
    here.until_quiet("personnel")
    email = f"{key}@example.org"
    here.feed("personnel", [*first, {"person_id": f"{key}-b", "last_name": "Second", "email": email, **person}])
    report = run(here, "personnel", lambda: here.org.seed("Contact", [{"LastName": "Typed", "Email": email}]))
    assert report.outcomes == {"linked": 1, "unchanged": 1}
    found = here.by_id("Contact", {"LastName", "Email"}).values()
    assert [record["LastName"] for record in found if record["Email"] == email] == ["Second"]


def test_what_others_do_to_records_that_are_not_written_is_no_reason_to_wait(here: Place, key: str) -> None:
    settled(here, key)
    (other,) = here.org.seed("Account", [{"Name": "Other"}])
    told(here, key)
    edit = {"sobject": "Account", "ids": [other], "fields": {"Phone": "1"}}
    here.org.reset()
    report = run(here, "accounts", lambda: here.org.do("records/edit", edit))
    assert report.outcomes == {"updated": 3}
    assert here.org.calls() == [
        "POST composite",
        "GET queryAll/",
        "PATCH composite/sobjects",
        "POST composite/sobjects/Account",
    ]


def test_a_run_with_nothing_to_do_is_one_call(here: Place, key: str) -> None:
    settled(here, key)
    here.org.reset()
    assert (here.run("accounts").api_calls, here.org.calls()) == (1, ["POST composite"])


def test_a_hidden_field_is_told_before_the_source_is_read(here: Place, key: str) -> None:
    settled(here, key)
    for field in ("Phone", "Website"):
        here.org.do("permissions", {"sobject": "Account", "field": field, "rights": {"read": False}})
    read: list[str] = []
    told(here, key)
    report = run(here, "accounts", lambda: read.append("read"))
    assert (report.error, read) == ("declaration_misfit", [])
    assert "Account.Phone" in str(report.message)
    assert "Account.Website" in str(report.message)


def test_five_hundred_changed_records_are_six_calls(here: Place, key: str) -> None:
    rows = [{"institution_id": f"{key}-{n}", "name": f"Old {n}"} for n in range(500)]
    here.org.seed("Account", [{"Source_Key__c": row["institution_id"], "Name": row["name"]} for row in rows])
    here.feed("institutions", rows)
    here.until_quiet("accounts")
    here.feed("institutions", [{**row, "name": f"New {row['institution_id']}"} for row in rows])
    report = here.run("accounts", approved=True)
    assert (report.outcomes, report.api_calls) == ({"updated": 500}, 6)
    assert report.planned_calls == 5
