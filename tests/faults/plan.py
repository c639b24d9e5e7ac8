"""The small plan that every schedule of faults is tried on, and what a plain-Python oracle says should come of it.

Two waves of creates, updates (one of which waits for a new parent), a cell to be cleared, a record that nothing
changes, and a person who edits two records while the run is under way.
"""

from __future__ import annotations

from typing import Any

from pipelines.entity import Entity, Freeze, Target
from pipelines.rules import Constant, FillEmpty, Master, Reference, SourceStatus, SyncedAt
from pipelines.source import Feed
from tests.faults.inside import Inside
from tests.oracle import ACCOUNTS, Oracle, Record

ENTITY = Entity(
    name="accounts",
    source=Feed("institutions", key="institution_id", required=("name",)),
    target=Target("Account", key="Source_Key__c"),
    fields={
        "Name": Master("name"),
        "BillingCity": Master("city", blank="clear"),
        "NumberOfEmployees": Master("enrollment"),
        "Phone": FillEmpty("phone"),
        "ParentId": Reference("parent_id", to="accounts", missing="keep", hierarchy=True),
        "Source_Status__c": SourceStatus("status", known=("A", "C", "U"), merged="C"),
        "Source_Synced_At__c": SyncedAt(),
        "Created_By_Source__c": Constant("true"),
    },
    create="scheduled",
    freeze=Freeze(mapped="Do_Not_Update__c", hierarchy="Do_Not_Update_Hierarchy__c"),
)
FIELDS = ("Source_Key__c", "Name", "BillingCity", "NumberOfEmployees", "Phone", "ParentId", "Source_Status__c")
FLAGS = ("Do_Not_Update__c", "Do_Not_Update_Hierarchy__c")
UNMAPPED = "Description"


def row(key: str, name: str, **more: str) -> dict[str, str | None]:
    blank: dict[str, str | None] = dict.fromkeys(("status", "city", "phone", "enrollment", "parent_id", "merged_into"))
    return {**blank, "institution_id": key, "name": name, **more}


ROWS = [
    row("d1", "District", city="Basel", phone="1"),
    row("n1", "New, one", parent_id="d1"),
    row("n2", 'New "two"', parent_id="d1", enrollment="7"),
    row("u1", "Moves below", parent_id="d1", city="Bern"),
    row("u2", "Loses its city"),
    row("u3", "Renamed", phone="of the source", city="Thun", enrollment="9"),
    row("u4", "Stays", city="Chur"),
]

BEFORE: list[Record] = [
    {"Source_Key__c": "u1", "Name": "Old", "BillingCity": "Bern", "Source_Status__c": "A"},
    {"Source_Key__c": "u2", "Name": "Loses its city", "BillingCity": "Genf", "Source_Status__c": "A"},
    {"Source_Key__c": "u3", "Name": "Old", "BillingCity": "Thun", "Phone": "by hand", "Source_Status__c": "A"},
    {"Source_Key__c": "u4", "Name": "Stays", "BillingCity": "Chur", "Source_Status__c": "A"},
    {"Source_Key__c": None, "Name": "Nobody's", "Phone": "2"},
]

EDITS = (("u3", "Phone", "edited by hand"), ("u1", UNMAPPED, "people's words"))
"""What a person types in the middle of the run: key, field, value. The declaration leaves both to people."""


def settle_in(org: Inside) -> None:
    """The org as people left it."""
    org.org.seed("Account", [{name: value for name, value in record.items() if value} for record in BEFORE])


def edit(org: Inside) -> None:
    """The person's edits."""
    ids = {record["Source_Key__c"]: record["Id"] for record in org.records("Account", ["Id", "Source_Key__c"])}
    for key, field, value in EDITS:
        org.person("PATCH", f"sobjects/Account/{ids[key]}", {field: value})


def meant() -> dict[str, Record]:
    """How the org should end, by key (else by name); parents by their keys."""
    blank: Record = {**dict.fromkeys((*FIELDS, UNMAPPED)), **dict.fromkeys(FLAGS, False)}
    records = {f"r{n}": {**blank, **record} for n, record in enumerate(BEFORE)}
    for record in records.values():
        record |= {field: value for key, field, value in EDITS if key == record["Source_Key__c"]}
    spec = ACCOUNTS.clearing("BillingCity")
    ended = Oracle(spec, ROWS, records, creates=True).records
    keys = {name: record["Source_Key__c"] for name, record in ended.items()}
    return {
        record["Source_Key__c"] or record["Name"]: {
            **{name: record.get(name) for name in (*FIELDS, UNMAPPED)},
            "ParentId": keys.get(record["ParentId"]),
        }
        for record in ended.values()
    }


def found(org: Inside) -> tuple[dict[str, Record], int]:
    """How the org did end, told the same way, and the number of live records beyond one a key."""
    records: list[dict[str, Any]] = org.records("Account", ["Id", *FIELDS, UNMAPPED])
    keys = {record["Id"]: record["Source_Key__c"] for record in records}
    ended = {
        record["Source_Key__c"] or record["Name"]: {
            **{name: record[name] for name in (*FIELDS, UNMAPPED)},
            "ParentId": keys.get(record["ParentId"]),
        }
        for record in records
    }
    return ended, len(records) - len(ended)
