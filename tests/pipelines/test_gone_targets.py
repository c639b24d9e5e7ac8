"""References follow records that people merged, or lose those that they deleted, before their own entity has run."""

from __future__ import annotations

import pyarrow as pa
import pytest

from assets.personnel import ENTITY as PERSONNEL
from pipelines.reading.gone_targets import note_gone
from tests.pipelines.case import Case

PERSON = {"person_id": "p1", "institution_id": "i1", "last_name": "Lee"}


@pytest.mark.parametrize(
    "gone, changes, outcome",
    [
        ([], "001A", "created"),
        ([("001A", "001B")], "001B", "created"),
        ([("001A", "001B"), ("001B", "001C")], "001C", "created"),
        ([("001A", None)], None, "skipped: missing_institution"),
        ([("001A", "001B"), ("001B", None)], None, "skipped: missing_institution"),
        ([("001Z", "001B")], "001A", "created"),
    ],
    ids=["nothing", "merged", "merged twice", "deleted", "merged into what was deleted", "another"],
)
def test_a_reference_means_what_is_left_of_its_record(
    gone: list[tuple[str, str | None]], changes: str | None, outcome: str
) -> None:
    case = Case(PERSONNEL).source([PERSON])
    ids, masters = [loser for loser, _ in gone], [winner for _, winner in gone]
    told = pa.table(
        {
            "Id": pa.array(ids, pa.string()),
            "IsDeleted": pa.array([True] * len(gone), pa.bool_()),
            "MasterRecordId": pa.array(masters, pa.string()),
        }
    )
    note_gone(case.con, {"accounts": told})
    case.plan(creates=True, targets={"i1": "001A"})
    assert case.changes("p1").get("AccountId") == changes
    assert case.outcomes["p1"] == outcome


def test_an_object_without_mergers_tells_deletions_alone() -> None:
    case = Case(PERSONNEL).source([PERSON])
    note_gone(case.con, {"accounts": pa.table({"Id": ["001A", "001C"], "IsDeleted": [True, False]})})
    case.plan(creates=True, targets={"i1": "001A"})
    assert case.outcomes["p1"] == "skipped: missing_institution"
