"""The name that the org itself puts together from a person's first and last name."""

from __future__ import annotations

from collections.abc import MutableMapping

from .schema import SObjectDef


def name_parts(definition: SObjectDef) -> tuple[str, ...]:
    """The fields from which the org itself puts a person's name together."""
    name = definition.fields.get("Name")
    return () if name is None or name.createable or "LastName" not in definition.fields else ("FirstName", "LastName")


def compute_name(definition: SObjectDef, columns: MutableMapping[str, list[object]], count: int) -> None:
    """Where the org puts names together, the column Name holds them, from the other two columns."""
    parts = name_parts(definition)
    if parts:
        given = [columns.get(part, [None] * count) for part in parts]
        columns["Name"] = [" ".join(str(p) for p in row if p) or None for row in zip(*given, strict=True)]
