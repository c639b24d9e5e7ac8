"""How often a job is asked about, by arithmetic."""

from __future__ import annotations

import pytest

from resources.salesforce.polling import LONGEST, Rhythm


def asked(rows: int, seconds: float, *, told: bool = True) -> tuple[int, float]:
    """Questions until a job of that length has ended, and the seconds that went by."""
    rhythm, processed, questions = Rhythm(rows), None, 0
    while True:
        rhythm.pause(processed)
        questions += 1
        if rhythm.waited >= seconds:
            return questions, rhythm.waited
        processed = int(rows * rhythm.waited / seconds) if told else 0


@pytest.mark.parametrize("seconds", [0.1, 1, 2, 4, 9])
@pytest.mark.parametrize("told", [True, False], ids=["progress told", "progress untold"])
def test_ten_thousand_rows_cost_three_questions_at_most(seconds: float, told: bool) -> None:  # noqa: FBT001
    questions, waited = asked(10_000, seconds, told=told)
    assert questions <= 3
    assert waited <= max(2, 3 * seconds)


def test_an_hour_long_job_costs_little_and_ends_soon_after() -> None:
    questions, waited = asked(5_000_000, 3600)
    assert questions <= 3600 / LONGEST + 5
    assert waited <= 3600 + LONGEST


def test_a_small_job_is_not_waited_for_long() -> None:
    questions, waited = asked(200, 0.2)
    assert questions == 1
    assert waited < 0.3


def test_a_job_found_again_is_asked_about_at_once() -> None:
    assert Rhythm(None).pause(None) == 0


def test_no_pause_is_zero_after_the_first() -> None:
    assert Rhythm(None).pause(0) > 0


def test_what_went_by_before_the_first_question_counts() -> None:
    assert Rhythm(8_000).pause(None) == 1.25
    assert Rhythm(8_000, waited=1.0).pause(None) == 0.25
    late = Rhythm(8_000, waited=40.0)
    assert (late.pause(None), late.pause(0)) == (0.0, 10.0)
