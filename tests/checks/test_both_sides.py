"""Questions about what is written on both sides: what was decided there is no fault, and what was refused is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from assets.declarations import entities
from checks import orphans, references, rejected_rows
from checks.all_questions import QUESTIONS
from checks.question import Answer, Copy, Question
from resources.warehouse import Warehouse, read_copy
from tests.runs.both_sides_place import ANN, Sides, both_sides

BOTH = {name: entity for name, entity in entities().items() if entity.both}
ASKED = [(question, name) for question in QUESTIONS for name, entity in BOTH.items() if question.concerns(entity)]


def answer(sides: Sides, question: Question, name: str) -> Answer:
    path = Warehouse(sides.home, name).published(name)
    assert path is not None
    with read_copy(path) as con:
        return question.answer(Copy(BOTH[name], con, datetime.now(UTC)))


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Ann's tasks in accord: one speaks of somebody unknown, one was deleted in Outlook, one has a long title."""
    with both_sides(tmp_path_factory.mktemp("both")) as made:
        made.person(ANN)
        told: list[dict[str, object]] = [
            {"title": "a", "body": {"contentType": "text", "content": "write to nobody@elsewhere.example"}},
            {"title": "gone"},
            {"title": "long " * 100},
        ]
        ids = made.office.put(ANN, "tasks", told)
        for entity in BOTH.values():
            made.sync(entity)
        made.office.delete(ANN, "tasks", ids[1])
        report = made.sync()
        assert report.reasons["skipped: deleted_in_source"] == 1
        yield made


@pytest.mark.parametrize("question, name", ASKED, ids=lambda part: getattr(part, "name", part))
def test_all_is_well_where_both_sides_are_in_accord(question: Question, name: str, sides: Sides) -> None:
    told = answer(sides, question, name)
    assert told.passed, told.said


def test_nobody_is_asked_whether_the_crm_has_all_that_outlook_has() -> None:
    assert "missing_institutions" not in {question.name for question, _ in ASKED}
    assert {references.QUESTION.name, orphans.QUESTION.name} <= {question.name for question, _ in ASKED}


def test_a_record_that_the_source_refuses_is_told_by_its_id(sides: Sides) -> None:
    """Runs last: it leaves a record that Outlook does not take."""
    (record,) = sides.org.seed("Task", [{"Subject": "refused", "OwnerId": sides.users[ANN], "ActivityDate": None}])
    refusal = {"path": "tasks$", "method": "POST", "action": "answer", "status": 400, "times": 0}
    sides.office.set_faults({**refusal, "body": '{"error": {"code": "ErrorInvalidRequest", "message": "no"}}'})
    assert sides.sync().reasons["failed: ErrorInvalidRequest"] == 1
    sides.office.set_faults()
    told = answer(sides, rejected_rows.QUESTION, "tasks")
    assert not told.passed
    assert {"reason": "ErrorInvalidRequest", "first keys": record}.items() <= {**told.rows[0]}.items()
