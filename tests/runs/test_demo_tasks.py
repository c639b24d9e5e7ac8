"""The demo's tasks: every case ends as it says, at first and an hour later, and then all is quiet on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.tasks import ENTITY
from resources.archive import Archive
from resources.demo import make_demo
from resources.demo.engage import Engage, make_engage
from resources.demo.task_cases import TASKS
from resources.demo.tasks import Tasks, Todo, make_tasks
from resources.demo.tasks_later import tasks_an_hour_later
from resources.outlook.keys import key_of
from resources.sandbox.administration import Administrator
from tests.runs.both_sides_place import Sides, both_sides

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def engage() -> Iterator[Engage]:
    with make_demo(institutions=400, people=4_000) as demo:
        yield make_engage(demo, 300)


def looks(todo: Todo) -> tuple[object, ...]:
    return todo.kind, todo.user, todo.item, todo.record


def test_the_same_seed_plants_the_same_tasks_and_every_case(engage: Engage) -> None:
    made = make_tasks(engage, TODAY, 100)
    assert [looks(todo) for todo in make_tasks(engage, TODAY, 100).todos] == [looks(todo) for todo in made.todos]
    assert [looks(todo) for todo in make_tasks(engage, TODAY, 100, seed=8).todos] != [looks(t) for t in made.todos]
    assert {todo.kind for todo in made.todos} == {case.name for case in TASKS}


def wrong(place: Sides, tasks: Tasks, when: str) -> set[tuple[str, str, str]]:
    """Kinds that did not end as their case says: kind, expected, found."""
    sql = "select key, record_id, outcome || coalesce(': ' || reason, '') from work.outcomes"
    found = {str(name): said for key, record_id, said in place.ask("tasks", sql) for name in (key, record_id) if name}
    cases = {case.name: str(getattr(case, when)) for case in TASKS}
    told = set()
    for todo in tasks.todos:
        names = [*([key_of(todo.item_id)] if todo.item_id else []), todo.record_id]
        told.add((todo.kind, cases[todo.kind], next((found[name] for name in names if name in found), "")))
    return {(kind, said, was) for kind, said, was in told if said and said != was}


def test_every_case_ends_as_it_says_and_a_second_pass_writes_nothing(engage: Engage, tmp_path: Path) -> None:
    with both_sides(tmp_path) as place:
        org = Administrator(place.org.connection)
        people = engage.connection.execute("select Id, LastName, Email from contacts").to_arrow_table().to_pylist()
        org.seed("Account", engage.connection.execute("select Id, Name from accounts").to_arrow_table().to_pylist())
        org.seed("Contact", people)
        org.seed("User", engage.users())
        tasks = make_tasks(engage, TODAY, 100)
        tasks.fill(org, place.office)
        assert place.sync(ENTITY).status == "success"
        assert wrong(place, tasks, "outcome") == set()
        planted = {"WhoId": len(tasks.of("about_a_contact")), "WhatId": len(tasks.of("about_an_account"))}
        found = place.tasks("Task", *planted).values()
        assert {field: sum(1 for row in found if row[field]) for field in planted} == planted

        tasks_an_hour_later(tasks, org, place.office, TODAY)
        place.sync(ENTITY)
        assert wrong(place, tasks, "later") == set()
        quiet = place.sync(ENTITY, approved=False, scope="all")
        assert (quiet.status, quiet.cells) == ("nothing_to_do", 0)
        assert Archive(place.home).related(ENTITY) == planted
