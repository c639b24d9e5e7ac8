"""Tasks that are with a lead: they are about nothing else, follow it to its contact, and none is refused or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.runs.both_sides_place import ANN, Sides, both_sides

DAY = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
DUE = {"dueDateTime": {"dateTime": f"{DAY}T00:00:00", "timeZone": "UTC"}}


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    with both_sides(tmp_path) as place:
        place.person(ANN)
        yield place


def lead(sides: Sides) -> str:
    (made,) = sides.org.seed("Lead", [{"LastName": "Lovelace", "Company": "Engines", "Email": "ada@engines.example"}])
    return made


def task(sides: Sides, title: str, text: str) -> None:
    body = {"contentType": "text", "content": text}
    sides.office.put(ANN, "tasks", [{"title": title, "body": body, **DUE}])


def converted(sides: Sides, lead_id: str) -> dict[str, str]:
    return dict(sides.org.do("records/convert", {"lead": lead_id}))


def related(sides: Sides, title: str) -> tuple[Any, Any]:
    record = sides.tasks("Task", "WhoId", "WhatId")[title]
    return record["WhoId"], record["WhatId"]


def quiet(sides: Sides) -> None:
    """Twice nothing is to do, and nothing was written in Outlook since."""
    writes = sides.office.counts()["writes"]
    for _ in range(2):
        report = sides.sync()
        assert (report.status, report.cells) == ("nothing_to_do", 0), report
    assert sides.office.counts()["writes"] == writes


def test_a_task_follows_its_lead_to_the_contact_and_people_may_go_on_with_it(sides: Sides) -> None:
    lead_id = lead(sides)
    task(sides, "Call Ada", "write to ada@engines.example")
    task(sides, "Buy ink", "")
    sides.sync()
    assert related(sides, "Call Ada") == (lead_id, None)
    became = converted(sides, lead_id)
    quiet(sides)
    assert related(sides, "Call Ada") == (became["contact"], became["account"])
    item = sides.items()["Call Ada"]
    sides.office.patch(ANN, "tasks", {"id": item["id"], "importance": "high"})
    assert sides.sync().outcomes == {"unchanged": 1, "updated": 1}
    assert sides.tasks()["Call Ada"]["Priority"] == "High"
    assert related(sides, "Call Ada") == (became["contact"], became["account"])
    quiet(sides)


@pytest.mark.parametrize("known", [True, False], ids=["known-before", "converted-before-the-first-run"])
def test_what_speaks_of_a_converted_lead_is_with_its_contact(sides: Sides, known: bool) -> None:  # noqa: FBT001
    lead_id = lead(sides)
    task(sides, "first", "ada@engines.example")
    if known:
        sides.sync()
    became = converted(sides, lead_id)
    task(sides, "by its id", f"see https://example.my.salesforce.com/{lead_id}")
    task(sides, "by its address", "ada@engines.example")
    task(sides, "other", "nobody")
    report = sides.sync()
    assert report.outcomes == {"created": 3 if known else 4} | ({"unchanged": 1} if known else {})
    for title in ("first", "by its address", "by its id"):
        assert related(sides, title)[0] == became["contact"], title
    assert related(sides, "other") == (None, None)
    quiet(sides)


def test_where_the_contact_is_gone_as_well_the_task_is_with_nobody(sides: Sides) -> None:
    lead_id = lead(sides)
    became = converted(sides, lead_id)
    sides.org.delete(became["contact"])
    task(sides, "late", f"see https://example.my.salesforce.com/{lead_id}")
    assert sides.sync().outcomes == {"created": 1}
    assert related(sides, "late") == (None, None)
    quiet(sides)


def test_a_lead_stands_alone_as_salesforce_wants_it_and_the_task_is_not_refused_for_it(sides: Sides) -> None:
    lead_id = lead(sides)
    (account,) = sides.org.seed("Account", [{"Name": "Engines"}])
    link = f"https://example.my.salesforce.com/{account}"
    task(sides, "both", f"ada@engines.example of {link}")
    task(sides, "account", f"see {link}")
    assert sides.sync().outcomes == {"created": 2}
    assert (related(sides, "both"), related(sides, "account")) == ((lead_id, None), (None, account))
    quiet(sides)
    more = {"both": f"{link}, ada@engines.example", "account": f"ada@engines.example of {link}"}
    for title, text in more.items():
        body = {"contentType": "text", "content": text}
        sides.office.patch(ANN, "tasks", {"id": sides.items()[title]["id"], "body": body})
    assert sides.sync().outcomes == {"updated": 2}
    assert (related(sides, "both"), related(sides, "account")) == ((lead_id, None), (None, account))
    assert {title: sides.tasks()[title]["Description"] for title in more} == more
    quiet(sides)


def test_a_file_from_before_leads_were_asked_what_they_became_learns_it(sides: Sides) -> None:
    lead_id = lead(sides)
    became = converted(sides, lead_id)
    sides.sync()
    with duckdb.connect(sides.home / "tasks.duckdb") as con:
        con.execute("delete from looked_up where name like 'Lead.%'")
        con.execute("insert into looked_up (name, Id, fold) values ('Lead.Id', ?, lower(?))", [lead_id, lead_id])
        asked = "where name like 'looked up Lead.%'"
        con.execute(f"update meta set value = 'Id Email IsDeleted' {asked} and name like '% fields'")
        con.execute(f"update meta set value = '2999-01-01T00:00:00+00:00' {asked} and name not like '% fields'")
    task(sides, "late", f"see https://example.my.salesforce.com/{lead_id}")
    assert sides.sync().outcomes == {"created": 1}
    assert related(sides, "late")[0] == became["contact"]
