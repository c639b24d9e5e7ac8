"""What an sObject is: its fields, their properties, and the relationships. The shipped objects are in `catalogue`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

TEXT_TYPES = frozenset({"string", "textarea", "picklist", "phone", "url", "email", "combobox"})
NUMBER_TYPES = frozenset({"double", "currency", "percent"})


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field, with the properties that a describe shows and that validation, SOQL and storage go by."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    defaulted_on_create: bool = False
    default: object = None
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    reference_to: tuple[str, ...] = ()
    to_activities: bool = False
    """Points to the records of whatever object of the catalogue has activities."""
    relationship_name: str | None = None
    child_relationship_name: str | None = None
    cascade_delete: bool = False
    compound_field: str | None = None
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    name_field: bool = False
    permissionable: bool = True
    extra_type_info: str | None = None

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def stored(self) -> bool:
        """False for compound fields, which are read from their parts and have no column."""
        return self.type != "address"

    @property
    def required(self) -> bool:
        """True if an insert without this field is refused."""
        return not self.nillable and self.createable and not self.defaulted_on_create

    @property
    def polymorphic(self) -> bool:
        """True if records of several objects can be pointed to."""
        return len(self.reference_to) > 1

    @property
    def usable_as_key(self) -> bool:
        """True if an upsert or a relationship can name records by this field."""
        return self.external_id or self.id_lookup


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """Records of `child_sobject` point here through `field`; SOQL calls them `relationship_name` (None: it cannot)."""

    child_sobject: str
    field: str
    relationship_name: str | None
    cascade_delete: bool = False


@dataclass(frozen=True)
class SObjectDef:
    """One kind of record. `fields` keeps the order of declaration and Salesforce's spelling."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    fields: Mapping[str, FieldDef]
    child_relationships: tuple[ChildRelationship, ...] = ()
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    mergeable: bool = False
    layoutable: bool = True
    activities: bool = False
    """Tasks and events can be about its records (`WhatId`)."""
    record_types: tuple[tuple[str, str], ...] = ()
    """Developer names and names of the record types that it comes with."""

    @cached_property
    def _by_lower_name(self) -> dict[str, FieldDef]:
        return {name.lower(): definition for name, definition in self.fields.items()}

    @cached_property
    def _by_relationship(self) -> dict[str, FieldDef]:
        return {f.relationship_name.lower(): f for f in self.fields.values() if f.relationship_name and f.reference_to}

    @cached_property
    def columns(self) -> tuple[FieldDef, ...]:
        """The fields that have a column in the store, in order; Id is the first."""
        return tuple(f for f in self.fields.values() if f.stored)

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def has_soft_delete(self) -> bool:
        return "IsDeleted" in self.fields

    def field(self, name: str) -> FieldDef | None:
        """The field of that name in any letter case, or None."""
        return self._by_lower_name.get(name.lower())

    def relationship(self, name: str) -> FieldDef | None:
        """The reference field behind a parent relationship (`Account` → `AccountId`, `Rel__r` → `Rel__c`), or None."""
        return self._by_relationship.get(name.lower())

    def child_relationship(self, name: str) -> ChildRelationship | None:
        """The relationship to children of that name (`Contacts`), or None."""
        wanted = name.lower()
        return next((c for c in self.child_relationships if (c.relationship_name or "").lower() == wanted), None)

    def parts_of(self, compound: str) -> tuple[FieldDef, ...]:
        """The stored fields that make up a compound field."""
        return tuple(f for f in self.columns if f.compound_field == compound)


@dataclass(frozen=True)
class Catalogue:
    """All objects of an org; looked up by name in any letter case."""

    objects: Mapping[str, SObjectDef] = field(default_factory=dict)

    @classmethod
    def of(cls, definitions: Iterable[SObjectDef]) -> Catalogue:
        """A catalogue in which every object knows the relationships that point to it."""
        listed = _with_targets(list(definitions))
        children: dict[str, list[ChildRelationship]] = {d.name: [] for d in listed}
        for child in listed:
            for f in child.fields.values():
                for target in f.reference_to:
                    if target in children:
                        children[target].append(
                            ChildRelationship(child.name, f.name, f.child_relationship_name, f.cascade_delete)
                        )
        return cls({d.name: replace(d, child_relationships=tuple(children[d.name])) for d in listed})

    @cached_property
    def _by_lower_name(self) -> dict[str, SObjectDef]:
        return {name.lower(): definition for name, definition in self.objects.items()}

    @cached_property
    def _by_prefix(self) -> dict[str, SObjectDef]:
        return {definition.key_prefix: definition for definition in self.objects.values()}

    def __iter__(self) -> Iterator[SObjectDef]:
        return iter(self.objects.values())

    def get(self, name: str) -> SObjectDef | None:
        return self._by_lower_name.get(name.lower())

    def __getitem__(self, name: str) -> SObjectDef:
        return self._by_lower_name[name.lower()]

    def named(self, name: str) -> SObjectDef:
        """The object of that name; ValueError if there is none."""
        found = self.get(name)
        if found is None:
            raise ValueError(f"no object {name!r}")
        return found

    def with_prefix(self, record_id: str) -> SObjectDef | None:
        """The kind of record that an id names by its first three characters, or None."""
        return self._by_prefix.get(record_id[:3])


def _with_targets(definitions: list[SObjectDef]) -> list[SObjectDef]:
    """The objects, their references to whatever has activities with the names of what has."""
    able = tuple(d.name for d in definitions if d.activities)

    def resolved(f: FieldDef) -> FieldDef:
        return replace(f, reference_to=able) if f.to_activities else f

    return [replace(d, fields={name: resolved(f) for name, f in d.fields.items()}) for d in definitions]
