"""The least that an integration user must be granted so that these entities can be synced: never All, seldom Delete.

Left out is what Salesforce grants to nobody by a permission set, because everybody has it or nobody can be given it:
· fields that every record must have (Account.Name, Contact.LastName, a custom object's Name), and the system's own:
  a deployment that names one is refused;
· tasks and events as objects: whoever is granted `EditTask` or `EditEvent` may make, edit and delete them;
· the standard fields of User, and User itself: they are visible without, and have no field-level security.
Parts of an address are granted by the whole of it (BillingStreet by BillingAddress), as metadata knows no parts.
What is granted of a task is granted of an event as well: they share their field-level security, and a deployment that
names one alone takes the field away again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelines.declaring.entity import Entity
from pipelines.reading.needs import needs_of
from resources.sandbox.activity_objects import sharing
from resources.sandbox.schema import Catalogue

ALWAYS_VISIBLE = frozenset(
    {
        "Company", "CreatedById", "CreatedDate", "FirstName", "Id", "IsDeleted", "LastModifiedById", "LastModifiedDate",
        "LastName", "MasterRecordId", "Name", "OwnerId", "RecordTypeId", "Salutation", "SystemModstamp",
    }
)  # fmt: skip
"""On objects that the catalogue does not know; on the others it says so itself."""

WITHOUT_PERMISSION = frozenset({"User"})
"""Objects that a permission set cannot name."""

EDITED_BY_RIGHT = {"Event": "EditEvent", "Task": "EditTask"}
"""Activities, which a permission set cannot name, and the user permissions in their place."""

REQUIRES = {"Contact": "Account"}
"""Read of one object is only granted together with Read of the other."""


@dataclass(frozen=True, slots=True, order=True)
class ObjectGrant:
    """Read of an object, and what else."""

    sobject: str
    creates: bool = False
    edits: bool = False
    deletes: bool = False


@dataclass(frozen=True, slots=True, order=True)
class FieldGrant:
    """Read of a field, and Edit if so."""

    sobject: str
    field: str
    edits: bool = False


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything that is granted, each once and in order."""

    objects: tuple[ObjectGrant, ...]
    fields: tuple[FieldGrant, ...]
    record_types: tuple[tuple[str, str], ...]
    """(object, developer name)."""
    rights: tuple[str, ...] = ()
    """User permissions, such as EditTask."""


def grants_of(entities: Iterable[Entity], declared: Mapping[str, Entity], catalogue: Catalogue) -> Grants:
    """What these entities need; `declared` are all there are, since references lead to records of others."""
    chosen = list(entities)
    objects: dict[str, ObjectGrant] = {}
    fields: dict[tuple[str, str], FieldGrant] = {}
    record_types: set[tuple[str, str]] = set()
    for needs in (needs for entity in chosen for needs in needs_of(entity)):
        _add_object(objects, ObjectGrant(needs.sobject, needs.creates, needs.edits, needs.deletes))
        for names, edits in ((needs.reads, False), (needs.writes, True)):
            for name in _grantable(needs.sobject, names, catalogue):
                known = fields.get((needs.sobject, name))
                fields[needs.sobject, name] = FieldGrant(needs.sobject, name, edits or bool(known and known.edits))
        record_types |= {(needs.sobject, name) for name in needs.record_types}
    for sobject in _referred(chosen, declared):
        _add_object(objects, ObjectGrant(sobject))
    for sobject in [sobject for sobject in objects if sobject in REQUIRES]:
        _add_object(objects, ObjectGrant(REQUIRES[sobject]))
    unnamed = {*WITHOUT_PERMISSION, *EDITED_BY_RIGHT}
    return Grants(
        tuple(sorted(grant for grant in objects.values() if grant.sobject not in unnamed)),
        tuple(sorted(_shared(fields.values(), catalogue))),
        tuple(sorted(record_types)),
        tuple(sorted(right for name, right in EDITED_BY_RIGHT.items() if name in objects and objects[name].edits)),
    )


def _shared(fields: Iterable[FieldGrant], catalogue: Catalogue) -> Iterator[FieldGrant]:
    """These fields and those that are granted together with them, each once."""
    edits: dict[tuple[str, str], bool] = {}
    for grant in fields:
        for sobject in sharing(grant.sobject):
            if sobject == grant.sobject or _is_on(sobject, grant.field, catalogue):
                edits[sobject, grant.field] = edits.get((sobject, grant.field), False) or grant.edits
    return (FieldGrant(sobject, name, edited) for (sobject, name), edited in edits.items())


def _is_on(sobject: str, name: str, catalogue: Catalogue) -> bool:
    """True if that activity has the field as well, and there is a right to it."""
    definition = catalogue.get(sobject)
    field = definition.field(name) if definition else None
    return field.permissionable if field else name.endswith("__c")


def _add_object(objects: dict[str, ObjectGrant], more: ObjectGrant) -> None:
    known = objects.get(more.sobject, more)
    objects[more.sobject] = ObjectGrant(
        more.sobject,
        creates=known.creates or more.creates,
        edits=known.edits or more.edits,
        deletes=known.deletes or more.deletes,
    )


def _referred(entities: Iterable[Entity], declared: Mapping[str, Entity]) -> Iterator[str]:
    """A record can only be referred to by somebody who sees it."""
    for entity in entities:
        for rule in entity.references.values():
            if isinstance(rule.to, str) and rule.to in declared:
                yield declared[rule.to].target.sobject


def _grantable(sobject: str, names: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    known = catalogue.get(sobject)
    for name in names:
        field = known.field(name) if known else None
        if sobject in WITHOUT_PERMISSION and not name.endswith("__c"):
            continue
        if field is None:
            if name not in ALWAYS_VISIBLE:
                yield name
        elif field.permissionable and not (field.custom and field.required):
            yield field.compound_field or field.name
