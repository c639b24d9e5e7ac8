"""The custom objects of a profile service: its profiles, with their record types, and their connections to users."""

from __future__ import annotations

from .field_kinds import (
    audit,
    checkbox,
    deleted_flag,
    lookup,
    moment,
    name_or_id,
    owner,
    picklist,
    record_id,
    sobject,
    text,
    url,
)  # fmt: skip
from .schema import SObjectDef


def engage_profile() -> SObjectDef:
    return sobject(
        "Engage_Profile__c", "Engage Profile", "Engage Profiles", "a01",
        [
            record_id("Record ID"),
            deleted_flag(),
            name_or_id("Engage Profile Name"),
            lookup("RecordTypeId", "Record Type ID", "RecordType", permissionable=False),
            owner(),
            *audit(),
            text("External_Id__c", "External ID", external_id=True, id_lookup=True, unique=True),
            lookup("Account__c", "Account", "Account", children="Engage_Profiles__r"),
            picklist("Kind__c", "Kind", "HCP", "Staff", restricted=True),
            text("First_Name__c", "First Name", 100),
            text("Last_Name__c", "Last Name", 100),
            text("Display_Name__c", "Display Name"),
            text("Degree__c", "Degree", 80),
            text("Title__c", "Title", 128),
            url("Photo_Url__c", "Photo URL"),
            moment("Signed_Up_At__c", "Signed Up At"),
            picklist(
                "Connection_Status__c", "Connection Status", "Connected", "Not Connected", "Deleted", restricted=True
            ),
            moment("Connection_Status_Updated_At__c", "Connection Status Updated At"),
        ],
        activities=True,
        record_types=(("Engage_HCP_Profile", "HCP"), ("Engage_Staff_Profile", "Staff")),
    )  # fmt: skip


def engage_connection() -> SObjectDef:
    return sobject(
        "Engage_Connection__c", "Engage Connection", "Engage Connections", "a02",
        [
            record_id("Record ID"),
            deleted_flag(),
            name_or_id("Engage Connection Name"),
            owner(),
            *audit(),
            text("External_Id__c", "External ID", external_id=True, id_lookup=True, unique=True),
            lookup("From_User__c", "From User", "User"),
            lookup("To_Profile__c", "To Profile", "Engage_Profile__c", children="Engage_Connections__r"),
            checkbox("Active__c", "Active"),
            moment("Inactivated_At__c", "Inactivated At"),
        ],
    )  # fmt: skip
