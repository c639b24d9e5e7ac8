"""Records that no entity keeps and that references point to, such as users; and the record types of the object.

Table `looked_up` (name, Id, fold) holds the names of such records as they are now, read like a snapshot: the first time
all, then what changed. Nothing of them is ever written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.binding import Bound
from pipelines.elsewhere import Records, RecordTypes
from pipelines.entity import Entity
from pipelines.ports import BLIND, Crm, Sight, Window
from pipelines.run import Warehouse
from pipelines.snapshot import OVERLAP_SECONDS
from pipelines.sql import fold_sql, literal, quote


def windows_of(con: duckdb.DuckDBPyConnection, entity: Entity) -> list[Window]:
    """What `look_up` is going to ask for, as far as it is known before the org says what there is."""
    told = [(one, memory.read(con, _mark(one)), memory.read(con, _fields(one))) for one in entity.looked_up]
    return [
        Window(one.sobject, tuple(fields.split()), _since(moment)) for one, moment, fields in told if moment and fields
    ]


def look_up(bound: Bound, crm: Crm, warehouse: Warehouse, *, everything: bool, seen: Sight = BLIND) -> None:
    """`looked_up` holds the names of all records that the entity looks up.

    Where little changed it costs a call each, and none for what `seen` has shown.
    """
    for records in bound.entity.looked_up:
        with warehouse.open() as con:
            told = memory.read(con, _mark(records))
        since = None if everything or told is None else _since(told)
        deleted = "IsDeleted" in bound.looked_up[records.sobject].fields
        fields = ["Id", records.key, *(["IsDeleted"] if deleted else [])]
        taken = crm.snapshot(records.sobject, fields, since=since, seen=seen)
        pages = [page.select(fields) for page in taken.pages]
        with warehouse.open() as con:
            con.execute("begin")
            if since is None:
                con.execute("delete from looked_up where name = ?", [records.name])
            if pages:
                con.register("found_records", pa.concat_tables(pages))
                gone = "r.IsDeleted" if deleted else "false"
                con.execute(
                    "delete from looked_up where name = ? and Id in (select Id from found_records)", [records.name]
                )
                con.execute(
                    f"insert into looked_up select {literal(records.name)}, r.Id, {fold_sql(f'r.{quote(records.key)}')}"
                    f" from found_records r where not {gone} and r.{quote(records.key)} is not null"
                )
                con.unregister("found_records")
            memory.write(con, _mark(records), taken.taken_at.isoformat())
            memory.write(con, _fields(records), " ".join(fields))
            con.execute("commit")


def _mark(records: Records) -> str:
    """What the time of the last look-up is remembered by."""
    return f"looked up {records.name}"


def _fields(records: Records) -> str:
    """What the fields that it asked for are remembered by."""
    return f"looked up {records.name} fields"


def _since(moment: str) -> datetime:
    return datetime.fromisoformat(moment) - timedelta(seconds=OVERLAP_SECONDS)


def elsewhere_sql(bound: Bound) -> list[str]:
    """Statements that add to `work.targets` what references point to outside of all entities."""
    return [
        *(
            f"""
insert into work.targets
select name, fold, any_value(Id)
from looked_up
where name = {literal(records.name)}
group by name, fold
having count(*) = 1 -- a name of two records is nobody's
"""
            for records in bound.entity.looked_up
        ),
        *(
            f"insert into work.targets values ({literal(rule.target)}, lower({literal(word)}), {literal(record_id)})"
            for rule in bound.entity.references.values()
            if isinstance(rule.to, RecordTypes)
            for word, developer_name in rule.to.names.items()
            for record_id in [bound.info.record_types[developer_name].id]
        ),
    ]
