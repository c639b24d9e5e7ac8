"""A person fills a cell that the run is about to fill, before each of its calls in turn: no word of theirs is lost.

But for the call that writes: what is typed after the records were looked at for the last time, and before the org has
our write, is written over. That is a window of one call, of the upload and its processing where it is a job.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.courses import Course
from tests.faults.folder import quick_folder
from tests.faults.institutions import INSTITUTIONS
from tests.faults.plan import Plan
from tests.faults.stage import Stage, stage_of

PHONELESS = replace(
    INSTITUTIONS,
    rows=[{**row, "phone": "of the source"} if row["institution_id"] == "u1" else row for row in INSTITUTIONS.rows],
    edits=[("u1", "Phone", "typed"), ("u3", "Phone", "edited by hand")],
)
"""The source would fill the phone of u1, in the call that moves it below a parent that is created before."""

OURS = {"collections": ("PATCH composite/sobjects",), "bulk": ("PUT jobs/ingest/ID/batches", "PATCH jobs/ingest/ID")}
"""The calls that write."""


class Phoneless(Course):
    @property
    def plan(self) -> Plan:
        return PHONELESS


@pytest.fixture(scope="module", params=["collections", "bulk"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with quick_folder() as folder:
        yield stage_of(Path(folder), Phoneless("accounts", request.param))


def test_what_is_typed_before_any_call_stays_but_for_the_one_that_writes(stage: Stage) -> None:
    calls = [str(call) for call in stage.undisturbed.calls]
    assert stage.undisturbed.wrong == ()
    ours = OURS[stage.course.route]
    last = max(number for number, call in enumerate(calls, start=1) if call == ours[-1])
    writing = tuple(range(last - len(ours) + 1, last + 1))
    assert calls[writing[0] - 2] == "GET queryAll"
    before = range(2, last + 2) if stage.course.route == "collections" else range(last - 4, last + 2)
    lost = {number: wrong for number in before if (wrong := stage.trial({}, edited_at=number).wrong)}
    assert lost == dict.fromkeys(writing, ("u1.Phone is 'of the source', not 'typed'",))
