"""The people and profiles of a new org: an administrator, the integration clients run as, and an ordinary user."""

from __future__ import annotations

from .schema import Catalogue
from .seeding import Seeder

ADMINISTRATOR = "admin@sandbox.example"
INTEGRATION = "integration@sandbox.example"
ORDINARY = "person@sandbox.example"

PROFILES = {
    ADMINISTRATOR: "System Administrator",
    INTEGRATION: "Salesforce API Only System Integrations",
    ORDINARY: "Standard User",
}
_NAMES = {ADMINISTRATOR: ("Org", "Administrator"), INTEGRATION: ("Data", "Integration"), ORDINARY: ("Pat", "Person")}


def settle(seeder: Seeder, catalogue: Catalogue, org_id: str) -> None:
    """The org has its people, profiles and organization record; a second time nothing changes."""
    with seeder.store.write() as db:
        if db.execute('select 1 from "Organization"').fetchone():
            return
        profiles = seeder.seed("Profile", [{"Name": name, "UserType": "Standard"} for name in PROFILES.values()])
        users = [
            {
                "Username": username,
                "FirstName": _NAMES[username][0],
                "LastName": _NAMES[username][1],
                "Email": username,
                "Alias": username.split("@")[0][:8],
                "IsActive": True,
                "ProfileId": profile_id,
                "UserType": "Standard",
                "TimeZoneSidKey": "GMT",
                "LocaleSidKey": "en_US",
                "LanguageLocaleKey": "en_US",
                "EmailEncodingKey": "UTF-8",
            }
            for username, profile_id in zip(PROFILES, profiles, strict=True)
        ]
        ids = seeder.seed("User", users)
        organization = {
            "Id": org_id,
            "Name": "Embedded Sandbox",
            "InstanceName": "LOCAL",
            "IsSandbox": True,
            "OrganizationType": "Developer Edition",
            "LanguageLocaleKey": "en_US",
            "TimeZoneSidKey": "GMT",
        }
        seeder.seed("Organization", [organization])
        for name in catalogue.objects:
            db.execute(f'update "{name}" set "CreatedById" = ?, "LastModifiedById" = ?', (ids[0], ids[0]))
