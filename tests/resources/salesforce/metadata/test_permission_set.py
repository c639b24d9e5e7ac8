"""The metadata that `concord check --permission-set` writes: exactly what the declarations need."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import pytest

from assets.outlook_contacts import ENTITY as CONTACTS
from pipelines.declaring.both import BothWays
from resources.salesforce.metadata.bundle import metadata_files, permission_set, source_files, write
from resources.salesforce.metadata.grants import FieldGrant, ObjectGrant
from tests.resources.salesforce.metadata.world import ACCOUNTS, PROFILES, made

OURS = "{http://soap.sforce.com/2006/04/metadata}"


def read(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 - our own document


def children(element: ET.Element) -> dict[str, str]:
    """The texts of an element's children by tag."""
    return {child.tag.removeprefix(OURS): child.text or "" for child in element}


def test_create_edit_and_read_are_granted_as_they_are_needed() -> None:
    grants, _ = made(PROFILES)
    assert grants.objects == (ObjectGrant("Account"), ObjectGrant("Profile__c", creates=True, edits=True))
    assert made(ACCOUNTS)[0].objects == (ObjectGrant("Account", edits=True),)
    assert made(ACCOUNTS, PROFILES)[0].objects[0] == ObjectGrant("Account", edits=True)


def test_delete_is_granted_where_a_declaration_of_two_sides_deletes_and_nowhere_else() -> None:
    deleting = replace(CONTACTS, both=BothWays(prevent={}))
    for one, said, described in (
        (CONTACTS, ["false", "false"], "no Delete"),
        (deleting, ["false", "true"], "Delete of Contact alone"),
    ):
        told = read(permission_set(made(ACCOUNTS, one)[0]))
        assert [found.text for found in told.iter(f"{OURS}object")] == ["Account", "Contact"]
        assert [found.text for found in told.iter(f"{OURS}allowDelete")] == said
        assert described in str(told.findtext(f"{OURS}description"))


def test_a_person_is_granted_together_with_the_account_above() -> None:
    people = replace(ACCOUNTS, target=replace(ACCOUNTS.target, sobject="Contact"), fields={})
    assert made(people)[0].objects == (ObjectGrant("Account"), ObjectGrant("Contact", edits=True))


def test_fields_that_carry_no_permission_are_left_out_and_addresses_are_granted_whole() -> None:
    assert made(ACCOUNTS)[0].fields == (
        FieldGrant("Account", "BillingAddress", edits=True),
        FieldGrant("Account", "Source_Key__c", edits=True),
    )
    named = {grant.field for grant in made(PROFILES)[0].fields}
    assert named & {"Name", "RecordTypeId", "FederationIdentifier", "Not_Declared__c"} == set()


def test_what_is_only_read_is_not_granted_to_be_edited() -> None:
    assert [grant.field for grant in made(PROFILES)[0].fields if not grant.edits] == ["Frozen__c"]


def test_a_custom_field_that_only_its_owner_knows_is_granted_and_not_made() -> None:
    grants, customs = made(PROFILES)
    assert FieldGrant("Profile__c", "Theirs__c", edits=True) in grants.fields
    assert customs.unknown == ("Profile__c.Theirs__c",)
    assert "Theirs__c" not in {field.name for _, field in customs.fields}


def test_the_permission_set_is_exactly_this() -> None:
    assert (
        permission_set(made(ACCOUNTS)[0]).decode()
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">
    <description>What Concord needs to sync, and no more: no Delete, no View All, no Modify All.</description>
    <fieldPermissions>
        <editable>true</editable>
        <field>Account.BillingAddress</field>
        <readable>true</readable>
    </fieldPermissions>
    <fieldPermissions>
        <editable>true</editable>
        <field>Account.Source_Key__c</field>
        <readable>true</readable>
    </fieldPermissions>
    <hasActivationRequired>false</hasActivationRequired>
    <label>Concord Integration</label>
    <objectPermissions>
        <allowCreate>false</allowCreate>
        <allowDelete>false</allowDelete>
        <allowEdit>true</allowEdit>
        <allowRead>true</allowRead>
        <modifyAllRecords>false</modifyAllRecords>
        <object>Account</object>
        <viewAllRecords>false</viewAllRecords>
    </objectPermissions>
    <userPermissions>
        <enabled>true</enabled>
        <name>ApiEnabled</name>
    </userPermissions>
</PermissionSet>
"""
    )


FIELDS = [
    ("Key__c", {"type": "Text", "length": "40", "externalId": "true", "unique": "true", "caseSensitive": "true"}),
    ("Account__c", {"type": "Lookup", "referenceTo": "Account", "relationshipName": "Profiles"}),
    ("Owned_By__c", {"type": "Lookup", "referenceTo": "User", "relationshipName": "Profiles_of_People"}),
    ("About__c", {"type": "LongTextArea", "length": "32000", "visibleLines": "3"}),
    ("Score__c", {"type": "Number", "precision": "5", "scale": "2"}),
    ("Joined__c", {"type": "Date"}),
    ("Mail__c", {"type": "Email"}),
    ("Synced_At__c", {"type": "DateTime"}),
    ("Frozen__c", {"type": "Checkbox", "defaultValue": "false"}),
]


@pytest.mark.parametrize("name, told", FIELDS, ids=[name for name, _ in FIELDS])
def test_a_custom_field_is_made_as_the_catalogue_has_it(name: str, told: dict[str, str]) -> None:
    file = PurePosixPath(f"force-app/main/default/objects/Profile__c/fields/{name}.field-meta.xml")
    found = read(source_files(*made(PROFILES))[file])
    assert found.tag == f"{OURS}CustomField"
    assert children(found).items() >= {"fullName": name, **told}.items()


def test_a_picklist_has_its_values() -> None:
    file = PurePosixPath("force-app/main/default/objects/Profile__c/fields/Status__c.field-meta.xml")
    values = read(source_files(*made(PROFILES))[file])
    assert [one.text for one in values.iter(f"{OURS}fullName")] == ["Status__c", "New", "Old"]
    assert [one.text for one in values.iter(f"{OURS}restricted")] == ["true"]


def test_a_custom_object_and_its_record_types_are_made() -> None:
    content = metadata_files(*made(PROFILES))[PurePosixPath("objects/Profile__c.object")]
    found = read(content)
    assert children(found).items() >= {"label": "Profile", "pluralLabel": "Profiles of People"}.items()
    assert [children(one)["fullName"] for one in found.iter(f"{OURS}recordTypes")] == ["HCP", "Staff"]
    assert [children(one) for one in found.iter(f"{OURS}nameField")] == [{"label": "Profile Name", "type": "Text"}]
    granted = permission_set(made(PROFILES)[0]).decode()
    assert "<recordType>Profile__c.HCP</recordType>" in granted


def test_the_zip_has_a_manifest_of_all_that_is_in_it_and_is_the_same_each_time(tmp_path: Path) -> None:
    grants, customs = made(PROFILES, ACCOUNTS)
    write(tmp_path / "one.zip", grants, customs)
    write(tmp_path / "two.ZIP", grants, customs)
    content = (tmp_path / "one.zip").read_bytes()
    assert content == (tmp_path / "two.ZIP").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [
            "package.xml",
            "objects/Account.object",
            "objects/Profile__c.object",
            "permissionsets/Concord_Integration.permissionset",
        ]
        manifest = read(archive.read("package.xml"))
    members = {
        str(one.findtext(f"{OURS}name")): [member.text for member in one.iter(f"{OURS}members")]
        for one in manifest.iter(f"{OURS}types")
    }
    assert members["CustomObject"] == ["Profile__c"]
    assert members["RecordType"] == ["Profile__c.HCP", "Profile__c.Staff"]
    assert members["PermissionSet"] == ["Concord_Integration"]
    assert members["CustomField"][0] == "Account.Source_Key__c"


def test_a_folder_has_one_file_for_each_part_and_keeps_a_project_that_is_there(tmp_path: Path) -> None:
    grants, customs = made(PROFILES)
    written = [str(file.relative_to(tmp_path)) for file in write(tmp_path, grants, customs)]
    assert json.loads((tmp_path / "sfdx-project.json").read_text())["packageDirectories"][0]["path"] == "force-app"
    assert {file.rpartition(".default/")[2].rpartition("/")[2].partition(".")[2] for file in written} == {
        "json",
        "object-meta.xml",
        "field-meta.xml",
        "recordType-meta.xml",
        "permissionset-meta.xml",
    }
    (tmp_path / "sfdx-project.json").write_text("{}")
    write(tmp_path, grants, customs)
    assert (tmp_path / "sfdx-project.json").read_text() == "{}"
