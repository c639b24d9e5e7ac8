"""The small plan of institutions: two waves of creates, updates (one of which waits for a new parent), a cell to clear.

Besides, a record that nothing changes, and a person who edits two records while the run is under way.
"""

from __future__ import annotations

from pipelines.declaring.entity import Entity, Freeze, Target
from pipelines.declaring.rules import Constant, FillEmpty, Master, Reference, SourceStatus, SyncedAt
from pipelines.declaring.source import Feed
from tests.contract import ACCOUNTS
from tests.faults.plan import Plan

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
UNMAPPED = "Description"


def row(key: str, name: str, **more: str) -> dict[str, str | None]:
    blank: dict[str, str | None] = dict.fromkeys(("status", "city", "phone", "enrollment", "parent_id", "merged_into"))
    return {**blank, "institution_id": key, "name": name, **more}


INSTITUTIONS = Plan(
    entity=ENTITY,
    spec=ACCOUNTS.clearing("BillingCity"),
    rows=(
        row("d1", "District", city="Basel", phone="1"),
        row("n1", "New, one", parent_id="d1"),
        row("n2", 'New "two"', parent_id="d1", enrollment="7"),
        row("u1", "Moves below", parent_id="d1", city="Bern"),
        row("u2", "Loses its city"),
        row("u3", "Renamed", phone="of the source", city="Thun", enrollment="9"),
        row("u4", "Stays", city="Chur"),
    ),
    before=(
        {"Source_Key__c": "u1", "Name": "Old", "BillingCity": "Bern", "Source_Status__c": "A"},
        {"Source_Key__c": "u2", "Name": "Loses its city", "BillingCity": "Genf", "Source_Status__c": "A"},
        {"Source_Key__c": "u3", "Name": "Old", "BillingCity": "Thun", "Phone": "by hand", "Source_Status__c": "A"},
        {"Source_Key__c": "u4", "Name": "Stays", "BillingCity": "Chur", "Source_Status__c": "A"},
        {"Source_Key__c": None, "Name": "Nobody's", "Phone": "2"},
    ),
    edits=(("u3", "Phone", "edited by hand"), ("u1", UNMAPPED, "people's words")),
    unmapped=UNMAPPED,
    taken_away="BillingCity",
    outcomes={"created": 3, "updated": 3, "unchanged": 1},
)
