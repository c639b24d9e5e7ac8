"""A small declaration with everything that metadata can be made of, and a catalogue that knows it but for one field."""

from __future__ import annotations

from pipelines.declaring.entity import Entity, Freeze, Target
from pipelines.declaring.rules import Constant, FillEmpty, Master, Reference, SyncedAt
from pipelines.declaring.source import Feed
from resources.salesforce.metadata.customs import Customs, customs_of
from resources.salesforce.metadata.grants import Grants, grants_of
from resources.sandbox import field_kinds as kinds
from resources.sandbox.activity_objects import event, task
from resources.sandbox.catalogue import account, contact
from resources.sandbox.engage_objects import engage_profile
from resources.sandbox.schema import Catalogue
from resources.sandbox.setup_objects import user


class Person(Master):
    """A column that names a user."""

    looks_up = ("User", "FederationIdentifier")


class Kind(Master):
    """A column that chooses between two record types."""

    record_types = ("HCP", "Staff")


ACCOUNTS = Entity(
    name="accounts",
    source=Feed("institutions", key="institution_id"),
    target=Target("Account", key="Source_Key__c"),
    fields={"Name": Master("name"), "BillingCity": Master("city"), "BillingStreet": FillEmpty("street")},
)
PROFILES = Entity(
    name="profiles",
    source=Feed("profiles", key="id"),
    target=Target("Profile__c", key="Key__c"),
    fields={
        "Name": Master("name"),
        "RecordTypeId": Kind("kind"),
        "Account__c": Reference("institution_id", to="accounts"),
        "Owned_By__c": Person("owner"),
        "About__c": Master("about"),
        "Score__c": Master("score"),
        "Joined__c": Master("joined"),
        "Status__c": Constant("New"),
        "Mail__c": Master("mail"),
        "Synced_At__c": SyncedAt(),
        "Theirs__c": Master("theirs"),
    },
    create="scheduled",
    freeze=Freeze(mapped="Frozen__c"),
)
TASKS = Entity(
    name="tasks",
    source=Feed("tasks", key="id"),
    target=Target("Task", key="Outlook_Id__c"),
    fields={
        "Subject": Master("title"),
        "Description": Master("body"),
        "ActivityDate": Master("due"),
        "Is_Private__c": Master("private"),
        "WhatId": Reference("institution_id", to="accounts"),
        "Theirs__c": Master("theirs"),
    },
    create="scheduled",
)
MEETINGS = Entity(
    name="meetings",
    source=Feed("meetings", key="id"),
    target=Target("Event", key="Outlook_Id__c"),
    fields={"Subject": Master("title")},
)
ENGAGED = Entity(
    name="engaged",
    source=Feed("engaged", key="id"),
    target=Target("Engage_Profile__c", key="External_Id__c"),
    fields={"Title__c": Master("title")},
)
DECLARED = {"accounts": ACCOUNTS, "profiles": PROFILES}
CATALOGUE = Catalogue.of(
    [
        account(),
        contact(),
        user(),
        task(),
        event(),
        engage_profile(),
        kinds.sobject(
            "Profile__c", "Profile", "Profiles of People", "a01",
            [
                kinds.record_id("Record ID"),
                kinds.text("Name", "Profile Name", 80, nillable=False, name_field=True, permissionable=False),
                kinds.lookup("RecordTypeId", "Record Type ID", "RecordType", permissionable=False),
                kinds.text("Key__c", "Key", 40, external_id=True, unique=True, case_sensitive=True),
                kinds.lookup("Account__c", "Account", "Account", children="Profiles"),
                kinds.lookup("Owned_By__c", "Owned By", "User"),
                kinds.long_text("About__c", "About"),
                kinds.double("Score__c", "Score", 5, 2),
                kinds.date("Joined__c", "Joined"),
                kinds.picklist("Status__c", "Status", "New", "Old", restricted=True),
                kinds.email("Mail__c", "Mail"),
                kinds.moment("Synced_At__c", "Synced At"),
                kinds.checkbox("Frozen__c", "Frozen"),
                kinds.text("Not_Declared__c", "Not Declared"),
            ],
        ),
    ]
)  # fmt: skip


def made(*entities: Entity) -> tuple[Grants, Customs]:
    """What is granted and made for these entities."""
    grants = grants_of(entities, DECLARED, CATALOGUE)
    return grants, customs_of(grants, CATALOGUE)
