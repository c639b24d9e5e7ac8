"""The objects that the sandbox org ships with: standard ones, and the custom fields that a directory connector needs.

A new object is one function that returns its `SObjectDef`, and one entry in `shipped`. How a kind of field looks is in
`field_kinds`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .field_kinds import (
    address, always_set, audit, checkbox, currency, date, deleted_flag, email, integer, long_text, lookup, moment, owner,
    person_name, phone, picklist, record_id, system, text, url, views,
)  # fmt: skip
from .schema import Catalogue, FieldDef, SObjectDef


def shipped() -> Catalogue:
    """The catalogue of a new org."""
    return Catalogue.of([account(), contact(), user(), profile(), record_type(), organization()])


def account() -> SObjectDef:
    return _sobject(
        "Account", "Account", "Accounts", "001",
        [
            record_id("Account ID"),
            deleted_flag(),
            system(lookup("MasterRecordId", "Master Record ID", "Account")),
            text("Name", "Account Name", nillable=False, name_field=True, permissionable=False),
            picklist(
                "Type", "Account Type", "Prospect", "Customer - Direct", "Customer - Channel", "Channel Partner / Reseller",
                "Installation Partner", "Technology Partner", "Other", length=40,
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
                "Industry", "Industry", "Agriculture", "Banking", "Biotechnology", "Construction", "Consulting", "Education",
                "Finance", "Government", "Healthcare", "Insurance", "Not For Profit", "Recreation", "Retail", "Technology",
                "Other", length=40,
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
                "AccountSource", "Account Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other",
                length=40,
            ),
            *_source_fields("A", "C", "U"),
            text("Source_County__c", "Source County", 80),
        ],
        mergeable=True,
    )  # fmt: skip


def contact() -> SObjectDef:
    return _sobject(
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
        ],
        mergeable=True,
    )  # fmt: skip


def _source_fields(*statuses: str) -> list[FieldDef]:
    """What a record needs to be kept in accord with a directory: its key there, its status, and people's freeze flags."""
    return [
        text("Source_Key__c", "Source Key", external_id=True, id_lookup=True, unique=True),
        picklist("Source_Status__c", "Source Status", *statuses),
        moment("Source_Synced_At__c", "Source Synced At"),
        checkbox("Do_Not_Update__c", "Do Not Update"),
        checkbox("Do_Not_Update_Hierarchy__c", "Do Not Update Hierarchy"),
        checkbox("Created_By_Source__c", "Created By Source"),
    ]


def user() -> SObjectDef:
    return _sobject(
        "User", "User", "Users", "005",
        [
            record_id("User ID"),
            text("Username", "Username", 80, nillable=False, unique=True, id_lookup=True, permissionable=False),
            *person_name(),
            email("Email", "Email", nillable=False),
            text("Alias", "Alias", 8, nillable=False),
            text("CommunityNickname", "Nickname", 40),
            checkbox("IsActive", "Active", default=True),
            lookup("ProfileId", "Profile ID", "Profile", nillable=False, children="Users"),
            picklist("UserType", "User Type", "Standard", "PowerPartner", "CsnOnly", length=40, restricted=True),
            text("FederationIdentifier", "SAML Federation ID", 512, unique=True, case_sensitive=True),
            text("TimeZoneSidKey", "Time Zone", 40),
            text("LocaleSidKey", "Locale", 40),
            text("LanguageLocaleKey", "Language", 40),
            text("EmailEncodingKey", "Email Encoding", 40),
            text("Title", "Title", 80),
            text("Department", "Department", 80),
            *audit(),
        ],
        deletable=False,
    )  # fmt: skip


def profile() -> SObjectDef:
    return _sobject(
        "Profile", "Profile", "Profiles", "00e",
        [
            record_id("Profile ID"),
            text("Name", "Name", nillable=False, name_field=True),
            text("UserType", "User Type", 40),
            text("Description", "Description"),
            *audit(),
        ],
        createable=False, updateable=False, deletable=False, layoutable=False,
    )  # fmt: skip


def record_type() -> SObjectDef:
    return _sobject(
        "RecordType", "Record Type", "Record Types", "012",
        [
            record_id("Record Type ID"),
            text("Name", "Name", 80, nillable=False, name_field=True),
            text("DeveloperName", "Record Type Name", 80, nillable=False),
            text("Description", "Description"),
            text("SobjectType", "SObject Type Name", 40, nillable=False),
            checkbox("IsActive", "Active", default=True),
            *audit(),
        ],
        createable=False, updateable=False, deletable=False, layoutable=False,
    )  # fmt: skip


def organization() -> SObjectDef:
    return _sobject(
        "Organization", "Organization", "Organizations", "00D",
        [
            record_id("Organization ID"),
            text("Name", "Name", 80, nillable=False, name_field=True),
            text("InstanceName", "Instance Name", 5),
            always_set(checkbox("IsSandbox", "Is Sandbox")),
            text("NamespacePrefix", "Namespace Prefix", 15),
            picklist("OrganizationType", "Edition", "Developer Edition", "Enterprise Edition", length=40),
            moment("TrialExpirationDate", "Trial Expiration Date"),
            text("PrimaryContact", "Primary Contact", 80),
            text("LanguageLocaleKey", "Language", 40),
            text("TimeZoneSidKey", "Time Zone", 40),
            *audit(),
        ],
        createable=False, updateable=False, deletable=False, layoutable=False,
    )  # fmt: skip


def _sobject(name: str, label: str, plural: str, prefix: str, fields: Iterable[FieldDef], **more: Any) -> SObjectDef:
    return SObjectDef(name, label, plural, prefix, {f.name: f for f in fields}, **more)
