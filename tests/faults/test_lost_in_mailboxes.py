"""What was sent and never answered: no item is made twice, and what people type over our own writing counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.telling.report import Report
from tests.faults.desk import ANN, Desk
from tests.faults.kinds import BATCH_OF_WRITES, WRITES


def lost_at(desk: Desk, path: str, kind: str) -> Report:
    """A run whose first call of that path meets that fault."""
    schedule: dict[int, str] = {}

    def look(number: int) -> None:
        if desk.wire.calls[-1].path == path and not schedule:
            schedule[number] = kind

    report = desk.run(schedule, meanwhile=look)
    assert report is not None
    assert desk.wire.met, desk.wire.calls
    return report


def ran(desk: Desk) -> Report:
    report = desk.run()
    assert report is not None
    return report


def new_record(desk: Desk) -> str:
    return desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": "2026-03-05"})


def test_a_lost_creation_waits_until_the_source_would_have_told_it(desk: Desk) -> None:
    new_record(desk)
    assert lost_at(desk, BATCH_OF_WRITES, "reset").reasons == {"failed: lost_answer": 1}
    assert ran(desk).reasons == {"held: lost_answer": 1}
    desk.later(timedelta(minutes=4))
    assert ran(desk).reasons == {"held: lost_answer": 1}
    desk.later(timedelta(minutes=1))
    assert ran(desk).reasons == {"created: in_source": 1}
    assert len(desk.items()) == 1


def test_a_lost_creation_that_is_there_is_known_by_its_mark_and_what_was_typed_into_it_counts(desk: Desk) -> None:
    record = new_record(desk)
    lost_at(desk, BATCH_OF_WRITES, "lost")
    (key,) = desk.items()
    desk.changes(key, title="typed", importance="high")
    assert ran(desk).reasons == {"linked: marker": 1}
    assert list(desk.items()) == [key]
    told = desk.records()[record]
    assert (told["Subject"], told["Priority"], told["Outlook_Id__c"]) == ("typed", "High", key)
    assert ran(desk).status == "nothing_to_do"


def test_a_change_that_never_arrived_is_made_again_and_not_taken_back(desk: Desk) -> None:
    record = new_record(desk)
    ran(desk)
    desk.edits(record, Priority="High")
    lost_at(desk, BATCH_OF_WRITES, "reset")
    ran(desk)
    (item,) = desk.items().values()
    assert (desk.records()[record]["Priority"], item["importance"]) == ("High", "high")


@pytest.mark.parametrize("side", ["source", "crm", "crm, in a call with a new record"])
def test_what_is_typed_over_our_own_unanswered_writing_is_no_conflict(desk: Desk, side: str) -> None:
    """Our value is there, though nobody told us; the other side alone was changed by a person since."""
    record = new_record(desk)
    ran(desk)
    (key,) = desk.items()
    if side != "source":
        desk.changes(key, title="ours")
        if side != "crm":
            desk.puts(ANN, {"title": "new"})
        assert desk.run(dies_after="composite/sobjects" if side == "crm" else WRITES) is None
        assert desk.records()[record]["Subject"] == "ours"
        desk.changes(key, title="typed")
    else:
        desk.edits(record, Subject="ours")
        lost_at(desk, BATCH_OF_WRITES, "lost")
        assert desk.items()[key]["title"] == "ours"
        desk.edits(record, Subject="typed")
    ran(desk)
    assert (desk.records()[record]["Subject"], desk.items()[key]["title"]) == ("typed", "typed")
