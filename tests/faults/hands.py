"""What people see and do in the CRM, in the machine of `both_sides`: they type, delete, bring back and merge."""

from __future__ import annotations

from collections.abc import Mapping

from resources.sandbox.people import ADMINISTRATOR
from tests.contract import Record
from tests.faults import promises
from tests.faults.inside import Inside
from tests.faults.plan import FLAGS, Plan
from tests.faults.sent import STAMP


class Hands:
    """Those of everybody who works with the records of one plan."""

    def __init__(self, plan: Plan, org: Inside) -> None:
        self.plan = plan
        self.org = org
        self.winners: dict[str, str] = {}
        """A record that was merged into another → that one."""

    @property
    def fields(self) -> tuple[str, ...]:
        """All that people or runs write, the unmapped field, the flags and the stamp among them."""
        return (*self.plan.business, *FLAGS, promises.BY_SOURCE, STAMP)

    def state(self) -> promises.State:
        """Live records by id."""
        return {str(record.pop("Id")): record for record in self.org.records(self.plan.sobject, ["Id", *self.fields])}

    def keys_there(self) -> set[object]:
        return {record["Source_Key__c"] for record in self.org.records(self.plan.sobject, ["Source_Key__c"])}

    def record(self, number: int) -> str | None:
        """The id of one of the live records."""
        found = sorted(str(record["Id"]) for record in self.org.records(self.plan.sobject, ["Id"]))
        return found[number % len(found)] if found else None

    def creates(self, record: Record) -> None:
        given = {field: value for field, value in record.items() if value}
        self.org.person("POST", f"sobjects/{self.plan.sobject}", given)

    def edits(self, record_id: str, fields: Mapping[str, object]) -> None:
        self.org.person("PATCH", f"sobjects/{self.plan.sobject}/{record_id}", fields)

    def deletes(self, record_id: str) -> None:
        self.org.person("DELETE", f"sobjects/{self.plan.sobject}/{record_id}")

    def undeletes(self, number: int) -> None:
        """One of the deleted records is back, if there is any; merged ones stay away."""
        records = self.org.records(self.plan.sobject, ["Id", "IsDeleted"], deleted=True)
        gone = sorted(record["Id"] for record in records if record["IsDeleted"] and record["Id"] not in self.winners)
        if gone:
            self.org.door("records/undelete", {"sobject": self.plan.sobject, "ids": [gone[number % len(gone)]]})

    def merges(self, master: str, loser: str) -> None:
        who = {"master": {"Id": master}, "losers": [{"Id": loser}]}
        if self.org.door("records/merge", {"sobject": self.plan.sobject, **who, "as": ADMINISTRATOR}):
            self.winners[loser] = master

    def puts_below(self, record_id: str, above: str) -> None:
        """If the org lets it be: what is above already is refused."""
        body = {"sobject": self.plan.sobject, "ids": [record_id], "fields": {self.plan.parent: above}}
        self.org.door("records/edit", {**body, "as": ADMINISTRATOR})
