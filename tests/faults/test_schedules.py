"""Small plans under faults at exact calls, and killed at exact calls: each ends as an oracle says, after few runs.

A sample, the same every time; `make faults` walks all of it. What a walk once found, or a mistake would be found by,
stands here by name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from tests.faults.courses import SAMPLED, Course
from tests.faults.folder import quick_folder
from tests.faults.killed import Kill, boundaries, kill
from tests.faults.stage import Stage, stage_of
from tests.faults.walk import further, read

ENDING_WELL = {
    "half a describe": "accounts collections 2=half",
    "half a page of the snapshot": "accounts collections 3=half",
    "half the results of a job": "accounts bulk 15=half",
    "a results file of a job that is none": "accounts bulk 8=garbled",
    "a job of which one row is refused, so that answers come in another order": "accounts bulk 12=locked",
    "a write that takes effect after the records were read again": "personnel collections 5=late",
    "an org that is out of reach when the service has told its changes": "profiles collections 4=limit",
}

Staged = Callable[[Course], Stage]


def each_course(*more: Course) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("course", [*SAMPLED, *more], ids=str)


@pytest.fixture(scope="module")
def staged() -> Iterator[Staged]:
    """The stage of a course, made when it is first asked for."""
    made: dict[Course, Stage] = {}
    with quick_folder() as folder:

        def stage(course: Course) -> Stage:
            if course not in made:
                made[course] = stage_of(folder / str(course), course)
            return made[course]

        yield stage


@pytest.mark.parametrize("what", ENDING_WELL)
def test_this_ends_well(staged: Staged, what: str) -> None:
    course, schedule = read(ENDING_WELL[what].split())
    trial = staged(course).trial(schedule)
    assert (trial.met, trial.wrong) == (tuple(schedule), ())


@each_course(Course("profiles", "collections"))
def test_two_faults_anywhere_make_no_difference(staged: Staged, course: Course) -> None:
    drawn = random.Random(20)
    single = drawn.choice(further(staged(course).undisturbed.calls, {}))
    first = staged(course).trial(single)
    assert first.wrong == ()
    pair = drawn.choice(further(first.calls, single))
    assert staged(course).trial(pair).wrong == (), pair


@pytest.mark.parametrize("course", [course for course in SAMPLED if course.route == "bulk"], ids=str)
def test_a_job_that_was_sent_before_a_kill_is_asked_about_before_anything_is_planned(
    staged: Staged, course: Course
) -> None:
    """Its rows may still be on their way: what is read of the org too early would be sent a second time."""
    calls = [str(call) for call in staged(course).undisturbed.calls]
    closed = calls.index("PATCH jobs/ingest/ID") + 1
    killed = kill(staged(course), Kill(closed, "after"))
    after = [str(call) for call in killed.calls]
    assert killed.wrong == ()
    assert after.index("GET jobs/ingest/ID") < after.index("GET queryAll")
    assert after.count("POST jobs/ingest") == calls.count("POST jobs/ingest") - 1


@each_course(Course("connections", "collections"))
def test_a_kill_at_any_call_makes_no_difference(staged: Staged, course: Course) -> None:
    at = random.Random(30).choice(boundaries(staged(course).undisturbed))
    killed = kill(staged(course), at)
    assert (killed.died, killed.wrong) == (1, ())
