"""The administrator's doors to what an org is set up with: schema, rights, limits, clock, sessions, snapshots."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from . import bodies_of_setup as bodies
from . import shipped_record_types
from .activity_objects import ACTIVITY, sharing
from .custom_names import check_name, check_object
from .declared import Declared, RecordType

if TYPE_CHECKING:
    from .org import Org


class SetupDoors:
    def __init__(self, org: Org) -> None:
        self._org = org

    def permissions(self, body: bodies.Permissions) -> object:
        """{sobject, field?, rights: {read: false}, profile?} | {system: {BulkApiHardDelete: true}, profile?} | {reset:
        true}.
        """
        if body.profile not in self._org.profiles():
            raise ValueError(f"no profile {body.profile!r}; there are {', '.join(self._org.profiles())}")
        if body.system is not None:
            self._org.permissions.change_system(body.profile, body.system)
        elif body.sobject is not None and body.rights is not None:
            self._org.permissions.change(body.profile, body.sobject, body.rights, body.field)
        else:
            self._org.permissions.reset()
        return {}

    def limits(self, body: bodies.Limits) -> object:
        """{daily?, used?, batches?, query_jobs?}: how many calls, bulk batches and query jobs 24 hours allow, and how
        many calls are used.
        """
        self._org.usage.reset(daily=body.daily, used=body.used)
        self._org.batches.reset(daily=body.batches)
        self._org.query_jobs.reset(daily=body.query_jobs)
        return {"daily": self._org.usage.daily, "used": self._org.usage.used()}

    def clock(self, body: bodies.Clock) -> object:
        """{seconds}: the org's clock goes that much further on, or back."""
        self._org.advance(body.seconds)
        return {"now": self._org.now()}

    def expire(self, _: bodies.Nothing) -> object:
        """{}: no access token issued so far is good any more."""
        self._org.sessions.expire_all()
        return {}

    def session(self, body: bodies.Username) -> object:
        """{username}: an access token of that user."""
        user = self._org.user_named(body.username)
        if user is None:
            raise ValueError(f"no active user {body.username!r}")
        return {"access_token": self._org.sessions.access_token(user.id), "user_id": user.id}

    def keys(self, body: bodies.Key) -> object:
        """{public_key}: JWT assertions signed with its private half are accepted."""
        if not isinstance(load_pem_public_key(body.public_key.encode()), RSAPublicKey):
            raise ValueError("assertions are signed with RS256: the key has to be one of RSA")
        self._org.trust(body.public_key)
        return {}

    def objects(self, body: bodies.CustomObject) -> object:
        """{name, key_prefix, label?, plural?, activities?, fields?: [field]}: a custom object, about which there may be
        tasks and events.
        """
        check_object(body.name, body.key_prefix, self._org.catalogue)
        for field in body.fields_:
            self._check(field, body.name)
        asked = body.model_dump(by_alias=True, exclude_none=True)
        self._org.change_schema(lambda changes: changes.add_object(asked))
        return {}

    def fields(self, body: bodies.AddField) -> object:
        """{sobject, field: {name, kind?, label?, …}}: a field, new or changed. Kinds: text, long_text, picklist, phone,
        url, email, checkbox, integer, double, currency, date, moment, lookup. More for some of them: length, unique,
        external_id, case_sensitive, nillable, default; values and restricted of a picklist; digits of an integer;
        precision and scale of other numbers; to (names of objects) and children of a lookup. A field of Activity is one
        of Task and Event.
        """
        sobject = ACTIVITY if body.sobject == ACTIVITY else self._org.catalogue.named(body.sobject).name
        self._check(body.field, sobject)
        field = body.field.model_dump(exclude_none=True)
        self._org.change_schema(lambda changes: changes.add_field(sobject, field))
        return {}

    def remove_field(self, body: bodies.RemoveField) -> object:
        """{sobject, field}: the field does not exist any more, and its values are gone."""
        definition = self._org.catalogue.named(body.sobject)
        found = definition.field(body.field)
        if found is None or not found.custom:
            raise ValueError(f"{definition.name} has no custom field {body.field!r}")
        losing = sharing(definition.name)
        for name in losing:
            if found.name in self._org.declared.fields_of(name):
                raise ValueError(f"a rule or record type of {name} uses {found.name}; change that first")
        self._org.change_schema(lambda changes: changes.remove_field(definition.name, found.name))
        with self._org.store.write() as db:
            for name in losing:
                db.execute(f'update "{name}" set "{found.name}" = null')
        return {}

    def rules(self, body: bodies.Rules) -> object:
        """{validation?: [{name, sobject, when: [{field, test, value?}], message, field?}], triggers?: [{name, sobject,
        does, field?, value?, message?, when?, on?}], duplicates?: [{name, sobject, fields, action?, message?, on?}]}:
        these rules, and no others.
        """
        asked = body.model_dump(by_alias=True, exclude_none=True)
        kept = [asdict(one) for one in self._org.declared.record_types]
        self._org.declare(Declared.of({**asked, "record_types": kept}, self._org.catalogue))
        return {}

    def record_type(self, body: bodies.RecordTypeAsked) -> object:
        """{sobject, name, developer_name?, default?, active?, picklists?: {field: [value]}}: a record type."""
        sobject = self._org.catalogue.named(body.sobject).name
        developer_name = body.developer_name or body.name.replace(" ", "_")
        picklists = {field: tuple(values) for field, values in body.picklists.items()}
        for field in picklists:
            if field not in self._org.catalogue[sobject].fields:
                raise ValueError(f"{sobject} has no field {field!r}")
        new = RecordType("", sobject, body.name, developer_name, body.default, body.active, picklists)
        return {"id": shipped_record_types.add(self._org, new)}

    def take_snapshot(self, body: bodies.Name) -> object:
        """{name}: the org as it is now is kept under that name."""
        self._org.snapshots.take(body.name)
        return {"names": self._org.snapshots.names()}

    def restore(self, body: bodies.Name) -> object:
        """{name}: the org is as it was then, its clock included."""
        self._org.snapshots.restore(body.name)
        return {}

    def forget_snapshot(self, body: bodies.Name) -> object:
        """{name}: that snapshot is kept no longer."""
        self._org.snapshots.forget(body.name)
        return {"names": self._org.snapshots.names()}

    def _check(self, field: bodies.CustomField, sobject: str) -> None:
        """ValueError unless the object can have such a custom field."""
        check_name(field.name)
        for target in field.to or ():
            if target != sobject:
                self._org.catalogue.named(target)
