"""A small plan of records with a life: what their service said at first, what it says now, and what people did.

What is the same for both is here; the plans themselves are in `profiles` and `connections`. The service is read
incrementally: what it says now is only told where it was updated since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from assets.profiles import ENTITY as PROFILES
from pipelines.declaring.entity import Entity
from pipelines.ports.source import Source
from pipelines.telling.report import Report
from tests.faults.inside import Inside
from tests.faults.institutions import INSTITUTIONS
from tests.faults.institutions import row as institution
from tests.faults.outside import Listed
from tests.faults.telling import Telling
from tests.oracle_of_lives import CONNECTION, NOW, PROFILE, Record, Row, Service

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When the service was read the first time, by its own clock; it says the later things a day after."""
LATER = FIRST + timedelta(days=1)
PEOPLES = ("Notes__c", "Do_Not_Update__c")
"""Fields of both objects that people use. The first is unmapped, the second freezes a profile."""
USERS = ("ursula", "urs")
ACCOUNTS = ("i1", "i2")
FIELDS = {"Engage_Profile__c": PROFILE, "Engage_Connection__c": CONNECTION}
REFERENCES = (
    ("RecordTypeId", "RecordType", "DeveloperName"),
    ("Account__c", "Account", "Source_Key__c"),
    ("From_User__c", "User", "FederationIdentifier"),
    ("To_Profile__c", "Engage_Profile__c", "External_Id__c"),
)

Run = Callable[[Entity, Source], Report]
Now = Mapping[str, Sequence[Row]]
"""The rows of collections, by name."""


@dataclass(frozen=True)
class Lives:
    """What happened to a service and an org before the run that is tried, and what a person does amid it."""

    entity: Entity
    at_first: Now
    changes: Now
    """Rows that are new or otherwise since; they are told whole."""
    seeded: Mapping[str, Sequence[Record]]
    """Records that were there before any run, by object; references by key."""
    typed: Mapping[str, Record]
    """Key → fields that people change between the first run and the one that is tried."""
    edits: Sequence[tuple[str, str]]
    """Key → what a person writes into the unmapped field amid the run."""
    oracle: Callable[[Service, Mapping[str, Record], Inside], dict[str, Record]]
    taken_away: str
    outcomes: dict[str, int]
    above: bool = False
    """Profiles are what the records refer to: they are synced before, and as they are now before the tried run."""
    rows: Sequence[Row] = field(default=(), init=False)
    """How many rows a run tells of depends on what it reads."""

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def sobject(self) -> str:
        return self.entity.target.sobject

    @property
    def business(self) -> tuple[str, ...]:
        return (*FIELDS[self.sobject], *PEOPLES)

    @property
    def now(self) -> dict[str, list[Row]]:
        """All rows as they are now."""
        return {
            name: list(({row["id"]: row for row in rows} | {row["id"]: row for row in self.changes[name]}).values())
            for name, rows in self.at_first.items()
        }

    def source(self) -> Telling:
        """What the run that is tried reads."""
        return Telling(self.now, LATER + timedelta(hours=1))

    def get_ready(self, org: Inside, run: Run) -> None:
        """The org and the entity's file as they are before the run that is tried."""
        for sobject in FIELDS:
            for name, kind in zip(PEOPLES, ("text", "checkbox"), strict=True):
                assert org.door("fields", {"sobject": sobject, "field": {"name": name, "kind": kind}})
        org.org.seed("User", [_user(name) for name in USERS])
        org.org.seed("Account", [{"Source_Key__c": key, "Name": key} for key in ACCOUNTS])
        for sobject, records in self.seeded.items():
            org.org.seed(sobject, [self._by_id(org, record) for record in records])
        listed = Listed([institution(key, key) for key in ACCOUNTS])
        first = Telling(self.at_first, FIRST)
        steps: list[tuple[Entity, Source]] = [(INSTITUTIONS.entity, listed)]
        steps += (
            [(PROFILES, first), (self.entity, first), (PROFILES, self.source())]
            if self.above
            else [(self.entity, first)]
        )
        for entity, source in steps:
            report = run(entity, source)
            assert report.error is None, report.message
        for key, fields in self.typed.items():
            self._write(org, key, fields)

    def _by_id(self, org: Inside, record: Record) -> Record:
        ids = {(name, words): record_id for name in record for record_id, words in _names(org, name).items()}
        return {name: ids.get((name, value), value) for name, value in record.items()}

    def edit(self, org: Inside) -> None:
        """The person's edits."""
        for key, words in self.edits:
            self._write(org, key, {PEOPLES[0]: words})

    def _write(self, org: Inside, key: str, fields: Record) -> None:
        found = org.records(self.sobject, ["Id", "External_Id__c"])
        record_id = next(record["Id"] for record in found if record["External_Id__c"] == key)
        org.person("PATCH", f"sobjects/{self.sobject}/{record_id}", fields)

    def meant(self, org: Inside) -> dict[str, Record]:
        """How the org should end, by key."""
        before, _ = self.found(org)
        for key, words in self.edits:
            before[key][PEOPLES[0]] = words
        return self.ends(org, before)

    def ends(self, org: Inside, before: Mapping[str, Record]) -> dict[str, Record]:
        """How an org that was so should end, by key."""
        service = Service(self.now["profiles"], self.now["connections"], USERS, ACCOUNTS)
        ended = self.oracle(service, before, org)
        blank: Record = {**dict.fromkeys(self.business), PEOPLES[1]: False}
        return {key: {**blank, **record} for key, record in ended.items()}

    def found(self, org: Inside) -> tuple[dict[str, Record], int]:
        """How the org is, told the same way, and the number of live records beyond one a key."""
        names = {name: _names(org, name) for name, _, _ in REFERENCES if name in self.business}
        records = [
            {name: _told(value, names.get(name)) for name, value in record.items()}
            for record in org.records(self.sobject, self.business)
        ]
        ended = {str(record["External_Id__c"]): record for record in records}
        return ended, len(records) - len(ended)


def _names(org: Inside, field: str) -> dict[str, str]:
    """Id → what the records are called that a field refers to; none where it refers to nothing."""
    for name, sobject, key in REFERENCES:
        if name == field:
            return {record["Id"]: record[key] for record in org.records(sobject, ["Id", key])}
    return {}


def _told(value: Any, names: Mapping[str, str] | None) -> Any:
    if value is None or names is not None:
        return (names or {}).get(value, value)
    try:
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f%z")
    except (TypeError, ValueError):
        return value
    # what was written before the run that is tried is of yesterday, or older
    return NOW if moment > datetime.now(UTC) - timedelta(hours=12) else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _user(name: str) -> dict[str, str]:
    who = {"Username": f"{name}@example.org", "Email": f"{name}@example.org", "LastName": name, "Alias": name}
    return {**who, "FederationIdentifier": name}


def _row(when: datetime, usual: Row, key: str, **told: Any) -> dict[str, Any]:
    return {"id": key, **usual, **told, "updated_at": when.isoformat()}


PROFILE_ROW: Row = {"kind": "HCP", "state": "active", "account_ids": []}
CONNECTION_ROW: Row = {"user_id": "ursula", "active": True}
profile_first = partial(_row, FIRST - timedelta(days=30), PROFILE_ROW)
profile_later = partial(_row, LATER, PROFILE_ROW)
connection_first = partial(_row, FIRST - timedelta(days=30), CONNECTION_ROW)
connection_later = partial(_row, LATER, CONNECTION_ROW)
