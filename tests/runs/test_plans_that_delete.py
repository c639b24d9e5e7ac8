"""A plan that deletes: it names what goes, on which side, and counts the calls that this takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets.commands.plan_cells import Cell, lines_of, names_of
from assets.tasks import ENTITY as TASKS
from pipelines.declaring.both import BothWays
from resources.archive import Archive
from tests.runs.both_sides_place import ANN, Sides, both_sides

DELETING = replace(TASKS, both=BothWays(prevent={}))
DAY = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
DUE = {"dueDateTime": {"dateTime": f"{DAY}T00:00:00", "timeZone": "UTC"}}


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    """Four pairs, all in accord; what each item is called is its record's subject too."""
    with both_sides(tmp_path) as place:
        place.person(ANN)
        place.office.put(ANN, "tasks", [{"title": title, **DUE} for title in ("stays", "Call Joe", "Ask Sue", "Buy")])
        assert place.sync(DELETING).status == "success"
        assert place.sync(DELETING).status == "nothing_to_do"
        yield place


def delete(sides: Sides) -> None:
    """People delete one record, and two items."""
    items = sides.items()
    sides.org.delete(sides.tasks()["Call Joe"]["Id"])
    sides.office.delete(ANN, "tasks", *(items[title]["id"] for title in ("Ask Sue", "Buy")))


def lines(sides: Sides) -> set[tuple[object, ...]]:
    """Of the last plan: what is done in Outlook, what in the CRM, and why."""
    table = Archive(sides.home).cells("tasks").to_pylist()
    return {line[2:5] for line in lines_of((Cell(**row) for row in table), names=names_of(DELETING))}


def test_what_would_be_deleted_is_named_on_the_side_that_loses_it(sides: Sides) -> None:
    delete(sides)
    plan = sides.run(DELETING, mode="plan")
    assert (plan.cells, plan.removals, plan.source and plan.source["removals"]) == (0, 2, 1)
    assert lines(sides) == {
        ("deleted: Call Joe", "", "deleted in the CRM, unchanged in Outlook"),
        ("", "deleted: Ask Sue", "deleted in Outlook, unchanged in the CRM"),
        ("", "deleted: Buy", "deleted in Outlook, unchanged in the CRM"),
    }


def test_an_item_that_loses_its_link_alone_is_named_as_well_and_its_call_counted(sides: Sides) -> None:
    parting = replace(TASKS, both=BothWays(prevent={"source": ("delete",)}))
    (record,) = sides.org.seed("Task", [{"Subject": "Ask", "OwnerId": sides.users[ANN], "ActivityDate": DAY}])
    assert sides.sync(parting).reasons == {"created: in_source": 1}
    sides.sync(parting)
    sides.org.delete(record)
    plan = sides.run(parting, mode="plan")
    assert plan.source == {"updates": 1, "creates": 0, "removals": 0, "cells": 0, "calls": 1}
    assert lines(sides) == {("without its link: Ask", "", "its link leads to a record that was deleted")}


def news(sides: Sides) -> None:
    """More than one call's worth on the way to Outlook, and one to the CRM."""
    rows = [{"Subject": f"new {n}", "OwnerId": sides.users[ANN], "ActivityDate": DAY} for n in range(21)]
    sides.org.seed("Task", rows)
    sides.office.put(ANN, "tasks", [{"title": "new there", **DUE}])


def changes(sides: Sides) -> None:
    stays = sides.tasks()["stays"]["Id"]
    sides.org.do("records/edit", {"sobject": "Task", "ids": [stays], "fields": {"Priority": "High"}})


@pytest.mark.parametrize("people", [delete, news, changes])
def test_the_bill_for_both_sides_is_known_before(sides: Sides, people: Callable[[Sides], None]) -> None:
    people(sides)
    sides.office.forget_calls()
    plan = sides.run(DELETING, mode="plan")
    looking = sides.office.counts()["calls"]
    sides.office.forget_calls()
    made = sides.sync(DELETING).api_calls - plan.api_calls, sides.office.counts()["calls"] - looking
    assert plan.source
    assert made == (plan.planned_calls, plan.source["calls"])
    assert plan.planned_calls or plan.source["calls"]


def test_the_right_to_delete_is_asked_for_before_anything_is_read(sides: Sides) -> None:
    delete(sides)
    sides.office.forget_calls()
    sides.org.do("permissions", {"sobject": "Task", "rights": {"delete": False}})
    refused = sides.sync(DELETING)
    assert (refused.status, refused.error) == ("failure", "declaration_misfit")
    assert "Task: this user may not delete records; give the integration user Delete on it" in str(refused.message)
    assert sides.office.counts()["calls"] == 0
    assert sides.sync(TASKS).outcomes == {"skipped": 2, "deleted": 1, "unchanged": 1}
