"""Jobs and collections whose answers go astray: what is asked, what is sent again, and what never is."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from pipelines.ports.objects import FieldInfo, ObjectInfo
from pipelines.ports.world import LostAnswer, SystemicError
from resources.route import Route
from resources.salesforce import collections
from resources.salesforce.auth import GivenToken
from resources.salesforce.bulk import Ingest
from resources.salesforce.errors import Refused, Unavailable
from resources.salesforce.jobs import OUTAGE
from resources.salesforce.patience import Patience
from resources.salesforce.session import OrgSession
from tests.resources.salesforce.scripted import DROP, Answer, Scripted, Step, error

JOB = "750000000000001AAA"
ROWS = pa.table({"Id": ["001"], "Name": ["x"]})
CONTACT = ObjectInfo(
    "Contact",
    {name: FieldInfo(name, name, kind) for name, kind in (("Id", "id"), ("LastName", "string"), ("Age__c", "int"))},
    createable=True,
    updateable=True,
)


def stands(state: str, **more: object) -> Answer:
    return Answer(body={"id": JOB, "state": state, **more})


def methods(wire: Scripted) -> list[str]:
    return [one.method for one in wire.seen]


def quiet(step: str, done: int, total: int | None) -> None:
    """Progress nobody looks at."""


@pytest.mark.parametrize("after", ["UploadComplete", "InProgress", "JobComplete", "Failed"])
def test_a_job_whose_closing_was_lost_is_found_closed(wire: Scripted, session: OrgSession, after: str) -> None:
    wire.script[:] = [Answer(201), DROP, stands(after)]
    Ingest(session).upload(JOB, ROWS)
    assert methods(wire) == ["PUT", "PATCH", "GET"]


def test_a_job_whose_closing_did_not_arrive_is_closed_again(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(201), DROP, stands("Open"), stands("UploadComplete")]
    Ingest(session).upload(JOB, ROWS)
    assert methods(wire) == ["PUT", "PATCH", "GET", "PATCH"]


def test_a_lost_upload_is_told_and_the_job_left_open(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [DROP]
    with pytest.raises(LostAnswer):
        Ingest(session).upload(JOB, ROWS)
    assert methods(wire) == ["PUT"]


def test_an_upload_to_a_job_that_was_aborted_is_not_taken_for_done(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(201), error(400, "INVALIDJOBSTATE"), stands("Aborted")]
    with pytest.raises(LostAnswer):
        Ingest(session).upload(JOB, ROWS)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([stands("Aborted")], id="done"),
        pytest.param([DROP, stands("Aborted")], id="done, answer lost"),
        pytest.param([error(400, "INVALIDJOBSTATE"), stands("Aborted")], id="already"),
        pytest.param([error(404, "NOT_FOUND"), error(404, "NOT_FOUND")], id="unknown"),
    ],
)
def test_an_aborted_or_unknown_job_is_fine(wire: Scripted, session: OrgSession, script: list[Step]) -> None:
    wire.script[:] = script
    Ingest(session).abort(JOB)


def test_aborting_a_job_that_ran_asks_for_its_results(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [error(400, "INVALIDJOBSTATE"), stands("JobComplete")]
    with pytest.raises(LostAnswer):
        Ingest(session).abort(JOB)


def test_a_refused_abort_of_an_open_job_is_told(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [error(403, "INSUFFICIENT_ACCESS"), stands("Open")]
    with pytest.raises(Refused):
        Ingest(session).abort(JOB)


def test_questions_without_an_answer_do_not_end_a_job(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [*[DROP] * 6, stands("InProgress"), stands("JobComplete", numberRecordsProcessed=1)]
    assert Ingest(session).wait(JOB, quiet).state == "JobComplete"
    assert set(methods(wire)) == {"GET"}


def test_a_wait_gives_up_on_an_org_that_stays_away(nowhere: str) -> None:
    pauses: list[float] = []
    patience = Patience(attempts=1, sleep=pauses.append)
    session = OrgSession(GivenToken("x", nowhere), version="62.0", route=Route(), patience=patience)
    with session, pytest.raises(Unavailable):
        Ingest(session).wait(JOB, quiet)
    assert sum(pauses) >= OUTAGE


def test_a_wait_ends_at_once_when_the_run_cannot_go_on(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")]
    with pytest.raises(SystemicError):
        Ingest(session).wait(JOB, quiet)
    assert methods(wire) == ["GET"]


def test_a_failed_job_is_told_by_kind_and_field_alone(wire: Scripted, session: OrgSession) -> None:
    text = "InvalidBatch : Field name not found : X__c"
    wire.script[:] = [stands("Failed", errorMessage=text), stands("Failed", errorMessage="Odd : value Ada")]
    assert Ingest(session).wait(JOB, quiet).message == text
    assert Ingest(session).wait(JOB, quiet).message == "Odd"


def test_results_are_understood_whatever_the_answer_says_of_its_charset(wire: Scripted, session: OrgSession) -> None:
    def csv(text: str) -> Answer:
        return Answer(200, text.encode(), {"Content-Type": "text/csv"})

    wire.script[:] = [
        csv('"sf__Id","sf__Created","Key","Name"\n"003000000000001AAA","true","k1","Zoë 🦉\nsecond line"\n'),
        csv(
            '"sf__Id","sf__Error","Key","Name"\n'
            '"","REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name, Phone --","k2",""\n'
            '"","DUPLICATE_VALUE:duplicate value found: a:b ""c"":--","k3","x"\n'
            '"","no grammar at all","k4","x"\n'
        ),
        csv('"Key","Name"\n"k5","x"\n'),
    ]
    results = Ingest(session).results(JOB, "Key").to_pylist()
    assert [tuple(row.values()) for row in results] == [
        ("k1", "003000000000001AAA", True, "success", "", "", ""),
        ("k2", None, False, "failed", "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", "Name,Phone"),
        ("k3", None, False, "failed", "DUPLICATE_VALUE", 'duplicate value found: a:b "c"', ""),
        ("k4", None, False, "failed", "", "no grammar at all", ""),
        ("k5", None, False, "unprocessed", "", "", ""),
    ]


def test_a_file_of_results_that_is_kept_no_longer_tells_of_no_row(wire: Scripted, session: OrgSession) -> None:
    gone = error(404, "NOT_FOUND", "The requested resource does not exist")
    wire.script[:] = [gone, Answer(200, b'"sf__Id","sf__Error","Key"\n"","A:b:--","k1"\n'), gone]
    results = Ingest(session).results(JOB, "Key").to_pylist()
    assert [(row["key"], row["status"]) for row in results] == [("k1", "failed")]


def test_a_file_of_results_that_may_not_be_read_is_no_file_that_is_gone(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [error(403, "API_DISABLED_FOR_ORG", "")]
    with pytest.raises(Refused):
        Ingest(session).results(JOB, "Key")


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([{"id": "003000000000001AAA", "success": True, "errors": []}], id="too few"),
        pytest.param(
            [
                {"id": "003000000000002AAA", "success": True, "errors": []},
                {"id": "003000000000001AAA", "success": True, "errors": []},
            ],
            id="another order",
        ),
    ],
)
def test_answers_that_do_not_match_the_rows_are_worth_nothing(
    wire: Scripted, session: OrgSession, answers: list[object]
) -> None:
    wire.script[:] = [Answer(body=answers)]
    rows = [{"Id": f"00300000000000{number}AAA", "LastName": "x"} for number in (1, 2)]
    with pytest.raises(LostAnswer):
        collections.write(session, collections.collection(CONTACT, rows, "PATCH"))


def test_an_answer_that_is_no_answer_is_lost(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(body=b"OK")]
    with pytest.raises(LostAnswer):
        collections.write(session, collections.collection(CONTACT, [{"LastName": "x"}], "POST"))


def test_a_row_with_a_value_of_the_wrong_type_is_answered_and_the_others_sent(
    wire: Scripted, session: OrgSession
) -> None:
    wire.script[:] = [Answer(body=[{"id": "003000000000002AAA", "success": True, "errors": []}])]
    rows = [{"LastName": "x", "Age__c": "old"}, {"LastName": "y", "Age__c": "7"}]
    bad, good = collections.write(session, collections.collection(CONTACT, rows, "POST"))
    assert (bad.success, bad.code, bad.fields) == (False, "INVALID_TYPE_ON_FIELD_IN_RECORD", ("Age__c",))
    assert good.success
    assert b"old" not in wire.seen[0].body


def test_a_relationship_is_sent_as_an_object_and_cleared_by_its_field(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(body=[{"id": "003000000000002AAA", "success": True, "errors": []}] * 2)]
    rows = [{"Account.Key__c": "a", "Boss__r.Key__c": None}, {"Account.Key__c": None, "Boss__r.Key__c": "b"}]
    collections.write(session, collections.collection(CONTACT, rows, "POST"))
    attributes = {"attributes": {"type": "Contact"}}
    assert json.loads(wire.seen[0].body)["records"] == [
        attributes | {"Account": {"Key__c": "a"}, "Boss__c": None},
        attributes | {"AccountId": None, "Boss__r": {"Key__c": "b"}},
    ]


def test_a_call_takes_two_hundred_rows(session: OrgSession) -> None:
    with pytest.raises(ValueError, match="201 rows in one call"):
        collections.write(session, collections.collection(CONTACT, [{"LastName": "x"}] * 201, "POST"))
