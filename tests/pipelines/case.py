"""A small world for the thinking: source rows and CRM records as dicts, in DuckDB's memory, and what would be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.declaring.derived_rules import Always, EndedAt, StampedWith
from pipelines.declaring.entity import AnyRule, Entity
from pipelines.declaring.rules import Reference
from pipelines.linking.scope import Scope
from pipelines.loading.plan import Plan, read_plan
from pipelines.ports.objects import FieldInfo, ObjectInfo, RecordTypeInfo, arrow_type
from pipelines.reading import delivery
from pipelines.reading.binding import Bound, bind
from pipelines.reading.reading import set_now
from pipelines.reading.snapshot import empty_records_sql, merge_sql
from pipelines.reconciling.thinking import Wish, think
from pipelines.sql import beside, given, quote
from pipelines.telling.outcomes import TABLE, other_outcomes_sql, scope_outcomes_sql

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

TYPES = {
    "IsDeleted": "boolean",
    "Do_Not_Update__c": "boolean",
    "Do_Not_Update_Hierarchy__c": "boolean",
    "Created_By_Source__c": "boolean",
    "SystemModstamp": "datetime",
    "LastModifiedDate": "datetime",
    "ActivityDate": "date",
    "Description": "textarea",
    "StartDateTime": "datetime",
    "EndDateTime": "datetime",
    "IsPrivate": "boolean",
    "IsAllDayEvent": "boolean",
    "Is_Private__c": "boolean",
    "IsRecurrence": "boolean",
    "Source_Synced_At__c": "datetime",
    "NumberOfEmployees": "int",
    "Email": "email",
    "ParentId": "reference",
    "AccountId": "reference",
    "Id": "id",
    "MasterRecordId": "reference",
    "LastModifiedById": "reference",
}


def org_object(entity: Entity) -> ObjectInfo:
    """An org whose object has just what the entity needs, with the types that the names tell."""
    names = [
        "Id",
        "IsDeleted",
        "MasterRecordId",
        "SystemModstamp",
        "LastModifiedById",
        entity.target.key,
        *entity.fields,
    ]
    names += [flag for flag in (entity.freeze.mapped, entity.freeze.hierarchy) if flag]
    names += [entity.twins.name, *entity.twins.places] if entity.twins else []
    names += ["LastModifiedDate", *entity.both.flags] if entity.both else []
    return ObjectInfo(
        entity.target.sobject,
        {
            name: FieldInfo(
                name,
                name,
                _type_of(name, entity.fields.get(name)),
                length=255,
                unique=name == entity.target.key,
                external_id=name == entity.target.key,
            )
            for name in names
        },
        createable=True,
        updateable=True,
        deletable=True,
        record_types={
            name: RecordTypeInfo(f"012{number}", available=True)
            for rule in entity.fields.values()
            for number, name in enumerate(rule.record_types)
        },
    )


def _type_of(field: str, rule: AnyRule | None) -> str:
    if isinstance(rule, Reference):
        return "reference"
    if isinstance(rule, EndedAt | StampedWith):
        return "datetime"
    return TYPES.get(field, "boolean" if isinstance(rule, Always) else "string")


class Case:
    """One entity's file in memory. `plan()` thinks; what came of it is read by `cells` and `outcomes`."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.bound: Bound = bind(entity, org_object(entity))
        self.con = duckdb.connect()
        memory.prepare(self.con, Path("memory"))
        set_now(self.con, NOW)
        self.con.execute("set variable run_id = 'run'")
        self.con.execute("create schema landing")
        self.con.execute("create table landing.rejects (_file varchar, _line bigint, reason varchar)")
        for statement in empty_records_sql(self.bound):
            self.con.execute(statement)

    def source(self, rows: Iterable[Mapping[str, object]]) -> Case:
        """The feed as it is now."""
        columns = self.entity.columns
        data = {
            name: pa.array([None if row.get(name) is None else str(row[name]) for row in given], pa.string())
            for given in [list(rows)]
            for name in columns
        }
        count = len(next(iter(data.values())))
        places = {
            "_file": pa.array(["feed.csv"] * count, pa.string()),
            "_line": pa.array(range(1, count + 1), pa.int64()),
        }
        table = pa.table({**places, **data})
        self.con.register("landed", table)
        self.con.execute("create or replace table landing.rows as from landed")
        delivery.bring(self.con, self.bound)
        delivery.accept(self.con, self.bound)
        return self

    def crm(self, records: Iterable[Mapping[str, object]]) -> Case:
        """Records of the CRM that changed."""
        rows = [{"IsDeleted": False, **record} for record in records]
        schema = pa.schema([(name, arrow_type(self.bound.type_of(name))) for name in self.bound.record_fields])
        pages = pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
        self.con.register("pages", pages)
        for statement in merge_sql(self.bound, "pages"):
            self.con.execute(statement)
        return self

    def linked(self, links: Mapping[str, str]) -> Case:
        """Links stored by an earlier run: source key → record id."""
        for key, record_id in links.items():
            self.con.execute("insert into links values (lower(?), ?, ?)", [key, key, record_id])
        return self

    def beside(self, collection: str, rows: Iterable[Mapping[str, str | None]]) -> Case:
        """What a collection beside the source holds."""
        listed = list(rows)
        self.con.register("told", pa.Table.from_pylist(listed))
        columns = ", ".join(f"t.{quote(name)} as {given(name)}" for name in listed[0])
        self.con.execute(f"create or replace table {beside(collection)} as select {columns} from told t")
        return self

    def looked_up(self, name: str, records: Mapping[str, str]) -> Case:
        """Records that no entity keeps: record id → its name there."""
        for record_id, key in records.items():
            self.con.execute("insert into looked_up (name, Id, fold) values (?, ?, lower(?))", [name, record_id, key])
        return self

    def plan(
        self,
        *,
        creates: bool = False,
        scope: Scope = "all",
        targets: Mapping[str, str] | None = None,
        ended: Iterable[str] = (),
        hold_twins: bool = False,
    ) -> Plan:
        """Thinks; `targets` are other entities' records by source key, `ended` those of them that are over."""
        published: dict[str, Path] = {}
        if self.entity.depends_on:
            self._publish(targets or {}, list(ended), published)
        think(self.con, self.bound, Wish(scope, creates=creates, hold_twins=hold_twins), published)
        self.con.execute(TABLE)
        for statement in scope_outcomes_sql(self.bound, "planned", creates=creates):
            self.con.execute(statement)
        for statement in other_outcomes_sql(scope):
            self.con.execute(statement)
        return read_plan(self.con, self.bound, rows_before=0, rows_now=0)

    def _publish(self, targets: Mapping[str, str], ended: Iterable[str], published: dict[str, Path]) -> None:
        for name in self.entity.depends_on:
            path = Path(f"{name}.published.duckdb")
            path.unlink(missing_ok=True)
            with duckdb.connect(path) as other:
                memory.prepare(other, path)
                other.execute("create table reference_links (fold varchar, record_id varchar)")
                for key, record_id in targets.items():
                    other.execute("insert into reference_links values (lower(?), ?)", [key, record_id])
                for key in ended:
                    other.execute("insert into ended values (lower(?))", [key])
            published[name] = path

    @property
    def cells(self) -> set[tuple[str, str | None, str, str | None, str | None]]:
        """(key, record, field, old, new) of every planned cell but time stamps; a parent to come is `→ key`."""
        found = self.con.execute(
            "select fold, record_id, field, old, coalesce(new, '→ ' || waits_for) from work.cells"
            " where rule <> 'synced_at'"
        ).fetchall()
        return set(found)

    def changes(self, key: str) -> dict[str, str | None]:
        """Field → new value of one source row."""
        return {field: new for fold, _, field, _, new in self.cells if fold == key.lower()}

    @property
    def outcomes(self) -> dict[str, str]:
        """Key → `outcome: reason`."""
        found = self.con.execute(
            "select coalesce(key, file || ':' || line), outcome || coalesce(': ' || reason, '') from work.outcomes"
        ).fetchall()
        return dict(found)
