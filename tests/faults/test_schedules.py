"""Small plans under faults at exact calls, and killed at exact calls: each ends as an oracle says, after few runs.

A sample, the same every time; `make faults` walks all of it. What a walk once found, or a mistake would be found by,
stands here by name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.classes import alike, starts
from tests.faults.courses import SAMPLED, Course
from tests.faults.folder import quick_folder
from tests.faults.killed import Kill, boundaries, kill
from tests.faults.stage import Stage, stage_of
from tests.faults.trial import Futures
from tests.faults.walk import Part, further, pairs_and_more, read, spell

ENDING_WELL = {
    "half a look at the org": "accounts collections 2=half",
    "half a describe": "accounts collections 2=garbled 3=half",
    "half a page of the snapshot": "accounts collections 2=garbled 4=half",
    "half a page of what others did meanwhile": "accounts collections 3=half",
    "half the results of a job": "accounts bulk 16=half",
    "a results file of a job that is none": "accounts bulk 8=garbled",
    "a job of which one row is refused, so that answers come in another order": "accounts bulk 13=locked",
    "a write that takes effect after the records were read again": "personnel collections 6=late",
    "an org that is out of reach when the service has told its changes": "profiles collections 2=half 6=limit",
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


def test_moments_with_one_future_are_told_from_those_of_a_call_that_is_still_being_tried(staged: Staged) -> None:
    stage = staged(Course("accounts", "collections"))
    schedules = ({2: "reset"}, {3: "reset"}, {3: "unavailable"}, {4: "lost"})
    classes = alike(stage.trial(schedule) for schedule in schedules)
    found = {frozenset((spell(stage.course, one.schedule), one.number) for one in each.moments) for each in classes}
    look, question, busy, lost = (spell(stage.course, schedule) for schedule in schedules)
    assert {(question, 4), (busy, 4)} in found, "the question is asked a second time"
    assert {(look, 4)} in found, "it is asked the first time, and people had typed before the look"
    assert {(question, 5), (busy, 5)} in found
    assert all({name for name, _ in one} in ({lost}, {look}, {question, busy}) for one in found)
    second = next(each for each in classes if each.first.number == 5 and len(each.moments) > 1)
    ends = {stage.trial(moment.then("lost")).future.ended for moment in (second.moments[0], second.moments[-1])}
    assert len(ends) == 1


def test_a_pair_that_goes_on_from_between_two_runs_ends_as_one_walked_whole(staged: Staged) -> None:
    stage = staged(Course("accounts", "collections"))
    pair = {3: "half", 5: "reset"}  # the first ends the run, so that the second is met by the next one
    whole = stage.trial(pair)
    futures: Futures = {}
    whole.remember(futures)
    with stage.held({3: "half"}, 1) as held:
        parts = [stage.trial(pair, held=held), stage.trial(pair, held=held, futures=futures)]
    assert [(part.future, part.met) for part in parts] == [(whole.future, (3, 5))] * 2
    assert [part.walked for part in parts] == [len(whole.runs) - 1, 1]


def test_a_pair_that_was_written_down_is_not_walked_a_second_time(staged: Staged, tmp_path: Path) -> None:
    stage = staged(Course("accounts", "collections"))
    ahead = starts(alike([stage.trial({3: "reset"})]), {})
    parts = [Part(ahead, {}, 0.0, "a seed", tmp_path / f"{stage.course}, {number} of 2") for number in (0, 1)]
    walked, known = (pairs_and_more(stage, part) for part in parts)
    assert (walked.tried[2], walked.kinds.total()) == (1, 2)
    assert (known.tried[2], known.kinds.total(), known.covered) == (1, 0, walked.covered)


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
