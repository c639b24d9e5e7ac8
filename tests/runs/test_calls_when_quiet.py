"""What one run of every entity costs in calls of the org when nothing has happened on any side."""

from __future__ import annotations

import sys
from pathlib import Path

from assets.declarations import entities
from tests.runs.both_sides_place import ANN, both_sides
from tests.runs.service import Service

UPDATED = "2026-03-01T00:00:00Z"


def test_a_run_of_all_five_entities_at_rest_takes_six_calls_at_most(tmp_path: Path) -> None:
    service = Service()
    with both_sides(tmp_path) as here:
        here.person(ANN)
        here.feed("institutions", [{"institution_id": "s1", "name": "School", "status": "A"}])
        here.feed(
            "personnel",
            [
                {
                    "person_id": "p1",
                    "first_name": "Emmy",
                    "last_name": "Lee",
                    "institution_id": "s1",
                    "updated_at": UPDATED,
                }
            ],
        )
        service.profile("e1", account_ids=["s1"], first_name="Emmy", signed_up_at=UPDATED)
        service.connection("c1", profile_id="e1", user_id=ANN)
        here.office.put(ANN, "tasks", [{"title": "call Emmy"}])
        calls: dict[str, list[int]] = {}
        last: dict[str, str] = {}
        for _ in range(3):
            for name in ("accounts", "personnel"):
                report = here.run(name, approved=True, create_missing=True)
                calls.setdefault(name, []).append(report.api_calls)
                last[name] = report.status
            for report in service.sync(here):
                calls.setdefault(report.entity, []).append(report.api_calls)
                last[report.entity] = report.status
            report = here.sync(entities()["tasks"])
            calls.setdefault("tasks", []).append(report.api_calls)
            last["tasks"] = report.status
    sys.stdout.write(f"calls of the org by run: {calls}\n")
    assert last == dict.fromkeys(calls, "nothing_to_do")
    assert len(calls) == 5
    assert sum(told[-1] for told in calls.values()) <= 6
