"""The administrator's doors to records: seeding, and what people and the system do behind a client's back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .converting import convert
from .dml import Dml, RowResult
from .errors import RowError
from .merging import merge
from .people import ORDINARY
from .permissions import User
from .recycle_bin import empty, undelete
from .store import quote
from .system_changes import touch

if TYPE_CHECKING:
    from .org import Org

Body = dict[str, Any]


class RecordDoors:
    """`as` names the user who acts (an ordinary one unless given); records are named by `ids` or by `where`."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def seed(self, body: Body) -> object:
        """{sobject, rows | columns}: records past all checks, audit fields included."""
        return {"ids": self._org.seed(str(body["sobject"]), _rows(body))}

    def create(self, body: Body) -> object:
        """{sobject, rows, as?}: somebody makes records."""
        results = Dml(self._org, self._user(body)).insert(str(body["sobject"]), list(body["rows"]))
        return _ids(results)

    def edit(self, body: Body) -> object:
        """{sobject, ids | where, fields, as?}: somebody edits records."""
        ids = self._named(body)
        rows = [{**body["fields"], "Id": record_id} for record_id in ids]
        return _ids(Dml(self._org, self._user(body)).update(str(body["sobject"]), rows))

    def delete(self, body: Body) -> object:
        """{sobject, ids | where, as?}: somebody deletes records."""
        ids = self._named(body)
        return _ids(Dml(self._org, self._user(body)).delete(str(body["sobject"]), ids))

    def undelete(self, body: Body) -> object:
        """{sobject, ids | where, as?}: somebody takes records out of the recycle bin."""
        return _ids(undelete(self._org, self._user(body), self._named(body, deleted=True)))

    def empty(self, body: Body) -> object:
        """{sobject, ids | where, as?}: deleted records are gone for good."""
        return _ids(empty(self._org, self._user(body), self._named(body, deleted=True)))

    def merge(self, body: Body) -> object:
        """{sobject, master, losers, fields?, as?}: somebody merges up to three records, each named by id or where."""
        sobject = str(body["sobject"])
        master = self._one(sobject, body["master"])
        losers = [self._one(sobject, loser) for loser in body["losers"]]
        merged = merge(self._org, self._user(body), sobject, master, body.get("fields") or {}, losers)
        if merged.errors:
            raise ValueError(f"{merged.errors[0].code}: {merged.errors[0].message}")
        return {"id": merged.id, "merged": merged.merged_record_ids, "moved": merged.updated_related_ids}

    def convert(self, body: Body) -> object:
        """{lead, account?, contact?, as?}: somebody converts a lead; each is named by id or where."""
        named = {
            name.lower(): self._one(name, body[name.lower()])
            for name in ("Account", "Contact")
            if body.get(name.lower()) is not None
        }
        converted = convert(self._org, self._user(body), self._one("Lead", body["lead"]), **named)
        if isinstance(converted, RowError):
            raise ValueError(f"{converted.code}: {converted.message}")
        return asdict(converted)

    def touch(self, body: Body) -> object:
        """{sobject, ids | where, fields?}: the system changes records; only SystemModstamp moves."""
        ids = self._named(body)
        touch(self._org, str(body["sobject"]), ids, body.get("fields") or {})
        return {"ids": ids}

    def lock(self, body: Body) -> object:
        """{sobject, ids | where, seconds, wait?}: held records refuse writes; batches wait so long for each other."""
        self._org.locks.wait = float(body.get("wait", self._org.locks.wait))
        ids = self._named(body) if "seconds" in body else []
        self._org.locks.hold(ids, float(body.get("seconds", 0)))
        return {"ids": ids}

    def _user(self, body: Body) -> User:
        name = str(body.get("as", ORDINARY))
        user = self._org.user_named(name)
        if user is None:
            raise ValueError(f"no active user {name!r}")
        return user

    def _named(self, body: Body, *, deleted: bool = False) -> list[str]:
        if "ids" in body:
            return [str(record_id) for record_id in body["ids"]]
        return self._where(str(body["sobject"]), body["where"], deleted=deleted)

    def _one(self, sobject: str, asked: object) -> str:
        if not isinstance(asked, Mapping):
            return str(asked)
        found = self._where(sobject, asked, deleted=False)
        if len(found) != 1:
            raise ValueError(f"{len(found)} records of {sobject} are {dict(asked)}, not one")
        return found[0]

    def _where(self, sobject: str, values: Mapping[str, object], *, deleted: bool) -> list[str]:
        """The ids of the records with those values, none of which may be of nobody."""
        definition = self._org.catalogue.get(sobject)
        if definition is None:
            raise ValueError(f"no object {sobject!r}")
        tests = [f'"IsDeleted" = {int(deleted)}'] if definition.has_soft_delete else []
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


def _ids(results: Sequence[RowResult]) -> Body:
    """The ids of the records; ValueError if one of them was refused."""
    for result in results:
        if result.errors:
            raise ValueError(f"{result.errors[0].code}: {result.errors[0].message}")
    return {"ids": [result.id for result in results]}


def _rows(body: Body) -> list[Body]:
    """The rows, given as `rows` or as `columns` of equal length."""
    columns = body.get("columns")
    if columns is None:
        return list(body["rows"])
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
