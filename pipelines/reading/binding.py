"""A declaration held against an org: which field has which type, and everything that does not fit, at once.

`bind` gives the bound entity that all SQL is generated from; `misfits` lists what keeps it from working.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property
from types import MappingProxyType

from pipelines.declaring.agreed_rules import Agreed, Related
from pipelines.declaring.derived_rules import Always, EndedAt, StampedWith, Whether
from pipelines.declaring.entity import AnyRule, Entity
from pipelines.declaring.outlook import PLACE
from pipelines.declaring.rules import Constant, CreateOnly, Master, Reference, SourceStatus, SyncedAt
from pipelines.ports.objects import FieldInfo, ObjectInfo
from pipelines.ports.world import SystemicError

Say = Callable[[str, str, str], None]

NOTHING: Mapping[str, ObjectInfo] = MappingProxyType({})

RECORD_FIELDS = ("Id", "IsDeleted", "MasterRecordId", "SystemModstamp", "LastModifiedById")
"""What a snapshot always carries, besides the declared fields."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing in the org that the declaration cannot work with."""

    entity: str
    field: str
    mistake: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.entity}: {self.field}: {self.mistake}; {self.remedy}"


@dataclass(frozen=True)
class BoundField:
    """A declared field and what the org says of it."""

    name: str
    rule: AnyRule
    info: FieldInfo

    @property
    def type(self) -> str:
        return self.info.type


@dataclass(frozen=True)
class Bound:
    """An entity that fits an org."""

    entity: Entity
    info: ObjectInfo
    looked_up: Mapping[str, ObjectInfo] = made(default_factory=dict)
    """The objects whose records the entity looks up, by name."""

    @cached_property
    def fields(self) -> tuple[BoundField, ...]:
        return tuple(BoundField(name, rule, self.info.fields[name]) for name, rule in self.entity.fields.items())

    @cached_property
    def columns(self) -> dict[str, FieldInfo | None]:
        """Source columns to be typed, and the narrowest field each goes to; None for keys and references."""
        found: dict[str, FieldInfo | None] = {}
        for field in self.fields:
            column = field.rule.source_column
            if column is None:
                continue
            if isinstance(field.rule, Reference) or (isinstance(field.rule, Agreed) and field.rule.first):
                found.setdefault(column, None)
            elif (known := found.get(column)) is None or 0 < field.info.length < known.length:
                found[column] = field.info
        life = self.entity.life
        asked = (column for condition in self.entity.conditions for part in condition.parts for column in part.columns)
        merged = [str(self.entity.source.merged_into)] if life and life.merged_ends else []
        place = PLACE if self.entity.both else ()
        for column in (*asked, *merged, *place):
            found.setdefault(column, None)
        return found

    @cached_property
    def cut(self) -> frozenset[str]:
        """Source columns whose text may be longer than the CRM can keep: what it would cut off is no difference."""
        return frozenset(field.rule.column for field in self.fields if isinstance(field.rule, Agreed))

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """Source columns that hold JSON lists."""
        rules = (rule for rule in self.entity.fields.values() if isinstance(rule, Reference | Agreed))
        return tuple(dict.fromkeys(rule.column for rule in rules if rule.first))

    @cached_property
    def clearing(self) -> tuple[str, ...]:
        """Source columns whose blank may clear a field."""
        rules = (field.rule for field in self.fields)
        return tuple(
            dict.fromkeys(rule.column for rule in rules if isinstance(rule, Master | Reference) and rule.clears)
        )

    @cached_property
    def compared(self) -> tuple[BoundField, ...]:
        """The fields that take a source column as it stands and go on being compared with it, in a fixed order."""
        plain = (
            f for f in self.fields if f.rule.source_column and not isinstance(f.rule, Reference | CreateOnly | EndedAt)
        )
        return tuple(sorted(plain, key=lambda field: field.name))

    @cached_property
    def record_fields(self) -> tuple[str, ...]:
        """Every field of a record that is read, each once."""
        entity = self.entity
        freeze = tuple(field for field in (entity.freeze.mapped, entity.freeze.hierarchy) if field)
        twins = (entity.twins.name, *entity.twins.places) if entity.twins else ()
        both = ("LastModifiedDate", *entity.both.flags) if entity.both else ()
        window = (entity.both.window.field,) if entity.both and entity.both.window else ()
        wanted = (*RECORD_FIELDS, entity.target.key, *entity.fields, *freeze, *twins, *both, *window)
        return tuple(field for field in dict.fromkeys(wanted) if field in self.info.fields)

    def type_of(self, field: str) -> str:
        """The Salesforce type of a field of the object."""
        return self.info.fields[field].type


EXPECTED: Mapping[type, str] = MappingProxyType(
    {
        Reference: "reference",
        Related: "reference",
        SyncedAt: "datetime",
        StampedWith: "datetime",
        EndedAt: "datetime",
    }
)
"""The one type of field that a rule can write."""


def bind(entity: Entity, info: ObjectInfo, looked_up: Mapping[str, ObjectInfo] = NOTHING) -> Bound:
    """The bound entity, or a SystemicError that names every misfit. `looked_up`: see `Bound`."""
    if found := misfits(entity, info):
        raise SystemicError("declaration_misfit", "; ".join(str(misfit) for misfit in found))
    return Bound(entity, info, looked_up)


def misfits(entity: Entity, info: ObjectInfo) -> list[Misfit]:
    """Everything about this object that the declaration cannot work with; empty when all is well."""
    found: list[Misfit] = []

    def say(field: str, mistake: str, remedy: str) -> None:
        found.append(Misfit(entity.name, f"{info.name}.{field}" if field else info.name, mistake, remedy))

    _right_misfits(entity, info, say)
    _key_misfits(entity, info, say)
    for name, rule in entity.fields.items():
        if name not in info.fields:
            say(name, "the org has no such field, or this user may not see it", "create it or grant Read and Edit")
        else:
            _field_misfits(entity, info.fields[name], rule, say)
    for flag in (entity.freeze.mapped, entity.freeze.hierarchy):
        if flag and flag not in info.fields:
            say(flag, "the org has no such field, or this user may not see it", "create the checkbox or grant Read")
        elif flag and info.fields[flag].type != "boolean":
            say(flag, f"a freeze flag is a checkbox, this is {info.fields[flag].type}", "name a checkbox")
    if entity.create != "never":
        for field in info.fields.values():
            needed = not field.nillable and field.createable and not field.defaulted and field.type != "boolean"
            if needed and field.name not in entity.fields and field.name != entity.target.key:
                say(field.name, "new records need it and the declaration does not give it", "add a rule for it")
    return found


def _right_misfits(entity: Entity, info: ObjectInfo, say: Say) -> None:
    if not info.updateable:
        say("", "this user may not edit the object", "give the integration user Edit on it")
    if entity.create != "never" and not info.createable:
        say("", "this user may not create records", "give the integration user Create on it")
    if entity.deletes and not info.deletable:
        say("", "this user may not delete records", 'give the integration user Delete on it, or prevent "delete"')


def _key_misfits(entity: Entity, info: ObjectInfo, say: Say) -> None:
    name = entity.target.key
    key = info.fields.get(name)
    if key is None:
        say(name, "the org has no such field, or this user may not see it", "create an external id field for the key")
        return
    if not key.unique or not key.external_id:
        say(name, "the key is not a unique external id", "tick External ID and Unique, or name a field that is")
    if key.type != "string":
        say(name, f"the key is {key.type}, not text", "name a text field")
    if not key.updateable or (entity.create != "never" and not key.createable):
        say(name, "this user may not write the key", "grant Edit on the field")


def _field_misfits(entity: Entity, field: FieldInfo, rule: AnyRule, say: Say) -> None:
    if not field.updateable:
        say(field.name, "this user may not write it", "grant Edit on the field, or leave it out of the declaration")
    elif entity.create != "never" and rule.on_create and not field.createable:
        say(field.name, "this user may not set it on new records", "grant Edit on the field")
    expected = EXPECTED.get(type(rule))
    if expected and field.type != expected:
        say(field.name, f"{type(rule).__name__} needs a {expected} field, this is {field.type}", f"name a {expected}")
    if not expected and field.type in ("reference", "address", "id", "base64"):
        say(field.name, f"{type(rule).__name__} cannot write a field of type {field.type}", "use another field or rule")
    if isinstance(rule, SourceStatus) and field.picklist and (lacking := set(rule.known) - set(field.picklist)):
        say(field.name, f"its restricted picklist lacks {sorted(lacking)}", "add the values")
    if isinstance(rule, Whether) and field.picklist and (lacking := {rule.then, rule.otherwise} - set(field.picklist)):
        say(field.name, f"its restricted picklist lacks {sorted(lacking)}", "add the values")
    if isinstance(rule, Constant | Always) and field.type == "boolean" and rule.value not in ("true", "false"):
        say(field.name, f"the constant {rule.value!r} is not a checkbox value", "write 'true' or 'false'")
