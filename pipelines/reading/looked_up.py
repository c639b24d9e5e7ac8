"""Records that no entity keeps and that references point to, such as users; and the record types of the object.

Table `looked_up` (name, Id, fold, became) holds the names of such records as they are now, read like a snapshot: the
first time all, then what changed. Nothing of them is ever written.

A lead that was converted `became` a contact, to which Salesforce moves whatever referred to it: references go there, as
it takes none to the lead any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.declaring.elsewhere import OneOf, Records, RecordTypes
from pipelines.declaring.entity import Entity
from pipelines.ports.crm import Crm
from pipelines.ports.objects import BLIND, Sight, Window
from pipelines.reading.binding import Bound
from pipelines.reading.snapshot import OVERLAP_SECONDS
from pipelines.run import Warehouse
from pipelines.sql import fold_sql, literal, literals, quote

CONVERTED, CONTACT = "IsConverted", "ConvertedContactId"
"""Of a lead: whether it was, and what it became. The contact may be gone."""


def windows_of(con: duckdb.DuckDBPyConnection, entity: Entity) -> list[Window]:
    """What `look_up` is going to ask for, as far as it is known before the org says what there is."""
    asked = _by_object(entity).items()
    told = [(sobject, memory.read(con, _mark(names)), memory.read(con, _fields(names))) for sobject, names in asked]
    return [
        Window(sobject, tuple(fields.split()), _since(moment)) for sobject, moment, fields in told if moment and fields
    ]


def look_up(bound: Bound, crm: Crm, warehouse: Warehouse, *, everything: bool, seen: Sight = BLIND) -> None:
    """`looked_up` holds the names of all records that the entity looks up, by whatever field each is named.

    Where little changed it costs a call for each object, and none for what `seen` has shown.
    """
    for sobject, names in _by_object(bound.entity).items():
        told_too = [name for name in ("IsDeleted", CONVERTED, CONTACT) if name in bound.looked_up[sobject].fields]
        fields = list(dict.fromkeys(["Id", *(records.key for records in names), *told_too]))
        with warehouse.open() as con:
            told = memory.read(con, _mark(names))
            others = memory.read(con, _fields(names)) != " ".join(fields)
        since = None if everything or others or told is None else _since(told)
        taken = crm.snapshot(sobject, fields, since=since, seen=seen)
        pages = [page.select(fields) for page in taken.pages]
        with warehouse.open() as con:
            con.execute("begin")
            for records in names:
                _keep(con, records, pages, whole=since is None)
            memory.write(con, _mark(names), taken.taken_at.isoformat())
            memory.write(con, _fields(names), " ".join(fields))
            con.execute("commit")


def _keep(con: duckdb.DuckDBPyConnection, records: Records, pages: Sequence[pa.Table], *, whole: bool) -> None:
    """These records are known by this name of theirs; `whole`: and no others."""
    if whole:
        con.execute("delete from looked_up where name = ?", [records.name])
    if not pages:
        return
    found = pa.concat_tables(pages)
    con.register("found_records", found)
    deleted = "r.IsDeleted" if "IsDeleted" in found.column_names else "false"
    converted = f"r.{CONVERTED}" if CONVERTED in found.column_names else "false"
    became = f"case when {converted} then r.{CONTACT} end" if CONTACT in found.column_names else "null"
    con.execute("delete from looked_up where name = ? and Id in (select Id from found_records)", [records.name])
    con.execute(
        f"insert into looked_up select {literal(records.name)}, r.Id, {fold_sql(f'r.{quote(records.key)}')}, {became}"
        f" from found_records r where not {deleted} and r.{quote(records.key)} is not null"
        f" and not ({converted} and {became} is null)"
    )
    con.unregister("found_records")


def _by_object(entity: Entity) -> dict[str, list[Records]]:
    """An object is asked once, whatever it is looked up by."""
    found: dict[str, list[Records]] = {}
    for records in entity.looked_up:
        found.setdefault(records.sobject, []).append(records)
    return found


def _mark(names: Sequence[Records]) -> str:
    """What the time of the last look-up is remembered by."""
    return f"looked up {' '.join(records.name for records in names)}"


def _fields(names: Sequence[Records]) -> str:
    """What the fields that it asked for are remembered by."""
    return f"{_mark(names)} fields"


def _since(moment: str) -> datetime:
    return datetime.fromisoformat(moment) - timedelta(seconds=OVERLAP_SECONDS)


def elsewhere_sql(bound: Bound) -> list[str]:
    """Statements that add to `work.targets` what references point to outside of all entities."""
    targets = [rule.to for rule in bound.entity.references.values()]
    meant = _meant_sql(bound.entity)
    return [
        *(
            f"""
insert into work.targets
select name, fold, any_value(Id)
from ({meant})
where name = {literal(records.name)}
group by name, fold
having count(distinct Id) = 1 -- a name of two records is nobody's
"""
            for records in bound.entity.looked_up
        ),
        *(_first_sql(to, meant) for to in dict.fromkeys(to for to in targets if isinstance(to, OneOf))),
        *(
            f"insert into work.targets values ({literal(rule.target)}, lower({literal(word)}), {literal(record_id)})"
            for rule in bound.entity.references.values()
            if isinstance(rule.to, RecordTypes)
            for word, developer_name in rule.to.names.items()
            for record_id in [bound.info.record_types[developer_name].id]
        ),
    ]


def _meant_sql(entity: Entity) -> str:
    """Selects (name, fold, Id): the record that a reference by this name goes to, if it is there as far as we know."""
    contacts = Records("Contact", "Id")
    there = f"became in (select Id from looked_up where name = {literal(contacts.name)})"
    known = f"where became is null or {there}" if contacts in entity.looked_up else ""
    return f"select name, fold, coalesce(became, Id) as Id from looked_up {known}"


def _first_sql(ways: OneOf, meant: str) -> str:
    """Adds what a name means by the first of several ways in which it means one record."""
    order = " ".join(f"when {literal(records.name)} then {n}" for n, records in enumerate(ways.records))
    return f"""
insert into work.targets
select {literal(ways.name)}, fold, arg_min(Id, place)
from (
  select name, fold, any_value(Id) as Id, case name {order} end as place
  from ({meant})
  where name in {literals(records.name for records in ways.records)}
  group by name, fold
  having count(distinct Id) = 1
)
group by fold
"""
