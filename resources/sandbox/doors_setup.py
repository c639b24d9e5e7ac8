"""The administrator's doors to what an org is set up with: schema, rights, limits, clock, sessions, snapshots."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from . import shipped_record_types
from .activity_objects import ACTIVITY, sharing
from .declared import Declared, RecordType
from .people import INTEGRATION, PROFILES

if TYPE_CHECKING:
    from .org import Org

Body = dict[str, Any]


class SetupDoors:
    def __init__(self, org: Org) -> None:
        self._org = org

    def permissions(self, body: Body) -> object:
        """{sobject, field?, rights: {read: false}, profile?} | {system: {BulkApiHardDelete: true}, profile?} | {reset:
        true}.
        """
        profile = str(body.get("profile", PROFILES[INTEGRATION]))
        if body.get("reset"):
            self._org.permissions.reset()
        elif "system" in body:
            self._org.permissions.change_system(profile, body["system"])
        else:
            self._org.permissions.change(profile, body["sobject"], body["rights"], body.get("field"))
        return {}

    def limits(self, body: Body) -> object:
        """{daily?, used?, batches?, query_jobs?}: how many calls, bulk batches and query jobs 24 hours allow, and how
        many calls are used.
        """
        self._org.usage.reset(daily=body.get("daily"), used=body.get("used"))
        self._org.batches.reset(daily=body.get("batches"))
        self._org.query_jobs.reset(daily=body.get("query_jobs"))
        return {"daily": self._org.usage.daily, "used": self._org.usage.used()}

    def clock(self, body: Body) -> object:
        """{seconds}: the org's clock goes that much further on, or back."""
        self._org.advance(float(body["seconds"]))
        return {"now": self._org.now()}

    def expire(self, body: Body) -> object:
        """{}: no access token issued so far is good any more."""
        self._org.sessions.expire_all()
        return {}

    def session(self, body: Body) -> object:
        """{username}: an access token of that user."""
        user = self._org.user_named(str(body["username"]))
        if user is None:
            raise ValueError(f"no active user {body['username']!r}")
        return {"access_token": self._org.sessions.access_token(user.id), "user_id": user.id}

    def keys(self, body: Body) -> object:
        """{public_key}: JWT assertions signed with its private half are accepted."""
        self._org.trust(str(body["public_key"]))
        return {}

    def objects(self, body: Body) -> object:
        """{name, key_prefix, label?, plural?, activities?, fields?: [field]}: a custom object, about which there may be
        tasks and events.
        """
        self._org.change_schema(lambda changes: changes.add_object(body))
        return {}

    def fields(self, body: Body) -> object:
        """{sobject, field: {name, kind, label?, …}}: a field, new or changed; kinds are those of `field_kinds`. One of
        Activity is one of Task and Event.
        """
        sobject = ACTIVITY if body["sobject"] == ACTIVITY else self._object(body)
        field = dict(body["field"])
        self._org.change_schema(lambda changes: changes.add_field(sobject, field))
        return {}

    def remove_field(self, body: Body) -> object:
        """{sobject, field}: the field does not exist any more, and its values are gone."""
        definition = self._org.catalogue[self._object(body)]
        found = definition.field(str(body["field"]))
        if found is None or not found.custom:
            raise ValueError(f"{definition.name} has no custom field {body['field']!r}")
        losing = sharing(definition.name)
        for name in losing:
            if found.name in self._org.declared.fields_of(name):
                raise ValueError(f"a rule or record type of {name} uses {found.name}; change that first")
        self._org.change_schema(lambda changes: changes.remove_field(definition.name, found.name))
        with self._org.store.write() as db:
            for name in losing:
                db.execute(f'update "{name}" set "{found.name}" = null')
        return {}

    def rules(self, body: Body) -> object:
        """{validation?, triggers?, duplicates?: [rule]}: these rules, and no others; their fields are in `declared`."""
        kept = [asdict(one) for one in self._org.declared.record_types]
        self._org.declare(Declared.of({**body, "record_types": kept}, self._org.catalogue))
        return {}

    def record_type(self, body: Body) -> object:
        """{sobject, name, developer_name?, default?, active?, picklists?: {field: [value]}}: a record type."""
        sobject = self._object(body)
        name = str(body["name"])
        developer_name = str(body.get("developer_name", name.replace(" ", "_")))
        active = bool(body.get("active", True))
        picklists = {field: tuple(values) for field, values in body.get("picklists", {}).items()}
        for field in picklists:
            if field not in self._org.catalogue[sobject].fields:
                raise ValueError(f"{sobject} has no field {field!r}")
        new = RecordType("", sobject, name, developer_name, bool(body.get("default")), active, picklists)
        return {"id": shipped_record_types.add(self._org, new)}

    def take_snapshot(self, body: Body) -> object:
        """{name}: the org as it is now is kept under that name."""
        self._org.snapshots.take(str(body["name"]))
        return {"names": self._org.snapshots.names()}

    def restore(self, body: Body) -> object:
        """{name}: the org is as it was then, its clock included."""
        self._org.snapshots.restore(str(body["name"]))
        return {}

    def forget_snapshot(self, body: Body) -> object:
        """{name}: that snapshot is kept no longer."""
        self._org.snapshots.forget(str(body["name"]))
        return {"names": self._org.snapshots.names()}

    def _object(self, body: Body) -> str:
        found = self._org.catalogue.get(str(body["sobject"]))
        if found is None:
            raise ValueError(f"no object {body['sobject']!r}")
        return found.name
