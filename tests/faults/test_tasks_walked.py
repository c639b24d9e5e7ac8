"""Tasks on two sides under faults and kills at exact calls: both sides end as they should, and nothing is there twice.

A sample, the same every time; `make faults` walks all of it. What a walk once found stands here by name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.courses import Course
from tests.faults.folder import quick_folder
from tests.faults.killed import Kill, kill
from tests.faults.kinds import BATCH_OF_WRITES, WRITES
from tests.faults.stage import Stage, stage_of
from tests.faults.walk import further

KEYING = f"POST {WRITES}"
"""The call by which records get the keys of items that were made from them."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with quick_folder() as folder:
        yield stage_of(folder / "tasks", Course("tasks", "collections"))


def calls_of(stage: Stage) -> list[str]:
    return [call.path if call.path.startswith("graph/") else str(call) for call in stage.undisturbed.calls]


def test_undisturbed_it_takes_one_run_to_agree_and_another_to_see_it(stage: Stage) -> None:
    assert (len(stage.undisturbed.runs), stage.undisturbed.wrong) == (2, ())


@pytest.mark.parametrize("number", range(3))
def test_a_fault_at_any_call_makes_no_difference(stage: Stage, number: int) -> None:
    single = random.Random(number).choice(further(stage.undisturbed.calls, {}))
    trial = stage.trial(single)
    assert trial.wrong == ()


def test_what_is_tried_twice_says_the_same_and_leaves_the_same(stage: Stage) -> None:
    """Else no pair would stand for another one, and the walk would take days."""
    again = stage.trial({})
    assert (again.said, again.future) == (stage.undisturbed.said, stage.undisturbed.future)


@pytest.mark.parametrize(
    "call, when",
    [
        pytest.param(BATCH_OF_WRITES, "after", id="an item was made, and nobody knows"),
        pytest.param(KEYING, "before", id="its record does not say so yet"),
    ],
)
def test_a_run_killed_after_an_item_was_made_leaves_one_item(stage: Stage, call: str, when: str) -> None:
    """The next run knows it by its mark."""
    at = Kill(calls_of(stage).index(call) + 1, "before" if when == "before" else "after")
    killed = kill(stage, at)
    assert (killed.died, killed.wrong) == (1, ())
