"""The record types that objects of the catalogue come with; others are declared through the administrator's door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .declared import RecordType

if TYPE_CHECKING:
    from .org import Org


def settle(org: Org) -> None:
    """Every object has the record types it ships with, the first being the default; a second time nothing changes."""
    for definition in org.catalogue:
        known = {t.developer_name for t in org.declared.record_types if t.sobject == definition.name}
        for position, (developer_name, name) in enumerate(definition.record_types):
            if developer_name not in known:
                add(org, RecordType("", definition.name, name, developer_name, default=position == 0))


def add(org: Org, wanted: RecordType) -> str:
    """The org has that record type, a record of its own; gives its id."""
    row: Mapping[str, object] = {
        "Name": wanted.name,
        "DeveloperName": wanted.developer_name,
        "SobjectType": wanted.sobject,
        "IsActive": wanted.active,
    }
    (made,) = org.seed("RecordType", [row])
    org.declare(replace(org.declared, record_types=(*org.declared.record_types, replace(wanted, id=made))))
    return made
