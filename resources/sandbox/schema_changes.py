"""Objects and fields that an administrator adds to an org, changes or removes, kept in a JSON file of the org.

How a kind of field looks is in `field_kinds`; what the org ships with in `catalogue`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from . import field_kinds as kinds
from .activity_objects import sharing
from .files import write_private
from .schema import Catalogue, FieldDef, SObjectDef

KINDS: Mapping[str, Callable[..., FieldDef]] = {
    "text": kinds.text,
    "long_text": kinds.long_text,
    "picklist": lambda name, label, values=(), **more: kinds.picklist(name, label, *values, **more),
    "phone": kinds.phone,
    "url": kinds.url,
    "email": kinds.email,
    "checkbox": kinds.checkbox,
    "integer": kinds.integer,
    "double": kinds.double,
    "currency": kinds.currency,
    "date": kinds.date,
    "moment": kinds.moment,
    "lookup": lambda name, label, to=(), **more: kinds.lookup(name, label, *to, **more),
}


def field_of(asked: Mapping[str, Any]) -> FieldDef:
    """The field described by name, label, kind and the properties of that kind; ValueError if there is no such."""
    more = {key: tuple(value) if isinstance(value, list) else value for key, value in asked.items()}
    name, kind = str(more.pop("name")), str(more.pop("kind", "text"))
    if kind not in KINDS:
        raise ValueError(f"no kind {kind!r} of field; there are {', '.join(KINDS)}")
    try:
        return KINDS[kind](name, str(more.pop("label", name.removesuffix("__c").replace("_", " "))), **more)
    except TypeError as error:
        raise ValueError(f"a field of kind {kind} cannot be made of {sorted(more)}: {error}") from error


@dataclass(slots=True)
class SchemaChanges:
    """What differs from the catalogue that the org ships with, in the words in which it was asked for."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> SchemaChanges:
        return cls(**orjson.loads(path.read_bytes())) if path.exists() else cls()

    def save(self, path: Path) -> None:
        write_private(path, orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))

    def applied(self, shipped: Catalogue) -> Catalogue:
        """The catalogue with these changes; ValueError if they cannot be made."""
        objects = [*shipped, *(_object_of(asked) for asked in self.objects)]
        return Catalogue.of(map(self._changed, objects))

    def add_object(self, asked: Mapping[str, Any]) -> None:
        self.objects = [*self.objects, dict(asked)]

    def add_field(self, sobject: str, asked: Mapping[str, Any]) -> None:
        """The object has that field, instead of one of the same name; of activities both have it."""
        name = field_of(asked).name
        for one in sharing(sobject):
            self.fields.setdefault(one, {})[name] = dict(asked)
            self.removed[one] = [n for n in self.removed.get(one, []) if n != name]

    def remove_field(self, sobject: str, name: str) -> None:
        for one in sharing(sobject):
            self.fields.get(one, {}).pop(name, None)
            self.removed.setdefault(one, []).append(name)

    def _changed(self, definition: SObjectDef) -> SObjectDef:
        removed = self.removed.get(definition.name, ())
        fields = {name: f for name, f in definition.fields.items() if name not in removed}
        fields.update({name: field_of(asked) for name, asked in self.fields.get(definition.name, {}).items()})
        return replace(definition, fields=fields, child_relationships=())


def _object_of(asked: Mapping[str, Any]) -> SObjectDef:
    name, prefix = str(asked["name"]), str(asked["key_prefix"])
    label = str(asked.get("label", name.removesuffix("__c")))
    fields = [
        kinds.record_id("Record ID"),
        kinds.deleted_flag(),
        kinds.name_or_id(f"{label} Name"),
        kinds.owner(),
        *kinds.audit(),
        *map(field_of, asked.get("fields", ())),
    ]
    plural, activities = str(asked.get("plural", f"{label}s")), bool(asked.get("activities"))
    return kinds.sobject(name, label, plural, prefix, fields, activities=activities)
