"""What a declaration needs of the org, and that everything a user lacks of it is told at once, by object and field."""

from __future__ import annotations

from dataclasses import replace

from assets.accounts import ENTITY as ACCOUNTS
from assets.outlook_contacts import ENTITY as CONTACTS
from pipelines.declaring.both import BothWays
from pipelines.declaring.elsewhere import Records, RecordTypes
from pipelines.declaring.entity import Entity, Freeze, Target
from pipelines.declaring.rules import Master, Reference
from pipelines.declaring.source import Feed
from pipelines.ports.objects import FieldInfo, ObjectInfo, RecordTypeInfo
from pipelines.reading.needs import Needs, lacks, needs_of, objects_of
from tests.pipelines.case import org_object

THINGS = Entity(
    name="things",
    source=Feed("things", key="id"),
    target=Target("Thing__c", key="Key__c"),
    fields={
        "Name": Master("name"),
        "RecordTypeId": Reference("kind", to=RecordTypes({"doctor": "HCP", "assistant": "Staff"})),
        "Holder__c": Reference("user", to=Records("User", "FederationIdentifier")),
    },
    freeze=Freeze(mapped="Do_Not_Update__c", hierarchy="Do_Not_Update__c"),
    create="never",
)
TYPES = {"HCP": RecordTypeInfo("012000000000001AAA", available=True), "Staff": RecordTypeInfo("012", available=False)}
USER = ObjectInfo("User", {"Id": FieldInfo("Id", "Id", "id")}, createable=False, updateable=False)


def test_fields_are_written_and_flags_are_read() -> None:
    target, user = needs_of(THINGS)
    assert target == Needs(
        "Thing__c",
        edits=True,
        writes=("Key__c", "Name", "RecordTypeId", "Holder__c"),
        reads=("Do_Not_Update__c",),
        record_types=("HCP", "Staff"),
    )
    assert user == Needs("User", reads=("FederationIdentifier",))


def test_create_is_needed_only_where_records_are_created() -> None:
    assert [needs_of(replace(THINGS, create=who))[0].creates for who in ("never", "on_request", "scheduled")] == [
        False,
        True,
        True,
    ]


def test_delete_is_needed_only_where_it_is_not_prevented_and_asked_for_before_a_run() -> None:
    deleting = replace(CONTACTS, both=BothWays(prevent={}))
    assert [needs_of(one)[0].deletes for one in (ACCOUNTS, CONTACTS, deleting)] == [False, False, True]
    others = {"User": replace(USER, fields={"FederationIdentifier": FieldInfo("FederationIdentifier", "", "string")})}
    told = {"Contact": replace(org_object(deleting), deletable=False), **others}
    assert lacks(CONTACTS, told) == []
    assert [str(lack) for lack in lacks(deleting, told)] == [
        "outlook_contacts: Contact: this user may not delete records; give the integration user Delete on it, or "
        'prevent "delete"'
    ]


def test_objects_are_asked_for_once() -> None:
    assert objects_of([THINGS, ACCOUNTS, THINGS]) == ("Thing__c", "User", "Account")


def test_every_lack_of_every_object_is_told_at_once() -> None:
    whole = org_object(THINGS)
    fields = {name: info for name, info in whole.fields.items() if name != "Name"}
    thing = replace(whole, fields=fields, updateable=False, record_types=TYPES)
    assert [str(lack) for lack in lacks(THINGS, {"Thing__c": thing, "User": USER})] == [
        "things: Thing__c: this user may not edit the object; give the integration user Edit on it",
        "things: Thing__c.Name: the org has no such field, or this user may not see it; create it or grant Read and "
        "Edit",
        "things: Thing__c.Staff: this user may not use the record type; make it active and assign it to the user",
        "things: User.FederationIdentifier: the org has no such field, or this user may not see it; create it or grant "
        "Read",
    ]


def test_an_object_that_is_not_there_and_a_record_type_that_is_missing_are_told_too() -> None:
    found = [str(lack) for lack in lacks(THINGS, {"Thing__c": replace(org_object(THINGS), record_types={})})]
    assert found == [
        "things: Thing__c.HCP: the object has no such record type; create it",
        "things: Thing__c.Staff: the object has no such record type; create it",
        "things: User: the org has no such object, or this user may not read it; create it or grant Read",
    ]


def test_nothing_is_lacking_where_all_is_there() -> None:
    assert lacks(ACCOUNTS, {"Account": org_object(ACCOUNTS)}) == []
