"""What is written to an org in single calls, and what it says of each row."""

from __future__ import annotations

from uuid import uuid4

import pytest

from pipelines.loading.failures import classify
from pipelines.ports.world import LostAnswer
from resources.salesforce.org import SalesforceOrg
from tests.resources.salesforce.embedded import Embedded
from tests.resources.salesforce.test_values import AWKWARD

STORED = [text.strip() for text in AWKWARD]  # the org trims


def test_two_hundred_rows_cost_one_call(embedded: Embedded, org: SalesforceOrg) -> None:
    org.describe("Account")
    results = org.insert("Account", [{"Name": f"n{place}"} for place in range(200)])
    assert all(result.success and result.created for result in results)
    assert org.calls == 2
    results = org.update("Account", [{"Id": one.record_id, "Phone": "1"} for one in results])
    assert all(result.success and not result.created for result in results)
    assert org.calls == 3


def test_awkward_texts_arrive_as_they_are(org: SalesforceOrg) -> None:
    results = org.insert("Account", [{"Name": "x", "Description": text} for text in AWKWARD])
    ids = [result.record_id or "" for result in results]
    assert org.read("Account", ["Description"], "Id", ids)["Description"].to_pylist() == STORED


def test_only_named_fields_change_and_none_clears(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x", "Phone": "1", "Fax": "2", "NumberOfEmployees": 3}])
    (result,) = org.update("Account", [{"Id": record_id, "Phone": None, "NumberOfEmployees": "4"}])
    assert result.success
    read = org.read("Account", ["Name", "Phone", "Fax", "NumberOfEmployees"], "Id", [record_id])
    assert read.to_pylist() == [{"Name": "x", "Phone": None, "Fax": "2", "NumberOfEmployees": 4}]


def test_a_parent_is_found_by_its_key(org: SalesforceOrg) -> None:
    key = uuid4().hex
    (parent,) = org.insert("Account", [{"Name": "district", "Source_Key__c": key}])
    school, lost = org.insert(
        "Account", [{"Name": "s", "Parent.Source_Key__c": key}, {"Name": "l", "Parent.Source_Key__c": "?"}]
    )
    read = org.read("Account", ["ParentId"], "Id", [school.record_id or ""])
    assert read["ParentId"].to_pylist() == [parent.record_id]
    assert classify(lost.code, lost.message) == "row"
    org.update("Account", [{"Id": school.record_id, "Parent.Source_Key__c": None}])
    assert org.read("Account", ["ParentId"], "Id", [school.record_id or ""])["ParentId"].to_pylist() == [None]


@pytest.mark.parametrize(
    "row, code, fields",
    [
        ({"Name": "x" * 256}, "STRING_TOO_LONG", ("Name",)),
        ({"Name": None}, "REQUIRED_FIELD_MISSING", ("Name",)),
        ({"Name": "x", "ParentId": "001000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY", None),
    ],
)
def test_a_refused_row_is_a_result_and_harms_no_other(
    org: SalesforceOrg, row: dict[str, str | None], code: str, fields: tuple[str, ...] | None
) -> None:
    before, refused, after = org.insert("Account", [{"Name": "before"}, row, {"Name": "after"}])
    assert (refused.success, refused.record_id, refused.created, refused.code) == (False, None, False, code)
    assert fields is None or refused.fields == fields
    assert classify(refused.code, refused.message) == "row"
    assert before.success
    assert after.success


def test_a_key_that_is_taken_is_a_result(embedded: Embedded, org: SalesforceOrg) -> None:
    key = uuid4().hex
    embedded.seed("Account", [{"Name": "x", "Source_Key__c": key}])
    (result,) = org.insert("Account", [{"Name": "y", "Source_Key__c": key}])
    assert result.code == "DUPLICATE_VALUE"


def test_a_field_the_user_may_not_write_is_told_row_by_row_as_systemic(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Account", [{"Name": "x"}])
    embedded.do("permissions", {"sobject": "Account", "field": "Phone", "rights": {"edit": False}})
    assert not org.describe("Account").fields["Phone"].updateable
    (result,) = org.update("Account", [{"Id": record_id, "Phone": "1"}])
    assert result.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert classify(result.code, result.message) == "systemic"


def test_an_answer_dropped_after_the_write_is_lost_and_the_write_is_there(
    embedded: Embedded, org: SalesforceOrg
) -> None:
    key = uuid4().hex
    org.describe("Account")
    embedded.faults({"path": "composite/sobjects", "action": "close-after-write"})
    with pytest.raises(LostAnswer):
        org.insert("Account", [{"Name": "x", "Source_Key__c": key}])
    assert org.read("Account", ["Id"], "Source_Key__c", [key]).num_rows == 1
    assert [call for call in embedded.calls() if call.startswith("POST")] == ["POST composite/sobjects"]


def test_an_unavailable_org_during_a_write_is_a_lost_answer(embedded: Embedded, org: SalesforceOrg) -> None:
    org.describe("Account")
    embedded.faults({"path": "composite/sobjects", "action": "status", "status": 503})
    with pytest.raises(LostAnswer):
        org.insert("Account", [{"Name": "x"}])


def test_a_session_that_expires_in_mid_run_is_renewed_and_the_write_done_once(
    embedded: Embedded, org: SalesforceOrg
) -> None:
    key = uuid4().hex
    org.describe("Account")
    embedded.do("sessions/expire", {})
    (result,) = org.insert("Account", [{"Name": "x", "Source_Key__c": key}])
    assert result.success
    assert org.read("Account", ["Id"], "Source_Key__c", [key]).num_rows == 1
