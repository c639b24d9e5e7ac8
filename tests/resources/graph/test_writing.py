"""Rows written in batches: one result each, in order, and nothing of unknown fate sent twice."""

from __future__ import annotations

import pytest

from pipelines.ports.world import SystemicError
from resources.graph.batch import LostRows, Request
from resources.graph.client import Graph
from resources.graph.paths import task_path
from tests.resources.graph.conftest import ADA, Office


def test_results_come_one_a_row_in_the_order_of_the_rows(office: Office, graph: Graph) -> None:
    (made,) = office.admin.put(ADA, "tasks", [{"title": "old"}])
    place = task_path(ADA, office.list_id, made)
    requests = [office.new(f"n{number:02d}") for number in range(45)]
    requests[7] = Request("PATCH", place, {"title": "changed"}, match='W/"stale"')
    requests[30] = Request("PATCH", place, {"status": "gone"})
    results = graph.write(requests)
    assert graph.calls == 3
    assert [row for row, result in enumerate(results) if not result.success] == [7, 30]
    assert (results[7].status, results[7].code, results[30].code) == (
        412,
        "ErrorIrresolvableConflict",
        "RequestBodyRead",
    )
    assert [result.content["title"] for result in results[20:22]] == ["n20", "n21"]
    assert len(office.titles()) == 44


def test_two_writes_to_one_task_keep_their_order(office: Office, graph: Graph) -> None:
    (made,) = office.admin.put(ADA, "tasks", [{"title": "old"}])
    place = task_path(ADA, office.list_id, made)
    results = graph.write(
        [Request("PATCH", place, {"title": "b"}), Request("DELETE", place), Request("PATCH", place, {})]
    )
    assert [result.status for result in results] == [200, 204, 404]
    failed = graph.write([Request("PATCH", place, {"title": "c"}), Request("DELETE", place)])
    assert [result.status for result in failed] == [404, 424]


def test_throttled_rows_are_sent_again_and_the_others_are_not(office: Office, graph: Graph) -> None:
    office.admin.set_faults({"path": "/tasks$", "method": "POST", "action": "too-many-requests", "nth": 3, "times": 5})
    assert all(result.success for result in graph.write([office.new(f"n{n}") for n in range(10)]))
    assert office.titles() == [f"n{n}" for n in range(10)]
    assert graph.calls == 2


def test_rows_that_stay_throttled_are_told_as_such(office: Office, graph: Graph) -> None:
    office.admin.set_limits(requests=4, seconds=600)
    results = graph.write([office.new(f"n{n}") for n in range(6)])
    assert [result.status for result in results] == [201] * 4 + [429] * 2
    assert results[5].may_go_well_later
    assert office.pauses == []  # ten minutes are more than patience has


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_row_of_which_graph_itself_knows_nothing_is_not_sent_again(office: Office, graph: Graph, status: int) -> None:
    office.admin.set_faults({"path": "/tasks$", "action": "answer", "status": status, "body": "{}", "nth": 2})
    with pytest.raises(LostRows) as error:
        graph.write([office.new(f"n{n}") for n in range(25)])
    results = error.value.results
    assert [row for row, result in enumerate(results) if result is None] == [1]
    assert [result.status for result in results[20:] if result] == [0] * 5
    assert len(office.titles()) == 19
    assert graph.calls == 1


def test_what_was_written_is_told_though_the_login_ends_in_between(office: Office, graph: Graph) -> None:
    office.admin.set_faults(
        {"path": "batch", "action": "unauthorized", "nth": 2, "times": 0},
    )
    results = graph.write([office.new(f"n{n:02d}") for n in range(45)])
    assert [result.status for result in results] == [201] * 20 + [0] * 25
    with pytest.raises(SystemicError, match="refuses the token"):
        graph.write([office.new("x")])
    assert len(office.titles()) == 20


def test_items_are_read_again_in_few_calls(office: Office, graph: Graph) -> None:
    ids = office.admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(30)])
    found = graph.read([*(task_path(ADA, office.list_id, each) for each in ids), task_path(ADA, office.list_id, "x")])
    assert [row and row["title"] for row in found] == [*(f"t{n}" for n in range(30)), None]
    assert graph.calls == 2
