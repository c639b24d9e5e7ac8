"""Short forms for declaring objects and fields: one function a kind, with the properties that Salesforce gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .schema import FieldDef, SObjectDef

GEOCODE_ACCURACY = (
    "Address", "NearAddress", "Block", "Street", "ExtendedZip", "Zip", "Neighborhood", "City", "County", "State",
    "Unknown",
)  # fmt: skip


def text(name: str, label: str, length: int = 255, **more: Any) -> FieldDef:
    return FieldDef(name, label, "string", length=length, **more)


def long_text(name: str, label: str, length: int = 32000, **more: Any) -> FieldDef:
    return FieldDef(
        name, label, "textarea", length=length, filterable=False, sortable=False, groupable=False,
        extra_type_info="plaintextarea", **more,
    )  # fmt: skip


def picklist(name: str, label: str, *values: str, length: int = 255, restricted: bool = False, **more: Any) -> FieldDef:
    return FieldDef(name, label, "picklist", length=length, picklist=values, restricted=restricted, **more)


def chosen(name: str, label: str, *values: str, default: str, **more: Any) -> FieldDef:
    """A picklist that is never empty: `default` where nobody chooses."""
    return picklist(name, label, *values, nillable=False, defaulted_on_create=True, default=default, **more)


def combobox(name: str, label: str, *values: str, **more: Any) -> FieldDef:
    """Text with values to choose from."""
    return FieldDef(name, label, "combobox", length=255, picklist=values, groupable=False, **more)


def phone(name: str, label: str) -> FieldDef:
    return FieldDef(name, label, "phone", length=40)


def url(name: str, label: str, **more: Any) -> FieldDef:
    return FieldDef(name, label, "url", length=255, **more)


def email(name: str, label: str, **more: Any) -> FieldDef:
    return FieldDef(name, label, "email", length=80, **more)


def checkbox(name: str, label: str, *, default: bool = False, **more: Any) -> FieldDef:
    return FieldDef(name, label, "boolean", nillable=False, defaulted_on_create=True, default=default, **more)


def integer(name: str, label: str, digits: int = 8, **more: Any) -> FieldDef:
    return FieldDef(name, label, "int", digits=digits, **more)


def double(name: str, label: str, precision: int = 18, scale: int = 0, **more: Any) -> FieldDef:
    return FieldDef(name, label, "double", precision=precision, scale=scale, groupable=False, **more)


def currency(name: str, label: str, precision: int = 18, scale: int = 0) -> FieldDef:
    return FieldDef(name, label, "currency", precision=precision, scale=scale, groupable=False)


def date(name: str, label: str, **more: Any) -> FieldDef:
    return FieldDef(name, label, "date", **more)


def moment(name: str, label: str, **more: Any) -> FieldDef:
    return FieldDef(name, label, "datetime", groupable=False, **more)


def lookup(name: str, label: str, *targets: str, children: str | None = None, **more: Any) -> FieldDef:
    """A reference; the relationship is named after the field (`AccountId` → `Account`, `Rel__c` → `Rel__r`)."""
    relationship = name[:-1] + "r" if name.endswith("__c") else name.removesuffix("Id")
    return FieldDef(
        name, label, "reference", length=18, reference_to=targets, relationship_name=relationship,
        child_relationship_name=children, **more,
    )  # fmt: skip


def record_id(label: str) -> FieldDef:
    return FieldDef(
        "Id", label, "id", length=18, nillable=False, createable=False, updateable=False, id_lookup=True,
        defaulted_on_create=True, permissionable=False,
    )  # fmt: skip


def name_or_id(label: str) -> FieldDef:
    """The name of a custom object's record: its id where nobody gives one."""
    return text("Name", label, 80, name_field=True, defaulted_on_create=True, permissionable=False)


def system(definition: FieldDef, **more: Any) -> FieldDef:
    """The same field, which the org keeps itself and nobody may write or hide."""
    return _but(definition, createable=False, updateable=False, permissionable=False, **more)


def always_set(definition: FieldDef) -> FieldDef:
    """The same field, never empty and set by the org on creation."""
    return _but(definition, nillable=False, defaulted_on_create=True)


def _but(definition: FieldDef, **changes: Any) -> FieldDef:
    return replace(definition, **changes)


def deleted_flag() -> FieldDef:
    return system(checkbox("IsDeleted", "Deleted"))


def audit() -> list[FieldDef]:
    """Who made the record and changed it last, and when."""
    return [
        always_set(system(moment("CreatedDate", "Created Date"))),
        always_set(system(lookup("CreatedById", "Created By ID", "User"))),
        always_set(system(moment("LastModifiedDate", "Last Modified Date"))),
        always_set(system(lookup("LastModifiedById", "Last Modified By ID", "User"))),
        always_set(system(moment("SystemModstamp", "System Modstamp"))),
    ]


def views() -> list[FieldDef]:
    """When somebody last looked at the record; the org fills them in, here never."""
    return [
        system(date("LastActivityDate", "Last Activity")),
        system(moment("LastViewedDate", "Last Viewed Date")),
        system(moment("LastReferencedDate", "Last Referenced Date")),
    ]


def owner(label: str = "Owner ID", *others: str) -> FieldDef:
    """Whose the record is: a user's, or that of one of the `others`."""
    return always_set(lookup("OwnerId", label, *others, "User", permissionable=False))


def address(prefix: str) -> list[FieldDef]:
    """The eight parts of an address and the compound field that reads them together."""
    whole = f"{prefix}Address"

    def label(part: str) -> str:
        return f"{prefix} {part}".strip()

    return [
        FieldDef(f"{prefix}Street", label("Street"), "textarea", length=255, compound_field=whole,
                 extra_type_info="plaintextarea"),
        text(f"{prefix}City", label("City"), 40, compound_field=whole),
        text(f"{prefix}State", label("State/Province"), 80, compound_field=whole),
        text(f"{prefix}PostalCode", label("Zip/Postal Code"), 20, compound_field=whole),
        text(f"{prefix}Country", label("Country"), 80, compound_field=whole),
        double(f"{prefix}Latitude", label("Latitude"), 18, 15, compound_field=whole),
        double(f"{prefix}Longitude", label("Longitude"), 18, 15, compound_field=whole),
        picklist(f"{prefix}GeocodeAccuracy", label("Geocode Accuracy"), *GEOCODE_ACCURACY, length=40,
                 restricted=True, compound_field=whole),
        FieldDef(whole, label("Address"), "address", createable=False, updateable=False, sortable=False,
                 groupable=False),
    ]  # fmt: skip


def person_name(full_length: int = 121) -> list[FieldDef]:
    """The parts of a person's name and the name that the org puts together from them."""
    return [
        text("LastName", "Last Name", 80, nillable=False, compound_field="Name", extra_type_info="personname",
             permissionable=False),
        text("FirstName", "First Name", 40, compound_field="Name", extra_type_info="personname", permissionable=False),
        picklist("Salutation", "Salutation", "Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", length=40, compound_field="Name",
                 extra_type_info="personname", permissionable=False),
        system(text("Name", "Full Name", full_length, nillable=False, name_field=True, extra_type_info="personname")),
    ]  # fmt: skip


def outlook_fields() -> list[FieldDef]:
    """What keeps a record in accord with its like in Outlook: its id there, and that it is nobody else's business."""
    return [
        text("Outlook_Id__c", "Outlook ID", external_id=True, id_lookup=True, unique=True),
        checkbox("Is_Private__c", "Is Private"),
    ]


def sobject(name: str, label: str, plural: str, prefix: str, fields: Iterable[FieldDef], **more: Any) -> SObjectDef:
    return SObjectDef(name, label, plural, prefix, {f.name: f for f in fields}, **more)
