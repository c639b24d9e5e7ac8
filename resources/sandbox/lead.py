"""The lead: somebody who may become a contact. Its fields are as recorded; how it is converted is in `converting`."""

from __future__ import annotations

from .field_kinds import (
    address,
    audit,
    checkbox,
    chosen,
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
from .schema import SObjectDef

CONVERTED = "Closed - Converted"


def lead() -> SObjectDef:
    return sobject(
        "Lead", "Lead", "Leads", "00Q",
        [
            record_id("Lead ID"),
            deleted_flag(),
            system(lookup("MasterRecordId", "Master Record ID", "Lead")),
            *person_name(),
            text("Title", "Title", 128),
            text("Company", "Company", nillable=False, permissionable=False),
            *address(""),
            phone("Phone", "Phone"),
            phone("MobilePhone", "Mobile Phone"),
            phone("Fax", "Fax"),
            email("Email", "Email", id_lookup=True),
            url("Website", "Website"),
            long_text("Description", "Description"),
            picklist(
                "LeadSource", "Lead Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other",
            ),
            chosen("Status", "Status", "Open - Not Contacted", "Working - Contacted", CONVERTED,
                   "Closed - Not Converted", default="Open - Not Contacted", permissionable=False),
            picklist(
                "Industry", "Industry", "Agriculture", "Banking", "Biotechnology", "Construction", "Consulting",
                "Education", "Finance", "Government", "Healthcare", "Insurance", "Not For Profit", "Recreation",
                "Retail", "Technology", "Other",
            ),
            picklist("Rating", "Rating", "Hot", "Warm", "Cold"),
            currency("AnnualRevenue", "Annual Revenue"),
            integer("NumberOfEmployees", "Employees"),
            owner("Owner ID", "Group"),
            checkbox("IsConverted", "Converted", updateable=False, permissionable=False),
            system(date("ConvertedDate", "Converted Date")),
            system(lookup("ConvertedAccountId", "Converted Account ID", "Account")),
            system(lookup("ConvertedContactId", "Converted Contact ID", "Contact")),
            checkbox("IsUnreadByOwner", "Unread By Owner", permissionable=False),
            *audit(),
            *views(),
            text("EmailBouncedReason", "Email Bounced Reason", createable=False, permissionable=False),
            moment("EmailBouncedDate", "Email Bounced Date", createable=False, permissionable=False),
            *outlook_fields(),
        ],
        mergeable=True,
    )  # fmt: skip
