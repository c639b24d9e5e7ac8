"""A small plan that every schedule of faults is tried on, and what a plain-Python oracle says should come of it.

What is the same for all of them is here; the plans themselves are in `institutions` and `people`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.declaring.entity import Entity
from pipelines.ports.source import Source
from pipelines.telling.report import Report
from tests.contract import Record, Row, Spec, fold
from tests.faults.inside import Inside
from tests.faults.outside import Listed
from tests.oracle import Oracle

FLAGS = ("Do_Not_Update__c", "Do_Not_Update_Hierarchy__c")


@dataclass(frozen=True)
class Plan:
    """Both sides before a run, what a person types in the middle of it, and how all of it is declared."""

    entity: Entity
    spec: Spec
    rows: Sequence[Row]
    before: Sequence[Record]
    """Live records as people left them; a reference to another entity is told by key."""
    edits: Sequence[tuple[str, str, str]]
    """Key, field, value. The declaration leaves all of them to people."""
    unmapped: str
    """A field that people use and the declaration does not have."""
    taken_away: str
    """A field that an administrator takes from our user for a while."""
    outcomes: dict[str, int]
    """What a plan says before anything went wrong."""
    above: Plan | None = None
    """The plan of the entity that this one refers to: it is carried out before."""

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def sobject(self) -> str:
        return self.entity.target.sobject

    @property
    def parent(self) -> str:
        return self.spec.parent[0]

    @property
    def business(self) -> tuple[str, ...]:
        """All that people or runs write, but for flags."""
        mapped = (*self.spec.master, *self.spec.fill, self.parent)
        return tuple(dict.fromkeys(("Source_Key__c", *mapped, "Source_Status__c", self.unmapped)))

    def source(self) -> Listed:
        """What the run that is tried reads."""
        return Listed(self.rows)

    def get_ready(self, org: Inside, run: Callable[[Entity, Source], Report]) -> None:
        """The org as it is before the run that is tried; what is above has been carried out."""
        if self.above:
            self.above.settle_in(org)
            assert run(self.above.entity, self.above.source()).error is None
        self.settle_in(org)

    def settle_in(self, org: Inside) -> None:
        """The org as people left it."""
        homes = self._homes(org)
        told = [{**record, self.parent: homes.get(str(record.get(self.parent)))} for record in self.before]
        org.org.seed(self.sobject, [{name: value for name, value in record.items() if value} for record in told])

    def _homes(self, org: Inside) -> dict[str, str]:
        """Key → id of the records that ours refer to."""
        if self.above is None:
            return {}
        found = org.records(self.above.sobject, ["Id", "Source_Key__c"])
        return {str(record["Source_Key__c"]): str(record["Id"]) for record in found}

    def edit(self, org: Inside) -> None:
        """The person's edits."""
        ids = {record["Source_Key__c"]: record["Id"] for record in org.records(self.sobject, ["Id", "Source_Key__c"])}
        for key, field, value in self.edits:
            org.person("PATCH", f"sobjects/{self.sobject}/{ids[key]}", {field: value})

    def meant(self, org: Inside) -> dict[str, Record]:
        """How the org should end, by label; parents by their keys."""
        del org  # it is as the plan says
        blank: Record = {**dict.fromkeys(self.business), **dict.fromkeys(FLAGS, False)}
        records = {f"r{n}": {**blank, **record} for n, record in enumerate(self.before)}
        for record in records.values():
            record |= {field: value for key, field, value in self.edits if key == record["Source_Key__c"]}
        homes = {fold(record["Source_Key__c"]): str(record["Source_Key__c"]) for record in self._above}
        ended = Oracle(self.spec, self.rows, records, creates=True, accounts=homes).records
        keys = {name: record["Source_Key__c"] for name, record in ended.items()} | {
            home: home for home in homes.values()
        }
        return {self.label(record): self._told(record, keys) for record in ended.values()}

    @property
    def _above(self) -> Sequence[Record]:
        return self.above.before if self.above else ()

    def found(self, org: Inside) -> tuple[dict[str, Record], int]:
        """How the org did end, told the same way, and the number of live records beyond one a label."""
        records = org.records(self.sobject, ["Id", *self.business])
        keys = {record["Id"]: record["Source_Key__c"] for record in records}
        keys |= {record_id: key for key, record_id in self._homes(org).items()}
        ended = {self.label(record): self._told(record, keys) for record in records}
        return ended, len(records) - len(ended)

    def label(self, record: Record) -> str:
        """The key of a record; one without is told by what people call it."""
        words = (record.get("Name") or record.get("LastName"), record.get("Phone"))
        return str(record["Source_Key__c"] or " ".join(str(word) for word in words if word))

    def _told(self, record: Record, keys: dict[str, str | None]) -> Record:
        told = {name: record.get(name) for name in self.business}
        told |= {name: fold(told[name]) or None for name in self.spec.emails}
        return {**told, self.parent: keys.get(str(told[self.parent]))}
