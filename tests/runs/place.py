"""A place where Concord runs whole: a home, its feeds, and a sandbox org of its own that real clients talk to.

What a test says of the world belongs in the test; this is only how to set it up, run an entity and look at the end.
"""

from __future__ import annotations

import csv
import itertools
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from assets.accounts import ENTITY as ACCOUNTS
from assets.personnel import ENTITY as PERSONNEL
from pipelines.declaring.entity import Entity
from pipelines.loading.batching import Batching
from pipelines.run import Request, Stopped, World
from pipelines.sync import Sync
from pipelines.telling.report import Report
from resources.salesforce.org import SalesforceOrg
from resources.salesforce.patience import Patience
from resources.sandbox.launch import attach, running
from resources.settings import Settings
from resources.world import sandbox_state, world_of
from tests.resources.salesforce.embedded import Embedded

ROOT = Path(__file__).parents[2]
ENTITIES = {entity.name: entity for entity in (ACCOUNTS, PERSONNEL)}
ALL_BULK = Batching(job_calls=0, job_rows=100)
HASTY = Patience(attempts=3, pause=0.01, longest=2)
Row = Mapping[str, object]
_NUMBERS = itertools.count(1)

NOT_COMPARED = {"Id", "SystemModstamp", "LastModifiedById", "Source_Synced_At__c", "MasterRecordId", "IsDeleted"}


def unchanged(world: World) -> World:
    """The world as it is."""
    return world


class Place:
    """One home beside one running sandbox."""

    def __init__(self, home: Path, org: Embedded) -> None:
        self.home = home
        self.org = org

    def settings(self, **given: object) -> Settings:
        return self.org.settings(concord_home=self.home, **given)

    def feed(self, name: str, rows: Sequence[Row]) -> None:
        """`<name>.csv` holds these rows; a column that a row lacks is blank."""
        write_feed(self.home, name, rows)

    def run(
        self,
        entity: Entity | str,
        *,
        world: Callable[[World], World] = unchanged,
        approved: bool = False,
        bulk: bool = False,
        **request: Any,
    ) -> Report:
        """The report of one run. `approved`: whatever the plan is, a person wants it; `bulk`: by bulk jobs alone."""
        declared = ENTITIES[entity] if isinstance(entity, str) else entity
        with world_of(self.settings(), declared.name, patience=HASTY) as usual:
            batching = ALL_BULK if bulk else usual.batching
            outside = world(replace(usual, sleep=lambda _: None, batching=batching))
            return run_once(declared, outside, Request(run_id=run_id(), **request), approved=approved)

    def until_quiet(self, entity: str, *, most: int = 5, **request: Any) -> list[Report]:
        """Runs until one has nothing to do."""
        reports = []
        for _ in range(most):
            reports.append(self.run(entity, approved=True, **request))
            if reports[-1].status == "nothing_to_do":
                return reports
        raise AssertionError(f"{entity} is not quiet after {most} runs: {[report.as_json() for report in reports]}")

    def ask(self, entity: str, sql: str) -> list[tuple[Any, ...]]:
        """What an entity's own file holds."""
        with duckdb.connect(self.home / f"{entity}.duckdb", read_only=True) as con:
            return con.execute(sql).fetchall()

    def outcomes(self, entity: str) -> dict[str, str]:
        """Key → `outcome: reason` of the last run that got as far as outcomes."""
        sql = "select coalesce(key, file || ':' || line), outcome || coalesce(': ' || reason, '') from work.outcomes"
        return dict(self.ask(entity, sql))

    def records(self, sobject: str, *more: str) -> dict[str, dict[str, object]]:
        """The org's live records by key (else by name), business fields only, parents told by their keys."""
        entity = next(entity for entity in ENTITIES.values() if entity.target.sobject == sobject)
        freeze = [flag for flag in (entity.freeze.mapped, entity.freeze.hierarchy) if flag]
        fields = [
            "Id",
            "Name" if sobject == "Account" else "LastName",
            entity.target.key,
            *entity.fields,
            *freeze,
            *more,
        ]
        fields = list(dict.fromkeys(fields))
        with SalesforceOrg(self.settings()) as org:
            rows = _all(org, sobject, fields)
            keys = {row["Id"]: row["Source_Key__c"] or row["Id"] for row in rows}
            if sobject != "Account":
                keys |= {
                    row["Id"]: row["Source_Key__c"] or row["Name"]
                    for row in _all(org, "Account", ["Id", "Source_Key__c", "Name"])
                }
        found: dict[str, dict[str, object]] = {}
        for row in rows:
            keyless = f"keyless {row[fields[1]]}"
            key = str(row["Source_Key__c"] or (f"{keyless} {row['Id']}" if keyless in found else keyless))
            assert key not in found, f"two live records have the key {key}"
            told = {name: value for name, value in row.items() if name not in NOT_COMPARED}
            found[key] = told | {name: keys.get(told[name]) for name in ("ParentId", "AccountId") if told.get(name)}
        return found

    def by_id(self, sobject: str, fields: Iterable[str]) -> dict[str, dict[str, Any]]:
        """These fields of the org's live records, and their keys, by id."""
        with SalesforceOrg(self.settings()) as org:
            rows = _all(org, sobject, ["Id", "Source_Key__c", *sorted(fields)])
        return {row.pop("Id"): row for row in rows}


def _all(org: SalesforceOrg, sobject: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    return [row for page in org.snapshot(sobject, fields, since=None).pages for row in page.to_pylist()]


def run_id() -> str:
    """One that no other run has."""
    return f"run-{os.getpid()}-{next(_NUMBERS)}"


def run_once(entity: Entity, world: World, request: Request, *, approved: bool) -> Report:
    """The report of one run in this world."""
    try:
        with Sync(entity, world, request) as sync:
            plan = sync.prepare()
            if approved:
                sync.request = replace(request, approve=plan.hash)
            return sync.carry_out()
    except Stopped as stopped:
        return stopped.report


def write_feed(home: Path, name: str, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    (home / "feeds").mkdir(parents=True, exist_ok=True)
    with (home / "feeds" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)


@contextmanager
def place(home: Path) -> Iterator[Place]:
    """The sandbox of this home serves while the block runs."""
    with running(home / "sandbox") as connection:
        yield Place(home, Embedded(connection))


def served(home: Path) -> Settings:
    """Settings of a process of its own for a home whose sandbox another process serves."""
    from resources.settings import read_settings
    from resources.world import at_sandbox

    settings = read_settings(env_file=None, concord_home=home)
    serving = attach(sandbox_state(settings))
    assert serving is not None, f"nobody serves the sandbox of {home}"
    return at_sandbox(settings, serving)


def copy_of(home: Path, to: Path) -> Path:
    """A home as this one is, its sandbox stopped."""
    shutil.copytree(home, to)
    return to
