"""Who may do what: everything, except what the administrator took away from a profile. Kept in a JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from .activity_objects import sharing
from .files import write_private
from .schema import Catalogue, FieldDef, SObjectDef

OBJECT_RIGHTS = ("create", "read", "edit", "delete")
FIELD_RIGHTS = ("read", "edit")
HARD_DELETE = "BulkApiHardDelete"
SYSTEM_RIGHTS = (HARD_DELETE,)
"""Rights to no object in particular. Nobody has them unless the administrator gives them, as in a new org."""

_AT_FIRST = frozenset(f"system:{right}" for right in SYSTEM_RIGHTS)


@dataclass(frozen=True, slots=True)
class User:
    """A user of the org with the rights of their profile, as they were when the call began."""

    id: str
    username: str
    profile: str
    denied: frozenset[str]
    time_zone: str = "GMT"

    def may(self, right: str, sobject: str) -> bool:
        """True if the user may create, read, edit or delete records of that object."""
        return f"{sobject}:{right}" not in self.denied

    def can_read(self, sobject: str, field: str) -> bool:
        """True if the user sees that field at all."""
        return f"{sobject}.{field}:read" not in self.denied and self.may("read", sobject)

    def can_edit(self, sobject: str, field: str) -> bool:
        """True if the user may write that field (as far as anybody may)."""
        return f"{sobject}.{field}:edit" not in self.denied and self.can_read(sobject, field)

    def has(self, right: str) -> bool:
        """True if the user has that system right."""
        return f"system:{right}" not in self.denied

    def visible(self, definition: SObjectDef) -> list[FieldDef]:
        """The fields that exist for this user, in the object's order."""
        return [f for f in definition.fields.values() if self.can_read(definition.name, f.name)]


class Permissions:
    """What each profile is denied."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self._path = path
        self._catalogue = catalogue
        self._denied: dict[str, frozenset[str]] = {}
        self.reload(catalogue)

    def reload(self, catalogue: Catalogue) -> None:
        """What the file says is in force, for the objects and fields of that catalogue."""
        self._catalogue = catalogue
        stored: dict[str, list[str]] = orjson.loads(self._path.read_bytes()) if self._path.exists() else {}
        self._denied = {profile: frozenset(rights) for profile, rights in stored.items()}

    def denied(self, profile: str) -> frozenset[str]:
        return self._denied.get(profile, _AT_FIRST)

    def change(self, profile: str, sobject: str, rights: Mapping[str, bool], field: str | None = None) -> None:
        """From the next call on the profile has (True) or lacks (False) those rights to the object, or to one field of
        it.

        ValueError if object, field or right does not exist, or if nobody can be denied the field.
        """
        targets = self._targets(sobject, field)
        known = OBJECT_RIGHTS if field is None else FIELD_RIGHTS
        denied = set(self.denied(profile))
        for right, granted in rights.items():
            if right not in known:
                raise ValueError(f"no right {right!r}; there are {', '.join(known)}")
            said = {f"{target}:{right}" for target in targets}
            denied = denied - said if granted else denied | said
        self._denied = {**self._denied, profile: frozenset(denied)}
        self._save()

    def change_system(self, profile: str, rights: Mapping[str, bool]) -> None:
        """From the next call on the profile has or lacks those system rights; ValueError if there is no such right."""
        denied = set(self.denied(profile))
        for right, granted in rights.items():
            if right not in SYSTEM_RIGHTS:
                raise ValueError(f"no system right {right!r}; there are {', '.join(SYSTEM_RIGHTS)}")
            denied.discard(f"system:{right}") if granted else denied.add(f"system:{right}")
        self._denied = {**self._denied, profile: frozenset(denied)}
        self._save()

    def reset(self) -> None:
        """Every profile may do again what it might at first: everything but the system rights."""
        self._denied = {}
        self._save()

    def _targets(self, sobject: str, field: str | None) -> list[str]:
        """What the right is to: an object, or a field, which for a task is the same as for an event."""
        definition = self._catalogue.get(sobject)
        if definition is None:
            raise ValueError(f"no object {sobject!r}")
        if field is None:
            return [definition.name]
        found = definition.field(field)
        if found is None:
            raise ValueError(f"no field {field!r} on {definition.name}")
        if not found.permissionable:
            raise ValueError(f"{definition.name}.{found.name} is always accessible, as in a real org")
        others = [self._catalogue[name] for name in sharing(definition.name)]
        return [f"{d.name}.{found.name}" for d in others if (f := d.field(found.name)) and f.permissionable]

    def _save(self) -> None:
        listed: dict[str, Any] = {profile: sorted(rights) for profile, rights in self._denied.items()}
        write_private(self._path, orjson.dumps(listed, option=orjson.OPT_INDENT_2))
