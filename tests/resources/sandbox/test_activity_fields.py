"""What Task, Event and Lead are told to be, and fields and rights that tasks and events share.

Evidence: the recorded describes of Event and Lead; of Task there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.catalogue import shipped
from tests.resources.sandbox.conftest import Rest


def describe(rest: Rest, sobject: str) -> dict[str, Any]:
    return dict(rest("GET", f"sobjects/{sobject}/describe").json())


def names(rest: Rest, sobject: str) -> set[str]:
    return {f["name"] for f in describe(rest, sobject)["fields"]}


@pytest.mark.parametrize(
    "sobject, prefix, mergeable", [("Task", "00T", False), ("Event", "00U", False), ("Lead", "00Q", True)]
)
def test_each_is_described_like_any_other(rest: Rest, sobject: str, prefix: str, mergeable: bool) -> None:  # noqa: FBT001
    told = describe(rest, sobject)
    assert (told["keyPrefix"], told["mergeable"]) == (prefix, mergeable)
    assert {len(f) for f in told["fields"]} == {57}
    assert ("MasterRecordId" in {f["name"] for f in told["fields"]}) == mergeable


@pytest.mark.parametrize(
    "sobject, name, expected",
    [
        ("Event", "WhoId", {"referenceTo": ["Contact", "Lead"], "relationshipName": "Who", "namePointing": True,
                            "polymorphicForeignKey": True}),
        ("Event", "Subject", {"type": "combobox", "length": 255, "nameField": True, "groupable": False}),
        ("Event", "ShowAs", {"defaultValue": "Busy", "nillable": True, "restrictedPicklist": True}),
        ("Event", "EndDate", {"createable": False, "updateable": False}),
        ("Event", "RecurrenceActivityId", {"referenceTo": ["Event"], "relationshipName": None}),
        ("Event", "OwnerId", {"referenceTo": ["Calendar", "User"], "label": "Assigned To ID"}),
        ("Lead", "Status", {"defaultValue": "Open - Not Contacted", "nillable": False, "restrictedPicklist": False}),
        ("Lead", "Company", {"nillable": False, "defaultedOnCreate": False}),
        ("Lead", "City", {"compoundFieldName": "Address"}),
        ("Lead", "IsConverted", {"createable": True, "updateable": False}),
        ("Task", "Status", {"defaultValue": "Not Started", "nillable": False, "defaultedOnCreate": True}),
        ("Task", "WhatId", {"referenceTo": ["Account", "Engage_Profile__c"], "polymorphicForeignKey": True}),
        ("Task", "Outlook_Id__c", {"externalId": True, "unique": True, "length": 255}),
    ],
)  # fmt: skip
def test_a_field_is_described_as_in_a_real_org(
    rest: Rest, sobject: str, name: str, expected: dict[str, object]
) -> None:
    (told,) = [f for f in describe(rest, sobject)["fields"] if f["name"] == name]
    assert {key: told[key] for key in expected} == expected


def test_the_default_of_a_picklist_is_marked_among_its_values(rest: Rest) -> None:
    (told,) = [f for f in describe(rest, "Lead")["fields"] if f["name"] == "Status"]
    assert [v["value"] for v in told["picklistValues"] if v["defaultValue"]] == ["Open - Not Contacted"]


def test_contacts_leads_and_accounts_have_tasks_and_events_that_go_with_them(rest: Rest) -> None:
    for parent, field in (("Contact", "WhoId"), ("Lead", "WhoId"), ("Account", "WhatId")):
        told = {(c["childSObject"], c["field"]): c for c in describe(rest, parent)["childRelationships"]}
        for child, name in (("Task", "Tasks"), ("Event", "Events")):
            assert (told[child, field]["relationshipName"], told[child, field]["cascadeDelete"]) == (name, True)


@pytest.fixture
def field(admin: Administrator) -> Iterator[str]:
    """A custom field that an administrator adds to Activity."""
    admin.do("fields", sobject="Activity", field={"name": "Mood__c", "kind": "text"})
    yield "Mood__c"
    admin.do("fields/remove", sobject="Task", field="Mood__c")


def test_a_custom_field_of_activity_is_on_tasks_and_events(rest: Rest, admin: Administrator, field: str) -> None:
    assert field in names(rest, "Task") & names(rest, "Event")
    (task,) = admin.seed("Task", [{field: "good"}])
    admin.do("fields/remove", sobject="Event", field=field)
    assert field not in names(rest, "Task") | names(rest, "Event")
    admin.do("fields", sobject="Event", field={"name": field, "kind": "text"})
    assert rest("GET", f"sobjects/Task/{task}").json()[field] is None


def test_a_right_to_a_field_of_tasks_is_one_to_that_of_events(rest: Rest, admin: Administrator) -> None:
    admin.permit("Task", {"read": False}, field="Outlook_Id__c")
    admin.permit("Event", {"edit": False}, field="Description")
    assert not {"Outlook_Id__c"} & (names(rest, "Task") | names(rest, "Event"))
    answer = rest("POST", "sobjects/Task", json={"Description": "text"})
    assert answer.json()[0]["fields"] == ["Description"]
    admin.permit("Task", {"read": False}, field="CallType")
    assert "CallType" not in names(rest, "Task")


def test_a_right_to_tasks_is_none_to_events(rest: Rest, admin: Administrator) -> None:
    admin.permit("Task", {"create": False})
    assert rest("POST", "sobjects/Task", json={}).json()[0]["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    times = {"StartDateTime": "2026-01-05T10:00:00Z", "DurationInMinutes": 5}
    assert rest("POST", "sobjects/Event", json=times).status_code == 201


def test_tasks_can_be_about_a_custom_object_that_allows_it(rest: Rest, admin: Administrator) -> None:
    for name, prefix, activities in (("Deal__c", "a0x", True), ("Note__c", "a0y", False)):
        admin.do("objects", name=name, key_prefix=prefix, activities=activities)
    deal, note = (rest("POST", f"sobjects/{n}", json={"Name": "N"}).json()["id"] for n in ("Deal__c", "Note__c"))
    assert rest("POST", "sobjects/Task", json={"WhatId": deal}).status_code == 201
    answer = rest("POST", "sobjects/Task", json={"WhatId": note}).json()[0]
    assert (answer["errorCode"], answer["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", ["WhatId"])


def test_every_field_of_activities_that_is_custom_is_on_both() -> None:
    catalogue = shipped()
    task, event = ({f.name: f for f in catalogue[name].fields.values() if f.custom} for name in ("Task", "Event"))
    assert task == event
