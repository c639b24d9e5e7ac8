"""The administrator's doors to records: seeding, and what people and the system do behind a client's back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from . import bodies_of_records as bodies
from .converting import convert
from .dml import Dml, RowResult
from .door_bodies import Fields
from .errors import RowError
from .ids import to18
from .merging import merge
from .permissions import User
from .recycle_bin import empty, undelete
from .store import quote
from .system_changes import touch

if TYPE_CHECKING:
    from .org import Org


class RecordDoors:
    """`as` names the user who acts (an ordinary one unless given); records are named by `ids` or by `where`, whose
    keys are fields.
    """

    def __init__(self, org: Org) -> None:
        self._org = org

    def seed(self, body: bodies.Seed) -> object:
        """{sobject, rows | columns}: records past all checks, audit fields included."""
        sobject = self._org.catalogue.named(body.sobject).name
        return {"ids": self._org.seed(sobject, _rows(body))}

    def create(self, body: bodies.Create) -> object:
        """{sobject, rows, as?}: somebody makes records."""
        return _ids(self._writes(body).insert(body.sobject, body.rows))

    def edit(self, body: bodies.Edit) -> object:
        """{sobject, ids | where: {field: value}, fields, as?}: somebody edits records."""
        rows = [{**body.fields_, "Id": record_id} for record_id in self._named(body)]
        return _ids(self._writes(body).update(body.sobject, rows))

    def delete(self, body: bodies.NamedByUser) -> object:
        """{sobject, ids | where: {field: value}, as?}: somebody deletes records."""
        return _ids(self._writes(body).delete(body.sobject, self._named(body)))

    def undelete(self, body: bodies.NamedByUser) -> object:
        """{sobject, ids | where: {field: value}, as?}: somebody takes records out of the recycle bin."""
        return _ids(undelete(self._org, self._user(body), self._named(body, deleted=True)))

    def empty(self, body: bodies.NamedByUser) -> object:
        """{sobject, ids | where: {field: value}, as?}: deleted records are gone for good."""
        return _ids(empty(self._org, self._user(body), self._named(body, deleted=True)))

    def merge(self, body: bodies.Merge) -> object:
        """{sobject, master, losers, fields?, as?}: somebody merges up to three records, each named by its id or by
        {field: value}.
        """
        master = self._one(body.sobject, body.master)
        losers = [self._one(body.sobject, loser) for loser in body.losers]
        merged = merge(self._org, self._user(body), body.sobject, master, body.fields_ or {}, losers)
        if merged.errors:
            raise ValueError(f"{merged.errors[0].code}: {merged.errors[0].message}")
        return {"id": merged.id, "merged": merged.merged_record_ids, "moved": merged.updated_related_ids}

    def convert(self, body: bodies.Convert) -> object:
        """{lead, account?, contact?, as?}: somebody converts a lead; each is named by its id or by {field: value}."""
        named = {
            name.lower(): self._one(name, asked)
            for name, asked in (("Account", body.account), ("Contact", body.contact))
            if asked is not None
        }
        converted = convert(self._org, self._user(body), self._one("Lead", body.lead), **named)
        if isinstance(converted, RowError):
            raise ValueError(f"{converted.code}: {converted.message}")
        return asdict(converted)

    def touch(self, body: bodies.Touch) -> object:
        """{sobject, ids | where: {field: value}, fields?}: the system changes records; only SystemModstamp moves."""
        ids = self._existing(body)
        touch(self._org, body.sobject, ids, body.fields_ or {})
        return {"ids": ids}

    def lock(self, body: bodies.Lock) -> object:
        """{sobject, ids | where: {field: value}, seconds, wait?} | {wait}: held records refuse writes; batches wait for
        each other.
        """
        ids = [] if body.seconds is None else self._existing(body.records())
        if body.wait is not None:
            self._org.locks.wait = body.wait
        self._org.locks.hold(ids, body.seconds or 0)
        return {"ids": ids}

    def _writes(self, body: bodies.ByUser) -> Dml:
        return Dml(self._org, self._user(body))

    def _user(self, body: bodies.ByUser) -> User:
        user = self._org.user_named(body.username)
        if user is None:
            raise ValueError(f"no active user {body.username!r}")
        return user

    def _named(self, body: bodies.Named, *, deleted: bool = False) -> list[str]:
        """The ids of the records; those that are given are not looked for, as whatever uses them does so itself."""
        return self._where(body.sobject, body.where or {}, deleted=deleted) if body.ids is None else body.ids

    def _existing(self, body: bodies.Named) -> list[str]:
        """The ids of the records, each of which is there, if only in the recycle bin."""
        if body.ids is None:
            return self._named(body)
        definition = self._org.catalogue.named(body.sobject)
        sql = f'select 1 from {quote(definition.name)} where "Id" = ?'
        with self._org.store.read() as db:
            for record_id in body.ids:
                if db.execute(sql, (to18(record_id),)).fetchone() is None:
                    raise ValueError(f"no {definition.name} has the id {record_id!r}")
        return [to18(record_id) for record_id in body.ids]

    def _one(self, sobject: str, asked: bodies.One) -> str:
        if isinstance(asked, str):
            return asked
        found = self._where(sobject, asked, deleted=False)
        if len(found) != 1:
            raise ValueError(f"{len(found)} records of {sobject} are {dict(asked)}, not one")
        return found[0]

    def _where(self, sobject: str, values: Mapping[str, object], *, deleted: bool) -> list[str]:
        """The ids of the records with those values, none of which may be of nobody."""
        definition = self._org.catalogue.named(sobject)
        tests = [f'"IsDeleted" = {int(deleted)}'] if definition.has_soft_delete else ["true"]
        for name in values:
            f = definition.field(name)
            if f is None or not f.stored:
                raise ValueError(f"{definition.name} has no field {name!r}")
            tests.append(f"{quote(f.name)} is ?")
        sql = f'select "Id" from {quote(definition.name)} where {" and ".join(tests)} order by rowid'
        with self._org.store.read() as db:
            found = [str(row[0]) for row in db.execute(sql, list(values.values()))]
        if not found:
            raise ValueError(f"no {'deleted' if deleted else 'living'} {definition.name} is {dict(values)}")
        return found


def _ids(results: Sequence[RowResult]) -> object:
    """The ids of the records; ValueError if one of them was refused."""
    for result in results:
        if result.errors:
            raise ValueError(f"{result.errors[0].code}: {result.errors[0].message}")
    return {"ids": [result.id for result in results]}


def _rows(body: bodies.Seed) -> list[Fields]:
    """The rows, given as `rows` or as `columns` of equal length."""
    columns = body.columns or {}
    return body.rows or [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
