"""The custom objects, fields and record types that the declarations need, as elements of metadata.

How they look is taken from the catalogue of the sandbox org, which has what the shipped declarations need. A custom
field that it does not know is its owner's: it is granted, not made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from resources.salesforce.metadata.grants import Grants
from resources.salesforce.metadata.xml import Child
from resources.sandbox.activity_objects import ACTIVITY, sharing
from resources.sandbox.schema import Catalogue, FieldDef, SObjectDef

SHORT = 255
"""The longest text that is no long text area."""


@dataclass(frozen=True, slots=True)
class Customs:
    """What is to be made: by object, in order."""

    objects: tuple[SObjectDef, ...]
    """Custom objects."""
    fields: tuple[tuple[SObjectDef, FieldDef], ...]
    """With the object on which each is defined: those of tasks and events are one field of Activity."""
    record_types: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    """Custom objects and fields (`Account.Their__c`) that are granted and not made."""


def customs_of(grants: Grants, catalogue: Catalogue) -> Customs:
    """What of the grants is custom."""
    named = list(dict.fromkeys([*(one.sobject for one in grants.objects), *(one.sobject for one in grants.fields)]))
    custom = [name for name in named if name.endswith("__c")]
    fields: dict[str, tuple[SObjectDef, FieldDef]] = {}
    unknown = dict.fromkeys(name for name in custom if catalogue.get(name) is None)
    for grant in grants.fields:
        definition = catalogue.get(grant.sobject)
        found = definition.field(grant.field) if definition else None
        owner = ACTIVITY if grant.sobject in sharing(ACTIVITY) else grant.sobject
        name = f"{owner}.{grant.field}"
        if found and definition and found.custom:
            fields[name] = (_defining(definition), found)
        elif grant.field.endswith("__c"):
            unknown[name] = None
    objects = [definition for name in custom if (definition := catalogue.get(name))]
    return Customs(tuple(objects), tuple(fields.values()), grants.record_types, tuple(unknown))


def _defining(definition: SObjectDef) -> SObjectDef:
    """The object on which its custom fields are defined."""
    if definition.name not in sharing(ACTIVITY):
        return definition
    return replace(definition, name=ACTIVITY, label=ACTIVITY, label_plural="Activities")


def object_children(definition: SObjectDef) -> list[Child]:
    """A custom object without its fields; everybody inside may see and edit its records."""
    name = definition.field("Name")
    text = name is not None and name.createable
    label = ("label", name.label if name else f"{definition.label} Name")
    numbered: list[Child] = [("displayFormat", "{00000000}"), label, ("type", "AutoNumber")]
    activities: list[Child] = [("enableActivities", "true")] if definition.activities else []
    return [
        ("deploymentStatus", "Deployed"),
        *activities,
        ("label", definition.label),
        ("nameField", [label, ("type", "Text")] if text else numbered),
        ("pluralLabel", definition.label_plural),
        ("sharingModel", "ReadWrite"),
    ]


def field_children(definition: SObjectDef, field: FieldDef) -> list[Child]:
    """A custom field, its name first."""
    told = sorted([("label", field.label), *_kind(definition, field), *_key(field)], key=lambda child: child[0])
    return [("fullName", field.name), *told]


def record_type_children(name: str) -> list[Child]:
    """An active record type."""
    return [("fullName", name), ("active", "true"), ("label", name.replace("_", " "))]


def _key(field: FieldDef) -> Iterator[Child]:
    if field.external_id:
        yield "externalId", "true"
    if field.unique:
        yield "unique", "true"
        if field.type == "string":
            yield "caseSensitive", _boolean(field.case_sensitive)


def _kind(definition: SObjectDef, field: FieldDef) -> Sequence[Child]:
    match field.type:
        case "string":
            return [("type", "Text"), ("length", str(field.length)), ("required", _boolean(field.required))]
        case "textarea" if field.length <= SHORT:
            return [("type", "TextArea"), ("required", _boolean(field.required))]
        case "textarea":
            return [("type", "LongTextArea"), ("length", str(field.length)), ("visibleLines", "3")]
        case "boolean":
            return [("type", "Checkbox"), ("defaultValue", _boolean(bool(field.default)))]
        case "picklist":
            return [("type", "Picklist"), ("required", _boolean(field.required)), ("valueSet", _values(field))]
        case "reference":
            return [("type", "Lookup"), *_lookup(definition, field)]
        case "int" | "double" | "currency" | "percent":
            plain = {"int": "Number", "double": "Number"}.get(field.type, field.type.capitalize())
            size = [("precision", str(field.precision or field.digits)), ("scale", str(field.scale))]
            return [("type", plain), ("required", _boolean(field.required)), *size]
    plain = {"datetime": "DateTime"}.get(field.type, field.type.capitalize())
    return [("type", plain), ("required", _boolean(field.required))]


def _values(field: FieldDef) -> list[Child]:
    values: list[Child] = [
        ("value", [("fullName", value), ("default", "false"), ("label", value)]) for value in field.picklist
    ]
    return [("restricted", _boolean(field.restricted)), ("valueSetDefinition", [("sorted", "false"), *values])]


def _lookup(definition: SObjectDef, field: FieldDef) -> list[Child]:
    children = field.child_relationship_name or re.sub(r"\W+", "_", definition.label_plural)
    return [
        ("deleteConstraint", "SetNull"),
        ("referenceTo", field.reference_to[0]),
        ("relationshipLabel", definition.label_plural),
        ("relationshipName", children),
        ("required", _boolean(field.required)),
    ]


def _boolean(value: bool) -> str:  # noqa: FBT001
    return "true" if value else "false"
