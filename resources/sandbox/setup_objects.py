"""The objects that describe the org itself: its people, profiles, record types and the organization."""

from __future__ import annotations

from . import time_zones
from .field_kinds import (
    always_set,
    audit,
    checkbox,
    email,
    lookup,
    moment,
    person_name,
    picklist,
    record_id,
    sobject,
    text,
)  # fmt: skip
from .schema import SObjectDef


def user() -> SObjectDef:
    return sobject(
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
            picklist("TimeZoneSidKey", "Time Zone", *time_zones.names(), length=40, restricted=True),
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
    return sobject(
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
    return sobject(
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
    return sobject(
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
