"""Validation rules, triggers and record types that a test declares.

Evidence: codes and texts captured from real orgs; their order is that of the Apex guide ("order of execution").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import running
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live, csv_text


@pytest.fixture
def ruled(admin: Administrator) -> Iterator[Administrator]:
    """The administrator, after whom no rule is left."""
    yield admin
    admin.do("rules")


def create(rest: Rest, **fields: object) -> Any:
    return rest("POST", "sobjects/Account", json={"Name": "A", **fields}).json()


def test_a_validation_rule_refuses_with_its_own_text(rest: Rest, ruled: Administrator) -> None:
    rule = {
        "name": "FaxNeedsPhone", "sobject": "Account", "message": "A fax needs a phone", "field": "Fax",
        "when": [{"field": "Fax", "test": "filled"}, {"field": "Phone", "test": "blank"}],
    }  # fmt: skip
    ruled.do("rules", validation=[rule])

    assert create(rest, Fax="1") == [
        {"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "A fax needs a phone", "fields": ["Fax"]}
    ]
    made = create(rest, Fax="1", Phone="2")["id"]
    cleared = rest("PATCH", f"sobjects/Account/{made}", json={"Phone": None})
    assert cleared.json()[0]["message"] == "A fax needs a phone"
    assert rest("PATCH", f"sobjects/Account/{made}", json={"Rating": "Hot"}).status_code == 204


@pytest.mark.parametrize("value, stored", [(None, "(802) 555-0100"), ("e164", "+18025550100")])
def test_a_trigger_normalises_a_phone(rest: Rest, ruled: Administrator, value: str | None, stored: str) -> None:
    ruled.do(
        "rules",
        triggers=[{"name": "T", "sobject": "Account", "does": "normalise_phone", "field": "Phone", "value": value}],
    )

    made = create(rest, Phone="802.555.0100")["id"]
    rest("PATCH", f"sobjects/Account/{made}", json={"Phone": "1-802-555-0100"})

    assert rest("GET", f"sobjects/Account/{made}").json()["Phone"] == stored


def test_a_trigger_stamps_a_field_that_the_client_did_not_send(rest: Rest, ruled: Administrator) -> None:
    stamp = {"name": "T", "sobject": "Account", "does": "stamp", "field": "Rating", "value": "Warm", "on": ["edit"]}
    ruled.do("rules", triggers=[stamp])

    made = create(rest)["id"]
    before = rest("GET", f"sobjects/Account/{made}").json()["Rating"]
    rest("PATCH", f"sobjects/Account/{made}", json={"Phone": "1"})

    assert (before, rest("GET", f"sobjects/Account/{made}").json()["Rating"]) == (None, "Warm")


def test_a_trigger_that_rejects_spares_the_other_rows_one_that_crashes_does_not(
    rest: Rest, ruled: Administrator
) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("good", "bad")]
    bad = [{"field": "Name", "test": "equals", "value": "bad"}]

    ruled.do("rules", triggers=[{"name": "T", "sobject": "Account", "does": "reject", "message": "no", "when": bad}])
    rejected = rest("POST", "composite/sobjects", json={"records": records}).json()
    ruled.do("rules", triggers=[{"name": "T", "sobject": "Account", "does": "crash", "when": bad}])
    crashed = rest("POST", "composite/sobjects", json={"records": records}).json()

    assert [r["success"] for r in rejected] == [True, False]
    assert rejected[1]["errors"][0] == {
        "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "no", "fields": [],
    }  # fmt: skip
    assert [r["errors"][0]["statusCode"] for r in crashed] == ["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"] * 2
    assert crashed[0]["errors"][0]["message"].startswith("T: execution of BeforeInsert\n\ncaused by: System.")


def test_a_crash_takes_a_chunk_of_200_rows_and_no_more(ruled: Administrator, key: str) -> None:
    """Evidence: triggers see up to 200 records at a time (Apex guide); bulk jobs go in such chunks."""
    crash = {
        "name": "T",
        "sobject": "Account",
        "does": "crash",
        "when": [{"field": "Name", "test": "equals", "value": "bad"}],
    }
    ruled.do("rules", triggers=[crash])
    org = Live(ruled.connection)
    rows = [["bad" if n == 250 else "good", f"{key}-{n}"] for n in range(450)]

    job = org.ingest("insert", csv_text(["Name", "Source_Key__c"], *rows))

    failed = {row["Source_Key__c"] for row in org.result(job, "failedResults")}
    assert failed == {f"{key}-{n}" for n in range(200, 400)}
    org.close()


def test_rules_hold_in_bulk_jobs_and_outlive_the_server(tmp_path: Any) -> None:
    rule = {
        "name": "V",
        "sobject": "Account",
        "message": "no",
        "when": [{"field": "Do_Not_Update__c", "test": "equals", "value": True}],
    }
    with running(tmp_path) as served:
        Administrator(served).do("rules", validation=[rule])
    with running(tmp_path) as served:
        org = Live(served)
        job = org.ingest("insert", csv_text(["Name", "Do_Not_Update__c"], ["A", "true"], ["B", "false"]))
        [failed] = org.result(job, "failedResults")
        assert (failed["Name"], failed["sf__Error"]) == ("A", "FIELD_CUSTOM_VALIDATION_EXCEPTION:no:--")
        org.close()


def test_a_record_type_is_the_default_limits_picklists_and_shows_in_describe(tmp_path: Any) -> None:
    with running(tmp_path) as served:
        org, admin = Live(served), Administrator(served)
        grade = {"name": "Grade__c", "kind": "picklist", "values": ["1", "2", "3"], "restricted": True}
        admin.do("fields", sobject="Account", field=grade)
        school = admin.do(
            "record-types", sobject="Account", name="School", default=True, picklists={"Grade__c": ["1"]}
        )["id"]
        shut = admin.do("record-types", sobject="Account", name="Shut", active=False)["id"]

        made = org.call("POST", "sobjects/Account", json={"Name": "A", "Grade__c": "1"}).json()["id"]
        wrong = org.call("POST", "sobjects/Account", json={"Name": "A", "Grade__c": "2"}).json()
        closed = org.call("POST", "sobjects/Account", json={"Name": "A", "RecordTypeId": shut}).json()
        infos = org.call("GET", "sobjects/Account/describe").json()["recordTypeInfos"]

        assert org.values(f"SELECT RecordTypeId FROM Account WHERE Id = '{made}'") == [school]
        assert wrong[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        assert wrong[0]["message"] == "Grade: bad value for restricted picklist field: 2"
        assert closed == [
            {
                "errorCode": "INVALID_CROSS_REFERENCE_KEY",
                "message": f"Record Type ID: this ID value isn't valid for the user: {shut}",
                "fields": ["RecordTypeId"],
            }
        ]
        assert {(i["developerName"], i["defaultRecordTypeMapping"]) for i in infos} == {
            ("School", True), ("Shut", False), ("Master", False)
        }  # fmt: skip
        org.close()


@pytest.mark.parametrize(
    "rules, told",
    [
        ({"triggers": [{"name": "T", "sobject": "Account", "does": "dance"}]}, "nothing is called 'dance'"),
        ({"triggers": [{"name": "T", "sobject": "Account", "does": "stamp"}]}, "stamp needs a field"),
        ({"validation": [{"name": "V", "sobject": "Acount", "when": [], "message": ""}]}, "no object 'Acount'"),
        ({"duplicates": [{"name": "D", "sobject": "Account", "fields": ["X"]}]}, "Account has no field 'X'"),
        ({"duplicates": [{"name": "D", "sobject": "Account", "fields": []}]}, "needs fields"),
        ({"policies": []}, "'policies' is not known"),
        (
            {"duplicates": [{"name": "D", "sobject": "Account", "nope": 1}]},
            "'duplicates.0.fields' is missing; 'duplicates.0.nope' is not known; asked for: .*{name, sobject, fields",
        ),
        ({"triggers": [{"name": "T", "sobject": "Account"}]}, "'triggers.0.does' is missing"),
        ({"triggers": [{"name": "T", "sobject": "Account", "does": "reject", "on": ["save"]}]}, "'create' or 'edit'"),
        (
            {"validation": [{"name": "V", "sobject": "Account", "message": "", "when": [{"field": "Name"}]}]},
            "'validation.0.when.0.test' is missing",
        ),
    ],
)
def test_a_rule_that_cannot_be_says_why(admin: Administrator, rules: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        admin.do("rules", **rules)
