"""New records and changed ones in one call: what is sent, what it costs, and what an answer that goes astray means."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from pipelines.ports.crm import RowResult, Told
from pipelines.ports.world import LostAnswer
from resources.salesforce.collections import collection
from resources.salesforce.errors import Refused
from resources.salesforce.org import SalesforceOrg
from resources.salesforce.session import OrgSession
from resources.salesforce.together import write_both
from tests.resources.salesforce.embedded import Embedded
from tests.resources.salesforce.scripted import DROP, Answer, Scripted, error
from tests.resources.salesforce.test_lost_answers import CONTACT

KNOWN = "003000000000001AAA"
MADE = "003000000000002AAA"
GOOD = {"success": True, "errors": []}


def part(name: str, body: object, status: int = 200) -> dict[str, object]:
    return {"referenceId": name, "httpStatusCode": status, "httpHeaders": {}, "body": body}


NEW = part("new", [{"id": MADE, **GOOD}])
CHANGED = part("changed", [{"id": KNOWN, **GOOD}])


def composite(*parts: object) -> Answer:
    return Answer(body={"compositeResponse": parts})


def written(session: OrgSession) -> tuple[Told, Told]:
    new = collection(CONTACT, [{"LastName": "new"}], "POST")
    return write_both(session, new, collection(CONTACT, [{"Id": KNOWN, "LastName": "changed"}], "PATCH"))


def shape(told: Told) -> str:
    """What came of one of the two."""
    return type(told).__name__ if isinstance(told, Exception) else ", ".join(str(one.record_id) for one in told)


def calls(wire: Scripted) -> list[str]:
    return [f"{one.method} {one.path.partition('/v62.0/')[2]}" for one in wire.seen]


def test_both_are_done_in_one_call_that_counts_as_one(embedded: Embedded, org: SalesforceOrg) -> None:
    key = uuid4().hex
    (known,) = embedded.seed("Account", [{"Name": "old", "Phone": "1"}])
    org.describe("Account")
    before, counted = org.calls, org.usage.used if org.usage else 0
    new, changed = org.insert_and_update(
        "Account",
        [{"Name": "n", "Source_Key__c": key}, {"Name": None}],
        [{"Id": known, "Phone": None}, {"Id": "001000000000000AAA", "Phone": "2"}],
    )
    assert not isinstance(new, Exception)
    assert not isinstance(changed, Exception)
    assert [(one.success, one.created, one.code) for one in new] == [
        (True, True, ""),
        (False, False, "REQUIRED_FIELD_MISSING"),
    ]
    assert [(one.success, one.created) for one in changed] == [(True, False), (False, False)]
    assert org.calls - before == 1
    assert org.usage
    assert org.usage.used - counted == 1
    assert embedded.calls()[-1] == "POST composite"
    assert org.read("Account", ["Phone"], "Id", [known])["Phone"].to_pylist() == [None]
    assert org.read("Account", ["Id"], "Source_Key__c", [key])["Id"].to_pylist() == [new[0].record_id]


def test_an_answer_dropped_after_the_write_is_lost_and_both_writes_are_there(
    embedded: Embedded, org: SalesforceOrg
) -> None:
    key = uuid4().hex
    (known,) = embedded.seed("Account", [{"Name": "old"}])
    org.describe("Account")
    embedded.faults({"path": "/composite$", "action": "close-after-write"})
    with pytest.raises(LostAnswer):
        org.insert_and_update("Account", [{"Name": "n", "Source_Key__c": key}], [{"Id": known, "Name": "new"}])
    assert org.read("Account", ["Id"], "Source_Key__c", [key]).num_rows == 1
    assert org.read("Account", ["Name"], "Id", [known])["Name"].to_pylist() == ["new"]


def test_what_is_sent(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [composite(CHANGED, NEW)]
    assert [shape(told) for told in written(session)] == [MADE, KNOWN], "told apart by name, in whatever order"
    asked = json.loads(wire.seen[0].body)
    assert (asked["allOrNone"], asked["collateSubrequests"]) == (False, False)
    assert [one["body"]["allOrNone"] for one in asked["compositeRequest"]] == [False, False]
    assert [(one["method"], one["url"]) for one in asked["compositeRequest"]] == [
        ("POST", "/services/data/v62.0/composite/sobjects"),
        ("PATCH", "/services/data/v62.0/composite/sobjects"),
    ]
    assert [one["httpHeaders"] for one in asked["compositeRequest"]] == [{"Sforce-Auto-Assign": "FALSE"}] * 2


@pytest.mark.parametrize(
    "parts, new, changed",
    [
        pytest.param([CHANGED], "LostAnswer", KNOWN, id="missing"),
        pytest.param([NEW, NEW, CHANGED], "LostAnswer", KNOWN, id="twice"),
        pytest.param([NEW, part("changed", [])], MADE, "LostAnswer", id="of another length"),
        pytest.param([NEW, part("changed", {})], MADE, "LostAnswer", id="of another shape"),
        pytest.param([NEW, part("changed", [{"id": MADE, **GOOD}])], MADE, "LostAnswer", id="of another record"),
        pytest.param([{**NEW, "httpStatusCode": None}, CHANGED], "LostAnswer", KNOWN, id="without a status"),
        pytest.param([part("new", "", 503), CHANGED], "LostAnswer", KNOWN, id="503"),
        pytest.param([part("new", "", 408), CHANGED], "LostAnswer", KNOWN, id="408"),
        pytest.param(
            [NEW, part("changed", [{"errorCode": "INVALID_FIELD", "message": "?"}], 400)], MADE, "Refused", id="400"
        ),
        pytest.param(
            [part("new", [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "?"}], 403), CHANGED],
            "Refused",
            KNOWN,
            id="403",
        ),
    ],
)
def test_an_answer_to_one_of_them_is_judged_by_itself(
    wire: Scripted, session: OrgSession, parts: list[object], new: str, changed: str
) -> None:
    wire.script[:] = [composite(*parts)]
    assert [shape(told) for told in written(session)] == [new, changed]
    assert calls(wire) == ["POST composite"]


def test_a_refusal_of_one_tells_its_code(wire: Scripted, session: OrgSession) -> None:
    refused = part("changed", [{"errorCode": "INVALID_FIELD", "message": "secret"}], 400)
    wire.script[:] = [composite(NEW, refused)]
    _, told = written(session)
    assert isinstance(told, Refused)
    assert (told.code, told.status, "secret" in str(told)) == ("INVALID_FIELD", 400, False)


def test_one_that_took_no_effect_for_the_moment_is_sent_by_itself(wire: Scripted, session: OrgSession) -> None:
    busy = part("changed", [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": ""}], 400)
    wire.script[:] = [composite(NEW, busy), error(429, "REQUEST_LIMIT_EXCEEDED"), Answer(body=[{"id": KNOWN, **GOOD}])]
    assert [shape(told) for told in written(session)] == [MADE, KNOWN]
    assert calls(wire) == ["POST composite", "PATCH composite/sobjects", "PATCH composite/sobjects"]


def test_what_is_sent_by_itself_may_be_lost_by_itself(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [composite(part("new", [{"errorCode": "UNABLE_TO_LOCK_ROW"}], 400), CHANGED), DROP]
    assert [shape(told) for told in written(session)] == ["LostAnswer", KNOWN]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(body=b"OK"), id="no JSON"),
        pytest.param(Answer(body=b'{"compositeResponse":[{"ref'), id="half of it"),
        pytest.param(DROP, id="none"),
        pytest.param(Answer(503), id="503"),
    ],
)
def test_an_answer_that_is_none_is_lost_for_both(wire: Scripted, session: OrgSession, answer: Answer) -> None:
    wire.script[:] = [answer]
    with pytest.raises(LostAnswer):
        written(session)
    assert calls(wire) == ["POST composite"]


@pytest.mark.parametrize("body", [{}, [], {"compositeResponse": None}, {"compositeResponse": ["?"]}])
def test_an_answer_of_another_kind_is_lost_for_both(wire: Scripted, session: OrgSession, body: object) -> None:
    wire.script[:] = [Answer(body=body)]
    assert [shape(told) for told in written(session)] == ["LostAnswer", "LostAnswer"]


def test_where_nothing_of_one_can_be_sent_the_other_goes_alone(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(body=[{"id": KNOWN, **GOOD}])]
    odd = collection(CONTACT, [{"LastName": "x", "Age__c": "old"}], "POST")
    new, changed = write_both(session, odd, collection(CONTACT, [{"Id": KNOWN, "LastName": "y"}], "PATCH"))
    assert isinstance(new, list)
    assert [one.code for one in new] == ["INVALID_TYPE_ON_FIELD_IN_RECORD"]
    assert changed == [RowResult(KNOWN, success=True)]
    assert calls(wire) == ["PATCH composite/sobjects"]


def test_a_text_that_would_be_taken_for_a_reference_never_gets_there(wire: Scripted, session: OrgSession) -> None:
    new = collection(CONTACT, [{"LastName": "the @{new[0].id} of it"}], "POST")
    with pytest.raises(ValueError, match="means a reference"):
        write_both(session, new, collection(CONTACT, [{"Id": KNOWN, "LastName": "y"}], "PATCH"))
    assert wire.seen == []
