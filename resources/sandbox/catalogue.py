"""The objects that the sandbox org ships with: standard ones, and the custom fields that a directory connector needs.

A new object is one function that returns its `SObjectDef`, and one entry in `shipped`. How a kind of field looks is in
`field_kinds`.
"""

from __future__ import annotations

from .activity_objects import event, task
from .engage_objects import engage_connection, engage_profile
from .field_kinds import (
    address,
    audit,
    checkbox,
    currency,
    date,
    deleted_flag,
    email,
    integer,
    long_text,
    lookup,
    moment,
    outlook_fields,
    owner,
    person_name,
    phone,
    picklist,
    record_id,
    sobject,
    system,
    text,
    url,
    views,
)  # fmt: skip
from .lead import lead
from .schema import Catalogue, FieldDef, SObjectDef
from .setup_objects import organization, profile, record_type, user


def shipped() -> Catalogue:
    """The catalogue of a new org."""
    people = (user(), profile(), record_type(), organization())
    sales = (account(), contact(), lead(), task(), event())
    return Catalogue.of([*sales, engage_profile(), engage_connection(), *people])


def account() -> SObjectDef:
    return sobject(
        "Account", "Account", "Accounts", "001",
        [
            record_id("Account ID"),
            deleted_flag(),
            system(lookup("MasterRecordId", "Master Record ID", "Account")),
            text("Name", "Account Name", nillable=False, name_field=True, permissionable=False),
            picklist(
                "Type", "Account Type", "Prospect", "Customer - Direct", "Customer - Channel",
                "Channel Partner / Reseller", "Installation Partner", "Technology Partner", "Other", length=40,
            ),
            lookup("RecordTypeId", "Record Type ID", "RecordType", permissionable=False),
            lookup("ParentId", "Parent Account ID", "Account", children="ChildAccounts"),
            *address("Billing"),
            *address("Shipping"),
            phone("Phone", "Account Phone"),
            phone("Fax", "Account Fax"),
            text("AccountNumber", "Account Number", 40),
            url("Website", "Website"),
            text("Sic", "SIC Code", 20),
            picklist(
                "Industry", "Industry", "Agriculture", "Banking", "Biotechnology", "Construction", "Consulting",
                "Education", "Finance", "Government", "Healthcare", "Insurance", "Not For Profit", "Recreation",
                "Retail", "Technology", "Other", length=40,
            ),
            currency("AnnualRevenue", "Annual Revenue"),
            integer("NumberOfEmployees", "Employees"),
            picklist("Ownership", "Ownership", "Public", "Private", "Subsidiary", "Other", length=40),
            text("TickerSymbol", "Ticker Symbol", 20),
            long_text("Description", "Account Description"),
            picklist("Rating", "Account Rating", "Hot", "Warm", "Cold", length=40),
            text("Site", "Account Site", 80),
            owner(),
            *audit(),
            *views(),
            picklist(
                "AccountSource", "Account Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List",
                "Other", length=40,
            ),
            *_source_fields("A", "C", "U"),
            text("Source_County__c", "Source County", 80),
        ],
        mergeable=True, activities=True,
    )  # fmt: skip


def contact() -> SObjectDef:
    return sobject(
        "Contact", "Contact", "Contacts", "003",
        [
            record_id("Contact ID"),
            deleted_flag(),
            system(lookup("MasterRecordId", "Master Record ID", "Contact")),
            lookup("AccountId", "Account ID", "Account", children="Contacts", cascade_delete=True),
            *person_name(),
            *address("Other"),
            *address("Mailing"),
            phone("Phone", "Business Phone"),
            phone("Fax", "Business Fax"),
            phone("MobilePhone", "Mobile Phone"),
            phone("HomePhone", "Home Phone"),
            phone("OtherPhone", "Other Phone"),
            phone("AssistantPhone", "Asst. Phone"),
            lookup("ReportsToId", "Reports To ID", "Contact"),
            email("Email", "Email", id_lookup=True),
            text("Title", "Title", 128),
            text("Department", "Department", 80),
            text("AssistantName", "Assistant's Name", 40),
            picklist(
                "LeadSource", "Lead Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other",
            ),
            date("Birthdate", "Birthdate"),
            long_text("Description", "Contact Description"),
            owner(),
            *audit(),
            *views(),
            text("EmailBouncedReason", "Email Bounced Reason", permissionable=False),
            moment("EmailBouncedDate", "Email Bounced Date", permissionable=False),
            *_source_fields("A", "I", "U"),
            *outlook_fields(),
        ],
        mergeable=True,
    )  # fmt: skip


def _source_fields(*statuses: str) -> list[FieldDef]:
    """What keeps a record in accord with a directory: its key there, its status, and people's freeze flags."""
    return [
        text("Source_Key__c", "Source Key", external_id=True, id_lookup=True, unique=True),
        picklist("Source_Status__c", "Source Status", *statuses),
        moment("Source_Synced_At__c", "Source Synced At"),
        checkbox("Do_Not_Update__c", "Do Not Update"),
        checkbox("Do_Not_Update_Hierarchy__c", "Do Not Update Hierarchy"),
        checkbox("Created_By_Source__c", "Created By Source"),
    ]
