"""Changes by the org itself, not by a person: they move SystemModstamp and leave LastModifiedDate as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .coercion import coercion
from .refusal import Refused
from .store import quote

if TYPE_CHECKING:
    from .org import Org


def touch(org: Org, sobject: str, ids: Sequence[str], fields: Mapping[str, object]) -> None:
    """The records hold those values and are stamped as changed by the system; ValueError for a field or value that
    cannot be.
    """
    definition = org.catalogue[sobject]
    columns: dict[str, object] = {"SystemModstamp": org.now()}
    for name, value in fields.items():
        f = definition.field(name)
        if f is None or not f.stored or f.name in ("Id", "SystemModstamp"):
            raise ValueError(f"{definition.name} has no field {name!r} that the system could change")
        try:
            columns[f.name] = None if value is None else coercion(f, text=False)(value)
        except Refused as refused:
            raise ValueError(refused.error.message) from refused
    settings = ", ".join(f"{quote(name)} = ?" for name in columns)
    with org.store.write() as db:
        sql = f'update {quote(definition.name)} set {settings} where "Id" = ?'
        db.executemany(sql, [(*columns.values(), record_id) for record_id in ids])
