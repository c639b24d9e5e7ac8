"""Tasks and events in metadata: their custom fields are defined on Activity, and what is granted of one is of both.

Evidence: Salesforce's object reference on field-level security of Task, its Metadata API guide on `enableActivities`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from resources.salesforce.metadata.bundle import metadata_files, permission_set, source_files
from resources.salesforce.metadata.grants import FieldGrant, ObjectGrant
from tests.resources.salesforce.metadata.world import ENGAGED, MEETINGS, TASKS, made

OURS = "{http://soap.sforce.com/2006/04/metadata}"


def texts(content: bytes, tag: str) -> list[str]:
    """The texts of all elements of that tag."""
    return [str(one.text) for one in ET.fromstring(content).iter(f"{OURS}{tag}")]  # noqa: S314 - our own document


def test_whoever_edits_tasks_has_the_right_to_as_there_is_none_to_the_object() -> None:
    grants, _ = made(TASKS)
    assert (grants.objects, grants.rights) == ((ObjectGrant("Account"),), ("EditTask",))
    told = permission_set(grants)
    assert texts(told, "object") == ["Account"]
    assert texts(told, "name") == ["ApiEnabled", "EditTask"]
    assert made(TASKS, MEETINGS)[0].rights == ("EditEvent", "EditTask")


def test_what_is_granted_of_a_task_is_granted_of_an_event_if_it_has_that_field() -> None:
    grants, _ = made(TASKS)
    assert grants.fields == (
        FieldGrant("Event", "Description", edits=True),
        FieldGrant("Event", "Is_Private__c", edits=True),
        FieldGrant("Event", "Outlook_Id__c", edits=True),
        FieldGrant("Event", "Theirs__c", edits=True),
        FieldGrant("Event", "WhatId", edits=True),
        FieldGrant("Task", "ActivityDate", edits=True),
        FieldGrant("Task", "Description", edits=True),
        FieldGrant("Task", "Is_Private__c", edits=True),
        FieldGrant("Task", "Outlook_Id__c", edits=True),
        FieldGrant("Task", "Theirs__c", edits=True),
        FieldGrant("Task", "WhatId", edits=True),
    )


def test_a_custom_field_of_activities_is_made_once_on_activity() -> None:
    grants, customs = made(TASKS, MEETINGS)
    assert customs.unknown == ("Activity.Theirs__c",)
    files = metadata_files(grants, customs)
    assert [str(file) for file in files if file.suffix == ".object"] == ["objects/Activity.object"]
    assert texts(files[PurePosixPath("objects/Activity.object")], "fullName") == ["Is_Private__c", "Outlook_Id__c"]
    manifest = texts(files[PurePosixPath("package.xml")], "members")
    assert manifest == ["Activity.Is_Private__c", "Activity.Outlook_Id__c", "Concord_Integration"]
    folder = PurePosixPath("force-app/main/default/objects/Activity/fields")
    made_of = source_files(grants, customs)
    assert texts(made_of[folder / "Outlook_Id__c.field-meta.xml"], "externalId") == ["true"]
    assert [file.name for file in made_of if folder in file.parents] == [
        "Is_Private__c.field-meta.xml",
        "Outlook_Id__c.field-meta.xml",
    ]


def test_a_custom_object_about_which_there_are_activities_allows_them() -> None:
    content = metadata_files(*made(ENGAGED))[PurePosixPath("objects/Engage_Profile__c.object")]
    assert texts(content, "enableActivities") == ["true"]
