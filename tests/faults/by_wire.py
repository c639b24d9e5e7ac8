"""A small plan carried out over real connections: each trial from the same org and an empty home."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from pipelines.run import Request, World
from pipelines.telling.report import Report
from resources.salesforce.org import SalesforceOrg
from resources.salesforce.patience import Patience
from resources.sandbox.administration import Administrator
from resources.sandbox.people import ADMINISTRATOR
from resources.warehouse import Warehouse
from resources.world import silent
from tests.contract import Record
from tests.faults.behind_a_port import behind_a_port
from tests.faults.inside import Inside, inside
from tests.faults.outside import ROUTES, HeldOpen
from tests.faults.plan import Plan
from tests.faults.trial import differences
from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import run_id, run_once

LONGEST_PAUSE = 0.03
START = "start"


def briefly(seconds: float) -> None:
    """Waits, but no longer than a test can afford: an org that asks for a second gets less."""
    time.sleep(min(seconds, LONGEST_PAUSE))


def patience(silence: float = 60) -> Patience:
    """Three attempts. `silence`: the seconds after which no answer is waited for any more."""
    return Patience(read=silence, write=silence, attempts=3, pause=0.01, longest=2, sleep=briefly)


@dataclass
class Line:
    """The plan, its org behind a port, and the entity's file of this trial."""

    plan: Plan
    org: Inside
    door: Embedded
    admin: Administrator
    warehouse: HeldOpen
    route: str = "collections"
    patience: Patience = field(default_factory=patience)
    ids: Mapping[str, str] = field(init=False)
    """Key → id of the records that were there before."""

    def __post_init__(self) -> None:
        self.ids = self._ids()

    def trouble(self, *rules: Mapping[str, Any]) -> None:
        """These faults, and a person who types each of the plan's edits while a run is under way."""
        # after the look at the org, and after the first reading of it
        moments = ({"method": "POST", "path": "/composite$"}, {"method": "GET", "path": "/query$"})
        typing = [
            {**moment, "action": "meanwhile", "after": True, "door": "records/edit", "body": self._typed(*edit)}
            for moment, edit in zip(moments, self.plan.edits, strict=True)
        ]
        self.admin.set_faults(*rules, *typing)

    def _typed(self, key: str, name: str, value: str) -> dict[str, Any]:
        return {"sobject": self.plan.sobject, "where": {"Source_Key__c": key}, "fields": {name: value}}

    def types(self, key: str, name: str, value: str) -> None:
        """A person edits a record over a connection of their own, on which the faults in force are met."""
        where = self.door.connection
        asking = {"Authorization": f"Bearer {self.admin.session(ADMINISTRATOR)}"}
        url = f"{where.url}/services/data/v62.0/sobjects/{self.plan.sobject}/Source_Key__c/{key}"
        requests.patch(url, json={name: value}, headers=asking, verify=where.ca_file, timeout=30).raise_for_status()

    def run(self, **asked: Any) -> Report:
        """The report of one run."""
        settings = self.door.settings(concord_home=self.warehouse.path.parent)
        with SalesforceOrg(settings, self.patience) as crm:
            world = World(
                source=self.plan.source(),
                crm=lambda: crm,
                warehouse=self.warehouse,
                clock=self.org.org.time,
                progress=silent,
                sleep=lambda _: None,
                batching=ROUTES[self.route],
            )
            return run_once(self.plan.entity, world, Request(run_id=run_id(), **asked), approved=True)

    def until_quiet(self, most: int = 4) -> list[Report]:
        """The reports of runs until one has nothing to do; so many at most."""
        reports = [self.run()]
        while reports[-1].status != "nothing_to_do":
            assert len(reports) < most, [report.as_json() for report in reports]
            reports.append(self.run())
        return reports

    def unmet(self) -> list[str]:
        """The rules in force that no call met, or that could not be carried out."""
        return [str(rule) for rule in self.admin.faults() if not rule["met"] or rule["problem"]]

    def sent(self) -> int:
        """How many calls with new records there were so far."""
        posted = [call["path"].rstrip("/") for call in self.admin.calls() if call["method"] == "POST"]
        return sum(path.endswith("/composite/sobjects") for path in posted)

    def wrong(self, meant: Mapping[str, Record]) -> list[str]:
        """Where the org is not as it should be."""
        found, twice = self.plan.found(self.org)
        said = differences(found, meant) + ([f"{twice} records twice"] if twice else [])
        now = self._ids()
        return said + [f"{key} is another record" for key, record in self.ids.items() if now.get(key) != record]

    def _ids(self) -> dict[str, str]:
        """Key → record, of those that have a key."""
        found = self.org.records(self.plan.sobject, ["Id", "Source_Key__c"])
        return {record["Source_Key__c"]: record["Id"] for record in found if record["Source_Key__c"]}


@dataclass(frozen=True)
class Lines:
    """An org as people left it, on which trial after trial begins."""

    plan: Plan
    org: Inside
    door: Embedded
    admin: Administrator

    @contextmanager
    def line(self, home: Path, route: str) -> Iterator[Line]:
        """One trial from the start."""
        self.admin.set_faults()
        self.admin.do("snapshots/restore", name=START)
        self.admin.forget_calls()
        with closing(HeldOpen(Warehouse(home, self.plan.name))) as warehouse:
            yield Line(self.plan, self.org, self.door, self.admin, warehouse, route)


@contextmanager
def lines(state: Path, plan: Plan) -> Iterator[Lines]:
    """The org of the plan serves while the block runs."""
    with ExitStack() as stack:
        org = stack.enter_context(inside(state))
        connection = stack.enter_context(behind_a_port(org.org))
        plan.settle_in(org)
        admin = Administrator(connection)
        admin.do("snapshots", name=START)
        yield Lines(plan, org, Embedded(connection), admin)
