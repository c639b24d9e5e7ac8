"""One word for a run, by counts alone: what was tried and taken decides, not what merely stayed as it was."""

from __future__ import annotations

import pytest

from pipelines.telling.report import Counts, Status, result_and_status, result_of, status_of

CASES: dict[str, tuple[Counts, Status, str]] = {
    "every record written": (Counts(5, failed=0, written=3, refused=0), "success", "Success"),
    "some written, some refused": (Counts(5, 1, 3, 1), "success_with_errors", "Success with errors"),
    "some written, some unusable": (Counts(5, 1, 3, 0), "success_with_errors", "Success with errors"),
    "none written of those to write, others stayed": (Counts(5, 1, 0, 1), "failure", "Failure"),
    "every row refused": (Counts(2, 2, 0, 2), "failure", "Failure"),
    "every row unusable": (Counts(2, 2, 0, 0), "failure", "Failure"),
    "every row unusable, and one of before": (Counts(2, 2, 0, 0, 1), "failure", "Failure"),
    "nothing came, and one of before is unusable": (
        Counts(1, 1, 0, 0, 1),
        "success_with_errors",
        "Success with errors",
    ),
    "nothing to write, some rows unusable": (Counts(5, 1, 0, 0), "success_with_errors", "Success with errors"),
}


@pytest.mark.parametrize("counts, status, result", CASES.values(), ids=CASES.keys())
def test_a_run_that_came_to_its_end(counts: Counts, status: str, result: str) -> None:
    found = status_of(counts, writes=True, held=False, stopped=False)
    assert (found, result_of("sync", found)) == (status, result)


def test_a_run_without_cells_had_nothing_to_do() -> None:
    assert status_of(Counts(5, 0, 0, 0), writes=False, held=False, stopped=False) == "nothing_to_do"


def test_rows_that_cannot_be_used_are_errors_of_the_run_that_found_them() -> None:
    def told(counts: Counts, *, writes: bool) -> Status:
        return status_of(counts, writes=writes, held=False, stopped=False)

    assert told(Counts(5, 2, 0, 0, told_before=1), writes=False) == "success_with_errors"
    assert told(Counts(5, 2, 0, 0, told_before=2), writes=False) == "nothing_to_do"
    assert told(Counts(5, 2, 1, 0, told_before=2), writes=True) == "success_with_errors"
    assert told(Counts(2, 2, 0, 0, told_before=1), writes=False) == "failure"
    assert told(Counts(2, 2, 0, 0, told_before=2), writes=False) == "nothing_to_do"


def test_a_run_that_was_stopped_failed_whatever_it_wrote() -> None:
    assert status_of(Counts(5, 1, 4, 0), writes=True, held=False, stopped=True) == "failure"


def test_a_held_run_wrote_nothing() -> None:
    assert status_of(Counts(5, 0, 0, 0), writes=True, held=True, stopped=False) == "held"


@pytest.mark.parametrize(
    "mode, status, text",
    [
        ("sync", "success", "Success"),
        ("sync", "nothing_to_do", "Success (nothing to do)"),
        ("sync", "success_with_errors", "Success with errors"),
        ("sync", "failure", "Failure"),
        ("sync", "held", "Failure (held)"),
        ("sync", "skipped", "skipped"),
        ("plan", "success_with_errors", "success with errors"),
    ],
)
def test_the_result_is_told_with_our_own_word_where_it_says_more(mode: str, status: str, text: str) -> None:
    assert result_and_status(mode, status) == text
