"""Whether what changed since a reading can be told by who answers now: the place is the same, and its clock went on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.reading.sighting import Sighting, sighting_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BACK = "its clock went back"


@pytest.mark.parametrize(
    "theirs, ours, said",
    [
        pytest.param(HOUR, HOUR, None, id="an hour later"),
        pytest.param(9 * HOUR, HOUR, None, id="set forward"),
        pytest.param(HOUR, 0 * HOUR, None, id="ours set back"),
        pytest.param(HOUR - timedelta(minutes=5), HOUR, None, id="within the overlap"),
        pytest.param(HOUR - timedelta(minutes=6), HOUR, BACK, id="lost six minutes of the hour"),
        pytest.param(HOUR, 3 * HOUR, BACK, id="later than before, and yet two hours lost"),
        pytest.param(-HOUR, HOUR, BACK, id="earlier than before"),
        pytest.param(-HOUR, -HOUR, BACK, id="both set back"),
    ],
)
def test_a_clock_that_lost_time_against_ours_went_back(theirs: timedelta, ours: timedelta, said: str | None) -> None:
    their_noon = NOON + 5 * HOUR
    now = Sighting("here", their_noon + theirs, NOON + ours)
    assert Sighting("here", their_noon, NOON).broken_by(now) == said


def test_another_place_is_another_whatever_its_clock_says() -> None:
    assert Sighting("here", NOON, NOON).broken_by(Sighting("there", NOON, NOON)) is not None


@pytest.mark.parametrize("seen", [Sighting(), Sighting("here", NOON, NOON + HOUR), Sighting(None, None, NOON)])
def test_a_sighting_is_written_down_and_read_again(seen: Sighting) -> None:
    assert sighting_of(str(seen)) == seen


def test_what_an_older_version_wrote_down_is_of_no_known_place() -> None:
    old = sighting_of('{"at": "2026-06-01T12:00:00+00:00", "asked": "0123"}')
    assert (old.theirs, old.place, old.ours) == (NOON, None, None)
